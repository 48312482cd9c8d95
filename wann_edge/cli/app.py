"""All commands, assembled. Commands import what they run when they run, so --help stays quick."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Annotated

import typer

from wann_edge.cli import (
    baseline,
    compare,
    cost,
    demo,
    evaluate,
    export,
    firmware,
    hil,
    import_network,
    search,
    show,
    simulate,
    stress,
    tune,
    validate,
    verify,
)
from wann_edge.cli import list as list_names
from wann_edge.cli.finite_options import with_finite_options
from wann_edge.system.standard_output import claimed

# In the order of the help. Each module declares ``command`` with its options, and EXAMPLE.
COMMANDS = {
    "demo": demo,
    "search": search,
    "show": show,
    "evaluate": evaluate,
    "tune": tune,
    "baseline": baseline,
    "compare": compare,
    "import": import_network,
    "export": export,
    "list": list_names,
    "verify": verify,
    "cost": cost,
    "simulate": simulate,
    "validate": validate,
    "stress": stress,
    "firmware": firmware,
    "hil": hil,
}

app = typer.Typer(
    name="wann-edge",
    help="Search for weight agnostic networks, export them as C and ONNX, and prove that the "
    "exports compute exactly what the search saw.",
    epilog="Start with:  wann-edge demo",
    no_args_is_help=False,
    rich_markup_mode="markdown",
    add_completion=False,
    pretty_exceptions_enable=False,
)


def _aborted(command: Callable[..., int]) -> Callable[..., int]:
    """Return a command whose Ctrl-C raises Abort: typer hides KeyboardInterrupt."""

    @wraps(command)
    def interruptible(**values: object) -> int:
        try:
            return command(**values)
        except KeyboardInterrupt as error:
            raise typer.Abort from error

    return interruptible


for name, module in COMMANDS.items():
    example = f"Example:  wann-edge {name} {module.EXAMPLE}"
    app.command(name, epilog=example)(_aborted(claimed()(with_finite_options(module.command))))


def _print_version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        print(f"wann-edge {version('wann-edge')}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def start(
    context: typer.Context,
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print the version."
        ),
    ] = False,
    _debug: Annotated[
        bool, typer.Option("--debug", help="Show the whole traceback of an error.")
    ] = False,
) -> None:
    """Print the help where no command is given."""
    if context.invoked_subcommand is None:
        print(context.get_help())
