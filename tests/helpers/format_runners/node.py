"""What node runs: the JavaScript module, and MicroPython as WebAssembly."""

from __future__ import annotations

import json
import shutil
import subprocess
from functools import cache
from pathlib import Path

import numpy as np

from helpers.format_runners import MARK, OTHER, Contract, replaced, require_tools, write_files
from helpers.format_runners.stated import stated_contract
from helpers.parts import missing
from wann_edge.exporters import Files
from wann_edge.exporters.languages.micropython_module import KEYWORDS
from wann_edge.kernel import Floats

NODE = "apt-get install nodejs"
_PACKAGE = "@micropython/micropython-webassembly-pyscript"
MICROPYTHON = f"npm install -g {_PACKAGE}@1.27.0"

# Both read rows of observation and weight, and write rows of actions.
_JS = """
import { readFileSync, writeFileSync } from "node:fs";
import { CONTRACT, INPUTS, OUTPUTS, SHARED_WEIGHT, selftest, step } from "./NAME.mjs";
if (process.argv[2] === "rows") {
  const bytes = readFileSync("rows");
  const rows = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
  const count = rows.length / (INPUTS + 1);
  const actions = new Float32Array(count * OUTPUTS);
  for (let row = 0; row < count; row++) {
    const seen = rows.subarray(row * (INPUTS + 1), (row + 1) * (INPUTS + 1) - 1);
    const weight = rows[(row + 1) * (INPUTS + 1) - 1];
    if (weight === SHARED_WEIGHT) actions.set(step(seen), row * OUTPUTS);
    else step(Array.from(seen), weight, actions.subarray(row * OUTPUTS, (row + 1) * OUTPUTS));
  }
  writeFileSync("actions", actions);
} else {
  const deep = Object.isFrozen(CONTRACT) && CONTRACT.inputs.every(Object.isFrozen);
  console.log(JSON.stringify({ contract: CONTRACT, selftest: selftest(), deep }));
}
"""
_MICROPYTHON = """
import { readFileSync, writeFileSync } from "node:fs";
import { loadMicroPython } from "PACKAGE/micropython.mjs";
const mp = await loadMicroPython({ stdout: (line) => console.log(line) });
mp.FS.writeFile("/NAME.py", readFileSync("NAME.py"));
if (process.argv[2] === "rows") {
  mp.FS.writeFile("/rows", readFileSync("rows"));
  mp.runPython(readFileSync("rows.py", "utf-8"));
  writeFileSync("actions", mp.FS.readFile("/actions"));
} else {
  mp.runPython(readFileSync("say.py", "utf-8"));
}
"""
_SAY = """
import sys
sys.path.append("/")
import json, NAME
print(json.dumps({"contract": NAME.contract(), "selftest": NAME.selftest()}))
"""
_ROWS = """
import sys
sys.path.append("/")
import struct, NAME
size = 4 * (NAME.INPUTS + 1)
with open("/rows", "rb") as rows, open("/actions", "wb") as actions:
    while True:
        row = rows.read(size)
        if not row:
            break
        row = struct.unpack("<%df" % (NAME.INPUTS + 1), row)
        own = row[-1] == NAME.SHARED_WEIGHT
        action = NAME.step(row[:-1]) if own else NAME.step(row[:-1], row[-1])
        actions.write(struct.pack("<%df" % NAME.OUTPUTS, *action))
"""


class BuiltScript:
    """A folder with a driver that says what the module states, and runs rows from a file."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.said = json.loads(self._run("say"))

    def _run(self, what: str) -> str:
        command = ["node", "driver.mjs", what]
        done = subprocess.run(
            command, cwd=self._folder, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        assert done.stderr == ""
        return done.stdout

    def forward(self, observations: Floats, weights: Floats) -> Floats:
        """All rows in one process."""
        (self._folder / "rows").write_bytes(np.column_stack([observations, weights]).tobytes())
        self._run("rows")
        found = np.frombuffer((self._folder / "actions").read_bytes(), "<f4")
        actions: Floats = found.reshape(len(weights), -1)
        return actions

    def selftest(self) -> int | None:
        """The golden vectors that differ."""
        return int(self.said["selftest"])

    def contract(self) -> Contract:
        """As JSON."""
        return stated_contract(self.said["contract"])


class _Js:
    tolerance = 0.0
    keywords: tuple[str, ...] = ()
    most_rows = 2000

    def require(self) -> None:
        """node."""
        require_tools("node", NODE, ["node"])

    def build(self, files: Files, name: str, workdir: Path) -> BuiltScript:
        """Beside a driver that imports it."""
        write_files(files, workdir)
        (workdir / "driver.mjs").write_text(_JS.replace("NAME", name))
        built = BuiltScript(workdir)
        assert built.said["deep"], "the contract is not frozen"
        return built

    def tampered(self, files: Files) -> Files:
        """In the code; the golden vectors stay."""
        return replaced(files, repr(MARK), repr(OTHER))


class _MicroPython:
    tolerance = 0.0
    keywords = KEYWORDS
    most_rows = 300

    def require(self) -> None:
        """node, and MicroPython's own package for it."""
        require_tools("micropython", NODE, ["node"])
        if _package() is None:
            missing("micropython", f"not installed: MicroPython for node: {MICROPYTHON}")

    def build(self, files: Files, name: str, workdir: Path) -> BuiltScript:
        """Into the interpreter's own file system."""
        write_files(files, workdir)
        (workdir / "say.py").write_text(_SAY.replace("NAME", name))
        (workdir / "rows.py").write_text(_ROWS.replace("NAME", name))
        driver = _MICROPYTHON.replace("NAME", name).replace("PACKAGE", str(_package()))
        (workdir / "driver.mjs").write_text(driver)
        return BuiltScript(workdir)

    def tampered(self, files: Files) -> Files:
        """In the table of constants; the golden vectors stay."""
        mark, other = (
            "".join(f"\\x{octet:02x}" for octet in np.float32(value).tobytes())
            for value in (MARK, OTHER)
        )
        return replaced(files, f'float_of(b"{mark}")', f'float_of(b"{other}")')


@cache
def _package() -> Path | None:
    """The folder of MicroPython's package, among those installed with -g."""
    if shutil.which("npm") is None:
        return None
    root = subprocess.run(["npm", "root", "-g"], capture_output=True, text=True, check=False)
    folder = Path(root.stdout.strip()) / _PACKAGE
    return folder if (folder / "micropython.mjs").is_file() else None


JS, MICROPYTHON_MODULE = _Js(), _MicroPython()
