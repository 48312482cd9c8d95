"""Lists every error of the project that reaches a user, from the source.

``PYTHONPATH=tests python -m helpers.messages`` writes the list to docs/messages.md.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import NamedTuple

from helpers.parts import ROOT
from helpers.sources import bases, called, classes, package

PAGE = ROOT / "docs" / "messages.md"
ROOT_ERROR = "WannError"
HEADER = """# Messages

Every error that reaches a user, by the file that raises it. `{...}` stands for a value. Generated
by `PYTHONPATH=tests python -m helpers.messages`.
"""


class Message(NamedTuple):
    """One place that makes an error; ``what``, ``where`` and ``remedy`` as they are in the source.

    missing: those of the three that are absent or may be empty.
    """

    file: str
    function: str
    error: str
    what: str
    where: str
    remedy: str
    missing: tuple[str, ...]


def error_classes(trees: Mapping[str, ast.Module]) -> set[str]:
    """Return the names of WannError and of all its subclasses."""
    parents = {node.name: bases(node) for tree in trees.values() for node in classes(tree)}
    found = {ROOT_ERROR}
    while more := {name for name, above in parents.items() if above & found} - found:
        found |= more
    return found


def messages(trees: Mapping[str, ast.Module]) -> list[Message]:
    """Return every call of an error class, in the order of files and lines."""
    errors = error_classes(trees)
    return [
        _message(file, function, call)
        for file, tree in trees.items()
        for function, call in _calls(tree, "")
        if called(call) in errors
    ]


def page(found: list[Message]) -> str:
    """Return all messages as a page of Markdown, with a table per file."""
    lines = [HEADER]
    for file, group in groupby(found, key=lambda one: one.file):
        lines += [f"## {file}", "", "| function | error | where | what | remedy |"]
        lines += ["|---|---|---|---|---|"]
        for one in group:
            cells = (one.function, one.error, one.where, one.what, one.remedy)
            lines.append(f"| {' | '.join(map(_escaped, cells))} |")
        lines.append("")
    return "\n".join(lines)


def _calls(node: ast.AST, function: str) -> Iterator[tuple[str, ast.Call]]:
    """Yield every call below a node, with the innermost function around it."""
    if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
        function = f"{function}.{node.name}".lstrip(".")
    if isinstance(node, ast.Call):
        yield function, node
    for child in ast.iter_child_nodes(node):
        yield from _calls(child, function)


def _message(file: str, function: str, call: ast.Call) -> Message:
    given: dict[str, ast.expr] = {word.arg: word.value for word in call.keywords if word.arg}
    if call.args:
        given["what"] = call.args[0]
    parts = {part: given.get(part) for part in ("what", "where", "remedy")}
    optional = ("where",) if called(call) == "MissingError" else ()  # its what names the part
    missing = tuple(
        part
        for part, value in parts.items()
        if part not in optional and (value is None or _may_be_empty(value))
    )
    texts = {part: "" if value is None else text_of(value) for part, value in parts.items()}
    return Message(file, function, called(call), **texts, missing=missing)


def _may_be_empty(node: ast.expr) -> bool:
    if isinstance(node, ast.IfExp):
        return _may_be_empty(node.body) or _may_be_empty(node.orelse)
    return isinstance(node, ast.Constant) and not node.value


def text_of(node: ast.expr) -> str:
    """Return the message as a user reads it: ``{...}`` for values, "/" between alternatives."""
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.IfExp):
        return f"{text_of(node.body)} / {text_of(node.orelse)}"
    if isinstance(node, ast.JoinedStr):
        return "".join(
            text_of(part) if isinstance(part, ast.Constant) else f"{{{_value(part)}}}"
            for part in node.values
        )
    return f"{{{ast.unparse(node)}}}"


def _value(node: ast.expr) -> str:
    return ast.unparse(node.value) if isinstance(node, ast.FormattedValue) else ast.unparse(node)


def _escaped(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|") or "-"


if __name__ == "__main__":
    PAGE.write_text(page(messages(package())))
