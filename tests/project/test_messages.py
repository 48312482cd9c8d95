"""Every error says what is wrong, where, and what to do, in plain words."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest

from helpers.messages import PAGE, Message, error_classes, messages, page
from helpers.sources import package

# Patterns of phrases that have to be read twice, each with what to write instead.
PHRASES = {
    r"(?<!there) is no ": "is not a",
    r"(?<!there) are none": "must be at least 1",
    "is to be told": "name it with --option",
    "what is told": "the argument",
    "as it were": "(nothing)",
    "says nothing": "reports no reason",
    "'s ending says": "inferred from the file extension",
    "of its own": "its own",
}


def phrases_in(text: str) -> list[str]:
    """The phrases that must not come back, of those in a text."""
    spaced = f" {' '.join(text.split())} "
    return [phrase for phrase in PHRASES if re.search(phrase, spaced)]


def read_texts(tree: ast.Module, *, is_command: bool) -> Iterator[str]:
    """What ``--help`` prints of a module: help and epilogs; of commands their docstrings too."""
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and node.arg in ("help", "epilog", "metavar"):
            yield from (
                part.value
                for part in ast.walk(node.value)
                if isinstance(part, ast.Constant) and isinstance(part.value, str)
            )
        elif is_command and isinstance(node, ast.FunctionDef):
            yield ast.get_docstring(node) or ""


def parsed(source: str) -> list[Message]:
    return messages(
        {"errors.py": ast.parse("class WannError(Exception): ..."), "x.py": ast.parse(source)}
    )


def test_all_places_are_read() -> None:
    """A control: linked folders, classes derived elsewhere and errors made by a helper too."""
    found = messages(package())
    assert len(found) > 150
    assert {"exporters", "sims", "kernel", "pictures"} <= {one.file.split("/")[0] for one in found}
    assert {"SettingsError", "LinkError"} < error_classes(package())


def test_each_error_says_what_where_and_remedy() -> None:
    lacking = [
        f"{one.file}:{one.function} {one.error}({one.what!r}) lacks {', '.join(one.missing)}"
        for one in messages(package())
        if one.missing
    ]
    assert lacking == []


def test_the_page_of_messages_is_up_to_date() -> None:
    """``PYTHONPATH=tests python -m helpers.messages`` writes it."""
    assert PAGE.read_text() == page(messages(package()))


def test_no_message_uses_a_phrase_that_has_to_be_read_twice() -> None:
    found = {
        f"{one.file}:{one.function}": bad
        for one in messages(package())
        if (bad := phrases_in(f"{one.where}: {one.what}; {one.remedy}"))
    }
    assert found == {}


def test_no_help_uses_a_phrase_that_has_to_be_read_twice() -> None:
    found = {
        file: bad
        for file, tree in package().items()
        for text in read_texts(tree, is_command=file.startswith("cli/"))
        if (bad := phrases_in(text))
    }
    assert found == {}


@pytest.mark.parametrize(
    ("source", "missing"),
    [
        ("raise WannError('a')", ("where", "remedy")),
        ("raise WannError('a', where='b')", ("remedy",)),
        ("raise WannError('a', where='b', remedy='')", ("remedy",)),
        ("raise WannError('a', where='b', remedy='c' if x else '')", ("remedy",)),
        ("raise WannError('a', where='b', remedy='c')", ()),
        ("class MissingError(WannError): ...\nraise MissingError('a', remedy='c')", ()),
        ("raise WannError(e.what, where=e.where, remedy=e.remedy)", ()),
        ("class Lost(WannError): ...\ndef f():\n    return Lost('a')", ("where", "remedy")),
    ],
)
def test_what_is_missing_is_seen(source: str, missing: tuple[str, ...]) -> None:
    """A control."""
    assert [one.missing for one in parsed(source)] == [missing]


def test_a_message_reads_as_the_user_reads_it() -> None:
    """A control: values as {...}, and phrases found across the parts of a text."""
    (one,) = parsed(
        "def f(x):\n    raise WannError(f'{x!r} is ' 'no time', where='here', remedy='go')"
    )
    assert (one.function, one.what, one.where) == ("f", "{x} is no time", "here")
    assert phrases_in(one.what) == [r"(?<!there) is no "]
    assert phrases_in("there is no front yet") == []
    tree = ast.parse("x = Option(help='one of ' 'its' ' own' or f'{y} of its own')")
    assert any(map(phrases_in, read_texts(tree, is_command=False)))
