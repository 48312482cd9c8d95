"""Names of tasks, files that are tasks, exporters, targets and costs, and where each is found.

A plain dictionary from a name to a lazy ``"module:attribute"``. Other packages add
to it through the entry-point groups ``wann_edge.tasks``, ``wann_edge.exporters``,
``wann_edge.targets``, ``wann_edge.simulators``, ``wann_edge.costs`` and
``wann_edge.task_files``. A cost, under its exporter's name, is a function of a network and
a core's name; a simulator makes a task of a name that begins with its own and a colon.
"""

from __future__ import annotations

from importlib import import_module
from importlib.metadata import entry_points

from wann_edge.errors import SettingsError

BUILT_IN: dict[str, dict[str, str]] = {
    "tasks": {
        "swingup": "wann_edge.sims.swingup:SwingUp",
        "cartpole": "wann_edge.sims.cartpole:CartPole",
        "pendulum": "wann_edge.sims.pendulum:Pendulum",
        "mountaincar": "wann_edge.sims.mountaincar:MountainCar",
        "acrobot": "wann_edge.sims.acrobot:Acrobot",
        "furuta": "wann_edge.sims.furuta:Furuta",
        "balancer": "wann_edge.sims.balancer:Balancer",
        "quadrotor": "wann_edge.sims.quadrotor:Quadrotor",
        "biped": "wann_edge.sims.biped:Biped",
        "bullet/swingup": "wann_edge.sims.bullet.swingup:BulletSwingUp",
        "bullet/a1": "wann_edge.sims.bullet.a1:A1",
        "bullet/balancer": "wann_edge.sims.bullet.balancer:BulletBalancer",
    },
    # By the ending of a file that is a task itself.
    "task_files": {".c": "wann_edge.sims.plant_file:PlantFileTask"},
    "simulators": {
        "gymnasium": "wann_edge.sims.gym_task:GymTask",
        "envpool": "wann_edge.sims.envpool_task:EnvpoolTask",
    },
    "exporters": {
        "c": "wann_edge.exporters.c.header:CHeader",
        "c-fixed": "wann_edge.exporters.c.header:CFixedHeader",
        "onnx": "wann_edge.exporters.onnx.onnx_model:Onnx",
        "arduino": "wann_edge.exporters.libraries.arduino:Arduino",
        "platformio": "wann_edge.exporters.libraries.platformio:PlatformIO",
        "zephyr": "wann_edge.exporters.libraries.zephyr:Zephyr",
        "micropython": "wann_edge.exporters.languages.micropython:MicroPythonModule",
        "rust": "wann_edge.exporters.languages.rust:RustCrate",
        "wasm": "wann_edge.exporters.languages.wasm:WasmModule",
        "js": "wann_edge.exporters.languages.javascript:JavaScriptModule",
        "numpy": "wann_edge.exporters.languages.numpy_module:NumpyModule",
    },
    "targets": {
        "host": "wann_edge.verify.host:HostTarget",
        "onnxruntime": "wann_edge.verify.onnx_target:OnnxTarget",
        "cortex-m0plus": "wann_edge.verify.emulated.target:CortexM0Plus",
        "cortex-m3": "wann_edge.verify.emulated.target:CortexM3",
        "cortex-m4f": "wann_edge.verify.emulated.target:CortexM4F",
        "cortex-m7f": "wann_edge.verify.emulated.target:CortexM7F",
        "cortex-m33f": "wann_edge.verify.emulated.target:CortexM33F",
        "rv32imc": "wann_edge.verify.emulated.target:Rv32imc",
        "rv32imfc": "wann_edge.verify.emulated.target:Rv32imfc",
        "avr": "wann_edge.verify.emulated.target:Avr",
        "wasm32": "wann_edge.verify.emulated.target:Wasm32",
    },
    "costs": {"c": "wann_edge.exporters.cost.estimator:estimate"},
}


def registered(kind: str) -> dict[str, str]:
    """All names of a kind, a key of ``BUILT_IN``, with where each is found."""
    others = {point.name: point.value for point in entry_points(group=f"wann_edge.{kind}")}
    return {**others, **BUILT_IN[kind]}


def load(kind: str, name: str) -> object:
    """What is registered under this name, imported now.

    Raises SettingsError, with the names there are, where there is none.
    """
    found = registered(kind)
    if name not in found:
        raise SettingsError(
            f"{name!r} is not one of the {kind}",
            remedy=f"use one of {', '.join(sorted(found))}" if found else "there are none",
        )
    module, _, attribute = found[name].partition(":")
    loaded: object = getattr(import_module(module), attribute)
    return loaded
