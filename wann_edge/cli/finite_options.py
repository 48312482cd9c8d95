"""Refuse NaN, infinities and numbers beyond float32 in the options of every command."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from wann_edge.errors import SettingsError


def with_finite_options(command: Callable[..., int]) -> Callable[..., int]:
    """Return a command that raises SettingsError for options that are not finite in float32."""

    @wraps(command)
    def checked(**values: object) -> int:
        from wann_edge.network import LARGEST

        for name, value in values.items():
            if isinstance(value, float) and not abs(value) <= LARGEST:
                raise SettingsError(
                    f"must be finite, not {value:g}",
                    where=f"--{name.replace('_', '-')}",
                    remedy="use a number from -3.4e38 to 3.4e38",
                )
        return command(**values)

    return checked
