"""The host's C compilers, and whose fault it is when a compilation fails."""

from __future__ import annotations

import os
import re
import shlex
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

from wann_edge.errors import MissingError, SettingsError, ToolError
from wann_edge.system.keeper import run_program

COMPILERS = ("gcc", "clang")
INSTALL = "apt-get install gcc libc6-dev"

# Exit codes that can be due to the source; a shell gives 126 and 127 for a missing program.
SOURCE_FAULTS = range(1, 126)
# Any compiler for any target accepts this source, which needs the headers that exports need.
_TRIAL = "#include <stdint.h>\nint32_t wann_trial(void);\nint32_t wann_trial(void) { return 0; }\n"
# Messages of a compiler that fails for another reason than the source.
_OWN_FAULT = re.compile(
    r"internal compiler error|unable to execute command|frontend command failed|bug report|"
    r"terminated program|Segmentation fault|[Oo]ut of memory|[Mm]emory exhausted|"
    r"Cannot allocate memory|No space left|quota exceeded|Input/output error|"
    r"Read-only file system|Permission denied|unable to make temporary file"
)


def asked_compiler() -> list[str]:
    """Return the command in the environment variable CC, such as ``ccache gcc``; [] without.

    Raises:
        SettingsError: it is not a command, or its libraries can't be loaded into this process.
    """
    text, remedy = os.environ.get("CC", ""), "set CC to a C compiler, such as gcc"
    try:
        words = shlex.split(text)
    except ValueError as error:
        raise SettingsError(f"{text!r}: {error}", where="CC", remedy=remedy) from error
    if any(word.startswith("-fsanitize") for word in words):
        raise SettingsError("a sanitizer ends this program", where="CC", remedy=remedy)
    return words


def host_compiler() -> list[str]:
    """Return the command of the host's C compiler: the environment variable CC, gcc or clang.

    Raises:
        MissingError: no such compiler is installed.
    """
    asked = asked_compiler()
    for command in (asked,) if asked else ([name] for name in COMPILERS):
        if shutil.which(command[0]):
            return command
    raise MissingError(
        f"no C compiler is installed ({' '.join(asked) or ' or '.join(COMPILERS)})",
        where="compiler",
        remedy=INSTALL,
    )


def compile_c(command: Sequence[str], environment: Mapping[str, str] | None = None) -> str:
    """Run a C compiler in the temporary folder of its output.

    Args:
        command: the compiler and its arguments, with absolute paths; ``-o`` names the output, and
            the last ".c" file is the source.
        environment: the environment variables; None for those of this process.

    Returns:
        "" if the source compiles, else the compiler's messages about it.

    Raises:
        ToolError: the compiler does not run, crashes, or does not compile an empty file either.
    """
    folder = Path(command[command.index("-o") + 1]).parent
    code, messages = _run(command, folder, environment)
    if code == 0:
        if not Path(command[command.index("-o") + 1]).exists():
            raise _fails(command, folder, "it writes no output")
        return ""
    if code not in SOURCE_FAULTS or _OWN_FAULT.search(messages):
        raise _fails(command, folder, messages or f"ended with exit code {code}")
    trial = folder / "trial.c"
    trial.write_text(_TRIAL)
    code, about_trial = _run(_for_trial(command, trial), folder, environment)
    if code != 0:
        reason = about_trial or f"it ends with exit code {code}"
        raise _fails(command, folder, f"does not compile an empty file: {reason}")
    return messages or f"the compiler ended with exit code {code} and no message"


def _for_trial(command: Sequence[str], trial: Path) -> list[str]:
    """Return the command with another source, and without the names that it demands."""
    sources = [place for place, word in enumerate(command) if word.endswith(".c")]
    kept = [word for word in command if not word.startswith(("-Wl,-u,", "-Wl,-e,", "-Wl,--export"))]
    kept = [str(trial) if word == command[sources[-1]] else word for word in kept]
    kept[kept.index("-o") + 1] = str(trial.with_suffix(".out"))
    return kept


def _run(
    command: Sequence[str], folder: Path, environment: Mapping[str, str] | None
) -> tuple[int, str]:
    """Run a compiler; return its exit code and its messages, which are in English."""
    given = {**(os.environ if environment is None else environment), "LC_ALL": "C"}
    program = shutil.which(command[0])
    if program is None:
        raise ToolError("not installed, or not a program", where=command[0], remedy=INSTALL)
    done = run_program([os.path.abspath(program), *command[1:]], folder=folder, environment=given)
    return done.code, done.stderr.strip()


def _fails(command: Sequence[str], folder: Path, messages: str) -> ToolError:
    told = _OWN_FAULT.search(messages)
    line = next((one for one in messages.splitlines() if told and told[0] in one), messages)
    return ToolError(
        f"the compiler fails: {line[:300]}",
        where=Path(command[0]).name,
        remedy=f"reinstall it, or free space in {os.environ.get('TMPDIR', folder.parent)} (TMPDIR)",
    )
