"""A JavaScript module, for node and browsers."""

from __future__ import annotations

import json
import re
from string import Template

from wann_edge.exporters import Files
from wann_edge.exporters.c.contract_lines import description_lines
from wann_edge.exporters.contract import contract
from wann_edge.exporters.languages.javascript_language import JavaScriptLanguage
from wann_edge.exporters.languages.translate import translated
from wann_edge.exporters.names import check_name, check_numbers
from wann_edge.exporters.vectors import bits_table, vectors
from wann_edge.network import Network
from wann_edge.system.needs import Need

_MODULE = Template("""\
/**
 * ${name}: a weight agnostic network, exported by wann-edge.
 *
 * Its actions have the bits of the kernel's: each operation is rounded to float32.
 * An ES module for node and browsers, without dependencies.
 *
${description}
 *
 * Use:
 *   import { step } from "./${name}.mjs";
 *   const action = step(observation);
 */

/**
 * @typedef {object} Input The network sees (observation - offset) * scale.
 * @property {string} name
 * @property {string} unit
 * @property {number|null} low The typical range; null where there is no bound.
 * @property {number|null} high
 * @property {number} offset
 * @property {number} scale
 */

/**
 * @typedef {object} Output Actions are clamped to low..high.
 * @property {string} name
 * @property {string} unit
 * @property {number|null} low Null where there is no bound.
 * @property {number|null} high
 * @property {number} safe The action when an observation is not finite.
 */

/**
 * @typedef {object} Contract
 * @property {string} format
 * @property {string} version Of wann-edge.
 * @property {string|null} task
 * @property {number|null} control_period_s
 * @property {number} shared_weight
 * @property {ReadonlyArray<Readonly<Input>>} inputs In the order of an observation.
 * @property {ReadonlyArray<Readonly<Output>>} outputs In the order of an action.
 * @property {Readonly<Object<string, string>>} sha256 Of network, contract and, if known, task.
 */

const fround = Math.fround;

/** @type {Readonly<Contract>} */
export const CONTRACT = frozen(${contract});
/** The number of inputs. */
export const INPUTS = ${inputs};
/** The number of outputs. */
export const OUTPUTS = ${outputs};
/** The network's shared weight. */
export const SHARED_WEIGHT = ${weight};

/**
 * The action for an observation.
 * @param {ArrayLike<number>} observation INPUTS numbers, in the contract's order and units.
 * @param {number} [sharedWeight] A shared weight in place of the network's.
 * @param {Float32Array} [action] Where to write the action; a new array otherwise.
 * @returns {Float32Array} OUTPUTS numbers.
 * @throws {RangeError} The observation has another length.
 */
export function step(
  observation,
  sharedWeight = SHARED_WEIGHT,
  action = new Float32Array(OUTPUTS),
) {
  if (observation.length !== INPUTS) {
    throw new RangeError(`$${observation.length} numbers for $${INPUTS} inputs`);
  }
  const shared_weight = fround(sharedWeight);
  let all_finite = true;
  for (let i = 0; i < INPUTS; i++) {
    all_finite = all_finite && wann_is_finite(fround(observation[i]));
  }
${nodes}
${actions}
  return action;
}

/**
 * Runs the golden vectors: observations and weights with the kernel's actions.
 * @returns {number} How many actions differ in a bit: 0 on a correct engine.
 */
export function selftest() {
  const weights = floats([${weight_bits}]);
  const observations = [
${observation_bits}
  ].map(floats);
  const expected = [
${expected_bits}
  ];
  const different = expected.filter((bits, v) => {
    const row = v % observations.length;
    const action = step(observations[row], weights[(v - row) / observations.length]);
    return new Uint32Array(action.buffer).some((word, o) => word !== bits[o]);
  });
  return different.length;
}

function floats(bits) {
  return new Float32Array(new Uint32Array(bits).buffer);
}

function frozen(value) {
  for (const part of Object.values(value)) {
    if (typeof part === "object" && part !== null) frozen(part);
  }
  return Object.freeze(value);
}

${functions}""")

# Words and global objects that a program can't import a module as, or would hide.
KEYWORDS = frozenset(
    (
        *("arguments", "async", "await", "break", "case", "catch", "class", "const", "continue"),
        *("debugger", "default", "delete", "do", "else", "enum", "eval", "export", "extends"),
        *("false", "finally", "for", "function", "if", "implements", "import", "in", "instanceof"),
        *("interface", "let", "new", "null", "package", "private", "protected", "public", "return"),
        *("static", "super", "switch", "this", "throw", "true", "try", "typeof", "undefined"),
        *("var", "void", "while", "with", "yield", "Array", "Float32Array", "Int32Array", "JSON"),
        *("Math", "Number", "Object", "String", "Uint32Array"),
    )
)


class JavaScriptModule:
    """An ES module with ``step``, ``selftest`` and ``CONTRACT``."""

    summary = "a JavaScript module for node and browsers"
    suffix = ".mjs"
    numbers: tuple[str, ...] = ("float",)
    needs: tuple[Need, ...] = ()

    def files(self, network: Network, name: str) -> Files:
        """Return the module, ASCII; equal networks and names give equal bytes.

        Raises:
            ExportError: the network is in fixed point, or the name is not valid.
        """
        check_numbers(network, self, "js")
        check_name(name, "JavaScript", KEYWORDS)
        text = _module(network.without_dead_nodes(), name)
        return {f"{name}{self.suffix}": text.encode("ascii")}


def inline(line: str) -> str:
    """Return a line of a comment without HTML that would end or escape a script element."""
    return re.sub(r"<(?=[!/s])", "< ", line, flags=re.IGNORECASE)


def _module(network: Network, name: str) -> str:
    language = JavaScriptLanguage()
    body = translated(network, language)
    functions = "\n".join(body.functions)
    golden = vectors(network)
    return _MODULE.substitute(
        name=name,
        description="\n".join(f" * {inline(line)}" for line in description_lines(network)),
        contract=json.dumps(contract(network, "js"), indent=2).replace("<", "\\u003c"),
        inputs=len(network.inputs),
        outputs=len(network.outputs),
        weight=repr(network.shared_weight),
        nodes=language.indented(body.nodes),
        actions=language.indented(body.actions),
        functions=functions,
        weight_bits=bits_table([golden.weights], "{}"),
        observation_bits=bits_table(golden.observations, "    [{}],"),
        expected_bits=bits_table(golden.expected, "    [{}],"),
    )
