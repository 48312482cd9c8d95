"""Links as base64 text in JSON."""

from __future__ import annotations

from base64 import b64decode, b64encode
from typing import Annotated

from pydantic import ConfigDict, PlainSerializer, PlainValidator

from wann_edge.kernel import Links


def _unpacked(text: object) -> Links:
    """Return the links; ValueError unless the text is base64 of whole int32 values."""
    if not isinstance(text, str):
        raise ValueError("links should be base64 text")
    packed = b64decode(text, validate=True)
    if len(packed) % 4:
        raise ValueError("a link is cut short")
    return Links(packed)


# With links as JSON numbers, writing the ten thousand links of a checkpoint takes the search's
# main process as long as everything else that it does.
PACKED = ConfigDict(ser_json_bytes="base64", val_json_bytes="base64")
PackedLinks = Annotated[
    Links,
    PlainValidator(_unpacked),
    PlainSerializer(lambda links: b64encode(links.packed).decode(), when_used="json"),
]
