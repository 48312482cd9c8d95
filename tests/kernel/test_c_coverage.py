"""The probe runs nearly all lines of the kernel's C."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

from helpers.kernel_builds import KERNEL, build, digests
from helpers.parts import missing


def covered_lines(folder: Path) -> dict[tuple[str, int], bool]:
    """Return, for each kernel line that gcov counts, whether it ran in any of its copies.

    A header is compiled once per lane width, and its functions once per caller.
    """
    notes = sorted(map(str, folder.glob("*.gcda")))
    told = subprocess.check_output(["gcov", "--json-format", "--stdout", *notes], cwd=folder)
    ran: dict[tuple[str, int], bool] = {}
    for report in map(json.loads, told.splitlines()):
        for file in report["files"]:
            path = (folder / file["file"]).resolve()
            if path.is_relative_to(KERNEL):
                for line in file["lines"]:
                    key = (str(path.relative_to(KERNEL)), line["line_number"])
                    ran[key] = ran.get(key, False) or line["count"] > 0
    return ran


def test_the_probe_runs_nine_lines_in_ten(tmp_path: Path) -> None:
    if not (shutil.which("gcc") and shutil.which("gcov")):
        missing("gcc", "gcc and gcov are not installed: apt-get install gcc")
    counted = digests(build("gcc", ["-O0", "--coverage"], tmp_path / "kernel.so"))
    assert counted == digests(None)
    ran = covered_lines(tmp_path)
    files = {file for file, _ in ran}
    assert {"door.c", "activations.h", "network.h", "rollout.h", "plants/swingup.h"} <= files
    assert {"words.h", "q15.h", "q31.h", "fixed.h"} <= files
    missed = sorted(key for key, hit in ran.items() if not hit)
    assert len(missed) <= 0.1 * len(ran), f"{len(missed)} of {len(ran)} lines: {missed}"
