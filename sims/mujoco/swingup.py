"""The swing-up as rigid bodies, with the contract of the native task."""

from __future__ import annotations

from wann_edge.kernel import Floats
from wann_edge.sims.mujoco.mujoco_world import ModelSpec, MujocoTask, MujocoWorld
from wann_edge.sims.robots.swingup_robot import FORCE_N, HELD, SwingUpRobot, swingup_spec

CART = 0


class MujocoSwingUpWorld(SwingUpRobot, MujocoWorld):
    """A cart on a rail and a uniform rod, with Runge-Kutta steps of 5 ms."""

    spec = swingup_spec("mujoco/swingup")
    substeps = 2

    def build(self, model: ModelSpec) -> None:
        """Set the integrator."""
        model.option.integrator = self.engine.mjtIntegrator.mjINT_RK4

    def set_up(self) -> None:
        """Compile the robot's model, and set the friction of the cart."""
        super().set_up()
        self.model.dof_damping[CART] = self.friction()

    def start(self, x_m: float, v_m_per_s: float, angle_rad: float, rad_per_s: float) -> None:
        """Set the state: position, velocity, angle (0 upright), angular velocity."""
        self.data.qpos[:], self.data.qvel[:] = (x_m, angle_rad), (v_m_per_s, rad_per_s)

    def state(self) -> tuple[float, float, float, float]:
        """Return position m, velocity m/s, angle rad (0 upright), angular velocity rad/s."""
        (x, angle), (v, rate) = self.data.qpos.tolist(), self.data.qvel.tolist()
        return x, v, angle, rate

    def command(self, action: Floats) -> None:
        """Push the cart with a constant force."""
        self.data.qfrc_applied[CART] = FORCE_N * float(action[0])


class MujocoSwingUp(MujocoTask):
    """``mujoco/swingup``: contract, starts and rewards of ``swingup``, with rigid bodies."""

    spec = MujocoSwingUpWorld.spec
    summary = "the swing-up as rigid bodies in MuJoCo"
    kind = MujocoSwingUpWorld
    held = HELD
