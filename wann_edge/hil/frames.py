"""Frames on a serial line: COBS (Cheshire & Baker 1999) and CRC-16; docs/hil-protocol.md."""

from __future__ import annotations

import binascii

CRC_BYTES = 2
# Longer data without a 0x00 does not come from a device that sends frames.
_MOST_BYTES = 65_536


def crc16(data: bytes) -> int:
    """Return the CRC-16/IBM-3740: polynomial 0x1021, initial value 0xffff, not reflected.

    The check value, of b"123456789", is 0x29b1.
    """
    return binascii.crc_hqx(data, 0xFFFF)


def cobs_encode(data: bytes) -> bytes:
    """Return an encoding without zeros.

    Each code byte is the distance to the next code byte, which stands for a zero; after 255 the
    next one stands for none.
    """
    encoded = bytearray()
    rest = data
    while True:
        block = rest[:254].partition(b"\0")[0]
        encoded += bytes([len(block) + 1]) + block
        if len(block) == len(rest):
            return bytes(encoded)
        rest = rest[len(block) + (len(block) < 254) :]


def cobs_decode(encoded: bytes) -> bytes | None:
    """Return the decoded data, or None when a block is cut off or contains a zero."""
    data = bytearray()
    at = 0
    while at < len(encoded):
        code = encoded[at]
        block = encoded[at + 1 : at + code]
        if code == 0 or len(block) != code - 1 or 0 in block:
            return None
        at += code
        data += block
        if code < 255 and at < len(encoded):
            data.append(0)
    return bytes(data)


def encode_frame(body: bytes) -> bytes:
    """Return the bytes to send: a 0x00 that ends any noise, the frame, and its closing 0x00."""
    return b"\0" + cobs_encode(body + crc16(body).to_bytes(CRC_BYTES, "little")) + b"\0"


def decode_frame(encoded: bytes) -> bytes | None:
    """Return the body of the bytes between two 0x00, or None when the CRC is wrong."""
    data = cobs_decode(encoded)
    if data is None or len(data) <= CRC_BYTES:
        return None
    body, crc = data[:-CRC_BYTES], data[-CRC_BYTES:]
    return body if crc == crc16(body).to_bytes(CRC_BYTES, "little") else None


class FrameReader:
    """Cuts received bytes into bodies of frames.

    Attributes:
        bad_frames: number of discarded frames, with a wrong CRC or length.
    """

    def __init__(self) -> None:
        self.bad_frames = 0
        self._rest = bytearray()

    def feed(self, data: bytes) -> list[bytes]:
        """Return the bodies that these bytes complete."""
        *whole, rest = (bytes(self._rest) + data).split(b"\0")
        if len(rest) > _MOST_BYTES:
            self.bad_frames += 1
            rest = b""
        self._rest = bytearray(rest)
        bodies = [decode_frame(encoded) for encoded in whole if encoded]
        self.bad_frames += bodies.count(None)
        return [body for body in bodies if body is not None]

    def clear(self) -> None:
        """Forget an incomplete frame."""
        self._rest.clear()
