"""Translates the kernel's C text and a network's C statements into another language.

The input is the blocks that exported headers contain, and the statements that
exporters/c/statements.py writes for a network. Each operation is written in the same order.

Each language defines the kernel's primitives (the block "real" of kernel/real.h) itself: Language
spells some in place, the others are functions at the beginning of the module.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from pycparser import c_ast

from wann_edge.errors import ExportError
from wann_edge.exporters.c.contract_lines import literal
from wann_edge.exporters.c.statements import Bounds, Values, action_statements, statements
from wann_edge.exporters.decimals import nearest_float32
from wann_edge.exporters.kernel_text import blocks, needed_by
from wann_edge.exporters.languages.kernel_parse import (
    UNTRANSLATED,
    Signature,
    comment_before,
    kind,
    parsed_functions,
    parsed_statements,
    refusal,
    signature,
    signatures,
)
from wann_edge.exporters.languages.language import Kind, Language, Parameter, Text
from wann_edge.network import Network

_X, _N = Parameter("x", "real"), Parameter("n", "int")
PRIMITIVES = {
    "wann_constant": Signature((_X,), "real"),
    "wann_select": Signature((Parameter("condition", "bool"), _X, _X), "real"),
    "wann_to_int": Signature((_X,), "int"),
    "wann_to_real": Signature((_N,), "real"),
    "wann_is_finite": Signature((_X,), "bool"),
    "wann_is_below": Signature((_X, Parameter("limit", "real")), "bool"),
    "wann_magnitude": Signature((_X,), "real"),
    "wann_sign": Signature((_X,), "int"),
    "wann_scaled": Signature((_X, _N), "real"),
    "wann_negated_if_odd": Signature((_X, _N), "real"),
}
_ARITHMETIC, _COMPARISONS = ("+", "-", "*", "/"), ("<", "<=", ">", ">=", "==", "!=")
# A longer sum is split: lines stay readable and parentheses are not nested too deeply.
_LONGEST = 64


# A translation takes up to 0.2 ms a connection on one core.
MAX_EDGES = 50_000


class Body(NamedTuple):
    """A network in another language.

    Attributes:
        functions: the primitives and functions of the kernel that it calls.
        nodes: the statements of the nodes, not indented.
        actions: the statements of the actions, not indented.
    """

    functions: list[str]
    nodes: list[str]
    actions: list[str]


def translated(network: Network, language: Language) -> Body:
    """Translate a network.

    The statements read ``observation``, ``shared_weight`` and ``all_finite``, and write to
    ``action``.

    Args:
        network: a network without dead nodes.
        language: the target language.

    Raises:
        ExportError: the network is too large, or the kernel's text has C that is not translated.
    """
    if len(network.edges) > MAX_EDGES:
        raise ExportError(
            f"{len(network.edges)} connections are too many to translate",
            where="edges",
            remedy=f"use at most {MAX_EDGES} connections, or --format c",
        )
    values = Values(network)
    nodes = statements(network, values, (), "")
    actions = _actions(network, values)
    needed = needed_by(" ".join([*nodes, *actions]))
    functions = [
        text for name in needed for text in translated_block(blocks()[name], language, name)
    ]
    scope: dict[str, Kind] = {"shared_weight": "real", "all_finite": "bool"}
    writer = _Translator(language, signatures(needed), scope)
    return Body(
        [*language.prelude(" ".join(["wann_is_finite", *functions])), *functions],
        writer.body(parsed_statements(nodes)),
        writer.body(parsed_statements(actions)),
    )


def _actions(network: Network, values: Values) -> list[str]:
    """Return the statements of the clamped outputs and of the safe action."""
    bounds = [
        Bounds(*(literal(value) for value in (output.low, output.high, output.safe)))
        for output in network.outputs
    ]
    return action_statements(values, network, bounds, guard="all_finite")


def translated_block(text: str, language: Language, name: str = "") -> list[str]:
    """Return the functions of one block of the kernel, each with the comment before it."""
    if name in UNTRANSLATED:
        return []
    known = signatures(needed_by(text))
    return [
        "".join(
            f"{language.comment} {line}\n" for line in comment_before(definition.decl.name, text)
        )
        + _Translator(language, known, {}).function(definition)
        for definition in parsed_functions(text)
    ]


class _Translator:
    """Translates C statements; scope: the kinds of the variables that they may read."""

    def __init__(
        self, language: Language, functions: dict[str, Signature], scope: dict[str, Kind]
    ) -> None:
        self._language = language
        self._functions = {**PRIMITIVES, **functions}
        self._scope = scope
        self._lines: list[str] = []
        self._changing: set[str] = set()

    def function(self, definition: c_ast.FuncDef) -> str:
        """Translate a function."""
        parameters, result = signature(definition)
        self._scope = {parameter.name: parameter.kind for parameter in parameters}
        *statements, last = definition.body.block_items or [definition]
        if not isinstance(last, c_ast.Return):
            raise refusal(last)
        lines = self.body(statements)
        self._lines = []
        value = self._expression(last.expr, result)
        lines += [*self._lines, self._language.result(value)]
        return self._language.function(definition.decl.name, parameters, result, lines)

    def body(self, statements: Sequence[c_ast.Node]) -> list[str]:
        """Translate statements in their order."""
        self._lines = []
        self._changing = {
            one.lvalue.name
            for one in statements
            if isinstance(one, c_ast.Assignment) and isinstance(one.lvalue, c_ast.ID)
        }
        for statement in statements:
            self._statement(statement)
        return self._lines

    def _statement(self, node: c_ast.Node) -> None:
        match node:
            case c_ast.Decl(name=name, type=declared, init=c_ast.Node() as value):
                if name in self._scope:
                    raise refusal(node)
                self._declare(name, kind(declared), self._expression(value, kind(declared)))
            case c_ast.Assignment(op="=", lvalue=c_ast.ID(name=name), rvalue=value):
                if name not in self._scope:
                    raise refusal(node)
                self._assign(name, self._expression(value, self._scope[name]))
            case c_ast.Assignment(
                op="=",
                lvalue=c_ast.ArrayRef(
                    name=c_ast.ID(name="action"), subscript=c_ast.Constant(type="int", value=index)
                ),
                rvalue=value,
            ):
                self._assign(f"action[{index}]", self._expression(value, "real"))
            case _:
                raise refusal(node)

    def _declare(self, name: str, kind: Kind, value: Text) -> None:
        self._scope[name] = kind
        self._lines.append(self._language.declaration(name, value, changes=name in self._changing))

    def _assign(self, target: str, value: Text) -> None:
        self._lines.append(self._language.assignment(target, value))

    def _expression(self, node: c_ast.Node, wanted: Kind) -> Text:
        """Translate an expression, which must be of this kind."""
        found, value = self._operation(node)
        if found != wanted:
            raise refusal(node)
        return value

    def _operation(self, node: c_ast.Node) -> tuple[Kind, Text]:
        match node:
            case c_ast.BinaryOp(op=operator) if operator in _ARITHMETIC:
                return "real", self._arithmetic(node)
            case c_ast.BinaryOp(op=operator, left=left, right=right) if operator in _COMPARISONS:
                operands = self._expression(left, "real"), self._expression(right, "real")
                return "bool", self._language.comparison(operator, *operands)
            case c_ast.BinaryOp(op="&&", left=left, right=right):
                conditions = self._expression(left, "bool"), self._expression(right, "bool")
                return "bool", self._language.both(*conditions)
            case c_ast.UnaryOp(op="-", expr=c_ast.Constant() as number):
                return "real", self._language.constant(-self._number(number))
            case c_ast.UnaryOp(op="-", expr=value):
                return "real", self._language.negated(self._expression(value, "real"))
        return self._operand(node)

    def _operand(self, node: c_ast.Node) -> tuple[Kind, Text]:
        match node:
            case c_ast.Constant():
                return "real", self._language.constant(self._number(node))
            case c_ast.ID(name=name) if name in self._scope:
                return self._scope[name], Text(name)
            case c_ast.ArrayRef(
                name=c_ast.ID(name="observation"),
                subscript=c_ast.Constant(type="int", value=index),
            ):
                return "real", self._language.element("observation", int(index))
            case c_ast.BinaryOp(op="^", left=left, right=right):
                wholes = self._expression(left, "int"), self._expression(right, "int")
                return "int", self._language.exclusive_or(*wholes)
            case c_ast.FuncCall(name=c_ast.ID(name=name)) if name in self._functions:
                return self._functions[name].result, self._call(node)
        raise refusal(node)

    def _arithmetic(self, node: c_ast.Node) -> Text:
        """Translate a chain of operations without recursion: a sum may have many terms."""
        chain = []
        while isinstance(node, c_ast.BinaryOp) and node.op in _ARITHMETIC:
            chain.append(node)
            node = node.left
        value = self._expression(node, "real")
        for one in reversed(chain):
            right = self._expression(one.right, "real")
            value = self._language.arithmetic(one.op, self._short(value), right)
        return value

    def _short(self, value: Text) -> Text:
        """Return the value, or a variable that holds it when it is long."""
        if len(value.text) <= _LONGEST:
            return value
        name = next(n for i in range(len(self._scope) + 1) if (n := f"t{i}") not in self._scope)
        self._declare(name, "real", value)
        return Text(name)

    def _number(self, node: c_ast.Constant) -> float:
        """Return a constant, which must be of type float."""
        if node.type != "float" or re.fullmatch(r"[0-9.e+-]+f", node.value) is None:
            raise refusal(node)
        return nearest_float32(node.value[:-1])

    def _call(self, node: c_ast.FuncCall) -> Text:
        name, language = node.name.name, self._language
        given = node.args.exprs if node.args is not None else []
        parameters = self._functions[name].parameters
        if len(given) != len(parameters):
            raise refusal(node)
        arguments = [
            self._expression(one, parameter.kind)
            for one, parameter in zip(given, parameters, strict=True)
        ]
        match name:
            case "wann_constant":
                return arguments[0]
            case "wann_select":
                return language.choice(*arguments)
            case "wann_is_below":
                return language.comparison("<", *arguments)
            case "wann_to_int":
                return language.to_int(*arguments)
            case "wann_to_real":
                return language.to_real(*arguments)
        return language.call(name, arguments)
