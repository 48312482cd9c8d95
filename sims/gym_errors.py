"""Errors of gymnasium environments as errors of one line, with the usual causes recognised."""

from __future__ import annotations

import multiprocessing
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import numpy as np
from gymnasium.error import DependencyNotInstalled, UnregisteredEnv

from wann_edge.errors import MissingError, TaskError, WannError
from wann_edge.kernel.arithmetic import foreign_arithmetic, ieee_arithmetic
from wann_edge.system.interrupts import ends_process
from wann_edge.system.wheels import box2d_install
from wann_edge.task.user_code import blamed

CORRECT = "correct the environment (--debug shows the traceback)"
NAMES = "write gymnasium:ENV-ID, or MODULE:ENV-ID for a module that registers it"
OLD_INTERFACE = "the environment has the interface of gym before 0.26"
NEW_INTERFACE = (
    "return (observation, info) from reset(seed=..., options=...), and observation, reward, "
    "terminated, truncated, info from step()"
)
# What Python says where an old environment meets a caller of the new interface.
OLD_SIGNS = (
    "unexpected keyword argument 'seed'",
    "unexpected keyword argument 'options'",
    "not enough values to unpack (expected 5, got 4)",
    "Gym is incompatible with Gymnasium",
)


class SlipError(Exception):
    """A value that an environment must not return: what is wrong, and what to do."""

    def __init__(self, what: str, remedy: str = CORRECT) -> None:
        super().__init__(what)
        self.what, self.remedy = what, remedy


@contextmanager
def guarded(where: str, moment: Callable[[], str] = str) -> Iterator[None]:
    """Run code of an environment; turn its exceptions into errors of one line.

    It keeps the floating-point mode that it sets, and the mode outside stays.

    Args:
        where: the name of the environment.
        moment: returns the seed and the step, called only for an error.
    """
    try:
        with foreign_arithmetic():
            yield
    except WannError:
        raise
    except BaseException as error:
        if ends_process(error):
            raise
        raise _error(error, where, f"{where}{moment()}") from error


def _error(error: BaseException, name: str, where: str) -> WannError:
    if isinstance(error, SlipError):
        return TaskError(error.what, where=where, remedy=error.remedy)
    if isinstance(error, DependencyNotInstalled):
        ours = "box2d" in str(error).lower()
        what = "Box2D is not installed" if ours else str(error)
        remedy = box2d_install() if ours else "install what the environment needs"
        return MissingError(what, where=where, remedy=remedy)
    if isinstance(error, UnregisteredEnv):
        return _unknown(error, where)
    if isinstance(error, ModuleNotFoundError):
        return _missing_module(error, name, where)
    if any(sign in str(error) for sign in OLD_SIGNS):
        what = f"{OLD_INTERFACE}: {error}"
        return TaskError(what, where=where, remedy=NEW_INTERFACE)
    return _failed(error, where)


def _failed(error: BaseException, where: str) -> TaskError:
    """Tell a constructor that needs an argument from other faults of the environment."""
    argument = re.search(r"missing \d+ required \S+ arguments?: '(\w+)'", str(error))
    if argument and "__init__()" in str(error):
        what = f"the environment needs the argument {argument[1]}"
        return TaskError(what, where=where, remedy=f"give it: --env-arg {argument[1]}=VALUE")
    return TaskError(f"the environment failed: {blamed(error)}", where=where, remedy=CORRECT)


def _unknown(error: UnregisteredEnv, where: str) -> TaskError:
    if multiprocessing.parent_process() is None:
        return TaskError(f"there is no such environment: {error}", where=where, remedy=NAMES)
    return TaskError(
        "the worker processes do not know this environment, which only the main process registered",
        where=where,
        remedy="use one worker, or register it in a module and name it MODULE:ENV-ID",
    )


def _missing_module(error: ModuleNotFoundError, name: str, where: str) -> TaskError:
    """Tell a module that does not exist from one that imports what is not installed."""
    cause: BaseException = error
    while cause.__cause__ is not None:
        cause = cause.__cause__
    absent = getattr(cause, "name", None) or ""
    asked = name.rpartition(":")[0]
    if f"{asked}.".startswith(f"{absent}."):
        return TaskError(f"there is no such environment: {error}", where=where, remedy=NAMES)
    what = f"the environment's module can't be imported: {blamed(cause)}"
    return TaskError(what, where=where, remedy=f"install {absent or 'what it imports'}")


def started(result: object) -> object:
    """Return the observation of what ``reset`` returned."""
    if isinstance(result, tuple) and len(result) == 2 and isinstance(result[1], dict | None):
        return result[0]
    raise SlipError(f"{OLD_INTERFACE}: reset() returned {_kind(result)}", NEW_INTERFACE)


def stepped(result: object) -> tuple[object, object, object, object]:
    """Return observation, reward, terminated and truncated of what ``step`` returned."""
    if isinstance(result, tuple) and len(result) == 5:
        return result[:4]
    if isinstance(result, tuple) and len(result) == 4:
        raise SlipError(f"{OLD_INTERFACE}: step() returned 4 values", NEW_INTERFACE)
    raise SlipError(f"step() returned {_kind(result)} instead of 5 values", NEW_INTERFACE)


@ieee_arithmetic()
def reward_of(value: object) -> np.float32:
    """Return a reward: a number, or an array of one number."""
    if not isinstance(value, float):
        value = _single("reward", value, "a float")
    with np.errstate(over="ignore"):
        reward = np.float32(value)
    if not np.isfinite(reward):
        raise SlipError(f"the reward {value} is not finite")
    return reward


def flag_of(name: str, value: object) -> bool:
    """Return a flag: a bool, an array of one bool, or None for False."""
    if isinstance(value, bool) or value is None:
        return bool(value)
    return bool(_single(name, value, "a bool"))


def _single(name: str, value: object, wanted: str) -> float:
    """Return the number that a value is or, as an array of size 1, contains."""
    array = np.asarray(value)
    item: Any = array.item() if array.size == 1 else None
    if hasattr(item, "__float__"):
        with suppress(OverflowError):
            return float(item)
    found = f"is {value!r:.40}" if array.shape == () else f"has shape {array.shape}"
    raise SlipError(f"{name} {found}: return {wanted}")


def _kind(value: object) -> str:
    if isinstance(value, tuple | list):
        return f"a {type(value).__name__} of {len(value)}"
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape}"
    return type(value).__name__
