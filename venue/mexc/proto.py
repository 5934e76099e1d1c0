"""Protobuf's wire format, as much of it as pushes need: texts, whole numbers, and messages in messages.

No generated classes: those that clients ship belong to the clients, and a venue that encoded
with them would share their mistakes. Tests decode with them what is encoded here.
"""

from __future__ import annotations

VARINT, LENGTH = 0, 2
SEVEN = 0x7F
MASK_64 = (1 << 64) - 1


def varint(value: int) -> bytes:
    """A whole number, seven bits a byte, the least first; below zero as 64 bits of two's complement.

    >>> varint(300).hex()
    'ac02'
    """
    value &= MASK_64
    out = bytearray()
    while value > SEVEN:
        out.append(value & SEVEN | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def integer(field: int, value: int) -> bytes:
    """A field with a whole number; zero is what an absent field means."""
    return varint(field << 3 | VARINT) + varint(value) if value else b""


def text(field: int, value: str) -> bytes:
    """A field with a text; "" is what an absent field means."""
    return message(field, value.encode()) if value else b""


def message(field: int, body: bytes) -> bytes:
    """A field with a message, which may be empty."""
    return varint(field << 3 | LENGTH) + varint(len(body)) + body
