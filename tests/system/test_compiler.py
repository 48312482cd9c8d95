"""A compiler that fails is told from a source that does not compile."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from wann_edge.errors import MissingError, SettingsError, ToolError
from wann_edge.system.compiler import compile_c, host_compiler
from wann_edge.system.keeper import scratch_folder
from wann_edge.system.shared_library import load_library


def script(folder: Path, name: str, text: str) -> str:
    """A program in a folder, written in shell."""
    path = folder / name
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return str(path)


def compiled(folder: Path, compiler: str, source: str) -> str:
    """The messages of a compiler about a source."""
    (folder / "harness.c").write_text(source)
    command = [compiler, "-shared", "-fPIC", "-o", str(folder / "made.so")]
    return compile_c([*command, str(folder / "harness.c")])


def test_a_source_that_does_not_compile_gets_messages_and_another_none(tmp_path: Path) -> None:
    assert compiled(tmp_path, "gcc", "int right;\n") == ""
    assert "error:" in compiled(tmp_path, "gcc", "int wrong = missing;\n")
    assert "error:" in compiled(tmp_path, "gcc", '#error "Killed by the author"\n')


@pytest.mark.parametrize(
    ("program", "says"),
    [
        ("kill -SEGV $$", "ended with exit code -11"),
        (
            "echo 'clang: error: unable to execute command: Segmentation fault' >&2; exit 254",
            "Segm",
        ),
        ("echo 'policy.h:9:1: internal compiler error: Killed' >&2; exit 1", "internal compiler"),
        (
            "echo 'policy.h:9: fatal error: /tmp/x.s: No space left on device' >&2; exit 1",
            "No space",
        ),
        ("echo 'cannot find the assembler' >&2; exit 1", "does not compile an empty file"),
        ("exit 137", "ended with exit code 137"),
        ("exit 7", "an empty file: it ends with exit code 7"),
        ("exit 0", "writes no output"),
    ],
)
def test_a_compiler_that_fails_is_blamed_itself(tmp_path: Path, program: str, says: str) -> None:
    with pytest.raises(ToolError, match=says) as failed:
        compiled(tmp_path, script(tmp_path, "mycc", program), "int wrong = missing;\n")
    assert failed.value.where == "mycc"
    assert "TMPDIR" in failed.value.remedy


def test_a_program_that_can_not_be_started_is_blamed_itself(tmp_path: Path) -> None:
    (tmp_path / "mycc").write_bytes(b"\x7fELF")
    (tmp_path / "mycc").chmod(0o755)
    for name, says in (("mycc", "the compiler fails"), ("absent", "not installed")):
        with pytest.raises(ToolError, match=says):
            compiled(tmp_path, str(tmp_path / name), "int right;\n")


def test_the_environment_names_the_compiler(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CC", raising=False)
    assert host_compiler() == ["gcc"]
    monkeypatch.setenv("CC", "env gcc")
    assert host_compiler() == ["env", "gcc"]
    monkeypatch.setenv("CC", "no-such-compiler")
    with pytest.raises(MissingError, match="no-such-compiler"):
        host_compiler()
    for given, says in (("gcc -D'", "No closing quotation"), ("cc -fsanitize=address", "a sanit")):
        monkeypatch.setenv("CC", given)
        with pytest.raises(SettingsError, match=f"^CC: .*{says}"):
            host_compiler()


def test_messages_are_in_english(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "de_DE.UTF-8")
    compiler = script(tmp_path, "mycc", 'echo "No space left: $LC_ALL" >&2; exit 1')
    with pytest.raises(ToolError, match="No space left: C"):
        compiled(tmp_path, compiler, "int right;\n")


def test_a_temporary_folder_is_private_and_removed() -> None:
    with scratch_folder() as folder:
        assert folder.stat().st_mode & 0o777 == 0o700
        assert folder.stat().st_uid == os.getuid()
    assert not folder.exists()


def test_a_missing_temporary_folder_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path / "missing"))
    with (
        pytest.raises(ToolError, match=r"TMPDIR=.*/missing: there is no such folder"),
        scratch_folder(),
    ):
        pass


def test_a_full_temporary_folder_is_named() -> None:
    with pytest.raises(ToolError, match=r"wann-edge-.*No space left.*TMPDIR"), scratch_folder():
        Path("/dev/full").write_text("x")
    with pytest.raises(FileNotFoundError), scratch_folder() as folder:
        (folder / "absent").read_text()


def test_a_library_that_can_not_be_loaded_names_its_folder(tmp_path: Path) -> None:
    (tmp_path / "made.so").write_text("not a library")
    with pytest.raises(ToolError, match=rf"{tmp_path}: .*TMPDIR.*noexec"):
        load_library(tmp_path / "made.so")
