"""Compares ctypes mirrors and Python constants with the C headers, as gcc compiles them."""

from __future__ import annotations

import ctypes
import subprocess
from collections.abc import Sequence
from pathlib import Path

import wann_edge.kernel

KERNEL = Path(wann_edge.kernel.__file__).parent
KINDS = {
    ctypes.c_int32: "int32",
    ctypes.c_uint32: "uint32",
    ctypes.c_uint64: "uint64",
    ctypes.c_float: "float",
    ctypes.c_char_p: "pointer",
    ctypes.c_void_p: "pointer",
}
# A line for each field: its offset, its size and its kind.
PROBE = """\
#include <stddef.h>
#include <stdio.h>
#include "{header}"
#define KIND(field) _Generic((({struct} *)0)->field, int32_t: "int32", float: "float", \\
    uint32_t: "uint32", uint64_t: "uint64", \\
    default: sizeof((({struct} *)0)->field) == sizeof(void *) ? "pointer" : "other")
#define LINE(field) printf(#field " %zu %zu %s\\n", offsetof({struct}, field), \\
    sizeof((({struct} *)0)->field), KIND(field))
int main(void)
{{
    {lines}
    printf("sizeof %zu\\n", sizeof({struct}));
    return 0;
}}
"""


def compiled_layout(struct: str, header: str, fields: list[str], folder: Path) -> list[str]:
    """Return the layout of a C struct as gcc compiles it.

    Args:
        struct: the struct's C name, such as ``wann_jobs``.
        header: its header: a path below the kernel's folder, such as ``jobs.h``, or absolute.
        fields: the names of its fields.
        folder: an empty folder for the probe.

    Returns:
        One line ``name offset size kind`` a field, and ``sizeof size`` at the end.
    """
    lines = " ".join(f"LINE({field});" for field in fields)
    return printed(PROBE.format(header=header, struct=struct, lines=lines), folder)


def evaluate(expressions: Sequence[str], header: str, folder: Path) -> list[float]:
    """Return the values of C expressions of any arithmetic type, as doubles.

    Args:
        expressions: constants of the header, or formulas of them.
        header: path of a header below the kernel's folder, such as ``plants/plants.h``.
        folder: an empty folder for the probe.
    """
    lines = " ".join(f'printf("%.17g\\n", (double)({each}));' for each in expressions)
    source = f'#include <stdio.h>\n#include "{header}"\nint main(void) {{ {lines} return 0; }}\n'
    return [float(line) for line in printed(source, folder)]


def printed(text: str, folder: Path) -> list[str]:
    """Return the lines that a C program prints, compiled by gcc."""
    source, program = folder / "probe.c", folder / "probe"
    source.write_text(text)
    flags = ["-std=c11", "-I", str(KERNEL), "-I", str(KERNEL / "plants")]
    made = subprocess.run(
        ["gcc", *flags, str(source), "-o", str(program)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert made.returncode == 0, made.stderr
    return subprocess.check_output([program], text=True).splitlines()


def mirrored_layout(mirror: type[ctypes.Structure]) -> list[str]:
    """Return the layout of a ctypes mirror, in the form of ``compiled_layout``.

    A field that is neither a number nor a pointer, such as an array of structs, has the kind
    ``other``.
    """
    lines = []
    for name, kind, *_ in mirror._fields_:
        place = getattr(mirror, name)
        lines.append(f"{name} {place.offset} {place.size} {KINDS.get(kind, 'other')}")
    return [*lines, f"sizeof {ctypes.sizeof(mirror)}"]


def differences(
    mirror: type[ctypes.Structure], struct: str, header: str, folder: Path
) -> list[str]:
    """Return the lines in which a ctypes mirror and its C struct differ; none if they agree."""
    fields = [name for name, *_ in mirror._fields_]
    compiled = compiled_layout(struct, header, fields, folder)
    mirrored = mirrored_layout(mirror)
    return [f"C: {c}; ctypes: {py}" for c, py in zip(compiled, mirrored, strict=True) if c != py]
