"""Reads the project's documentation: pages, links, code and tables."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import typer

from helpers.parts import ROOT
from wann_edge.cli.app import app

DOCS = ROOT / "docs"
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md")])


def page_name(page: Path) -> str:
    """Return the path of a page, relative to the project's root."""
    return page.relative_to(ROOT).as_posix()


def without_code(text: str) -> str:
    """Return a page's text without its code blocks."""
    return re.sub(r"^ *```.*?^ *```", "", text, flags=re.DOTALL | re.MULTILINE)


def blocks(text: str, language: str) -> list[str]:
    """Return the code blocks in a language; "" selects those without a language."""
    found = re.findall(r"^( *)```(\w*)\n(.*?)^\1```", text, re.DOTALL | re.MULTILINE)
    return [body for _, name, body in found if name == language]


def code_spans(text: str) -> list[str]:
    """Return the texts between backquotes on single lines."""
    return [" ".join(span.split()) for span in re.findall(r"`([^`]+)`", without_code(text))]


def links(text: str) -> list[str]:
    """Return the targets of a page's links to other places in the project."""
    return re.findall(r"\]\((?!https?:)([^)\s]+)\)", without_code(text))


def anchors(text: str) -> set[str]:
    """Return the anchors of a page's headings, as GitHub forms them."""
    headings = re.findall(r"^#+ (.+)$", without_code(text), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def table(text: str, header: str) -> list[list[str]]:
    """Return the rows of the first table whose header line starts so; backquotes are kept."""
    lines = text[text.index(f"\n{header}") + 1 :].split("\n\n", maxsplit=1)[0].splitlines()
    rows = [line.strip().strip("|").split(" | ") for line in lines[2:] if line.startswith("|")]
    return [[cell.strip() for cell in row] for row in rows]


def names(cell: str) -> list[str]:
    """Return the names in backquotes in a cell of a table."""
    return re.findall(r"`([^`]+)`", cell)


@cache
def known_options() -> dict[str, set[str]]:
    """Return every command with its long and short options."""
    group = typer.main.get_command(app)
    return {
        name: {
            word
            for param in command.params
            for word in (*param.opts, *param.secondary_opts)
            if word.startswith("-")
        }
        for name, command in group.commands.items()
    }
