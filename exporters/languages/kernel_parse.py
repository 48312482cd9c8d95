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
from wann_edge.exporters.languages.language import Kind, Parameter

# Blocks that are not translated: primitives, which each language has of its own, and flags.
UNTRANSLATED = ("real", "contraction")
KINDS: dict[str, Kind] = {"float": "real", "wann_real": "real", "wann_int": "int", "_Bool": "bool"}
_TYPES = "typedef float wann_real;\ntypedef int wann_int;\n"
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_MACRO = re.compile(r"^#define (wann_\w+)\((\w+(?:, \w+)*)\) +(.+)$", re.MULTILINE)


class Signature(NamedTuple):
    """What a function takes, and the kind of what it gives."""

    parameters: tuple[Parameter, ...]
    result: Kind


def parsed_functions(text: str) -> list[c_ast.FuncDef]:
    """The functions of a piece of the kernel; a macro is one that takes and gives reals.

    Raises ExportError where there is anything else.
    """
    plain = _MACRO.sub(_function_of, _COMMENT.sub("", text).replace("\\\n", ""))
    try:
        items = c_parser.CParser().parse(_TYPES + plain).ext[len(_TYPES.splitlines()) :]
    except ParseError as error:
        raise ExportError(f"can't be parsed: {error}", where="the kernel's text") from None
    for item in items:
        if not isinstance(item, c_ast.FuncDef):
            raise refusal(item)
    return list(items)


def _function_of(macro: re.Match[str]) -> str:
    name, parameters, value = macro.groups()
    typed = ", ".join(f"wann_real {one}" for one in parameters.split(", "))
    return f"static inline wann_real {name}({typed}) {{ return {value}; }}"


def parsed_statements(lines: Sequence[str]) -> list[c_ast.Node]:
    """Statements as c_network.py makes them."""
    (function,) = parsed_functions(f"static inline void step(void) {{ {' '.join(lines)} }}")
    return list(function.body.block_items or [])


def comment_before(function: str, text: str) -> list[str]:
    """The lines of the comment that stands right before a function, if one does."""
    start = rf"(?:static inline \w+|#define) {function}\("
    found = re.search(rf"({_COMMENT.pattern})\n{start}", text, re.DOTALL)
    if found is None:
        return []
    comment = found[1][found[1].rindex("/*") :]
    return [line.strip(" *") for line in comment[2:-2].splitlines()]


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
        remedy="teach it to exporters/languages/translate.py",
    )
