"""What the output of each collected case must and must not contain."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass

NEVER = ("Traceback (most recent call last)", "Segmentation fault", "core dumped")


def _no_files() -> dict[str, str]:
    return {}


@dataclass(frozen=True)
class Case:
    """A case and the check of its output.

    Attributes:
        name: of the folder.
        wanted: regular expressions, each of which must match somewhere, in this order.
        unwanted: regular expressions of which none may match.
        check: a further check; returns what is wrong.
        needs: programs without which the case is skipped.
        variables: environment variables without which the case is skipped.
        files: makes further files by their names.
    """

    name: str
    wanted: tuple[str, ...] = ()
    unwanted: tuple[str, ...] = ()
    check: Callable[[str], list[str]] = lambda _: []
    needs: tuple[str, ...] = ()
    variables: tuple[str, ...] = ()
    files: Callable[[], dict[str, str]] = _no_files
    arguments: tuple[str, ...] = ()

    def faults(self, printed: str) -> list[str]:
        """Return what is wrong with an output, a line each."""
        unwanted = [text for text in NEVER if text in printed]
        unwanted += [text for text in self.unwanted if re.search(text, printed, re.M)]
        missing, place = [], 0
        for text in self.wanted:
            found = re.compile(text, re.M).search(printed, place)
            place = found.end() if found else place
            missing += [] if found else [text]
        return [
            *(f"prints what it must not: {text}" for text in unwanted),
            *(f"does not print: {text}" for text in missing),
            *self.check(printed),
        ]


def _small_memory(printed: str) -> list[str]:
    sizes_kb = [int(size) for size in re.findall(r"(\d+) KB", printed)]
    largest_kb = 600_000
    return [f"{size} KB of memory" for size in sizes_kb if size > largest_kb]


def _apart(printed: str) -> list[str]:
    """Check that a name with the digit 1 is not the index of choice -1."""
    indices = dict(re.findall(r"(OUTPUT_CHOICE\w*) (\d+)", printed))
    wrong = [name for name, index in indices.items() if name.endswith("CHOICE_1") and index == "0"]
    count = printed.rsplit(maxsplit=1)[-1] if printed.split() else "0"
    silent = [] if count.isdigit() and int(count) > 0 else ["no word of the largest output"]
    return [*(f"{name} is the index of choice -1" for name in wrong), *silent]


def _all_found(printed: str) -> list[str]:
    """Check that the same plant in other units earns nearly what it earns in units of 1."""
    means = dict(re.findall(r"^(\w+:\w+) +mean of weights +(-?[\d.]+)", printed, re.M))
    plants = ("act_env:Throttle", "act_env:Tiny", "obs_env:Micro")
    pairs = [(name, f"{name.partition(':')[0]}:Unit") for name in plants]
    if any(name not in means for pair in pairs for name in pair):
        return ["a mean is missing"]
    return [
        f"{name} earns {means[name]}, in units of 1 {means[unit]}"
        for name, unit in pairs
        if float(means[name]) < 0.8 * float(means[unit])
    ]


def _deep_network() -> dict[str, str]:
    """Return a chain of nodes with a compact document, on which clang 14 crashes."""
    nodes = 12_000
    document = {
        "format": "wann-edge network",
        "version": 1,
        "task": "swingup",
        "control_period_s": 0.01,
        "shared_weight": -1.5,
        "inputs": [
            {"name": name, "unit": "1", "low": None, "high": None, "offset": 0.0, "scale": 1.0}
            for name in ("x", "v", "c", "s", "w")
        ],
        "outputs": [{"name": "force", "unit": "N", "low": -1.0, "high": 1.0, "safe": 0.0}],
        "nodes": [*["tanh"] * nodes, "linear"],
        "provenance": {},
        "edges": [[0, 6], *([a, a + 1] for a in range(6, 6 + nodes))],
    }
    return {"deep.json": json.dumps(document)}


# Cases that a test holds, as their script can't show it.
ELSEWHERE = {"21-pybullet-python312": "tests/system/test_wheels.py"}

CASES = (
    Case(
        "01-env-never-closed",
        ("^1 generations: 0 sim", "^4 generations: 0 sim", "same bits", r"^\d+ KB"),
        check=_small_memory,
        needs=("gcc",),
    ),
    Case("02-output-replaces-device", ("^c", "^c", "^p", "^l", "^-rw-------"), ("^-.* null$",)),
    Case("03-onnx-isnan", ("Converted Success", "^ok"), variables=("P",)),
    Case("04-discrete-start-macro", check=_apart),
    Case("05-fixed-nan", ("too large for 16-bit words", "too large for 16-bit words")),
    Case("06-tmpdir", ("TMPDIR", "TMPDIR", "TMPDIR", "write|space"), needs=("mount",)),
    Case(
        "07-environment-blamed-on-header",
        ("TMPDIR", "rc=2", "rc=2", "rc=[02]"),
        ("FAILED", "rc=1"),
        files=_deep_network,
    ),
    Case("09-env-prints", ("^}",), ("Expecting value", "Extra data")),
    Case("10-flush-to-zero", ("same bits",) * 3, ("FAILED",), needs=("gcc",)),
    Case("11-prettyneat-weights", ("--keep-weights", "edges")),
    Case("14-bare-assert", (r"AssertionError.*odd_envs\.py", r"KeyError.*odd_envs\.py")),
    Case("15-old-gym-api", (r"0\.26",) * 3),
    Case("16-env-known-only-to-parent", ("done 1", "register|done 2")),
    Case("17-unscaled-actions", check=_all_found),
    Case("18-latin1-show", ("[^ ]",), unwanted=("UnicodeEncodeError", "codec")),
    Case("19-wrong-serial", (r"serial\.py.*pip uninstall serial",)),
    Case("20-shadowed-stdlib", ("champion|wann-edge|r20",) * 3, ("Error",)),
    Case("22-plant-nan-reward", (r"plant\.c.*reward.*finite",), ("tell: ",)),
    Case("24-bom", ("connections|byte order mark",)),
    Case(
        "25-control-period",
        ('_s": 0.02', '_s": 0.02', '_s": 0.02', "render_fps is '50'", '_s": 0.02', '_s": 0.02'),
        ('_s": 0.99',),
    ),
    Case("27-socket-port", (r"socket://HOST:PORT",)),
    Case("28-gone-folder", ("folder", "folder")),
    Case("29-ort-warning", ("array",), ("[Ww]arning", r"\[W:")),
    Case("30-cxx-casts", ("^0$", "^0$"), needs=("g++",)),
)
