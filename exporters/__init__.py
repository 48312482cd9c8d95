"""Exporters: each turns a network into the files of one format.

An exporter knows no disk: its caller writes what it gives.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal, Protocol, TypeGuard, cast

from wann_edge.errors import ExportError, SettingsError
from wann_edge.registry import BUILT_IN, load, registered
from wann_edge.system.needs import Listed

if TYPE_CHECKING:
    from wann_edge.network import Network

# Whether a C header in floats is exported for less flash or for fewer instructions.
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


class Exporter(Listed, Protocol):
    """One format.

    suffix: how its file ends, dot included; "" where it has several, which make a folder.
    numbers: what its networks compute in, of "float" and "fixed" (a FixedNetwork).
    needs: what must be installed to write it.
    """

    suffix: str
    numbers: tuple[str, ...]

    def files(self, network: Network, name: str) -> Files:
        """The artefact's files: the same bytes for the same network and name.

        A format of one file gives one, ``{name}{suffix}``. name: checked by
        ``names.check_name``; the artefact's own names start with it.
        Raises ExportError when the network can't be written in this format, or so named.
        """
        ...


class OptimizingExporter(Exporter, Protocol):
    """A format that can be written for fewer instructions instead of less flash."""

    def optimized(self, optimize: Optimize) -> Exporter:
        """The format written for this."""
        ...


def _optimizes(exporter: Exporter) -> TypeGuard[OptimizingExporter]:
    return hasattr(exporter, "optimized")


def export_files(network: Network, format: str, name: str = "policy") -> Files:
    """The network in a registered format: contents by relative path, with forward slashes.

    Raises SettingsError on an unknown format, ExportError as the format does.
    """
    return exporter_of(format).files(network, name)


def export(
    network: Network, format: str, name: str = "policy", optimize: Optimize = "size"
) -> bytes:
    """The network in a format of one file, such as "c" or "onnx": the file's bytes.

    Raises SettingsError on an unknown format, ExportError as the format does, and where
    the format is a folder.
    """
    exporter = exporter_of(format, optimize)
    if not exporter.suffix:
        raise ExportError("the format has several files", where=format, remedy="use export_files()")
    return exporter.files(network, name)[f"{name}{exporter.suffix}"]


def exporter_of(format: str, optimize: Optimize = "size") -> Exporter:
    """The exporter registered under this name, for less flash or fewer instructions.

    Raises SettingsError where there is none, or it is asked for speed and knows no such choice.
    """
    made = cast("type[Exporter]", load("exporters", format))()
    if _optimizes(made):
        return made.optimized(optimize)
    if optimize != "size":
        raise SettingsError(
            f"the format {format!r} has no choice of size or speed", where=f"--optimize {optimize}"
        )
    return made


def format_for_suffix(suffix: str) -> str:
    """Return the one format in floats whose file has this extension.

    Only exporters of other packages are imported for it.

    Args:
        suffix: a file's extension, dot included; "" where there is none.

    Raises:
        SettingsError: no format, or more than one, has this extension.
    """
    names = list(registered("exporters"))
    others = [name for name in names if name not in BUILT_IN["exporters"]]
    fit = [name for name in others if suffix and _has_suffix(exporter_of(name), suffix)]
    fit += SUFFIXES.get(suffix, ())
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


def _has_suffix(exporter: Exporter, suffix: str) -> bool:
    return exporter.suffix == suffix and "float" in exporter.numbers
