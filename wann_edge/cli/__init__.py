"""The command line ``wann-edge``: parse the arguments, call the library, print the result."""

from __future__ import annotations

import os
import sys
import traceback
from contextlib import suppress

from wann_edge.cli.exit_codes import ExitCode
from wann_edge.parallel.threads import no_threads_for_matrices
from wann_edge.system.interrupts import like_ctrl_c
from wann_edge.system.standard_output import drop, flush, standard_error, turn_away_for_good
from wann_edge.system.terminal import clean

DEBUG = "--debug"


def main() -> None:
    """Run ``wann-edge`` with the arguments of this process, and exit with its ExitCode."""
    from wann_edge.cli.complaints import prepare_streams

    prepare_streams()
    with no_threads_for_matrices(), like_ctrl_c():
        code = run(sys.argv[1:])
    for stream in (sys.stdout, sys.stderr):
        drop(stream)
    turn_away_for_good()
    sys.exit(code)


def run(arguments: list[str]) -> int:
    """Run one command.

    Args:
        arguments: the words after ``wann-edge``. ``--debug`` can stand anywhere.

    Returns:
        An ExitCode. An error prints one line on standard error.
    """
    import typer

    from wann_edge.cli.app import app
    from wann_edge.cli.complaints import unexpected
    from wann_edge.errors import WannError

    debug = DEBUG in arguments
    words = [word for word in arguments if word != DEBUG]
    try:
        _check_current_folder()
        code = ExitCode(app(words, prog_name="wann-edge", standalone_mode=False) or 0)
        flush(sys.stdout)
        return code
    except WannError as error:
        if debug:
            print(clean(error.origin or traceback.format_exc()), file=sys.stderr)
        return _complain(str(error), error.details)
    except typer.TyperException as error:
        message = error.format_message().rstrip(".")
        return _complain(f"{message}; see wann-edge --help")
    except (KeyboardInterrupt, typer.Abort):
        print("wann-edge: interrupted", file=sys.stderr)
        return ExitCode.INTERRUPTED
    except BrokenPipeError:
        sys.stderr.close()
        return ExitCode.OUTPUT_CLOSED
    except Exception as error:
        if debug:
            raise
        return _complain(unexpected(error))


def _check_current_folder() -> None:
    """Raise SettingsError where the current folder, and so relative paths, are gone."""
    from wann_edge.errors import SettingsError

    try:
        os.getcwd()
    except OSError as error:
        raise SettingsError(
            "the current folder no longer exists",
            where="current folder",
            remedy="change to another folder",
        ) from error


def _complain(line: str, details: str = "") -> ExitCode:
    with suppress(OSError):
        print(clean(f"wann-edge: {' '.join(line.split())}"), file=standard_error())
        if details:
            print(clean(details.rstrip()), file=sys.stderr)
    return ExitCode.BAD_INPUT
