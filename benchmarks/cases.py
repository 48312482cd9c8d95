"""Run the collected failing inputs of ../shared/cases and check that each is handled as expected.

Run:  python -m benchmarks.cases [NAME ...] [--command wann-edge]

Each case is a folder with a script ``cmd`` and the files that it needs. The script runs in a copy
of the folder; ``benchmarks.case_checks`` holds what its output must and must not contain. A case
that needs an absent tool is reported as skipped. Exits with 1 if a case fails.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.markup import escape

from benchmarks.case_checks import CASES, ELSEWHERE, Case

FOLDER = Path(__file__).resolve().parent.parent.parent / "shared" / "cases"
TIME_LIMIT_S = 900


def main() -> int:
    """Run the cases named on the command line, or all; return the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help="beginnings of names of cases")
    parser.add_argument("--command", default=str(Path(sys.executable).parent / "wann-edge"))
    parser.add_argument("--show", action="store_true", help="print the output of every case")
    options = parser.parse_args()
    if not FOLDER.is_dir():
        sys.exit(f"{FOLDER}: the folder of cases is missing")
    chosen = [case for case in CASES if case.name.startswith(tuple(options.names) or "")]
    console = Console(highlight=False)
    known = {*ELSEWHERE, *(case.name for case in CASES)}
    for folder in sorted(path.parent.name for path in FOLDER.glob("*/cmd")):
        if folder not in known:
            console.print(f"{folder}: FAILED, as benchmarks/case_checks.py has no check of it")
    failed = [case.name for case in chosen if not _report(console, case, options)]
    console.print(f"{len(chosen) - len(failed)} of {len(chosen)} cases pass or are skipped")
    return 1 if failed else 0


def _report(console: Console, case: Case, options: argparse.Namespace) -> bool:
    """Run a case and print a line for each fault; return whether there is none."""
    lacking = [tool for tool in case.needs if shutil.which(tool) is None]
    lacking += [name for name in case.variables if name not in os.environ]
    if lacking:
        console.print(f"{case.name}: skipped, as there is no {', '.join(lacking)}")
        return True
    printed = _run(case, options.command)
    faults = case.faults(printed)
    console.print(f"{case.name}: {'FAILED' if faults else 'as expected'}")
    for fault in faults:
        console.print(f"  {escape(fault)}", soft_wrap=True)
    if faults or options.show:
        console.print(escape(printed), style="dim", soft_wrap=True)
    return not faults


def _run(case: Case, command: str) -> str:
    """Run the script of a case in a copy of its folder; return all that it prints."""
    with tempfile.TemporaryDirectory(prefix="wann-edge-case-") as name:
        copy = Path(name) / case.name
        shutil.copytree(FOLDER / case.name, copy)
        for file, text in case.files().items():
            (copy / file).write_text(text)
        environment = {**os.environ, "W": command, "PY": sys.executable, "COLUMNS": "200"}
        done = subprocess.run(
            ["bash", "cmd", *case.arguments],
            cwd=copy,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=TIME_LIMIT_S,
            check=False,
        )
    return done.stdout.decode(errors="replace")


if __name__ == "__main__":
    sys.exit(main())
