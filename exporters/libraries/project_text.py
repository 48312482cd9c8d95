"""Texts that the libraries share: README, licence, and a sketch that reads a serial line."""

from __future__ import annotations

import re
from collections.abc import Sequence
from importlib.metadata import version
from string import Template

from wann_edge.exporters.c import contract_lines as float_lines
from wann_edge.exporters.c import fixed_contract_lines as fixed_lines
from wann_edge.exporters.c.header import header
from wann_edge.network import Network
from wann_edge.network.fixed_network import FixedNetwork

LICENSE = """\
Copyright of the functions that begin with wann_ in the header: the authors of wann-edge.
The network is yours.

Licensed under the Apache License, Version 2.0 (the "License"); you may not use these files
except in compliance with the License. You may obtain a copy of the License at

    http://www.apache.org/licenses/LICENSE-2.0

Unless required by applicable law or agreed to in writing, software distributed under the
License is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND,
either express or implied. See the License for the specific language governing permissions
and limitations under the License.
"""

_README = Template("""\
# ${name}

A weight agnostic network, exported by wann-edge ${version}. Its actions have the bits of the
kernel's${numbers}.

${use}

`${name}_step(observation, action)` computes one action, `${name}_step_with_weight` one with another
shared weight. `${name}_selftest()` returns the number of golden vectors whose bits differ: 0 on a
correct build. The header documents the rest.

${contract}
""")

# AVR copies constants to its RAM unless they are declared as PROGMEM.
_FLASH = Template("""\
/* On AVR the self-test's vectors stay in flash. */
#if defined(__AVR__) && !defined(${NAME}_TABLE)
#include <avr/pgmspace.h>
#define ${NAME}_TABLE PROGMEM
#define ${NAME}_TABLE_WORD(word) ${read}(&(word))
#endif

""")

_SKETCH = Template("""\
// Reads observations from the serial line and prints the network's actions.
//
// Open the serial monitor at 115200 baud and send ${inputs} number(s) in a line, separated by
// spaces: ${observation}.
// In your own sketch, read sensors instead, such as analogRead(A0), in the units of ${name}.h.
#define ${NAME}_SELFTEST
${units}#include <${name}.h>

// Skips other characters; returns whether a number follows.
static bool numberBegins() {
  while (Serial.available() > 0) {
    const int next = Serial.peek();
    if (isDigit(next) || next == '-' || next == '.') {
      return true;
    }
    Serial.read();
  }
  return false;
}

void setup() {
  Serial.begin(115200);
  Serial.setTimeout(1000);  // ms, for the rest of a line
  const int different = ${name}_selftest();
  if (different == 0) {
    Serial.println(F("self-test passed"));
  } else {
    Serial.print(F("SELF-TEST FAILED, vectors that differ: "));
    Serial.println(different);
  }
}

void loop() {
  if (!numberBegins()) {
    return;
  }
  float observation[${NAME}_INPUTS], action[${NAME}_OUTPUTS];
  for (int i = 0; i < ${NAME}_INPUTS; i++) {
    observation[i] = Serial.parseFloat();
  }
  ${step}(observation, action);
  for (int o = 0; o < ${NAME}_OUTPUTS; o++) {
    Serial.print(action[o], 6);
    Serial.print(o + 1 < ${NAME}_OUTPUTS ? ' ' : '\\n');
  }
}
""")


def flash_header(network: Network, name: str) -> bytes:
    """Return the C header with its golden vectors in flash on AVR; the caller checks the name."""
    reads = {"q15": "pgm_read_word"}
    read = reads.get(network.dtype, "pgm_read_dword") if isinstance(network, FixedNetwork) else ""
    flash = _FLASH.substitute(NAME=name.upper(), read=read or "pgm_read_dword")
    return flash.encode("ascii") + header(network, name)


def sketch(network: Network, name: str) -> str:
    """Return an Arduino sketch that runs the network on numbers from the serial line."""
    fixed = isinstance(network, FixedNetwork)
    return _SKETCH.substitute(
        name=name,
        NAME=name.upper(),
        inputs=len(network.inputs),
        observation=float_lines.plain(", ".join(channel.name for channel in network.inputs[:8])),
        units=f"#define {name.upper()}_UNITS\n" if fixed else "",
        step=f"{name}_step_units" if fixed else f"{name}_step",
    )


def readme(network: Network, name: str, use: str) -> bytes:
    """Return README.md; use: a paragraph on how to use the folder."""
    words = f", in fixed point ({network.dtype})" if isinstance(network, FixedNetwork) else ""
    return _README.substitute(
        name=name,
        version=version("wann-edge"),
        numbers=words,
        use=use,
        contract=fenced(contract_lines(network, name)),
    ).encode("ascii")


def fenced(lines: Sequence[str], language: str = "") -> str:
    """Return lines as a block of code in Markdown, in a fence that no line can end."""
    text = "\n".join(lines)
    longest = max(map(len, re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{text}\n{fence}"


def contract_lines(network: Network, name: str) -> list[str]:
    """Return the lines that document inputs and outputs, as in the header."""
    if isinstance(network, FixedNetwork):
        return fixed_lines.contract_lines(network, name)
    return float_lines.contract_lines(network.without_dead_nodes(), name)


def summary_line(network: Network) -> str:
    """Return one line of ASCII without names from the network."""
    return (
        f"A weight agnostic network: {len(network.inputs)} inputs, {len(network.outputs)} outputs."
    )
