"""Exporters: each turns a network into the files of one format.

An exporter does not access the disk: its caller writes the files.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal, Protocol, TypeGuard, cast

from wann_edge.errors import ExportError, SettingsError
from wann_edge.registry import BUILT_IN, load, registered
from wann_edge.system.needs import ListEntry

if TYPE_CHECKING:
    from wann_edge.network import Network

# What a C header in floats is optimized for: little flash, or few instructions.
Optimize = Literal["size", "speed"]
# Relative POSIX path -> contents.
Files = Mapping[str, bytes]
# The built-in formats in floats whose one file has this extension.
# A copy of what the exporters declare, so that no exporter is imported to look it up.
SUFFIXES: dict[str, tuple[str, ...]] = {
    ".h": ("c",),
    ".onnx": ("onnx",),
    ".py": ("micropython", "numpy"),
    ".wasm": ("wasm",),
    ".mjs": ("js",),
}


class Exporter(ListEntry, Protocol):
    """One format.

    Attributes:
        suffix: the file extension, dot included; "" if the format is a folder of files.
        numbers: the kinds of networks that it accepts: "float", "fixed" (a FixedNetwork).
        needs: what must be installed to write it.
    """

    suffix: str
    numbers: tuple[str, ...]

    def files(self, network: Network, name: str) -> Files:
        """Return the artefact's files; the same bytes for the same network and name.

        A format of one file returns ``{name}{suffix}`` only.

        Args:
            network: the network to export.
            name: an identifier; all names in the artefact begin with it.

        Raises:
            ExportError: the format does not accept the network or the name.
        """
        ...


class OptimizingExporter(Exporter, Protocol):
    """A format that can also be written for few instructions instead of little flash."""

    def optimized(self, optimize: Optimize) -> Exporter:
        """Return an exporter that optimizes for this."""
        ...


class WeightInputExporter(Exporter, Protocol):
    """A format whose artefact can take another shared weight as an input."""

    def with_weight_input(self) -> Exporter:
        """Return an exporter of artefacts that take the shared weight as an input."""
        ...


def _takes_weight(exporter: Exporter) -> TypeGuard[WeightInputExporter]:
    return hasattr(exporter, "with_weight_input")


def _optimizes(exporter: Exporter) -> TypeGuard[OptimizingExporter]:
    return hasattr(exporter, "optimized")


def export_files(network: Network, format: str, name: str = "policy") -> Files:
    """Return a network in a registered format: contents by relative path with forward slashes.

    Args:
        network: the network to export.
        format: a registered name, such as "c" or "arduino".
        name: an identifier with which all names in the artefact begin; default "policy".

    Raises:
        SettingsError: the format is unknown.
        ExportError: the format does not accept the network or the name.
    """
    return exporter_of(format).files(network, name)


def export(
    network: Network,
    format: str,
    name: str = "policy",
    optimize: Optimize = "size",
    *,
    weight_input: bool = False,
) -> bytes:
    """Return the file of a network in a format of one file.

    Args:
        network: the network to export.
        format: a registered name, such as "c" or "onnx".
        name: an identifier with which all names in the artefact begin; default "policy".
        optimize: "size" for little flash (default) or "speed" for few instructions.
        weight_input: whether an ONNX graph takes another shared weight as an input.

    Raises:
        SettingsError: the format is unknown, or lacks one of the options.
        ExportError: the format does not accept the network or the name, or is a folder.
    """
    exporter = exporter_of(format, optimize, weight_input=weight_input)
    if not exporter.suffix:
        raise ExportError(
            "the format is a folder of files", where=format, remedy="use export_files()"
        )
    return exporter.files(network, name)[f"{name}{exporter.suffix}"]


def exporter_of(
    format: str, optimize: Optimize = "size", *, weight_input: bool = False
) -> Exporter:
    """Return the exporter of a registered format.

    Args:
        format: a registered name.
        optimize: "size" for little flash (default) or "speed" for few instructions.
        weight_input: whether an ONNX graph takes another shared weight as an input.

    Raises:
        SettingsError: the format is unknown, or lacks one of the options.
    """
    made = cast("type[Exporter]", load("exporters", format))()
    if weight_input:
        if not _takes_weight(made):
            raise SettingsError(
                f"the shared weight is not an input of the format {format!r}",
                where="--weight-input",
                remedy="leave the option out, or use --format onnx",
            )
        made = made.with_weight_input()
    if _optimizes(made):
        return made.optimized(optimize)
    if optimize != "size":
        raise SettingsError(
            f"the format {format!r} cannot be optimized for {optimize}",
            where=f"--optimize {optimize}",
            remedy="leave the option out, or use --format c",
        )
    return made


def format_for_suffix(suffix: str) -> str:
    """Return the one format in floats whose file has this extension.

    An extension of a built-in format imports no exporter. For others, the exporters of other
    packages are imported; one that fails to import has no extension.

    Args:
        suffix: a file's extension, dot included; "" where there is none.

    Raises:
        SettingsError: no format, or more than one, has this extension.
    """
    names = list(registered("exporters"))
    others = [name for name in names if name not in BUILT_IN["exporters"]]
    fit = list(SUFFIXES.get(suffix, ()))
    if suffix and not fit:
        fit = [name for name in others if _has_suffix(name, suffix)]
    if len(fit) == 1:
        return fit[0]
    if fit:
        what = f"the file extension {suffix} belongs to several formats: {', '.join(fit)}"
    elif suffix:
        what = f"no format has the file extension {suffix}"
    else:
        what = "neither a format nor an output file is given"
    remedy = f"choose one with --format: {', '.join(names[:-1])} or {names[-1]}"
    raise SettingsError(what, where="wann-edge export", remedy=remedy)


def _has_suffix(name: str, suffix: str) -> bool:
    try:
        exporter = exporter_of(name)
    except Exception:  # another package's defect must not prevent the export in this format
        return False
    return exporter.suffix == suffix and "float" in exporter.numbers
