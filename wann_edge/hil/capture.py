"""Captures: recorded observations and actions of a device, and their replay (docs/hil.md)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Literal

import numpy as np
from numpy.typing import ArrayLike
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from wann_edge.errors import NetworkError, SettingsError
from wann_edge.hil.messages import NUMBERS, Numbers
from wann_edge.kernel import Floats
from wann_edge.network import Network
from wann_edge.network.hashes import HASH_BYTES, contract_sha256, network_sha256
from wann_edge.system.files import write_whole
from wann_edge.system.jsonfile import located, parse_json, read_text

FORMAT = "wann-edge capture"
# An hour at 100 Hz with 24 inputs.
MAX_BYTES = 128 * 2**20
_Hex = Annotated[str, StringConstraints(pattern=r"^([0-9a-f]{2})+$")]
# Earlier captures have the first bytes only.
_Hash = Annotated[
    str, StringConstraints(pattern=rf"^([0-9a-f]{{{2 * HASH_BYTES}}}|[0-9a-f]{{64}})$")
]
_Float32 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{8}$")]
_Count = Annotated[int, Field(ge=0)]


def _finite(text: str) -> str:
    if not np.isfinite(_floats(text)).all():
        raise ValueError("not a finite number")
    return text


def _known(dtype: str) -> str:
    if dtype not in NUMBERS:
        raise ValueError("unknown dtype")
    return dtype


class _Line(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", allow_inf_nan=False)


class Header(_Line):
    """The first line of a capture.

    Attributes:
        version: 2; in version 1 the actions are float32 in physical units.
        network: SHA-256 of the network, or its first bytes.
        contract: SHA-256 of the contract, or its first bytes.
        dtype: "float", "q15" or "q31".
        build: board and version that the device reports.
        task: the network's task, if it names one.
        task_sha256: the fingerprint of that task, if the network's file has it.
        shared_weight: a float32 as hexadecimal bytes, low byte first.
    """

    format: Literal["wann-edge capture"]
    version: Literal[1, 2]
    network: _Hash
    contract: _Hash
    dtype: Annotated[str, AfterValidator(_known)]
    build: str
    task: str | None
    task_sha256: _Hash | None = None
    shared_weight: Annotated[_Float32, AfterValidator(_finite)]


class Exchange(_Line):
    """One step of an episode.

    Attributes:
        episode: number of the episode, from 0.
        step: number of the step in the episode, from 0.
        observation: float32 [inputs] as hexadecimal bytes, low byte first.
        action: the bytes that the device sent: float32 or words [outputs], as hexadecimal.
        ticks: compute time on the device's clock.
        latency_s: round trip in seconds, retries included.
    """

    episode: _Count
    step: _Count
    observation: _Hex
    action: _Hex
    ticks: int
    latency_s: float


class _End(_Line):
    steps: _Count


@dataclass
class Capture:
    """A recorded session: its header and its steps."""

    header: Header
    exchanges: list[Exchange] = field(default_factory=list)

    @property
    def weight(self) -> float:
        """Return the shared weight of the session."""
        return float(_floats(self.header.shared_weight)[0])

    def save(self, path: Path) -> None:
        """Write the file, whole or not at all.

        Raises:
            SettingsError: the file can't be written.
        """
        lines = [self.header, *self.exchanges, _End(steps=len(self.exchanges))]
        write_whole(path, "".join(f"{line.model_dump_json()}\n" for line in lines))


def new_capture(network: Network, dtype: str, build: str, weight: float) -> Capture:
    """Return an empty capture for a session that begins.

    Args:
        network: the network that the device runs.
        dtype: "float", "q15" or "q31".
        build: board and version that the device reports.
        weight: the shared weight of the session.
    """
    header = Header(
        format="wann-edge capture",
        version=2,
        network=network_sha256(network),
        contract=contract_sha256(network),
        dtype=dtype,
        build=build,
        task=network.task,
        task_sha256=network.hashes.get("task"),
        shared_weight=hex_of(np.array([weight], np.float32)),
    )
    return Capture(header)


def load_capture(path: Path) -> Capture:
    """Read a capture. A byte order mark, blank lines and Windows line ends are skipped.

    Raises:
        SettingsError: the file can't be read, is not a capture, or is incomplete.
    """
    try:
        with located(str(path)):
            lines = read_text(path, MAX_BYTES).split("\n")
    except NetworkError as error:
        raise SettingsError(error.what, where=error.where, remedy=error.remedy) from error
    try:
        first, *middle, last = (parse_json(line) for line in lines if line.strip())
        capture = Capture(Header.model_validate(first))
        capture.exchanges += map(Exchange.model_validate, middle)
        whole = _End.model_validate(last).steps == len(middle)
    except (NetworkError, ValueError) as error:  # ValueError: pydantic's, or no two lines
        raise SettingsError(
            "not a capture, or an incomplete one",
            where=str(path),
            remedy="record the session again",
        ) from error
    if not whole:
        raise SettingsError("steps are missing", where=str(path), remedy="record the session again")
    return capture


@dataclass(frozen=True)
class Replay:
    """The result of a replay.

    Attributes:
        steps: number of replayed steps.
        mismatches: actions whose bits differ from the recorded ones.
        first: number of the first step that differs; None when none does.
    """

    steps: int
    mismatches: int
    first: int | None

    @property
    def ok(self) -> bool:
        """Return whether there was a step and every action has the recorded bits."""
        return self.steps > 0 and self.mismatches == 0


def replay(capture: Capture, network: Network, act: Callable[[Floats], bytes]) -> Replay:
    """Call ``act`` with every recorded observation and compare the bits of the actions.

    Args:
        capture: the recorded session.
        network: the network that ``act`` runs.
        act: maps an observation float32 [inputs] to the bytes of an action, as a device sends them.

    Raises:
        SettingsError: the capture has another contract or dtype.
    """
    if not contract_sha256(network).startswith(capture.header.contract):
        raise SettingsError(
            "the capture was recorded with another contract",
            where="capture",
            remedy="name the network file that the capture was recorded with",
        )
    numbers = Numbers(network)
    if capture.header.dtype != numbers.dtype:
        raise SettingsError(
            f"the capture is in {capture.header.dtype}, not in {numbers.dtype}",
            where="capture",
            remedy=f"add --dtype {capture.header.dtype}",
        )
    _check_sizes(capture, network)
    in_words = capture.header.version > 1
    wrong = []
    for number, exchange in enumerate(capture.exchanges):
        words = act(_floats(exchange.observation))
        found = words.hex() if in_words else hex_of(numbers.exact(words))
        if found != exchange.action:
            wrong.append(number)
    return Replay(len(capture.exchanges), len(wrong), wrong[0] if wrong else None)


def _check_sizes(capture: Capture, network: Network) -> None:
    """Raise SettingsError unless each observation and action has the network's size."""
    dtype = "float" if capture.header.version == 1 else capture.header.dtype
    sizes = 4 * len(network.inputs), NUMBERS[dtype].itemsize * len(network.outputs)
    for number, exchange in enumerate(capture.exchanges):
        found = len(exchange.observation) // 2, len(exchange.action) // 2
        if found != sizes:
            raise SettingsError(
                f"step {number} has observations of {found[0]} bytes and actions of {found[1]} "
                f"bytes, not of {sizes[0]} and {sizes[1]}",
                where="capture",
                remedy="record the session again",
            )


def hex_of(numbers: ArrayLike) -> str:
    """Return float32 numbers as hexadecimal bytes, low byte first."""
    return np.asarray(numbers, "<f4").tobytes().hex()


def _floats(text: str) -> Floats:
    return np.frombuffer(bytes.fromhex(text), "<f4").astype(np.float32)
