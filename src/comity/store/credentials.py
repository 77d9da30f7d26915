"""Who we are to a server: from the environment or netrc, never from an address.

``COMITY_STORE_TOKEN`` is a bearer token. ``COMITY_STORE_USER`` and ``COMITY_STORE_PASSWORD`` are a name and password; without them the
host's entry in the netrc file (``~/.netrc``, or the file that ``NETRC`` names) is used. A password is sent only when the server asks for
one, as Digest where it offers that, else as Basic. Nothing here shows a secret in its representation or in an error. A server may repeat
what it was sent (a page that shows the request's headers, say): :class:`Identity` takes it out of whatever is told of an answer.
"""

from __future__ import annotations

import base64
import logging
import netrc
import os
import re
from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, quote_plus, unquote, urlsplit

from comity.errors import UsageError

if TYPE_CHECKING:
    import httpx2

TOKEN, USER, PASSWORD = "COMITY_STORE_TOKEN", "COMITY_STORE_USER", "COMITY_STORE_PASSWORD"
HIDDEN: Final = "[hidden]"
"""What stands in the place of a secret."""
_SHORTEST: Final = 4
"""A secret of fewer characters is not looked for: it is a part of many words, and to take it out would give it away."""
_LOGGERS: Final = ("httpx2", *(f"httpcore2.{part}" for part in ("connection", "http11", "http2", "proxy", "socks")))
"""The loggers of the HTTP library. On request it logs the fields of an answer."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who we are to one host: what authenticates us, and how to keep it out of what is shown."""

    auth: httpx2.Auth = field(repr=False)
    secrets: tuple[str, ...] = field(repr=False)

    def hide(self, text: str) -> str:
        """Return `text` without the secrets, however they are written in a request, and in whatever case a server repeats them."""
        if not self.secrets:
            return text
        pattern = re.compile("|".join(map(re.escape, self.secrets)), re.IGNORECASE)
        hidden = bare = pattern.sub(HIDDEN, text)
        while (plainer := unquote(bare)) != bare:  # in an address, which a server may have quoted more than once
            bare = plainer
        return pattern.sub(HIDDEN, bare) if pattern.search(bare) else hidden

    def hush(self, error: BaseException) -> BaseException:
        """Take the secrets out of what an error says, and those that it came from, and return it."""
        each: BaseException | None = error
        while each is not None:
            each.args = tuple(self.hide(arg) if isinstance(arg, str) else arg for arg in each.args)
            for name in ("what", "remedy", "file", "msg", "text"):  # of our errors, and of a syntax error
                if isinstance(said := getattr(each, name, None), str):
                    setattr(each, name, self.hide(said))
            each = each.__cause__ or each.__context__
        return error

    def hush_logs(self) -> None:
        """From now on, keep the secrets out of the log of the HTTP library, too."""
        for name in _LOGGERS:
            logger = logging.getLogger(name)
            if not any(isinstance(known, _Hush) and known.identity.secrets == self.secrets for known in logger.filters):
                logger.addFilter(_Hush(self))


class _Hush(logging.Filter):
    def __init__(self, identity: Identity) -> None:
        super().__init__()
        self.identity = identity

    def filter(self, record: logging.LogRecord) -> bool:
        said = record.getMessage()
        if (hidden := self.identity.hide(said)) != said:
            record.msg, record.args = hidden, ()
        return True


def checked_url(url: str) -> str:
    """Return the address of a server; raises :class:`~comity.errors.UsageError` for what is none, and for one with a password in it."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port  # a port that is none raises
    except ValueError:
        raise UsageError("the store's address is no URL", "write it like http://localhost:7878/query") from None
    if "@" in parts.netloc:
        # The address itself is a secret then: it is not repeated.
        raise UsageError("the store's address holds a user name or password", f"leave it out, and set {USER} and {PASSWORD}, or use netrc")
    if parts.scheme not in ("http", "https") or not host:
        raise UsageError(f"'{url}' is no address of a store", "write it like http://localhost:7878/query")
    return url


def find(url: str, environment: Mapping[str, str] = os.environ) -> Identity | None:
    """Return who we are to the host of `url`, or ``None``. Raises :class:`~comity.errors.UsageError` for half an identity."""
    import httpx2

    if token := environment.get(TOKEN):
        if not token.isprintable() or not token.isascii() or " " in token:
            raise UsageError(f"{TOKEN} holds no bearer token", "set it to the token alone")
        return Identity(httpx2.FunctionAuth(lambda request: _with_token(request, token)), _forms(token))
    user, password = environment.get(USER), environment.get(PASSWORD)
    if user and password is not None:
        return _login(user, password)
    if user or password:
        raise UsageError(f"{USER} and {PASSWORD} are set only in part", "set both, or neither")
    entry = _netrc_entry(urlsplit(url).hostname or "", environment)
    return None if entry is None else _login(*entry)


def _forms(*secrets: str) -> tuple[str, ...]:
    """The secrets as they are, and as they may be written in a request, those that hold others first."""
    forms = {form for secret in secrets for form in (secret, quote(secret), quote(secret, safe=""), quote_plus(secret))}
    return tuple(sorted((form for form in forms if len(form) >= _SHORTEST), key=len, reverse=True))


def _with_token(request: httpx2.Request, token: str) -> httpx2.Request:
    request.headers["Authorization"] = f"Bearer {token}"
    return request


def _netrc_entry(host: str, environment: Mapping[str, str]) -> tuple[str, str] | None:
    named = environment.get("NETRC")
    try:
        file = Path(named) if named else Path.home() / ".netrc"
        entry = netrc.netrc(str(file)).authenticators(host)
    except (FileNotFoundError, RuntimeError):  # the second where there is no home
        if named:
            raise UsageError("the netrc file that NETRC names cannot be found", "name another, or unset it") from None
        return None
    except netrc.NetrcParseError as error:
        raise UsageError(f"the netrc file cannot be read (line {error.lineno})", "correct it") from None
    except (OSError, UnicodeDecodeError):
        raise UsageError("the netrc file cannot be read", "make it readable for you") from None
    return None if entry is None or not entry[2] else (entry[0], entry[2])


def _login(user: str, password: str) -> Identity:
    import httpx2

    together = f"{user}:{password}".encode()

    class Login(httpx2.Auth):
        """Answers the challenge that the server makes, and from then on sends what it took."""

        def __init__(self) -> None:
            self._digest = httpx2.DigestAuth(user, password)
            self._basic = httpx2.BasicAuth(user, password)
            self._agreed: httpx2.Auth | None = None

        def __repr__(self) -> str:
            return "<Login>"

        def auth_flow(self, request: httpx2.Request) -> Generator[httpx2.Request, httpx2.Response, None]:
            if self._agreed is not None:
                yield from self._agreed.auth_flow(request)
                return
            response = yield request
            if response.status_code != 401:
                return
            offered = {challenge.partition(" ")[0].lower() for challenge in response.headers.get_list("www-authenticate")}
            if "digest" in offered:
                flow = self._digest.auth_flow(request)
                next(flow)
                self._agreed = self._digest
                yield flow.send(response)
            elif "basic" in offered:
                self._agreed = self._basic
                yield next(self._basic.auth_flow(request))

    return Identity(Login(), _forms(password, base64.b64encode(together).decode(), base64.urlsafe_b64encode(together).decode()))
