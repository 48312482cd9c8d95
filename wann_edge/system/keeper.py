"""Programs and temporary folders that end with this process, also when it is killed.

A keeper is a shell in a session of its own that reads a pipe from this process. When the pipe
closes, for whatever reason, the keeper kills the program and removes the folder.
"""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import subprocess
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from errno import EDQUOT, ENOSPC
from pathlib import Path
from types import TracebackType
from typing import IO, NamedTuple

from wann_edge.errors import ToolError

# Each line of the pipe is a process group, "none" or "end".
_KEEPER = """\
trap '' HUP INT QUIT TERM
group=none
while read -r line && [ "$line" != end ]; do group=$line; done
[ "$group" = none ] || kill -KILL "-$group"
[ -z "$1" ] || rm -rf -- "$1"
"""
# The program reports its process group itself: this process may be killed at any point.
_STARTER = 'echo "$$" >&0; exec "$@" </dev/null'


def _wait_for_children() -> None:
    """Let programs report their exit codes, which are lost where a library ignores SIGCHLD."""
    if threading.current_thread() is threading.main_thread() and not callable(
        signal.getsignal(signal.SIGCHLD)
    ):
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)


class Finished(NamedTuple):
    """The result of a program: its exit code, and what it printed on standard error."""

    code: int
    stderr: str


class _Keeper:
    """The keeper of a folder, or of the programs that are started one after the other.

    Attributes:
        pipe: where a program reports its process group.
    """

    def __init__(self, folder: str = "") -> None:
        _wait_for_children()
        theirs, self.pipe = os.pipe()
        try:
            self._process = subprocess.Popen(
                ["/bin/sh", "-c", _KEEPER, "wann-edge-keeper", folder],
                stdin=theirs,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                cwd="/",
                start_new_session=True,
            )
        except BaseException:
            os.close(self.pipe)
            raise
        finally:
            os.close(theirs)

    def __enter__(self) -> _Keeper:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        # Not only closed: a process that a plant has forked may hold the pipe open.
        self.tell("end")
        os.close(self.pipe)
        self._process.wait()

    def tell(self, line: str) -> None:
        """Send a line; a keeper that has died gets none."""
        with suppress(BrokenPipeError):
            os.write(self.pipe, f"{line}\n".encode())


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """Yield a new temporary folder, which is removed after the block.

    Raises:
        ToolError: TMPDIR names no folder, or there is no space for temporary files.
    """
    asked = os.environ.get("TMPDIR")
    if asked and not Path(asked).is_dir():  # Python would use another one, a compiler fails
        raise ToolError(
            "there is no such folder", where=f"TMPDIR={asked}", remedy="correct or unset TMPDIR"
        )
    try:
        base = Path(tempfile.gettempdir())
    except OSError as error:
        raise _no_space(Path(asked or "/tmp"), error) from error
    # Named before it exists, so that the keeper removes it in any case.
    folder = base / f"wann-edge-{secrets.token_hex(8)}"
    try:
        with _Keeper(str(folder)):
            folder.mkdir(0o700)
            yield folder
    except OSError as error:
        if error.errno not in (ENOSPC, EDQUOT):
            raise
        raise _no_space(folder, error) from error
    finally:  # where the keeper was killed
        shutil.rmtree(folder, ignore_errors=True)


def _no_space(folder: Path, error: OSError) -> ToolError:
    return ToolError(
        f"can't write temporary files: {error.strerror or error}",
        where=str(folder),
        remedy="free some space, or set TMPDIR to another folder",
    )


@contextmanager
def running(
    command: Sequence[str],
    output: int | IO[bytes],
    *,
    folder: Path | None = None,
    environment: Mapping[str, str] | None = None,
) -> Iterator[subprocess.Popen[bytes]]:
    """Start a program and yield its process; kill it, and what it has started, after the block.

    The terminal's Ctrl-C does not reach the program.

    Args:
        command: the program and its arguments.
        output: where its standard error goes, and its standard output unless this is a pipe.
        folder: the working folder; None for that of this process.
        environment: None for that of this process.
    """
    quiet = output == subprocess.PIPE
    with _Keeper() as keeper:
        process = subprocess.Popen(
            ["/bin/sh", "-c", _STARTER, "wann-edge-starter", *command],
            stdin=keeper.pipe,
            stdout=subprocess.DEVNULL if quiet else output,
            stderr=output,
            cwd=folder,
            env=environment,
            start_new_session=True,
        )
        try:
            yield process
        finally:
            if process.poll() is None:
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            if process.stderr is not None:
                process.stderr.close()
            keeper.tell("none")


def run_program(
    command: Sequence[str],
    *,
    folder: Path | None = None,
    environment: Mapping[str, str] | None = None,
) -> Finished:
    """Run a program to its end; its text need not be UTF-8.

    Args:
        command: the program and its arguments.
        folder: the working folder; None for that of this process.
        environment: None for that of this process.
    """
    with running(command, subprocess.PIPE, folder=folder, environment=environment) as process:
        _, said = process.communicate()
    return Finished(process.returncode, said.decode(errors="replace"))
