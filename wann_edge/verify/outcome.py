"""Targets and artefacts, and the results of their verification."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from typing import Protocol

from wann_edge.exporters import Optimize
from wann_edge.kernel import Floats
from wann_edge.network import Network
from wann_edge.system.needs import ListEntry


class Artefact(Protocol):
    """An exported network, built and ready to run.

    Attributes:
        name: such as ``gcc -O2``.
        tolerance: 0 for the kernel's bits; otherwise the largest allowed difference as a share
            of the output's range (of 1 for an unbounded output).
        in_loop: whether it also controls episodes of the task.
        most_episodes: the largest number of these episodes; None for all.
    """

    name: str
    tolerance: float
    in_loop: bool
    most_episodes: int | None

    def forward(self, observations: Floats, weights: Floats) -> Floats:
        """Return actions [n, outputs] of observations [n, inputs] and weights [n], float32."""
        ...

    def faults(self) -> Sequence[str]:
        """Return what the artefact's own tests find wrong."""
        ...


class Target(ListEntry, Protocol):
    """Where exported networks run: the host's compilers, onnxruntime, an emulated core.

    Raises:
        MissingError: a part that the target needs is not installed.
        VerifyError: an artefact can't be built.
    """

    def artefacts(
        self, network: Network, optimize: Optimize = "size"
    ) -> AbstractContextManager[Iterator[Artefact]]:
        """Export the network and yield each artefact, built; clean up when the block ends.

        Args:
            network: the network to export.
            optimize: what a C header is exported for.
        """
        ...


@dataclass(frozen=True)
class Loop:
    """Episodes with the artefact in the kernel's place.

    Attributes:
        episodes: number of episodes.
        mean_reward: mean return with the artefact.
        kernel_mean_reward: mean return with the kernel.
        equal_episodes: episodes whose returns have equal bits.
        ok: whether the returns agree as the artefact promises.
    """

    episodes: int
    mean_reward: float
    kernel_mean_reward: float
    equal_episodes: int
    ok: bool


@dataclass(frozen=True)
class Check:
    """The comparison of one artefact with the kernel.

    Attributes:
        target: name of the target.
        artefact: name of the artefact; "" when none was built.
        inputs: number of compared inputs.
        mismatches: inputs on which the results differ.
        step_flips: inputs on which they differ because a step function's argument is so near 0
            that rounding decides; not counted as mismatches.
        max_difference: largest difference on the other inputs, as a share of the output's range.
        tolerance: as of the artefact.
        loop: the closed loop; None without one.
        fault: any other failure, in one line.
        tried: False where something other than the artefact failed, such as the compiler, the
            temporary folder or an environment that ignores its seed; ``fault`` names it.
        skipped: the missing part because of which nothing was checked.
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
    tried: bool = True
    skipped: str = ""

    @property
    def ok(self) -> bool:
        """Return whether the artefact was checked and agrees with the kernel."""
        if self.skipped:
            return False
        return not self.fault and self.mismatches == 0 and (self.loop is None or self.loop.ok)


@dataclass(frozen=True)
class Verification:
    """All checks of one network."""

    checks: tuple[Check, ...]

    @property
    def ok(self) -> bool:
        """Return whether there was a check and every check that was not skipped passed."""
        checked = [check for check in self.checks if not check.skipped]
        return bool(checked) and all(check.ok for check in checked)

    @property
    def found_fault(self) -> bool:
        """Return whether an artefact that was tried is wrong."""
        return any(c.tried and not c.skipped and not c.ok for c in self.checks)

    def to_document(self) -> dict[str, object]:
        """Return the checks as ``--json`` prints them."""
        return {
            "ok": self.ok,
            "checks": [{**asdict(check), "ok": check.ok} for check in self.checks],
        }
