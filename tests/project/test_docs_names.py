"""The names in the documentation: links, modules, files, commands and options exist."""

from __future__ import annotations

import importlib
import re
import shlex
from pathlib import Path

import pytest

from helpers.pages import DOCS, PAGES, anchors, blocks, code_spans, known_options, links, page_name
from helpers.parts import ROOT
from wann_edge import registry

README = ROOT / "README.md"
CHANGELOG = ROOT / "CHANGELOG.md"
# Names of entry-point groups look like modules; so do those that the changelog calls old.
GROUPS = {f"wann_edge.{kind}" for kind in registry.BUILT_IN}
# Files that an export writes, and names of gymnasium environments, look like the project's.
WRITTEN = {"examples/Basic/Basic.ino"}
FOLDERS = ("wann_edge", "exporters", "sims", "tests", "benchmarks", "docs", "examples")
BY_NAME = pytest.mark.parametrize("page", PAGES, ids=page_name)


def broken_links(page: Path, text: str) -> list[str]:
    """The links of a page that lead to no file, or to no heading of it."""
    found = []
    for link in links(text):
        place, _, anchor = link.partition("#")
        target = (page.parent / place).resolve() if place else page
        if not target.exists() or (anchor and anchor not in anchors(target.read_text())):
            found.append(link)
    return found


def missing_modules(text: str) -> list[str]:
    """The dotted names below wann_edge and benchmarks that can't be imported."""
    dotted = set(re.findall(r"\b(?:wann_edge|benchmarks)(?:\.[A-Za-z_]\w*)+", text)) - GROUPS
    # benchmarks.x are scripts, named as files.
    return sorted(
        name
        for name in dotted
        if not (is_script(name) if name.startswith("benchmarks.") else is_importable(name))
    )


def is_script(name: str) -> bool:
    """Whether this is a module of benchmarks/."""
    return (ROOT / f"{name.replace('.', '/')}.py").exists()


def is_importable(name: str) -> bool:
    """Whether a dotted name is a module, or an attribute of one, or of a class in it."""
    parts = name.split(".")
    for length in range(len(parts), 0, -1):
        try:
            found: object = importlib.import_module(".".join(parts[:length]))
        except ModuleNotFoundError:
            continue
        for part in parts[length:]:
            if not hasattr(found, part):
                return False
            found = getattr(found, part)
        return True
    return False


def missing_files(text: str) -> list[str]:
    """The paths in backticks, below the project's folders, that name no file and no folder."""
    starts = tuple(f"{folder}/" for folder in FOLDERS)
    paths = {span.split(":")[0] for span in code_spans(text) if span.startswith(starts)}
    real = {path for path in paths - WRITTEN if re.fullmatch(r"[\w./-]+(?<!-v0)", path)}
    named = {path for path in real if not re.search("NAME|FAMILY|CHIP", path)}
    return sorted(path for path in named if not (ROOT / path).exists())


def commands_in(text: str) -> list[str]:
    """The calls of wann-edge in a page: those in backticks and in shell blocks."""
    shell = "\n".join(block for language in ("sh", "") for block in blocks(text, language))
    indented = "\n".join(re.findall(r"^    (wann-edge .+)$", text, re.MULTILINE))
    lines = f"{shell}\n{indented}".replace("\\\n", " ").splitlines()
    calls = [re.sub(r"^[ $]*(.*/)?(?=wann-edge )", "", line) for line in lines]
    spans = [span for span in code_spans(text) if re.match(r"wann-edge [a-z]", span)]
    return [call for call in [*calls, *spans] if call.startswith("wann-edge ")]


def wrong_words(call: str) -> list[str]:
    """The command of a call if there is none of this name, or its options that do not exist."""
    commands = known_options()
    name, *words = shlex.split(call, comments=True)[1:]
    if name == "COMMAND":
        return []
    if name not in commands:
        return [] if name.startswith("-") else [name]
    options = {word.partition("=")[0] for word in words if re.match(r"--?[a-z]", word)}
    return sorted(options - commands[name] - {"--help"})


@BY_NAME
def test_links_lead_to_files_and_headings(page: Path) -> None:
    assert broken_links(page, page.read_text()) == []


@BY_NAME
def test_modules_exist(page: Path) -> None:
    text = page.read_text()
    if page == CHANGELOG:
        text = re.sub(r"^- `\S+` is now ", "", text, flags=re.MULTILINE)
    assert missing_modules(text) == []


@BY_NAME
def test_files_exist(page: Path) -> None:
    assert missing_files(page.read_text()) == []


@BY_NAME
def test_commands_and_options_exist(page: Path) -> None:
    assert {
        call: wrong_words(call) for call in commands_in(page.read_text()) if wrong_words(call)
    } == {}


def test_moved_modules_have_moved() -> None:
    """What the changelog calls an old path can't be imported any more."""
    moved = re.findall(r"^- `(wann_edge\.[\w.]+)` is now ", CHANGELOG.read_text(), re.MULTILINE)
    assert len(moved) > 5
    assert [name for name in moved if is_importable(name)] == []


def test_every_page_is_reached_from_the_index() -> None:
    seen: set[Path] = set()
    waiting = [DOCS / "index.md"]
    while waiting:
        page = waiting.pop()
        if page not in seen and page.suffix == ".md":
            seen.add(page)
            places = [link.partition("#")[0] for link in links(page.read_text())]
            waiting += [(page.parent / place).resolve() for place in places if place]
    assert set(DOCS.rglob("*.md")) - seen == set()


def test_the_index_has_short_paths() -> None:
    """A path for each of seven readers, of three to six links in order."""
    text = (DOCS / "index.md").read_text()
    paths = re.split(r"^\*\*.+\*\*$", text, flags=re.MULTILINE)[1:]
    assert len(paths) == 7
    for path in paths:
        steps = re.findall(r"^(\d)\. \[", path, re.MULTILINE)
        assert steps == [str(i + 1) for i in range(len(steps))]
        assert 3 <= len(steps) <= 6


def test_what_is_wrong_is_seen() -> None:
    """A control of each check above."""
    assert broken_links(README, "[x](docs/attic.md) [y](docs/search.md#attic)") == [
        "docs/attic.md",
        "docs/search.md#attic",
    ]
    assert missing_modules("wann_edge.attic, wann_edge.load and benchmarks.attic") == [
        "benchmarks.attic",
        "wann_edge.attic",
    ]
    assert missing_files("`sims/attic.py` and `sims/native.py`") == ["sims/attic.py"]
    (call, other) = commands_in("```sh\nwann-edge search x \\\n  --attic 1\n```\n`wann-edge attic`")
    assert (wrong_words(call), wrong_words(other)) == (["--attic"], ["attic"])
