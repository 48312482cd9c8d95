"""Run ONNX models in each reader that this interpreter can import; a script without wann_edge.

Usage: python read_onnx.py FOLDER, which holds NAME.onnx and NAME.npz with observations, actions
and the safe actions. Prints a line of JSON for each reader.
"""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
from collections.abc import Callable
from importlib import metadata
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Run = Callable[[Floats], Floats]


def onnxruntime(path: Path) -> Run:
    """Read with onnxruntime."""
    session = importlib.import_module("onnxruntime").InferenceSession(
        str(path), providers=["CPUExecutionProvider"]
    )
    return lambda seen: session.run(["action"], {"observation": seen})[0]


def cv2(path: Path) -> Run:
    """Read with the module dnn of OpenCV."""
    net = importlib.import_module("cv2").dnn.readNetFromONNX(str(path))

    def run(seen: Floats) -> Floats:
        net.setInput(seen, "observation")
        action: Floats = net.forward("action")
        return action

    return run


def openvino(path: Path) -> Run:
    """Read with OpenVINO on the CPU, in float32."""
    core = importlib.import_module("openvino").Core()
    model = core.compile_model(str(path), "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
    return lambda seen: model([seen])[0]


def onnx2torch(path: Path) -> Run:
    """Convert to a PyTorch module."""
    torch = importlib.import_module("torch")
    module = importlib.import_module("onnx2torch").convert(str(path)).eval()
    return lambda seen: module(torch.from_numpy(seen)).detach().numpy()


def MNN(path: Path) -> Run:  # noqa: N802 (the import name of the package)
    """Convert with mnnconvert, and run in MNN."""
    engine, converted = importlib.import_module("MNN"), path.with_suffix(".mnn")
    command = [str(Path(sys.executable).with_name("mnnconvert")), "-f", "ONNX"]
    command += ["--modelFile", str(path), "--MNNModel", str(converted), "--bizCode", "wann"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if not converted.exists():
        raise RuntimeError(done.stdout[-300:])
    module = engine.nn.load_module_from_file(str(converted), ["observation"], ["action"])

    def run(seen: Floats) -> Floats:
        given = engine.expr.const(seen.ravel().tolist(), list(seen.shape), engine.expr.NCHW)
        return np.array(module.forward([given])[0].read())

    return run


def onnxconverter_common(path: Path) -> Run:
    """Convert to float16, and run in onnxruntime."""
    float16 = importlib.import_module("onnxconverter_common").float16
    onnx, ort = (importlib.import_module(name) for name in ("onnx", "onnxruntime"))
    model = float16.convert_float_to_float16(onnx.load(str(path)), keep_io_types=False)
    session = ort.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    return lambda seen: session.run(["action"], {"observation": seen.astype(np.float16)})[0]


# How far actions may be from the kernel's, as a share of their span, and the share of actions that
# may be further: a rounding can move a step. The second pair is for float16.
TOLERANCES = {"onnxconverter_common": (0.05, 0.05)}
# Readers that compare NaN as equal to itself, and so never select the safe action.
WITHOUT_NAN = ("MNN",)
READERS = (onnxruntime, cv2, openvino, onnx2torch, MNN, onnxconverter_common)


def version_of(package: str) -> str:
    """Return the version of a package by its import name; some packages have no attribute of it."""
    return metadata.version(metadata.packages_distributions()[package][0])


def distance_ulp(found: Floats, wanted: Floats) -> int:
    """Return the largest distance of two arrays in units in the last place of float32."""
    bits = [np.float32(array + 0.0).view(np.int32).astype(np.int64) for array in (found, wanted)]
    first, second = (np.where(line < 0, -(line + 2**31), line) for line in bits)
    return int(np.abs(first - second).max())


def compare(read: Callable[[Path], Run], path: Path) -> tuple[str, int]:
    """Return what is wrong with the actions of a reader ("" for nothing), and their distance."""
    given, run = np.load(path.with_suffix(".npz")), read(path)
    tolerance, most = TOLERANCES.get(read.__name__, (1e-4, 0.01))
    found = run(given["observations"]).reshape(given["actions"].shape)
    distance = distance_ulp(found, given["actions"])
    beyond = np.abs(found - given["actions"]) > tolerance * given["span"]
    broken = run(given["broken"]).reshape(len(given["broken"]), -1)
    if beyond.mean() > most:
        return f"{beyond.mean():.1%} of the actions differ", distance
    if read.__name__ in WITHOUT_NAN or np.allclose(broken, given["safe"], atol=1e-3):
        return "", distance
    return "the action is not the safe one", distance


def main() -> None:
    """Run all models of the folder in all readers."""
    paths = sorted(Path(sys.argv[1]).glob("*.onnx"))
    for read in READERS:
        try:
            importlib.import_module(read.__name__)
        except ImportError:
            continue
        heading = read.__name__, version_of(read.__name__)
        faults, distances = [], []
        for path in paths:
            try:
                what, distance = compare(read, path)
                distances.append(distance)
            except Exception as error:  # any failure of a reader is the result
                what = f"{type(error).__name__}: {str(error).strip()[-200:]}"
            faults += [f"{path.stem}: {what}"] if what else []
        print("\n" + json.dumps([*heading, len(paths), distances, faults]), flush=True)


if __name__ == "__main__":
    main()
