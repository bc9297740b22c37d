r"""The protobuf wire format, just enough to read a parsed expression and to write it back.

Here are fields as (number, value) pairs: a whole number for varints and fixed-width fields, bytes for
everything with a length. Deliberately not here: messages by name, groups, packed fields.

>>> list(fields(b"\x08\x05\x12\x02hi"))
[Field(number=1, wire_type=0, value=5), Field(number=2, wire_type=2, value=b'hi')]
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

VARINT = 0
FIXED_64 = 1
LENGTH = 2
FIXED_32 = 5


class Field(NamedTuple):
    """One field as it stands on the wire; `value` is int or bytes by `wire_type`."""

    number: int
    wire_type: int
    value: int | bytes


def fields(message: bytes) -> Iterator[Field]:
    """Yield the fields of one message in their order.

    Raises ValueError where the bytes are no well-formed message.
    Source: protobuf.dev, "Encoding".
    """
    place = 0
    while place < len(message):
        key, place = _varint(message, place)
        number, wire_type = key >> 3, key & 7
        if wire_type == VARINT:
            value, place = _varint(message, place)
            yield Field(number, wire_type, value)
            continue
        size = 0
        if wire_type == LENGTH:
            size, place = _varint(message, place)
        elif wire_type in {FIXED_64, FIXED_32}:
            size = 8 if wire_type == FIXED_64 else 4
        else:
            raise ValueError(f"wire type {wire_type} at byte {place}")
        if place + size > len(message):
            raise ValueError(f"message ends inside field {number}")
        yield Field(number, wire_type, message[place : place + size])
        place += size


def encoded(number: int, wire_type: int, value: int | bytes) -> bytes:
    """Return one field as it stands on the wire."""
    key = _encoded_varint(number << 3 | wire_type)
    if isinstance(value, int):
        return key + _encoded_varint(value)
    return key + (_encoded_varint(len(value)) if wire_type == LENGTH else b"") + value


def signed(value: int) -> int:
    """Return a 64-bit varint as the signed number that it stands for."""
    return value - (1 << 64) if value >= 1 << 63 else value


def _varint(message: bytes, place: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        if place >= len(message) or shift > 63:
            raise ValueError(f"bad varint at byte {place}")
        byte = message[place]
        value |= (byte & 0x7F) << shift
        place += 1
        if byte < 0x80:
            return value, place
        shift += 7


def _encoded_varint(value: int) -> bytes:
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)
