"""The command line: parse, call, print."""

from __future__ import annotations

import sys

from wann_edge.parallel.threads import no_threads_for_matrices


def main() -> None:
    """Runs ``wann-edge``.

    Exit codes: 0 it worked, 1 a verification found a fault, 2 bad input or a missing
    part (one line on standard error), 130 interrupted.
    """
    with no_threads_for_matrices():
        sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Runs a command; gives its exit code. Errors for the user become one line."""
    import typer

    from wann_edge.cli.app import app
    from wann_edge.errors import WannError

    try:
        return int(app(arguments, prog_name="wann-edge", standalone_mode=False) or 0)
    except WannError as error:
        return _complain(str(error), error.details)
    except typer.TyperException as error:
        message = error.format_message().rstrip(".")
        return _complain(f"{message}; see wann-edge --help")
    except BrokenPipeError:
        sys.stderr.close()
        return 1


def _complain(line: str, details: str = "") -> int:
    print(f"wann-edge: {' '.join(line.split())}", file=sys.stderr)
    if details:
        print(details.rstrip(), file=sys.stderr)
    return 2
