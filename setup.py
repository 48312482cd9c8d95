"""The one thing that pyproject.toml can't say: the kernel is a C library."""

from pathlib import Path

from setuptools import Extension, setup

KERNEL = Path("wann_edge/kernel")

setup(
    ext_modules=[
        Extension(
            "wann_edge.kernel._kernel",
            sources=sorted(map(str, KERNEL.glob("*.c"))),
            depends=sorted(map(str, KERNEL.glob("**/*.h"))),
            # Python may add -fwrapv, which costs the kernel a twentieth of its speed.
            extra_compile_args=["-std=c99", "-O3", "-ffp-contract=off", "-fno-wrapv"],
        )
    ]
)
