"""Parses the kernel's C text into pycparser's trees.

Functions take and return numbers of four types. Anything else raises an error, so that a change
of the kernel is never translated wrongly without notice.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from pycparser import c_ast, c_generator, c_parser
from pycparser.c_parser import ParseError

from wann_edge.errors import ExportError
from wann_edge.exporters.kernel_text import blocks
from wann_edge.exporters.languages.language import Kind, Parameter

# Blocks that are not translated: primitives, which each language defines itself, and flags.
UNTRANSLATED = ("real", "contraction")
KINDS: dict[str, Kind] = {"float": "real", "wann_real": "real", "wann_int": "int", "_Bool": "bool"}
_TYPES = "typedef float wann_real;\ntypedef int wann_int;\n"
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_MACRO = re.compile(r"^#define (wann_\w+)\((\w+(?:, \w+)*)\) +(.+)$", re.MULTILINE)


class Signature(NamedTuple):
    """The parameters of a function and the kind of its result."""

    parameters: tuple[Parameter, ...]
    result: Kind


def parsed_functions(text: str) -> list[c_ast.FuncDef]:
    """Return the functions of a piece of the kernel; a macro counts as a function of reals.

    Raises:
        ExportError: the text has anything else.
    """
    plain = _MACRO.sub(_function_of, _COMMENT.sub("", text).replace("\\\n", ""))
    try:
        items = c_parser.CParser().parse(_TYPES + plain).ext[len(_TYPES.splitlines()) :]
    except ParseError as error:
        raise ExportError(
            f"can't be parsed: {error}",
            where="the kernel's text",
            remedy="write it in the C that exporters/languages/kernel_parse.py reads",
        ) from None
    for item in items:
        if not isinstance(item, c_ast.FuncDef):
            raise refusal(item)
    return list(items)


def _function_of(macro: re.Match[str]) -> str:
    name, parameters, value = macro.groups()
    typed = ", ".join(f"wann_real {one}" for one in parameters.split(", "))
    return f"static inline wann_real {name}({typed}) {{ return {value}; }}"


def parsed_statements(lines: Sequence[str]) -> list[c_ast.Node]:
    """Return the statements that exporters/c/statements.py writes, as trees."""
    (function,) = parsed_functions(f"static inline void step(void) {{ {' '.join(lines)} }}")
    return list(function.body.block_items or [])


def comment_before(function: str, text: str) -> list[str]:
    """Return the lines of the comment directly before a function, if there is one."""
    start = rf"(?:static inline \w+|#define) {function}\("
    found = re.search(rf"({_COMMENT.pattern})\n{start}", text, re.DOTALL)
    if found is None:
        return []
    comment = found[1][found[1].rindex("/*") :]
    return [line.strip(" *") for line in comment[2:-2].splitlines()]


def signature(definition: c_ast.FuncDef) -> Signature:
    """Return a function's signature; raise ExportError on a type other than the four."""
    declared = definition.decl.type
    if declared.args is None:
        raise refusal(definition)
    parameters = tuple(Parameter(str(one.name), kind(one.type)) for one in declared.args.params)
    return Signature(parameters, kind(declared.type))


def signatures(names: Sequence[str]) -> dict[str, Signature]:
    """Return the signatures of all functions of these blocks by name."""
    return {
        definition.decl.name: signature(definition)
        for name in names
        if name not in UNTRANSLATED
        for definition in parsed_functions(blocks()[name])
    }


def kind(declared: c_ast.Node) -> Kind:
    """Return the kind of a declared type; raise ExportError on a type other than the four."""
    match declared:
        case c_ast.TypeDecl(type=c_ast.IdentifierType(names=[name])) if name in KINDS:
            return KINDS[name]
    raise refusal(declared)


def refusal(node: c_ast.Node) -> ExportError:
    """Return the error for C that is not translated."""
    return ExportError(
        f"can't translate {type(node).__name__}: {c_generator.CGenerator().visit(node)[:80]}",
        where="the kernel's text",
        remedy="add it to exporters/languages/translate.py",
    )
