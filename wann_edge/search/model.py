"""Model: what a search is told, checked; what is wrong is told in one line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import (
    BaseModel,
    ConfigDict,
    ModelWrapValidatorHandler,
    ValidationError,
    model_validator,
)

from wann_edge.errors import SettingsError

if TYPE_CHECKING:
    from typing_extensions import Self


class Model(BaseModel):
    """Frozen, no unknown names. Raises SettingsError where a value is not valid."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    @model_validator(mode="wrap")
    @classmethod
    def _in_one_line(cls, values: object, handler: ModelWrapValidatorHandler[Self]) -> Self:
        try:
            return handler(values)
        except ValidationError as error:
            first = error.errors()[0]
            place = ".".join(map(str, first["loc"]))
            given = "" if first["type"] == "missing" else f" (given: {str(first['input'])[:80]})"
            raise SettingsError(f"{first['msg']}{given}", where=place or "settings") from error
