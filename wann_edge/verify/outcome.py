"""What can be verified, and what was found."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from typing import Protocol

from wann_edge.exporters import Optimize
from wann_edge.kernel import Floats
from wann_edge.network import Network
from wann_edge.system.needs import Listed


class Artefact(Protocol):
    """An exported network, built and ready to run.

    tolerance: 0 where the kernel's bits are demanded; else the largest difference
    allowed, as a share of the output's range (of 1 where an output is unbounded).
    in_loop: whether it also drives episodes of the task. most_episodes: how many at
    most, where it is slow.
    """

    name: str
    tolerance: float
    in_loop: bool
    most_episodes: int | None

    def forward(self, observations: Floats, weights: Floats) -> Floats:
        """Actions [n, outputs] for observations [n, inputs] and shared weights [n], float32."""
        ...

    def faults(self) -> Sequence[str]:
        """What the artefact's own tests find wrong; nothing when all is well."""
        ...


class Target(Listed, Protocol):
    """Where exported networks run: the host's compilers, onnxruntime, a board.

    Raises MissingError when a part it needs is not installed, VerifyError when an
    artefact can't be built.
    """

    def artefacts(
        self, network: Network, optimize: Optimize = "size"
    ) -> AbstractContextManager[Iterator[Artefact]]:
        """Exports the network and gives each artefact, built; cleans up at the end.

        optimize: what a C header is exported for.
        """
        ...


@dataclass(frozen=True)
class Loop:
    """Episodes with the artefact in the kernel's place: means and the rewards' difference."""

    episodes: int
    mean_reward: float
    kernel_mean_reward: float
    equal_episodes: int
    ok: bool


@dataclass(frozen=True)
class Check:
    """One artefact against the kernel.

    max_difference: the largest over all inputs that are not step flips, as a share
    of the output's range. step_flips: inputs on which a step function's argument is
    so near 0 that rounding decides, and the results differ. fault: what went wrong
    beside that, in one line. skipped: the missing part for which nothing was checked.
    """

    target: str
    artefact: str
    inputs: int = 0
    mismatches: int = 0
    step_flips: int = 0
    max_difference: float = 0.0
    tolerance: float = 0.0
    loop: Loop | None = None
    fault: str = ""
    skipped: str = ""

    @property
    def ok(self) -> bool:
        """Whether the artefact was checked and keeps its promise."""
        if self.skipped:
            return False
        return not self.fault and self.mismatches == 0 and (self.loop is None or self.loop.ok)


@dataclass(frozen=True)
class Verification:
    """All checks of one network."""

    checks: tuple[Check, ...]

    @property
    def ok(self) -> bool:
        """Whether something was checked and every check that was not skipped passed."""
        checked = [check for check in self.checks if not check.skipped]
        return bool(checked) and all(check.ok for check in checked)

    def to_document(self) -> dict[str, object]:
        """For ``--json``."""
        return {
            "ok": self.ok,
            "checks": [{**asdict(check), "ok": check.ok} for check in self.checks],
        }
