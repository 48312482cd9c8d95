"""The one thing that pyproject.toml can't say: the kernel is a C library."""

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from runpy import run_path

from setuptools import Extension, setup
from setuptools.command.build_ext import build_ext

KERNEL = Path("wann_edge/kernel")
sources_hash = run_path(str(KERNEL / "sources.py"))["sources_hash"]


class ParallelBuild(build_ext):
    """Compiles the sources of an extension on all cores."""

    def build_extension(self, ext: Extension) -> None:
        """Build an extension; its objects are linked in the order of the sources."""
        one_after_another = self.compiler.compile

        def compile_all(sources: list[str], **options: object) -> list[str]:
            with ThreadPoolExecutor(os.cpu_count()) as pool:
                made = pool.map(lambda source: one_after_another([source], **options), sources)
                return [path for paths in made for path in paths]

        self.compiler.compile = compile_all
        super().build_extension(ext)


setup(
    cmdclass={"build_ext": ParallelBuild},
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
