"""Exports a network as a module for Zephyr."""

from __future__ import annotations

from string import Template

from wann_edge.exporters import Files
from wann_edge.exporters.c.header import header
from wann_edge.exporters.c.text import HEADERS, KEYWORDS
from wann_edge.exporters.libraries.project_text import LICENSE, readme
from wann_edge.exporters.names import check_name
from wann_edge.network import Network
from wann_edge.network.fixed_network import FixedNetwork
from wann_edge.system.needs import Need

# Headers of Zephyr on the include path, which a header of the same name would hide.
_ZEPHYR = ("autoconf", "cmsis_core", "device", "init", "irq", "kernel", "linker", "soc", "zephyr")
NAMES = KEYWORDS | HEADERS | {*_ZEPHYR}

_USE = """\
Add this folder to `EXTRA_ZEPHYR_MODULES` or to your west manifest, set `CONFIG_WANN_NAME=y` in
`prj.conf`, and `#include <name.h>`. To build the sample: `west build -b BOARD samples/basic`."""

_MODULE = 'name: "${name}"\nbuild:\n  cmake: .\n  kconfig: Kconfig\n'

_CMAKE = """\
# Nothing is compiled here: the network is a header.
zephyr_include_directories_ifdef(CONFIG_WANN_${NAME} include)
"""

_KCONFIG = (
    "config WANN_${NAME}\n"
    '\tbool "The network ${name}, exported by wann-edge"\n'
    "${fpu}\thelp\n"
    "\t  Adds the header ${name}.h, which needs no library and no static memory.\n"
)

_SAMPLE_CMAKE = """\
cmake_minimum_required(VERSION 3.20.0)

list(APPEND EXTRA_ZEPHYR_MODULES $${CMAKE_CURRENT_SOURCE_DIR}/../..)
find_package(Zephyr REQUIRED HINTS $$ENV{ZEPHYR_BASE})
project(${name}_sample LANGUAGES C)

target_sources(app PRIVATE src/main.c)
"""

_SAMPLE_YAML = """\
sample:
  name: "${name}"
tests:
  sample.wann.${name}:
    harness: console
    harness_config:
      type: one_line
      regex:
        - "self-test passed"
"""

_MAIN = """\
/* Runs the golden vectors, then one step. */
#define ${NAME}_SELFTEST
${units}#include <${name}.h>

#include <zephyr/sys/printk.h>

int main(void)
{
    float observation[${NAME}_INPUTS] = {0.0f}, action[${NAME}_OUTPUTS];
    const int different = ${name}_selftest();

    if (different == 0)
        printk("self-test passed\\n");
    else
        printk("SELF-TEST FAILED, vectors that differ: %d\\n", different);
    ${step}(observation, action);
    for (int o = 0; o < ${NAME}_OUTPUTS; o++)
        printk("action %d: %d thousandths\\n", o, (int)(action[o] * 1000.0f));
    return 0;
}
"""


class Zephyr:
    """A module: the header, its CMake and Kconfig files, and a sample."""

    summary = "a Zephyr module with a sample"
    suffix = ""
    numbers: tuple[str, ...] = ("float", "fixed")
    needs: tuple[Need, ...] = ()

    def files(self, network: Network, name: str) -> Files:
        """Return the module's files.

        Raises:
            ExportError: the name is not valid.
        """
        check_name(name, "C, C++ or Zephyr", NAMES)
        fixed = isinstance(network, FixedNetwork)
        texts = {
            "zephyr/module.yml": _MODULE,
            "CMakeLists.txt": _CMAKE,
            "Kconfig": _KCONFIG,
            "samples/basic/CMakeLists.txt": _SAMPLE_CMAKE,
            "samples/basic/prj.conf": "CONFIG_WANN_${NAME}=y\n",
            "samples/basic/sample.yaml": _SAMPLE_YAML,
            "samples/basic/src/main.c": _MAIN,
        }
        values = {
            "name": name,
            "NAME": name.upper(),
            "fpu": "" if fixed else "\timply FPU\n",
            "units": f"#define {name.upper()}_UNITS\n" if fixed else "",
            "step": f"{name}_step_units" if fixed else f"{name}_step",
        }
        use = _USE.replace("NAME", name.upper()).replace("name.h", f"{name}.h")
        return {
            **{path: Template(t).substitute(values).encode("ascii") for path, t in texts.items()},
            f"include/{name}.h": header(network, name),
            "README.md": readme(network, name, use),
            "LICENSE": LICENSE.encode("ascii"),
        }
