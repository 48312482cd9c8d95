"""Frames: the host's codec and the firmware's C agree on every stream."""

from __future__ import annotations

import ctypes
import subprocess
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wann_edge.hil.frames import (
    FrameReader,
    cobs_decode,
    cobs_encode,
    crc16,
    decode_frame,
    encode_frame,
)

CAPACITY = 2000
SHIM = """\
#include "hil_frame.h"
static uint8_t *out;
static int out_size;
static void keep(uint8_t byte) { out[out_size++] = byte; }
int encode(uint8_t *body, int size, uint8_t *frame);
int encode(uint8_t *body, int size, uint8_t *frame)
{
    out = frame;
    out_size = 0;
    hil_send(body, (uint16_t)size, keep);
    return out_size;
}
int decode(const uint8_t *stream, int size, uint8_t *bodies, int *sizes, int *bad);
int decode(const uint8_t *stream, int size, uint8_t *bodies, int *sizes, int *bad)
{
    static uint8_t body[2002];
    struct hil_receiver receiver = { body, sizeof body, 0, 0, 0, 0, 0 };
    int count = 0, at = 0;
    *bad = 0;
    for (int i = 0; i < size; i++) {
        const int found = hil_receive_byte(&receiver, stream[i]);
        if (found == HIL_BAD_FRAME)
            (*bad)++;
        if (found <= 0)
            continue;
        for (int k = 0; k < found; k++)
            bodies[at++] = body[k];
        sizes[count++] = found;
    }
    return count;
}
"""
FLAGS = (
    *("-std=c99", "-pedantic", "-Wall", "-Wextra", "-Wconversion", "-Werror", "-shared", "-fPIC"),
    *("-fsanitize=undefined", "-fno-sanitize-recover=all"),
)

# Short payloads, and some longer than several blocks of 254 bytes.
bodies = st.binary(min_size=1, max_size=40) | st.tuples(
    st.binary(min_size=1, max_size=8), st.integers(1, 700)
).map(lambda made: (made[0] * 700)[: made[1]])
streams = st.lists(
    st.one_of(
        bodies.map(encode_frame),
        st.binary(max_size=20),
        st.tuples(bodies.map(encode_frame), st.integers(0, 699), st.integers(0, 255)).map(
            lambda made: made[0][: made[1]] + bytes([made[2]]) + made[0][made[1] + 1 :]
        ),
    ),
    max_size=4,
).map(b"".join)


@pytest.fixture(scope="module", params=["gcc", "clang"])
def codec(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> ctypes.CDLL:
    """Compile the firmware's codec for this computer."""
    folder: Path = tmp_path_factory.mktemp("codec")
    header = files("wann_edge.exporters.firmware").joinpath("hil_frame.h").read_bytes()
    (folder / "hil_frame.h").write_bytes(header)
    (folder / "shim.c").write_text(SHIM)
    command = [request.param, *FLAGS, "shim.c", "-o", "shim.so"]
    if request.param == "clang":
        command = [part for part in command if "sanitize" not in part]
    subprocess.run(command, cwd=folder, check=True)
    return ctypes.CDLL(str(folder / "shim.so"))


def encoded_in_c(codec: ctypes.CDLL, body: bytes) -> bytes:
    memory = ctypes.create_string_buffer(body, len(body) + 2)
    frame = ctypes.create_string_buffer(2 * len(body) + 16)
    size = codec.encode(memory, len(body), frame)
    return frame.raw[:size]


def decoded_in_c(codec: ctypes.CDLL, stream: bytes) -> tuple[list[bytes], int]:
    room = ctypes.create_string_buffer(len(stream) + 1)
    sizes, bad = (ctypes.c_int * (len(stream) + 1))(), ctypes.c_int()
    count = codec.decode(stream, len(stream), room, sizes, ctypes.byref(bad))
    found, at = [], 0
    for size in sizes[:count]:
        found.append(room.raw[at : at + size])
        at += size
    return found, bad.value


def test_known_answers() -> None:
    """The CRC's check value from the catalogue of CRCs, and examples of COBS from its paper."""
    assert crc16(b"123456789") == 0x29B1
    assert cobs_encode(b"") == b"\x01"
    assert cobs_encode(b"\0") == b"\x01\x01"
    assert cobs_encode(bytes.fromhex("11220033")) == bytes.fromhex("0311220233")
    assert cobs_encode(bytes.fromhex("11000000")) == bytes.fromhex("0211010101")
    run = bytes(range(1, 255))
    assert cobs_encode(run) == b"\xff" + run
    assert cobs_encode(b"\0" + run) == b"\x01\xff" + run
    assert cobs_encode(run + b"\xff") == b"\xff" + run + b"\x02\xff"


@given(st.binary(max_size=1200))
def test_cobs_is_reversible_and_has_no_zero(data: bytes) -> None:
    encoded = cobs_encode(data)
    assert 0 not in encoded
    assert len(encoded) <= len(data) + 1 + len(data) // 254
    assert cobs_decode(encoded) == data


@given(st.binary(max_size=100))
def test_any_bytes_decode_to_something_or_nothing(encoded: bytes) -> None:
    decoded = cobs_decode(encoded)
    assert decoded is None or len(decoded) <= len(encoded)


@given(bodies, st.data())
def test_the_crc_detects_every_burst_of_16_bits(body: bytes, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, 8 * len(body) - 1))
    burst = data.draw(st.integers(1, 0xFFFF)) << start
    number = int.from_bytes(body, "big") ^ burst
    changed = (number & ((1 << 8 * len(body)) - 1)).to_bytes(len(body), "big")
    assert (crc16(changed) == crc16(body)) == (changed == body)


@given(body=bodies)
def test_both_sides_make_the_same_frame(codec: ctypes.CDLL, body: bytes) -> None:
    frame = encode_frame(body)
    assert encoded_in_c(codec, body) == frame
    assert frame[0] == frame[-1] == 0
    assert decode_frame(frame[1:-1]) == body


@given(stream=streams)
def test_both_sides_read_the_same_in_any_stream(codec: ctypes.CDLL, stream: bytes) -> None:
    reader = FrameReader()
    found = reader.feed(stream)
    assert decoded_in_c(codec, stream) == (found, reader.bad_frames)


@given(stream=streams, body=bodies)
def test_a_frame_after_any_noise_is_read(codec: ctypes.CDLL, stream: bytes, body: bytes) -> None:
    whole = stream + encode_frame(body)
    assert FrameReader().feed(whole)[-1] == body
    assert decoded_in_c(codec, whole)[0][-1] == body


@given(st.lists(bodies, max_size=4), st.lists(st.integers(1, 50), min_size=1))
def test_a_reader_accepts_any_division_into_pieces(sent: list[bytes], sizes: list[int]) -> None:
    stream, reader, found, at = b"".join(map(encode_frame, sent)), FrameReader(), [], 0
    while at < len(stream):
        for size in sizes:
            found += reader.feed(stream[at : at + size])
            at += size
    assert found == sent
    assert reader.bad_frames == 0


def test_a_line_without_zeros_does_not_fill_the_memory() -> None:
    reader = FrameReader()
    for _ in range(200):
        assert reader.feed(b"\x55" * 1000) == []
    assert reader.bad_frames >= 1
    assert reader.feed(encode_frame(b"after")) == [b"after"]


def test_a_frame_longer_than_the_devices_memory_is_discarded(codec: ctypes.CDLL) -> None:
    stream = encode_frame(b"x" * (CAPACITY + 1)) + encode_frame(b"y" * CAPACITY)
    assert decoded_in_c(codec, stream) == ([b"y" * CAPACITY], 1)
