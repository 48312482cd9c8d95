"""The kernel's C text as trees of pycparser's: what of C is understood at all.

A function takes and gives numbers; a type is one of four names. Whatever else stands there
is refused, so that a change of the kernel can't be translated wrongly in silence.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from pycparser import c_ast, c_generator, c_parser
from pycparser.c_parser import ParseError

from wann_edge.errors import ExportError
from wann_edge.exporters.kernel_text import blocks
from wann_edge.exporters.language import Kind, Parameter

# Blocks that are not translated: primitives, which each language has of its own, and flags.
UNTRANSLATED = ("real", "contraction")
KINDS: dict[str, Kind] = {"float": "real", "wann_real": "real", "wann_int": "int", "_Bool": "bool"}
_TYPES = "typedef float wann_real;\ntypedef int wann_int;\n"
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_CONDITION = re.compile(r"^#define (wann_\w+)\((\w+)\) (\(.*\))$", re.MULTILINE)


class Signature(NamedTuple):
    """What a function takes, and the kind of what it gives."""

    parameters: tuple[Parameter, ...]
    result: Kind


def parsed_functions(text: str) -> list[c_ast.FuncDef]:
    """The functions of a piece of the kernel; a macro with one argument is a condition.

    Raises ExportError where there is anything else.
    """
    plain = _CONDITION.sub(
        r"static inline _Bool \1(wann_real \2) { return \3; }", _COMMENT.sub("", text)
    )
    try:
        items = c_parser.CParser().parse(_TYPES + plain).ext[len(_TYPES.splitlines()) :]
    except ParseError as error:
        raise ExportError(f"can't be parsed: {error}", where="the kernel's text") from None
    for item in items:
        if not isinstance(item, c_ast.FuncDef):
            raise refusal(item)
    return list(items)


def parsed_statements(lines: Sequence[str]) -> list[c_ast.Node]:
    """Statements as c_statements.py makes them."""
    (function,) = parsed_functions(f"static inline void step(void) {{ {' '.join(lines)} }}")
    return list(function.body.block_items or [])


def leading_comment(text: str) -> list[str]:
    """The lines of the comment that a block begins with, if it does."""
    found = _COMMENT.match(text)
    return [] if found is None else [line.strip(" *") for line in found[0][2:-2].splitlines()]


def signature(definition: c_ast.FuncDef) -> Signature:
    """What a function takes and gives. Raises ExportError on any but the four types."""
    declared = definition.decl.type
    if declared.args is None:
        raise refusal(definition)
    parameters = tuple(Parameter(str(one.name), kind(one.type)) for one in declared.args.params)
    return Signature(parameters, kind(declared.type))


def signatures(names: Sequence[str]) -> dict[str, Signature]:
    """Those of all functions of these blocks, by the function's name."""
    return {
        definition.decl.name: signature(definition)
        for name in names
        if name not in UNTRANSLATED
        for definition in parsed_functions(blocks()[name])
    }


def kind(declared: c_ast.Node) -> Kind:
    """The kind of a declared type. Raises ExportError on any but the four."""
    match declared:
        case c_ast.TypeDecl(type=c_ast.IdentifierType(names=[name])) if name in KINDS:
            return KINDS[name]
    raise refusal(declared)


def refusal(node: c_ast.Node) -> ExportError:
    """What to raise where the kernel has something that is not translated."""
    return ExportError(
        f"{type(node).__name__} is not translated: {c_generator.CGenerator().visit(node)[:80]}",
        where="the kernel's text",
        remedy="teach it to exporters/translate.py",
    )
