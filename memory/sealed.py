"""Encryption of a stream: AES-256-GCM over chunks, with a key that scrypt makes of a passphrase.

Each chunk's nonce holds its number and whether it is the last, and each is bound to the header, so that
nothing can be changed, exchanged, repeated, left out or cut off unseen. Nothing is handed out before it is
authenticated, and no more than a chunk is ever in memory.

Source: Hoang, Reyhanitabar, Rogaway and Vizár (2015), "Online Authenticated-Encryption and its
Nonce-Reuse Misuse-Resistance" (the STREAM construction).
"""

from __future__ import annotations

import io
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import IO, Any

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from memory.codec import canonical
from tools.domain.errors import BadInput, BadUsage
from tools.domain.identity import content_hash, fresh_secret

MAGIC = b"KEEPER SEALED 1\n"
CHUNK = 1 << 20  # bytes of plain text in a chunk
TAG = 16
LAST = 1 << 31  # in the length of a chunk: it is the last one
COST, BLOCK, LANES = 1 << 15, 8, 1  # of scrypt: 32 MiB and some 0.1 s
MOST_COST = 1 << 18  # a header may not ask for more memory than this
LEAST_CHARACTERS = 12
HEADER_BYTES = 4096


@dataclass(frozen=True, slots=True)
class Secret:
    """A passphrase; it never shows itself.

    Raises:
        BadUsage: It is too short to keep anything secret.
    """

    text: str = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.text) < LEAST_CHARACTERS:
            raise BadUsage(
                f"KEEPER_KEY expects at least {LEAST_CHARACTERS} characters, has {len(self.text)}; "
                "openssl rand -hex 32 makes a good one"
            )


@dataclass(frozen=True, slots=True)
class _Keys:
    cipher: AESGCM
    header: bytes  # its hash, bound to every chunk
    prefix: bytes

    def nonce(self, number: int, is_last: bool) -> bytes:
        return self.prefix + struct.pack(">IB", number, is_last)


class SealingWriter:
    """Writes what it is given to ``file``, sealed; only ``finish`` makes it complete."""

    def __init__(self, file: IO[bytes], secret: Secret) -> None:
        salt, prefix = bytes.fromhex(fresh_secret())[:16], bytes.fromhex(fresh_secret())[:7]
        cost = {"n": COST, "r": BLOCK, "p": LANES}
        key, check = _derive(secret, salt, cost)
        words = {"kdf": "scrypt", **cost, "salt": salt.hex(), "prefix": prefix.hex(), "check": check}
        line = canonical(words).encode() + b"\n"
        digest = content_hash(MAGIC + line)
        file.write(MAGIC + line + digest.encode() + b"\n")
        self._file, self._keys = file, _Keys(AESGCM(key), digest.encode(), prefix)
        self._held = bytearray()
        self._number = 0

    def write(self, data: Any) -> int:
        """Take ``data``; whole chunks go to the file."""
        self._held += data
        while len(self._held) > CHUNK:  # the last chunk is kept back, it is marked
            self._put(bytes(self._held[:CHUNK]), is_last=False)
            del self._held[:CHUNK]
        return len(data)

    def finish(self) -> None:
        """Write the last chunk."""
        self._put(bytes(self._held), is_last=True)

    def _put(self, plain: bytes, *, is_last: bool) -> None:
        nonce = self._keys.nonce(self._number, is_last)
        sealed = self._keys.cipher.encrypt(nonce, plain, self._keys.header)
        self._file.write(struct.pack(">I", len(plain) | (LAST if is_last else 0)) + sealed)
        self._number += 1


class SealedReader(io.RawIOBase):
    """Reads what a ``SealingWriter`` wrote.

    Raises:
        BadInput: It was cut or changed; also while reading.
        BadUsage: It was sealed with another key.
    """

    def __init__(self, file: IO[bytes], secret: Secret, name: str) -> None:
        super().__init__()
        self._file, self._name = file, name
        self._keys = _open_header(file, secret, name)
        self._plain, self._at = b"", 0
        self._number, self._is_over = 0, False

    def readable(self) -> bool:
        """It is for reading."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill ``buffer`` as far as the chunk at hand reaches."""
        while self._at == len(self._plain) and not self._is_over:
            self._next()
        part = self._plain[self._at : self._at + len(buffer)]
        buffer[: len(part)] = part
        self._at += len(part)
        return len(part)

    def _next(self) -> None:
        (word,) = struct.unpack(">I", self._take(4))
        is_last, size = bool(word & LAST), word & ~LAST
        if size > CHUNK:
            raise BadInput(f"{self._name} is damaged: a chunk of {size} bytes, expected at most {CHUNK}")
        sealed, nonce = self._take(size + TAG), self._keys.nonce(self._number, is_last)
        try:
            self._plain, self._at = self._keys.cipher.decrypt(nonce, sealed, self._keys.header), 0
        except InvalidTag:
            raise BadInput(f"{self._name} is damaged or was changed: chunk {self._number}") from None
        self._number += 1
        self._is_over = is_last
        if is_last and self._file.read(1):
            raise BadInput(f"{self._name} is damaged: something follows its end")

    def _take(self, size: int) -> bytes:
        data = self._file.read(size)
        if len(data) < size:
            raise BadInput(f"{self._name} is cut off in chunk {self._number}")
        return data


def is_sealed(head: bytes) -> bool:
    """Whether a file that begins with ``head`` is sealed."""
    return head.startswith(MAGIC)


def _open_header(file: IO[bytes], secret: Secret, name: str) -> _Keys:
    magic, line, digest = (file.readline(HEADER_BYTES) for _ in range(3))
    if magic != MAGIC or content_hash(magic + line).encode() + b"\n" != digest:
        raise BadInput(f"{name} is damaged or cut off: its header does not fit")
    try:
        words = orjson.loads(line)
        cost = {part: int(words[part]) for part in ("n", "r", "p")}
        salt, prefix, kept = bytes.fromhex(words["salt"]), bytes.fromhex(words["prefix"]), words["check"]
        if (
            words["kdf"] != "scrypt"
            or not 1 < cost["n"] <= MOST_COST
            or (cost["r"], cost["p"]) != (BLOCK, LANES)
        ):
            raise ValueError(f"asks for {words['kdf']} at {cost}")
        key, check = _derive(secret, salt, cost)
    except (orjson.JSONDecodeError, KeyError, TypeError, ValueError) as error:
        raise BadInput(f"{name} has a header that this Keeper cannot use: {error}") from None
    if check != kept:
        raise BadUsage(f"{name} was sealed with another key than the one in KEEPER_KEY or the keyring")
    return _Keys(AESGCM(key), digest.strip(), prefix)


def _derive(secret: Secret, salt: bytes, cost: Mapping[str, int]) -> tuple[bytes, str]:
    """The key, and a text that tells a wrong passphrase from a damaged file."""
    derived = Scrypt(salt=salt, length=64, **cost).derive(secret.text.encode())
    return derived[:32], content_hash(derived[32:])
