"""The command line ``comity``: a module for each command or few; here, what they hang on and how a call ends.

Data go to standard output, everything else to standard error. Exit status: 0 done or conforms, 1 findings, 2 usage,
3 unreadable input or unwritable output, 4 a limit of time or memory, 70 a fault of Comity. Whatever is heavy is imported by the
command that needs it, so that ``comity --help`` answers at once.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Sequence
from typing import Any, NoReturn

import click

from comity import __version__, errors
from comity.cli import ask, check, draw, enrich, export, infer, link, load, mcp, query, reconcile, serve, validate
from comity.cli.output import output_options
from comity.errors import ComityError
from comity.options import data_options, one_line


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, message="%(version)s")
@output_options
@data_options
def cli(**_options: Any) -> None:
    """Comity: international counter-terrorism cooperation law as linked data.

    Start with `comity questions`, then for example `comity ask obligations --instrument "resolution 1373"`.
    """


for _command in (
    ask.ask,
    ask.errata,
    ask.questions,
    check.check,
    check.fmt,
    draw.draw,
    enrich.enrich,
    export.export,
    infer.explain,
    infer.infer,
    infer.rules,
    link.link,
    load.load,
    mcp.mcp,
    query.query,
    query.stats,
    reconcile.reconcile,
    serve.serve,
    validate.validate,
):
    cli.add_command(_command)


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line and end the process with the right exit status."""
    sys.exit(run(arguments))


def run(arguments: Sequence[str] | None = None) -> int:
    """Run the command line with `arguments` (default: the process's own) and return the exit status."""
    _use_utf8()
    try:
        status = cli.main(
            args=None if arguments is None else list(arguments), prog_name="comity", standalone_mode=False
        )
        sys.stdout.flush()
        return status if isinstance(status, int) else 0
    except ComityError as error:
        if os.environ.get("COMITY_DEBUG") == "1":
            _traceback()
        return _complain(str(error), error.exit_code)
    except click.exceptions.Exit as error:
        return error.exit_code
    except click.exceptions.NoArgsIsHelpError as error:
        print(error.ctx.get_help() if error.ctx else error.format_message(), file=sys.stderr)
        return 2
    except click.ClickException as error:
        return _complain(one_line(error), 2)
    except (KeyboardInterrupt, click.Abort):
        return 130
    except BrokenPipeError:
        # The reader has had enough (`| head`). Python would complain again when it flushes at exit: give it a sink.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return 0
    except OSError as error:
        if error.filename is None and error.errno is not None:
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
            return _complain(f"standard output cannot be written ({error.strerror}); make room or write elsewhere", 3)
        return _internal(error)
    except MemoryError:
        return _complain("memory ran out; allow more, or ask for less", 4)
    except Exception as error:  # noqa: BLE001 - the last line of defence: nobody should meet a traceback
        return _internal(error)


def _internal(error: BaseException) -> int:
    if os.environ.get("COMITY_DEBUG") == "1":
        _traceback()
    what = " ".join(f"{type(error).__name__}: {error}".split())
    return _complain(f"internal error ({what}); please report it, with the output of COMITY_DEBUG=1", 70)


def _traceback() -> None:
    import traceback

    traceback.print_exc()


def _complain(message: str, status: int) -> int:
    # Nobody may be listening there either.
    with contextlib.suppress(OSError):
        print(f"comity: {errors.one_line(message)}", file=sys.stderr)
    return status


def _use_utf8() -> None:
    """Write UTF-8 whatever the locale says: every format here is defined in it, and labels come in all scripts."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure") and (stream.encoding or "").lower() not in ("utf-8", "utf8"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
