"""The base of all settings of a search: checked values, and errors of one line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import (
    BaseModel,
    ConfigDict,
    ModelWrapValidatorHandler,
    SerializerFunctionWrapHandler,
    ValidationError,
    model_serializer,
    model_validator,
)

from wann_edge.errors import SettingsError

if TYPE_CHECKING:
    from typing_extensions import Self


class SettingsModel(BaseModel):
    """Frozen settings without unknown names. Raises SettingsError where a value is not valid.

    Attributes:
        unwritten: names with values that files leave out, so that files of runs that do not use a
            newer setting stay the same.
    """

    unwritten: ClassVar[tuple[tuple[str, object], ...]] = ()
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    @model_serializer(mode="wrap")
    def _as_written(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        values: dict[str, Any] = handler(self)
        return {
            name: value for name, value in values.items() if (name, value) not in self.unwritten
        }

    @model_validator(mode="wrap")
    @classmethod
    def _in_one_line(cls, values: object, handler: ModelWrapValidatorHandler[Self]) -> Self:
        try:
            return handler(values)
        except ValidationError as error:
            first = error.errors()[0]
            place = ".".join(map(str, first["loc"]))
            given = "" if first["type"] == "missing" else f" (given: {str(first['input'])[:80]})"
            raise SettingsError(
                f"{first['msg']}{given}",
                where=place or "settings",
                remedy="see the settings in docs/search.md",
            ) from error
