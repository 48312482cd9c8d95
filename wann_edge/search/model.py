"""Model: what a search is told, checked; what is wrong is told in one line."""

from __future__ import annotations

from base64 import b64decode, b64encode
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from pydantic import (
    BaseModel,
    ConfigDict,
    ModelWrapValidatorHandler,
    PlainSerializer,
    PlainValidator,
    SerializerFunctionWrapHandler,
    ValidationError,
    model_serializer,
    model_validator,
)

from wann_edge.errors import SettingsError
from wann_edge.kernel import Links

if TYPE_CHECKING:
    from typing_extensions import Self

# As numbers in JSON, the ten thousand links of a checkpoint took the search's main process as long
# as all else that it does.
PACKED = ConfigDict(ser_json_bytes="base64", val_json_bytes="base64")
PackedLinks = Annotated[
    Links,
    PlainValidator(lambda text: Links(b64decode(text))),
    PlainSerializer(lambda links: b64encode(links.packed).decode(), when_used="json"),
]


class Model(BaseModel):
    """Frozen, no unknown names. Raises SettingsError where a value is not valid.

    unsaid: values that are not written: what is as it was before there was a choice, as in
    files from then.
    """

    unsaid: ClassVar[tuple[tuple[str, object], ...]] = ()
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    @model_serializer(mode="wrap")
    def _as_written(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        values: dict[str, Any] = handler(self)
        return {name: value for name, value in values.items() if (name, value) not in self.unsaid}

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
