"""Try a user's C file for a plant in a process apart, where its faults do no harm."""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Sequence
from pathlib import Path

from wann_edge.errors import TaskError
from wann_edge.kernel.compiled_plant import PLANTS, linked
from wann_edge.system.compiler import host_compiler
from wann_edge.system.keeper import Finished, run_program

LONGEST_CALL_S = 5
_SOURCE = Path(__file__).parent / "plant_trial.c"
# Without the second list on computers whose compiler has no sanitizers.
_SANITIZERS = (("-fsanitize=address,bounds", "-fno-sanitize-recover=all", "-g"), ())
_FLAGS = ("-std=c99", "-O1", "-ffp-contract=off", "-D_GNU_SOURCE", "-DWANN_LANES=1")


def try_plant(path: Path) -> None:
    """Run short episodes of a plant with random actions.

    Args:
        path: the C file, which compiles as a plant.

    Raises:
        TaskError: a call does not return or leaves its arrays, or a reward or an
            observation is not finite.
    """
    with linked(path) as link:
        real, program = path.resolve(), link.with_name("trial")
        for sanitizers in _SANITIZERS:
            command = [
                *(*host_compiler(), *_FLAGS, *sanitizers, f'-DWANN_MY_PLANT="{link.name}"'),
                f"-DLONGEST_CALL_S={LONGEST_CALL_S}",
                *(f"-iquote{link.parent}", f"-iquote{real.parent}", f"-I{PLANTS}"),
                # By its whole path: the user's file may be called my_plant.c too.
                *("-include", str(PLANTS / "my_plant.c"), "-o", str(program), str(_SOURCE)),
            ]
            if run_program(command).code == 0:
                break
        else:
            return
        # The search for leaks fails where no process may trace another.
        environment = {**os.environ, "ASAN_OPTIONS": "detect_leaks=0"}
        done = run_program([str(program)], environment=environment)
    if done.code != 0 or "passed" not in done.stderr.splitlines():
        raise TaskError(
            _fault(done, [str(link), str(real)]),
            where=str(path),
            remedy="correct the file; docs/plants.md explains the rules",
        )


def _fault(done: Finished, names: Sequence[str]) -> str:
    """Describe the fault in words, with the call and, where it is known, the line."""
    calls = re.findall(r"^call (\w+) (in step .*)$", done.stderr, re.MULTILINE)
    call, place = calls[-1] if calls else ("the plant", "")
    lines = re.findall(rf"(?:{'|'.join(map(re.escape, names))}):(\d+)", done.stderr)
    line = f"line {lines[0]}: " if lines else ""
    wrong = re.search(r"^not finite: (.+)$", done.stderr, re.MULTILINE)
    if wrong:
        return f"the {wrong[1]} {place}"
    if done.code == -signal.SIGVTALRM:
        return f"{call} does not return within {LONGEST_CALL_S} s {place}"
    if "AddressSanitizer" in done.stderr or "out of bounds" in done.stderr:
        return f"{line}{call} reads or writes outside an array {place}"
    if done.code >= 0:
        return f"{call} ends the process with exit code {done.code} {place}"
    return f"{line}{call} crashes {place}"
