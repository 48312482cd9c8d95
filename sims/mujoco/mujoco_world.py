"""The base of the MuJoCo tasks: a model from a robot's URDF text, episodes, substeps."""

from __future__ import annotations

from typing import Any, TypeAlias

from wann_edge.errors import TaskError
from wann_edge.kernel import Floats
from wann_edge.sims.robots.rigid_world import RigidWorld, import_engine, kept, rigid_identity
from wann_edge.system.needs import demand, package
from wann_edge.system.wheels import SIMS
from wann_edge.task import Spec

NEEDS = (package("mujoco", SIMS),)

# Optional, so its types are not needed to check this code.
ModelSpec: TypeAlias = Any


class MujocoWorld(RigidWorld):
    """One MuJoCo world. Its start does not depend on earlier episodes.

    Raises:
        MissingError: MuJoCo is not installed, or importing it fails.
    """

    def __init__(self) -> None:
        demand(NEEDS)
        self.engine = import_engine("mujoco")
        # Otherwise MuJoCo also writes its warnings to a file in the current folder.
        self.engine.set_mju_user_warning(_ignore)
        super().__init__()

    def urdf(self) -> str:
        """Return the robot's URDF text, scaled by the factors."""
        raise NotImplementedError

    def build(self, model: ModelSpec) -> None:
        """Complete the robot's ``MjSpec``: joints, motors, ground, integrator."""
        raise NotImplementedError

    def set_up(self) -> None:
        """Compile the robot's model."""
        made = self.engine.MjSpec.from_string(self.urdf())
        made.option.timestep = self.spec.dt_s / self.substeps
        made.option.gravity = (0.0, 0.0, -9.82)
        # Otherwise a step that fails would continue from the model's default state.
        made.option.disableflags |= self.engine.mjtDisableBit.mjDSBL_AUTORESET
        _limit_inertia(made)
        self.build(made)
        self.model = made.compile()
        self.data = self.engine.MjData(self.model)

    def restore(self) -> None:
        """Return to the model's default state."""
        self.engine.mj_resetData(self.model, self.data)

    def advance(self, action: Floats) -> None:
        """Run the physics steps of a control period. Raises TaskError if one fails."""
        self.engine.mj_step(self.model, self.data, self.substeps)
        if self.data.warning.number.any():
            raise TaskError(
                f"the physics became unstable after {self.data.time:g} s",
                where=self.spec.name,
                remedy="vary the masses and lengths less",
            )


def _ignore(warning: str) -> None:
    """Ignore a warning; ``advance`` raises an error instead."""


def _limit_inertia(model: ModelSpec) -> None:
    """Limit the largest inertia of each body to the sum of the other two.

    No real body has more, but a link that is scaled by 1.5 may; MuJoCo refuses it. The factor
    leaves room for rounding.
    """
    for body in model.bodies:
        about = body.fullinertia[:3]
        largest = about.argmax()
        about[largest] = min(about[largest], 0.999 * (about.sum() - about[largest]))


class MujocoTask:
    """A task whose worlds are of one class. The pictures are drawn from the observations.

    Attributes:
        spec: the task's contract.
        summary: one line for lists.
        needs: MuJoCo.
        kind: the class of the worlds.
    """

    spec: Spec
    summary: str
    needs = NEEDS
    kind: type[MujocoWorld]

    @property
    def identity(self) -> dict[str, str]:
        """The world, the engine's version and the robots."""
        return rigid_identity(self.kind, "mujoco")

    def world(self) -> MujocoWorld:
        """Create a world. Raises MissingError where MuJoCo is not installed."""
        return kept(self.kind) or self.kind()
