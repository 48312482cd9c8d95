"""The base of the PyBullet tasks: clients, episodes from a saved state, pictures."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from wann_edge.kernel import Floats
from wann_edge.sims.robots.rigid_world import RigidWorld, import_engine, kept, rigid_identity
from wann_edge.system.c_library import flush_c_streams
from wann_edge.system.keeper import scratch_folder
from wann_edge.system.needs import demand, package
from wann_edge.system.wheels import pybullet_install
from wann_edge.task import Picture, Spec

NEEDS = (package("pybullet", pybullet_install()),)

# PyBullet has no types. A BulletClient adds its number to every call.
Client: TypeAlias = Any


class Viewpoint(NamedTuple):
    """The size of a picture and the place of its camera.

    Attributes:
        target: the point in the centre, m.
        distance_m: from the camera to the target.
        yaw_deg: about the vertical axis.
        pitch_deg: below 0 for a camera that looks down.
        width: in pixels.
        height: in pixels.
    """

    target: tuple[float, float, float]
    distance_m: float
    yaw_deg: float = 0.0
    pitch_deg: float = -10.0
    width: int = 480
    height: int = 320


def connect() -> Client:
    """Start a headless client. Raises MissingError where PyBullet is not installed."""
    demand(NEEDS)
    with _quiet():
        bullet = import_engine("pybullet")
        clients = import_engine("pybullet_utils.bullet_client")
        return clients.BulletClient(bullet.DIRECT)


@contextmanager
def _quiet() -> Iterator[None]:
    """Discard what PyBullet's C code prints."""
    sys.stdout.flush()
    sys.stderr.flush()
    ours = {stream: os.dup(stream) for stream in (1, 2)}
    try:
        with Path(os.devnull).open("w") as nowhere:
            for stream in ours:
                os.dup2(nowhere.fileno(), stream)
            yield
            flush_c_streams()
    finally:
        for stream, kept in ours.items():
            os.dup2(kept, stream)
            os.close(kept)


class BulletWorld(RigidWorld):
    """One PyBullet world, a control period at a time.

    A subclass loads its bodies once, in ``build``. Each episode starts from the state saved
    after that, because loading bodies again leaks memory.

    Attributes:
        client: the physics client, used by this world alone.
        viewpoint: of pictures.
        touching: the bodies that can touch others.
    """

    viewpoint: Viewpoint
    touching: tuple[int, ...] = ()

    def __init__(self, client: Client) -> None:
        self.client = client
        # A BulletClient looks up each function by name at every call, which is slow.
        self._step, self.control = client.stepSimulation, client.setJointMotorControl2
        super().__init__()

    def set_up(self) -> None:
        """Load the bodies into the empty client, and save the state."""
        client = self.client
        client.setGravity(0.0, 0.0, -9.82)
        client.setTimeStep(self.spec.dt_s / self.substeps)
        client.setPhysicsEngineParameter(deterministicOverlappingPairs=1)
        self.build()
        self._saved = client.saveState()

    def vary(self, factors: Floats) -> None:
        """Build the world again, each parameter times its factor, float32 [parameters]."""
        self.client.removeState(self._saved)
        self.client.resetSimulation()
        super().vary(factors)

    def build(self) -> None:
        """Load the bodies, with masses and lengths scaled by the factors."""
        raise NotImplementedError

    def restore(self) -> None:
        """End all contacts, whose caches would change the next episode; restore the state."""
        for body in self.touching:
            self.client.resetBasePositionAndOrientation(body, (0.0, 0.0, 100.0), (0, 0, 0, 1))
        self.client.performCollisionDetection()
        self.client.restoreState(self._saved)

    def drive(self, action: Floats) -> None:
        """Set the motors for the next substep."""

    def advance(self, action: Floats) -> None:
        """Run the physics steps of a control period with an action, float32 [outputs]."""
        for _ in range(self.substeps):
            self.drive(action)
            self._step()

    def release(self) -> None:
        """Disconnect the client, which frees its memory."""
        if self.client.isConnected():
            self.client.disconnect()

    def looks_at(self) -> tuple[float, float, float]:
        """Return the point in the centre of a picture, m."""
        return self.viewpoint.target

    def picture(self) -> Picture:
        """Draw the current state in software: uint8 [height, width, 3]."""
        client, seen = self.client, self.viewpoint
        view = client.computeViewMatrixFromYawPitchRoll(
            self.looks_at(), seen.distance_m, seen.yaw_deg, seen.pitch_deg, 0.0, 2
        )
        lens = client.computeProjectionMatrixFOV(50.0, seen.width / seen.height, 0.05, 50.0)
        size = seen.width, seen.height
        drawn = client.getCameraImage(*size, view, lens, renderer=client.ER_TINY_RENDERER)[2]
        return np.asarray(drawn, np.uint8).reshape(seen.height, seen.width, 4)[:, :, :3].copy()


class BulletTask:
    """A task whose worlds are of one class, each with its own client.

    Attributes:
        spec: the task's contract.
        summary: one line for lists.
        needs: PyBullet.
        kind: the class of the worlds.
    """

    spec: Spec
    summary: str
    needs = NEEDS
    kind: type[BulletWorld]

    @property
    def identity(self) -> dict[str, str]:
        """The world, the engine's version and the robots."""
        return rigid_identity(self.kind, "pybullet")

    def world(self) -> BulletWorld:
        """Create a world. Raises MissingError where PyBullet is not installed."""
        return kept(self.kind) or self.kind(connect())

    def pictured_world(self) -> BulletWorld:
        """Create a world that draws pictures; every PyBullet world does."""
        return self.world()


def load(
    client: Client,
    path: Path,
    at: tuple[float, float, float] = (0.0, 0.0, 0.0),
    *,
    fixed: bool = False,
    flags: int = 0,
) -> int:
    """Load the body of a URDF file with the inertia in the file; return the body's number.

    Args:
        client: the physics client.
        path: of the URDF file.
        at: the position, m.
        fixed: whether the base is fixed to the world.
        flags: further flags of ``loadURDF``.
    """
    with _quiet():
        flags |= client.URDF_USE_INERTIA_FROM_FILE
        body: int = client.loadURDF(str(path), at, useFixedBase=fixed, flags=flags)
    return body


def load_text(
    client: Client,
    urdf: str,
    at: tuple[float, float, float] = (0.0, 0.0, 0.0),
    *,
    fixed: bool = False,
) -> int:
    """Load the body of a URDF text through a temporary file; see ``load``."""
    with scratch_folder() as folder:
        path = folder / "robot.urdf"
        path.write_text(urdf)
        return load(client, path, at, fixed=fixed)


def free_joints(client: Client, body: int, joints: Sequence[int]) -> None:
    """Switch off the motors that PyBullet gives to each joint."""
    for joint in joints:
        client.setJointMotorControl2(body, joint, client.VELOCITY_CONTROL, force=0.0)
