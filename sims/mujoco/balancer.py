"""A balancing robot on two wheels as rigid bodies."""

from __future__ import annotations

import math

from wann_edge.kernel import Floats
from wann_edge.sims.mujoco.mujoco_world import ModelSpec, MujocoTask, MujocoWorld
from wann_edge.sims.robots.balancer_robot import (
    HELD,
    NO_LOAD_RAD_PER_S,
    WHEEL_RADIUS_M,
    BalancerRobot,
    BalancerStart,
    balancer_spec,
)

WHEELS = ("left_wheel", "right_wheel")


class MujocoBalancerWorld(BalancerRobot, MujocoWorld):
    """The robot on a plane, with physics steps of 2 ms."""

    spec = balancer_spec("mujoco/balancer")
    substeps = 5

    def build(self, model: ModelSpec) -> None:
        """Free the body, add the ground and the motors."""
        engine = self.engine
        model.option.integrator = engine.mjtIntegrator.mjINT_IMPLICITFAST
        model.compiler.fusestatic = False
        model.body("body").add_freejoint()
        model.worldbody.add_geom(type=engine.mjtGeom.mjGEOM_PLANE, size=(0.0, 0.0, 1.0))
        stall = self.stall_n_m()
        for wheel in WHEELS:
            motor = model.add_actuator(target=wheel, trntype=engine.mjtTrn.mjTRN_JOINT)
            motor.gainprm[0] = stall
            motor.biastype = engine.mjtBias.mjBIAS_AFFINE
            motor.biasprm[2] = -stall / NO_LOAD_RAD_PER_S
            motor.forcelimited, motor.forcerange = True, (-stall, stall)

    def set_up(self) -> None:
        """Compile the robot's model, and set the friction of the wheels."""
        super().set_up()
        self.model.dof_damping[-len(WHEELS) :] = self.bearing()

    def start(self, state: BalancerStart) -> None:
        """Set the state. MuJoCo's angular velocity is that in the frame of the body."""
        half = state.pitch_rad / 2
        turned = (math.cos(half), 0.0, math.sin(half), 0.0)
        turning = (0.0, state.pitch_rad_per_s, 0.0)
        wheels, speeds = [state.wheel_rad] * 2, [state.wheel_rad_per_s] * 2
        self.data.qpos[:] = (*state.place_m, *turned, *wheels)
        self.data.qvel[:] = (*state.velocity_m_per_s, *turning, *speeds)

    def command(self, action: Floats) -> None:
        """Command both motors."""
        self.data.ctrl[:] = float(action[0])

    def observe(self) -> tuple[float, float, float, float]:
        """Return pitch, rad and rad/s, forward positive; wheel position, m and m/s."""
        *_, w, x, y, z, left, right = self.data.qpos.tolist()
        *_, pitch_rate, yaw_rate, left_rate, right_rate = self.data.qvel.tolist()
        pitch = math.asin(max(-1.0, min(1.0, 2 * (w * y - z * x))))
        roll = math.atan2(2 * (w * x + y * z), 1 - 2 * (x * x + y * y))
        rate = pitch_rate * math.cos(roll) - yaw_rate * math.sin(roll)
        angle, speed = (left + right) / 2 + pitch, (left_rate + right_rate) / 2 + rate
        return pitch, rate, angle * WHEEL_RADIUS_M, speed * WHEEL_RADIUS_M


class MujocoBalancer(MujocoTask):
    """``mujoco/balancer``: the robot, contract, starts and rewards of ``bullet/balancer``."""

    spec = MujocoBalancerWorld.spec
    summary = "balance a robot on two wheels, in MuJoCo"
    kind = MujocoBalancerWorld
    held = HELD
