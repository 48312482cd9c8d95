"""What the PyBullet tasks share: a client handed in, episodes from a saved state, pictures."""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from wann_edge.errors import TaskError
from wann_edge.kernel import Floats
from wann_edge.system.needs import demand, package
from wann_edge.task import Picture, Spec

ROBOTS = Path(__file__).parent / "robots"
NEEDS = (package("pybullet", 'pip install "wann-edge[sims]"'),)

# PyBullet has no types: a BulletClient passes its own number to every call.
Client: TypeAlias = Any


class Camera(NamedTuple):
    """A picture's size in pixels, and where it is seen from: metres and degrees."""

    target: tuple[float, float, float]
    distance_m: float
    yaw_deg: float = 0.0
    pitch_deg: float = -10.0
    width: int = 480
    height: int = 320


def connect() -> Client:
    """A headless client of its own. Raises MissingError where PyBullet is not installed."""
    demand(NEEDS)
    with _quiet():
        bullet = import_module("pybullet")
        clients = import_module("pybullet_utils.bullet_client")
        return clients.BulletClient(bullet.DIRECT)


@contextmanager
def _quiet() -> Iterator[None]:
    """Keeps what PyBullet's C code prints when it starts out of our output."""
    sys.stdout.flush()
    sys.stderr.flush()
    ours = {stream: os.dup(stream) for stream in (1, 2)}
    try:
        with Path(os.devnull).open("w") as nowhere:
            for stream in ours:
                os.dup2(nowhere.fileno(), stream)
            yield
            ctypes.CDLL(None).fflush(None)
    finally:
        for stream, kept in ours.items():
            os.dup2(kept, stream)
            os.close(kept)


class BulletWorld:
    """One PyBullet world, a control period at a time.

    A subclass loads its bodies in ``build``, once; an episode starts from the state
    that was saved behind it, so that nothing is loaded again and nothing leaks.
    client: of this world alone. substeps: of physics in a control period. touching:
    bodies that can touch others. parameters: what ``vary`` changes. factors: of each.
    """

    spec: Spec
    substeps: int
    camera: Camera
    touching: tuple[int, ...] = ()
    parameters: tuple[str, ...] = ()

    def __init__(self, client: Client) -> None:
        self.client = client
        # A BulletClient looks its functions up anew each time.
        self._step, self.control = client.stepSimulation, client.setJointMotorControl2
        self.factors = dict.fromkeys(self.parameters, 1.0)
        self._set_up()
        self._low = np.array([output.low for output in self.spec.outputs], np.float32)
        self._high = np.array([output.high for output in self.spec.outputs], np.float32)

    def _set_up(self) -> None:
        client, self._running = self.client, False
        client.setGravity(0.0, 0.0, -9.82)
        client.setTimeStep(self.spec.dt_s / self.substeps)
        client.setPhysicsEngineParameter(deterministicOverlappingPairs=1)
        self.build()
        self._saved = client.saveState()

    def vary(self, factors: Floats) -> None:
        """Builds all anew, each parameter multiplied. float32 [parameters]."""
        self.client.removeState(self._saved)
        self.client.resetSimulation()
        self.factors = dict(zip(self.parameters, factors.tolist(), strict=True))
        self._set_up()

    def build(self) -> None:
        """Loads the bodies, as heavy and as long as the factors say."""
        raise NotImplementedError

    def begin(self, rng: np.random.Generator) -> None:
        """Sets the starting state of an episode, drawn from the generator."""
        raise NotImplementedError

    def command(self, action: Floats) -> None:
        """Sets what the motors keep for a control period. action: within its bounds."""

    def drive(self, action: Floats) -> None:
        """Sets the motors for the next substep."""

    def observe(self) -> Sequence[float]:
        """The observation as it is now."""
        raise NotImplementedError

    def judge(self) -> tuple[float, bool]:
        """The reward of the control period that ended, and whether the episode is over."""
        raise NotImplementedError

    def reset(self, seed: int) -> Floats:
        """Starts the episode that this seed names; gives the first observation."""
        self._part()
        self.client.restoreState(self._saved)
        self.begin(np.random.default_rng(seed))
        self._running = True
        return np.array(self.observe(), np.float32)

    def _part(self) -> None:
        """Ends all contacts: their caches would outlive the episode, and change the next one."""
        for body in self.touching:
            self.client.resetBasePositionAndOrientation(body, (0.0, 0.0, 100.0), (0, 0, 0, 1))
        self.client.performCollisionDetection()

    def step(self, action: Floats) -> tuple[Floats, np.float32, bool]:
        """One control period: the next observation, the reward, whether the episode is over.

        Raises TaskError where it was over before, or never started.
        """
        if not self._running:
            raise TaskError(
                "no episode is running", where=self.spec.name, remedy="call reset() first"
            )
        taken = np.clip(action, self._low, self._high)
        self.command(taken)
        for _ in range(self.substeps):
            self.drive(taken)
            self._step()
        reward, over = self.judge()
        self._running = not over
        return np.array(self.observe(), np.float32), np.float32(reward), over

    def looks_at(self) -> tuple[float, float, float]:
        """Where the camera points, in metres."""
        return self.camera.target

    def picture(self) -> Picture:
        """The world as it is now, drawn in software: uint8 [height, width, 3]."""
        camera, client = self.camera, self.client
        view = client.computeViewMatrixFromYawPitchRoll(
            self.looks_at(), camera.distance_m, camera.yaw_deg, camera.pitch_deg, 0.0, 2
        )
        lens = client.computeProjectionMatrixFOV(50.0, camera.width / camera.height, 0.05, 50.0)
        size = camera.width, camera.height
        drawn = client.getCameraImage(*size, view, lens, renderer=client.ER_TINY_RENDERER)[2]
        return np.asarray(drawn, np.uint8).reshape(camera.height, camera.width, 4)[:, :, :3].copy()


class BulletTask:
    """A task of a kind of world, each with a client of its own."""

    spec: Spec
    summary: str
    needs = NEEDS
    kind: type[BulletWorld]

    def world(self) -> BulletWorld:
        """A world of its own for one caller. Raises MissingError without PyBullet."""
        return self.kind(connect())

    def pictured_world(self) -> BulletWorld:
        """A world that draws itself: all do."""
        return self.world()


def load(
    client: Client,
    path: Path,
    at: tuple[float, float, float] = (0.0, 0.0, 0.0),
    *,
    fixed: bool = False,
    flags: int = 0,
) -> int:
    """The body of a URDF file, with the inertia that the file says; gives its number."""
    with _quiet():
        flags |= client.URDF_USE_INERTIA_FROM_FILE
        body: int = client.loadURDF(str(path), at, useFixedBase=fixed, flags=flags)
    return body


def free_joints(client: Client, body: int, joints: Sequence[int]) -> None:
    """Takes the motors off, which PyBullet puts on every joint."""
    for joint in joints:
        client.setJointMotorControl2(body, joint, client.VELOCITY_CONTROL, force=0.0)
