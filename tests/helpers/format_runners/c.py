"""The C header, in floats or words, with gcc."""

from __future__ import annotations

import math
import re
from pathlib import Path

from helpers.format_runners import MARK, OTHER, Contract, replaced, require_tools, write_files
from wann_edge.exporters import Files
from wann_edge.exporters.c.contract_lines import literal
from wann_edge.exporters.c.text import HEADERS, KEYWORDS
from wann_edge.network import Input, Output, float32
from wann_edge.verify import host_target as host

_NUMBER = r"-?[\d.]+(?:e[+-]?\d+)?"
_CHANNEL = re.compile(
    rf"^ \*   \d+  (?P<name>.+) \[(?P<unit>.+)\], "
    rf"(?:(?P<low>{_NUMBER}) to (?P<high>{_NUMBER})|(?P<least>{_NUMBER}) or more|"
    rf"(?P<most>{_NUMBER}) or less|unbounded)(?:, safe (?P<safe>{_NUMBER}))?(?:;.*)?$",
    re.MULTILINE,
)


def contract_in(text: str) -> Contract:
    """The contract that a header's comment states."""
    inputs: list[Input] = []
    outputs: list[Output] = []
    comment = text.partition("exported by wann-edge.")[2].partition("*/")[0]
    for found in _CHANNEL.finditer(comment):
        low = float(found["low"] or found["least"] or -math.inf)
        high = float(found["high"] or found["most"] or math.inf)
        if found["safe"]:
            outputs.append(Output(found["name"], found["unit"], low, high, float(found["safe"])))
        else:
            inputs.append(Input(found["name"], found["unit"], low, high))
    period = re.search(r"^ \* Control period: (\S+) s$", text, re.MULTILINE)
    weight = re.search(rf"^ \* Shared weight: ({_NUMBER})[;,]", text, re.MULTILINE)
    assert weight is not None
    return Contract(
        tuple(inputs),
        tuple(outputs),
        None if period is None else float32(float(period[1])),
        float32(float(weight[1])),
    )


def tampered_header(files: Files) -> Files:
    """The weight in floats, or its words: 15 bits with an int16_t, 31 and more with an int32_t."""
    text = b"".join(files.values()).decode()
    if literal(MARK) in text:
        return replaced(files, literal(MARK), literal(OTHER))
    factors = [round(MARK * 2.0**bits) for bits in range(8, 32)]
    (bits,) = [bits for bits, word in enumerate(factors, 8) if f" * {word}" in text]
    return replaced(files, f" * {factors[bits - 8]}", f" * {round(OTHER * 2.0**bits)}")


class BuiltHeader(host.CompiledHeader):
    """A header as a shared library."""

    def __init__(self, library: Path, outputs: int, text: str) -> None:
        super().__init__("gcc", library, outputs, in_loop=False)
        self._text = text

    def selftest(self) -> int | None:
        """The golden vectors that differ."""
        return int(self._library.selftest())

    def contract(self) -> Contract:
        """As the comment at its top says."""
        return contract_in(self._text)


class _C:
    tolerance = 0.0
    keywords = KEYWORDS | HEADERS
    most_rows = 2000

    def require(self) -> None:
        """gcc."""
        require_tools("gcc", "apt-get install gcc", ["gcc"])

    def build(self, files: Files, name: str, workdir: Path) -> BuiltHeader:
        """As verification builds it, but for the name."""
        write_files(files, workdir)
        (content,) = files.values()
        harness = host.HARNESS.replace('"policy.h"', f'"{name}.h"')
        harness = harness.replace(host.NAME, name).replace(host.NAME.upper(), name.upper())
        (workdir / "harness.c").write_text(harness)
        library = workdir / "policy.so"
        host.compile_header("gcc", "-O1", workdir, library)
        text = content.decode()
        return BuiltHeader(library, len(contract_in(text).outputs), text)

    def tampered(self, files: Files) -> Files:
        """In the code; the golden vectors stay."""
        return tampered_header(files)


C = _C()
