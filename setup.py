"""The one thing that pyproject.toml can't say: the kernel is a C library."""

from pathlib import Path
from runpy import run_path

from setuptools import Extension, setup

KERNEL = Path("wann_edge/kernel")
sources_hash = run_path(str(KERNEL / "sources.py"))["sources_hash"]

setup(
    # File times alone miss a removed header.
    options={"build_ext": {"force": True}},
    ext_modules=[
        Extension(
            "wann_edge.kernel._kernel",
            sources=sorted(map(str, KERNEL.glob("*.c"))),
            depends=sorted(map(str, KERNEL.glob("**/*.h"))),
            # The library is rejected beside other sources, for example after a git pull.
            define_macros=[("WANN_SOURCES", f'"{sources_hash(KERNEL)}"')],
            # Python may add -fwrapv, which costs the kernel a twentieth of its speed.
            extra_compile_args=["-std=c99", "-O3", "-ffp-contract=off", "-fno-wrapv"],
        )
    ],
)
