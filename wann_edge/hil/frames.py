"""Frames on a serial line: COBS (Cheshire & Baker 1999) and CRC-16; docs/hil-protocol.md."""

from __future__ import annotations

import binascii

CRC_BYTES = 2
# The longest that is gathered: more is a line that carries no frames.
_MOST_BYTES = 65_536


def crc16(data: bytes) -> int:
    """CRC-16/IBM-3740: polynomial 0x1021, from 0xffff, not reflected; 0x29b1 of "123456789"."""
    return binascii.crc_hqx(data, 0xFFFF)


def cobs_encode(data: bytes) -> bytes:
    """The same without zeros: each code byte is the distance to the next, or 255 for none in
    the 254 bytes that follow."""
    encoded = bytearray()
    rest = data
    while True:
        block = rest[:254].partition(b"\0")[0]
        encoded += bytes([len(block) + 1]) + block
        if len(block) == len(rest):
            return bytes(encoded)
        rest = rest[len(block) + (len(block) < 254) :]


def cobs_decode(encoded: bytes) -> bytes | None:
    """What was encoded, or None where this is no encoding: a block is cut off, or has a zero."""
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
    """The bytes on the line: a 0x00 that ends what noise began, the frame, and its own 0x00."""
    return b"\0" + cobs_encode(body + crc16(body).to_bytes(CRC_BYTES, "little")) + b"\0"


def decode_frame(encoded: bytes) -> bytes | None:
    """The body between two 0x00, or None where the CRC is not right."""
    data = cobs_decode(encoded)
    if data is None or len(data) <= CRC_BYTES:
        return None
    body, crc = data[:-CRC_BYTES], data[-CRC_BYTES:]
    return body if crc == crc16(body).to_bytes(CRC_BYTES, "little") else None


class FrameReader:
    """Cuts what comes over a line into bodies.

    bad_frames: those thrown away, for a wrong CRC or a wrong length.
    """

    def __init__(self) -> None:
        self.bad_frames = 0
        self._rest = bytearray()

    def feed(self, data: bytes) -> list[bytes]:
        """The bodies that these bytes complete."""
        *whole, rest = (bytes(self._rest) + data).split(b"\0")
        if len(rest) > _MOST_BYTES:
            self.bad_frames += 1
            rest = b""
        self._rest = bytearray(rest)
        bodies = [decode_frame(encoded) for encoded in whole if encoded]
        self.bad_frames += bodies.count(None)
        return [body for body in bodies if body is not None]

    def clear(self) -> None:
        """Forgets the beginning of a frame."""
        self._rest.clear()
