"""Load what arguments name: a task, the front of a run folder, what a search starts from."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from wann_edge.cli.tables import say
from wann_edge.errors import SettingsError, TaskError
from wann_edge.system.terminal import clean

if TYPE_CHECKING:
    from wann_edge.network import Network
    from wann_edge.search.front import Front
    from wann_edge.search.genome import Genome
    from wann_edge.task import Task


def task_of(
    name: str | None,
    network: Network,
    *,
    where: str = "network file",
    accept_contract: bool = False,
    may_ask: bool = True,
) -> Task:
    """Load the task that ``--task`` names, or else the one that the network file names.

    A note on standard error says where the task has other equations than the network's.

    Args:
        name: the value of ``--task``.
        network: of the file.
        where: the file, for messages.
        accept_contract: go on where the contracts of network and task differ.
        may_ask: ask on the terminal whether new code that the file names may run.

    Raises:
        SettingsError: neither names a task, or the task is unknown.
        TaskError: the file names code that this user has not named before, or the network has
            another contract than the task.
    """
    task = _loaded(name, network, may_ask=may_ask)
    check_contract(network, task, where, accept=accept_contract)
    return task


def _loaded(name: str | None, network: Network, *, may_ask: bool) -> Task:
    if name is not None:
        return named_task(name)
    if network.task is None:
        raise SettingsError(
            "the network file names no task", where="--task", remedy="name the task with --task"
        )
    return task_in_file(network.task, network.provenance, "network file", may_ask=may_ask)


def named_task(name: str) -> Task:
    """Load a task that the user has named, and note the name for files that name it.

    Code that is new is tried out where the task can do that.
    """
    from wann_edge.task import can_try_out, load_task
    from wann_edge.task.trusted import is_known, remember

    task = load_task(name)
    if not is_known(name) and can_try_out(task):
        task.try_out()
    remember(name)
    return task


def task_in_file(
    name: str, provenance: Mapping[str, object], where: str, *, may_ask: bool = True
) -> Task:
    """Load a task that a file names, which may come from elsewhere.

    Raises:
        TaskError: the task runs code that this user has not named before.
    """
    from wann_edge.task import load_task
    from wann_edge.task.trusted import check_trusted

    try:
        check_trusted(name, provenance, where)
    except TaskError as error:
        if not (may_ask and agreed(f"{error.where}: {error.what}. Run it?")):
            raise
        return named_task(name)
    return load_task(name)


def agreed(question: str) -> bool:
    """Ask a question on the terminal; False where there is none."""
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        return False
    sys.stderr.write(clean(f"{question} [y/N] "))
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def with_arguments(name: str, pairs: Sequence[str], dt_s: float | None) -> str:
    """Return a task's name with the arguments of --env-arg, and the control period of --dt.

    Raises:
        SettingsError: one of them is not valid, or the task takes none.
    """
    from wann_edge.sims.gym_arguments import with_arguments as spelled

    return spelled(name, pairs, dt_s)


def print_notes(task: Task) -> None:
    """Print on standard error what the task says about itself."""
    for note in getattr(task, "notes", ()):
        say(f"wann-edge: {task.spec.name}: {note}", file=sys.stderr)


def task_if_named(
    name: str | None, network: Network, *, where: str, accept_contract: bool
) -> Task | None:
    """Load the task as ``task_of`` does; None where neither names one."""
    if name is None and network.task is None:
        return None
    return task_of(name, network, where=where, accept_contract=accept_contract)


def check_contract(network: Network, task: Task, where: str, *, accept: bool) -> None:
    """Check that a network has the contract of the task that it is to control.

    Args:
        network: the network.
        task: the task.
        where: the network's file.
        accept: print the differences as notes, and go on.

    Raises:
        TaskError: another number of inputs or outputs, or other names, units, bounds, scaling or
            control period without ``accept``.
    """
    from wann_edge.task.fingerprint import differences

    check_file_fit(where, network, task)
    found = differences(network, task)
    if found and not accept:
        raise TaskError(
            f"the contract differs from that of the task {task.spec.name}",
            where=where,
            remedy="name the task of the network, or go on with --accept-contract",
            details="\n".join(found),
        )
    for line in found:
        say(f"wann-edge: {where}: {line}", file=sys.stderr)
    _note_equations(network, task, where)


def _note_equations(network: Network, task: Task, where: str) -> None:
    """Note where the task has other equations than the network's, or where nothing can tell."""
    from wann_edge.task import final_task
    from wann_edge.task.fingerprint import task_sha256

    was, now = network.hashes.get("task"), task_sha256(final_task(task))
    if not network.hashes:
        note = "carries no fingerprint of its task, so other equations go unnoticed"
    elif None in (was, now) or was == now:
        return
    else:
        note = f"warning: made for other equations than those of {task.spec.name}"
    say(f"wann-edge: {where}: {note}", file=sys.stderr)


def check_file_fit(path: Path | str, network: Network, task: Task) -> None:
    """Check that a network has the inputs and outputs of a task.

    Raises:
        TaskError: it has not; the message names the file.
    """
    from wann_edge.task import check_fit

    try:
        check_fit(network, task.spec)
    except TaskError as error:
        raise TaskError(error.what, where=str(path), remedy=error.remedy) from error


def front_in(folder: Path) -> Front:
    """Load the front of a run folder.

    Raises:
        SettingsError: the folder holds no run, or one that has no front yet.
    """
    from wann_edge.search import front

    return front.load(_run_file(folder, "front", front.NAME))


def controller_file(name: str) -> Path:
    """Return the network file of a name; of a run folder its controller, else its champion.

    Raises:
        SettingsError: the folder holds no run, or one that has no network yet.
    """
    from wann_edge.search.run_folder import CHAMPION, CONTROLLER

    path = Path(name)
    return _run_file(path, "champion", CONTROLLER, CHAMPION) if path.is_dir() else path


def _run_file(folder: Path, what: str, *names: str) -> Path:
    """Return the first of these files that a run folder has."""
    from wann_edge.search.run_folder import RUN

    for name in names:
        if (folder / name).exists():
            return folder / name
    if (folder / RUN).exists():
        raise SettingsError(
            f"the run has not ended, so it has no {what} yet",
            where=str(folder),
            remedy=f"wait; or continue an interrupted run: wann-edge search --resume {folder}",
        )
    raise SettingsError(
        "the folder holds no run", where=str(folder), remedy="name the folder that a search wrote"
    )


def genomes_at(path: Path, task: Task) -> tuple[Genome, ...]:
    """Load the genomes that a search starts from.

    Args:
        path: a run folder, for all networks of its front, or a network file.
        task: the task that they must fit.

    Raises:
        NetworkError, SettingsError: the path holds no network.
        TaskError: a network does not fit the task.
    """
    from wann_edge.network import file as network_file
    from wann_edge.search.genome import genome_of
    from wann_edge.system.jsonfile import located

    if path.is_dir():
        networks = [entry.network for entry in front_in(path).entries]
    else:
        networks = [network_file.load(path)]
    for network in networks:
        check_file_fit(path, network, task)
    if any(network.weights is not None for network in networks):
        say(f"{path}: single weights are left out; a search uses only topologies")
    with located(str(path)):
        return tuple(genome_of(network.without_dead_nodes()) for network in networks)
