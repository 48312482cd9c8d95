"""The registry: names of tasks, exporters, targets and more, and the module of each.

A plain dictionary from a name to ``"module:attribute"``, which is imported on first use. Other
packages add names through the entry-point groups ``wann_edge.tasks``, ``wann_edge.task_files``,
``wann_edge.simulators``, ``wann_edge.exporters``, ``wann_edge.targets``, ``wann_edge.baselines``
and ``wann_edge.costs``.

A task file is registered by its extension; a simulator by the prefix of its tasks' names, as in
``gymnasium:NAME``; a cost, by its exporter's name, is a function of a network and a core's name.
"""

from __future__ import annotations

from importlib import import_module

from wann_edge.errors import MissingError, SettingsError, WannError
from wann_edge.system.cores import CORES
from wann_edge.system.needs import import_fault

BUILT_IN: dict[str, dict[str, str]] = {
    "tasks": {
        "swingup": "wann_edge.sims.swingup:SwingUp",
        "cartpole": "wann_edge.sims.cartpole:CartPole",
        "pendulum": "wann_edge.sims.pendulum:Pendulum",
        "mountaincar": "wann_edge.sims.mountaincar:MountainCar",
        "acrobot": "wann_edge.sims.acrobot:Acrobot",
        "furuta": "wann_edge.sims.furuta:Furuta",
        "furuta-swingup": "wann_edge.sims.furuta_swingup:FurutaSwingUp",
        "balancer": "wann_edge.sims.balancer:Balancer",
        "quadrotor": "wann_edge.sims.quadrotor:Quadrotor",
        "biped": "wann_edge.sims.biped:Biped",
        "bullet/swingup": "wann_edge.sims.bullet.swingup:BulletSwingUp",
        "bullet/a1": "wann_edge.sims.bullet.a1:A1",
        "bullet/balancer": "wann_edge.sims.bullet.balancer:BulletBalancer",
        "mujoco/swingup": "wann_edge.sims.mujoco.swingup:MujocoSwingUp",
        "mujoco/balancer": "wann_edge.sims.mujoco.balancer:MujocoBalancer",
    },
    # By the extension of a file that defines a task.
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
        "micropython": "wann_edge.exporters.languages.micropython_module:MicroPythonModule",
        "rust": "wann_edge.exporters.languages.rust_crate:RustCrate",
        "wasm": "wann_edge.exporters.languages.wasm_module:WasmModule",
        "js": "wann_edge.exporters.languages.javascript_module:JavaScriptModule",
        "numpy": "wann_edge.exporters.languages.numpy_module:NumpyModule",
    },
    "targets": {
        "host": "wann_edge.verify.host_target:HostTarget",
        "onnxruntime": "wann_edge.verify.onnx_target:OnnxTarget",
        **{core: f"wann_edge.verify.emulated.emulated_target:{core}" for core in CORES},
    },
    # Functions of a task and the user's choices, ``baselines.kinds.Kind``.
    "baselines": {
        "linear": "wann_edge.baselines.linear:plan",
        "pid": "wann_edge.baselines.pid:plan",
        "lqr": "wann_edge.baselines.lqr:plan",
        "energy": "wann_edge.baselines.energy:plan",
        "dense": "wann_edge.baselines.dense:plan",
    },
    "costs": {"c": "wann_edge.exporters.cost.estimator:estimate"},
}


def registered(kind: str) -> dict[str, str]:
    """Return the ``"module:attribute"`` of each name.

    Args:
        kind: a key of ``BUILT_IN``.
    """
    from importlib.metadata import entry_points  # slow, and --help needs none

    others = {point.name: point.value for point in entry_points(group=f"wann_edge.{kind}")}
    return {**others, **BUILT_IN[kind]}


def load(kind: str, name: str) -> object:
    """Import what is registered under a name.

    Args:
        kind: a key of ``BUILT_IN``.
        name: a registered name.

    Raises:
        SettingsError: the name is not registered; the message lists those that are.
        MissingError: its module, or a package that the module needs, can't be imported.
    """
    found = BUILT_IN[kind]
    if name not in found:
        found = registered(kind)
    if name not in found:
        raise SettingsError(
            f"{name!r} is not one of the {kind}",
            where=kind,
            remedy=f"use one of {', '.join(sorted(found))}" if found else "none is registered",
        )
    module, _, attribute = found[name].partition(":")
    try:
        loaded: object = getattr(import_module(module), attribute)
    except WannError:
        raise
    except Exception as error:
        raise _import_fault(error, f"{kind}: {name}", module) from error
    return loaded


def _import_fault(error: Exception, where: str, module: str) -> MissingError:
    """Return what prevents an import, such as a missing package or a defect of another package."""
    known = import_fault(error) if isinstance(error, (ImportError, AttributeError)) else None
    if known is not None:
        return MissingError(known.what, where=where, remedy=known.remedy)
    return MissingError(
        f"{module} can't be imported: {type(error).__name__}: {error}",
        where=where,
        remedy=f"correct or reinstall the package that contains {module}",
    )
