"""Check that a change alters no behaviour: run wann-edge on fixed seeds and hash all it writes.

Run:  python -m benchmarks.sameness --command OLD/bin/wann-edge > before.txt
      python -m benchmarks.sameness --command NEW/bin/wann-edge --compare before.txt

Prints one SHA-256 per file written and per text printed. If a change alters no behaviour, no line
differs, provided that both installations have the same packages. The script imports nothing of the
project, and bounds no work by time. Parts that depend on a clock or on the machine are replaced by
a star before hashing: see RULES. It takes about six minutes on one core.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from fnmatch import fnmatch
from itertools import product
from pathlib import Path
from typing import NamedTuple

from benchmarks.sameness_commands import COMMANDS, EXPORTED, INPUTS

PROJECT = Path(__file__).resolve().parent.parent
# Makes printed text the same on every machine.
ENVIRONMENT = {"COLUMNS": "100", "LC_ALL": "C.UTF-8", "NO_COLOR": "1", "TERM": "dumb"}


class Rule(NamedTuple):
    """A part that differs between two runs.

    Attributes:
        names: the artefacts concerned, as a shell pattern.
        text: a regular expression; a star replaces the match except for its group.
        reason: why the part differs.
    """

    names: str
    text: str
    reason: str


def _value(*keys: str) -> str:
    """Return a pattern for the values of JSON keys: a number, a word, a flat list or object."""
    return rf'("(?:{"|".join(keys)})": ?)(?:\{{[^{{}}]*\}}|\[[^\[\]]*\]|[^,}}\n]+)'


RULES = (
    Rule("search/*.json", _value("evaluation_s", "elapsed_s"), "times measured by the clock"),
    Rule("search/*/history.csv", r"(?m)^(\d+,\d+,\d+,)[^,]+,[^,]+", "the same two columns"),
    Rule("search/*/run.json", _value("machine"), "this machine's system and kernel"),
    Rule("said/*", r"(?m)^()[^\n]*━.*$", "progress bars: time left and the last state drawn"),
    Rule("said/search/*.txt", r"(?m)^(time: ).*$", "share of evaluation and steps per second"),
    Rule(
        "hil/*.jsonl",
        _value("ticks", "latency_s"),
        "times measured by the clocks of emulator and host",
    ),
    Rule(
        "said/hil/*",
        _value("latency_s", "counts", "compute_s", "worst_ticks"),
        "times measured by the clocks of emulator and host",
    ),
    Rule("said/hil/*", _value("missed_deadlines"), "steps late by the host's clock"),
    Rule(
        "said/hil/*",
        _value("timeouts", "is_safe", "applied"),
        "state of the board's watchdog, which has a clock",
    ),
)


@dataclass
class Session:
    """Runs commands in a folder.

    Attributes:
        command: the wann-edge to run.
        folder: the working directory.
        skipped: for each command that lacks an optional part, the message.
    """

    command: Path
    folder: Path
    skipped: dict[str, str] = field(default_factory=dict)

    def run(self, name: str, line: str) -> bool:
        """Run a command, keep its output below ``said``; return whether it exited with 0."""
        arguments, start_s = shlex.split(line), time.monotonic()
        (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
        done = subprocess.run(
            [self.command, *arguments],
            cwd=self.folder,
            env={**os.environ, **ENVIRONMENT},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
        )
        print(f"{time.monotonic() - start_s:6.1f} s  {name}", file=sys.stderr, flush=True)
        error = done.stderr.decode(errors="replace")
        missing = re.search(".*not installed.*", done.stdout.decode(errors="replace") + error)
        if done.returncode and missing:
            self.skipped[name] = missing[0].strip()
            return False
        said = self.folder / "said" / f"{name}.{'json' if '--json' in arguments else 'txt'}"
        said.parent.mkdir(parents=True, exist_ok=True)
        if done.stdout:
            said.write_bytes(done.stdout)
        if error or done.returncode:
            said.with_suffix(".err").write_text(f"exit code {done.returncode}\n{error}", "utf-8")
        return done.returncode == 0


def take_inputs(project: Path, folder: Path) -> None:
    """Copy INPUTS, and a plant with shorter episodes, so that tuning its front takes seconds."""
    for name, source in INPUTS.items():
        shutil.copyfile(project / source, folder / name)
    brief = (folder / "plant.c").read_text("utf-8").replace("DT_S 0.02f", "DT_S 0.1f")
    (folder / "brief.c").write_text(brief.replace("max_steps = 500", "max_steps = 60"), "utf-8")


def run_all(session: Session) -> None:
    """Run all commands in order, then the exports."""
    for told in re.split(r"\n(?! )", COMMANDS.strip()):
        name, _, rest = told.partition(": ")
        several = re.search(r"{(.+)}", name)
        for one in several[1].split(",") if several else [""]:
            full = name.replace(several[0], one) if several else name
            session.run(full, _completed(full, rest.replace("{}", one)))
    listed = json.loads((session.folder / "said/list/formats.json").read_text("utf-8"))
    export_all(session, [entry["name"] for entry in listed["formats"]])


def _completed(name: str, rest: str) -> str:
    """Return the command line, with an output path if the line has none."""
    command = name.partition("/")[0]
    if command == "search":
        rest += "" if "--workers" in rest else " --workers 1"
        rest += "" if "--resume" in rest else f" --out {name}"
    elif command in ("import", "tune", "baseline", "firmware") and "-o " not in rest:
        rest += f" -o {name}"
    elif command == "hil" and "--board" in rest:
        # A busy machine must not cause a request to be sent twice.
        rest += " --timeout 60 --recovery 120 --json"
    return rest if command == "help" else f"{command} {rest}"


def export_all(session: Session, formats: list[str]) -> None:
    """Export each network in each format; skip options that the first network was refused."""
    refused = set()
    for network, options in EXPORTED.items():
        for name, option in product(formats, options):
            if (name, option) not in refused:
                out = f"export/{network}/{name}-{option}"
                (session.folder / out).mkdir(parents=True)
                choice = "--optimize speed" if option == "speed" else f"--dtype {option}"
                line = f"export {network}.json --format {name} {choice} -o {out}/policy"
                if not session.run(out, line):
                    refused.add((name, option))


def normalised(name: str, content: bytes) -> bytes:
    """Return the content with a star in place of each part that RULES name."""
    if fnmatch(name, "search/*/checkpoint-?.json"):
        # The checksum covers times too, so only its correctness is kept.
        told, _, content = content.partition(b"\n")
        is_right = told == f"{zlib.crc32(content):08x}".encode()
        content = f"checksum: {'correct' if is_right else 'wrong'}\n".encode() + content
    for rule in RULES:
        if fnmatch(name, rule.names):
            content = re.sub(rule.text, r"\1*", content.decode()).encode()
    return content


def check_sums(session: Session) -> dict[str, str]:
    """Return for each artefact its SHA-256, or why it is missing. Normalises the files in place."""
    sums = {name: f"skipped  {name}  {reason}" for name, reason in session.skipped.items()}
    for path in filter(Path.is_file, session.folder.rglob("*")):
        name = path.relative_to(session.folder).as_posix()
        content = normalised(name, path.read_bytes())
        path.write_bytes(content)
        sums[name] = f"{hashlib.sha256(content).hexdigest()}  {name}"
    return dict(sorted(sums.items()))


def differences(old: Iterable[str], new: dict[str, str]) -> list[str]:
    """Return a line for each artefact that differs, is new, or is missing."""
    before = {line.split()[1]: line.split()[0] for line in old if line.strip()}
    after = {name: line.split()[0] for name, line in new.items()}
    return [
        f"{'new' if name not in before else 'differs' if name in after else 'missing'}  {name}"
        for name in sorted(before.keys() | after.keys())
        if before.get(name) != after.get(name)
    ]


def main() -> int:
    """Print the hashes, or with --compare the names that differ; return 1 if any differs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--command", type=Path, required=True, help="the wann-edge to run")
    parser.add_argument("--project", type=Path, default=PROJECT, help="where examples/ is")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="keep the files, normalised")
    parser.add_argument("--compare", type=Path, metavar="OLD.txt", help="print what differs")
    asked = parser.parse_args()
    old = asked.compare and asked.compare.read_text("utf-8").splitlines()
    if asked.keep and asked.keep.exists():
        parser.error(f"{asked.keep} exists already")
    with tempfile.TemporaryDirectory(prefix="sameness-") as name:
        session = Session(asked.command.absolute(), Path(name))
        take_inputs(asked.project.resolve(), session.folder)
        run_all(session)
        sums = check_sums(session)
        if asked.keep:
            shutil.copytree(session.folder, asked.keep)
    lines = list(sums.values()) if old is None else differences(old, sums)
    print("".join(f"{line}\n" for line in lines), end="")
    return 1 if old is not None and lines else 0


if __name__ == "__main__":
    sys.exit(main())
