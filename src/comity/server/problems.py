"""What went wrong, in the form that whoever asked can read: problem+json (RFC 9457), or a page.

The one line that Comity's errors have is kept: `detail` says what and where, `remedy` how to mend it.
"""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any, Final

from comity.errors import ComityError, ParameterError, QueryError, TimeLimitError, UnknownName, UnknownQuestion, UsageError

MEDIA_TYPE: Final = "application/problem+json"


class Refused(Exception):
    """A request that is not answered; `problem` says why, as RFC 9457 has it."""

    def __init__(self, status: int, detail: str, remedy: str = "", **more: Any) -> None:
        super().__init__(detail)
        self.status = int(status)
        self.headers: dict[str, str] = more.pop("headers", {})
        self.problem: dict[str, Any] = {
            "type": "about:blank",
            "title": HTTPStatus(status).phrase,
            "status": self.status,
            "detail": " ".join(detail.split()),
            "remedy": " ".join(remedy.split()),
            **{name: value for name, value in more.items() if value not in (None, "", ())},
        }

    def told(self) -> dict[str, Any]:
        """Return what :func:`refused` makes this of again, in plain JSON."""
        more = {name: value for name, value in self.problem.items() if name not in ("type", "title")}
        return {**more, "headers": self.headers}

    def as_json(self) -> bytes:
        """Return the problem as JSON."""
        return json.dumps(self.problem, ensure_ascii=False).encode()


def of_error(error: ComityError) -> dict[str, Any]:
    """Return what :func:`refused` makes a :class:`Refused` of, in plain JSON, for an error of Comity's."""
    told: dict[str, Any] = {"status": _status(error), "detail": error.what, "remedy": error.remedy}
    if isinstance(error, QueryError):
        told |= {"line": error.line, "column": error.column}
        if error.line is not None:
            told["detail"] = f"line {error.line}, column {error.column}: {error.what}"
    if isinstance(error, ParameterError):
        told |= {"parameter": error.parameter, "example": error.example, "candidates": list(error.candidates)}
    elif isinstance(error, UnknownName):
        told["candidates"] = list(error.candidates)
    return told


def refused(told: dict[str, Any]) -> Refused:
    """Return the exception for what :func:`of_error` returned."""
    return Refused(**told)


def _status(error: ComityError) -> int:
    match error:
        case UnknownQuestion():
            return HTTPStatus.NOT_FOUND
        case UsageError():
            return HTTPStatus.BAD_REQUEST
        case TimeLimitError():
            return HTTPStatus.SERVICE_UNAVAILABLE
    return HTTPStatus.INTERNAL_SERVER_ERROR
