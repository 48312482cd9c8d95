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

# What each of pydantic's types of errors means; others keep its words.
_WORDS = {
    "greater_than": "must be above {gt:g}",
    "greater_than_equal": "must be at least {ge:g}",
    "less_than": "must be below {lt:g}",
    "less_than_equal": "must be at most {le:g}",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_from_float": "must be a whole number",
    "float_type": "must be a number",
    "float_parsing": "must be a number",
    "finite_number": "must be a finite number",
    "bool_type": "must be true or false",
    "literal_error": "must be one of {expected}",
    "extra_forbidden": "unknown setting",
    "missing": "is missing",
}
_UNGIVEN = ("extra_forbidden", "missing")


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
            words = _WORDS.get(first["type"], first["msg"].replace("Input", "the value"))
            given = "" if first["type"] in _UNGIVEN else f", not {str(first['input'])[:80]}"
            raise SettingsError(
                f"{words.format(**first.get('ctx', {}))}{given}",
                where=place or "settings",
                remedy="see the settings in docs/search.md",
            ) from error
