"""Signed JSON between Keepers: Ed25519 over the canonical text, with a key only its owner can read."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import orjson
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from memory.codec import canonical
from tools.domain.errors import BadInput, StoreUnusable
from tools.domain.identity import fresh_secret

KEY_FILE = "strategies.key"
ALGORITHM = "ed25519"


def own_key(home: Path) -> Ed25519PrivateKey:
    """The home's signing key, made when it is first needed; mode 600.

    Raises:
        StoreUnusable: The file is not such a key, others can read it, or it cannot be made.
    """
    path = home / KEY_FILE
    try:
        if not path.exists():
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "w", encoding="ascii") as file:
                file.write(fresh_secret() + "\n")
        if path.stat().st_mode & 0o077:
            raise StoreUnusable(f"{path} can be read by others; run: chmod 600 {path}")
        return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(path.read_text("ascii").strip()))
    except (OSError, ValueError) as error:
        raise StoreUnusable(f"expected a signing key in {path}: {error}") from error


def public_text(key: Ed25519PrivateKey) -> str:
    """The public half of ``key`` as hexadecimal text."""
    return key.public_key().public_bytes_raw().hex()


def signed(payload: dict[str, Any], key: Ed25519PrivateKey) -> bytes:
    """``payload`` with its signature as one JSON document."""
    signature = key.sign(canonical(payload).encode())
    parts = {
        "payload": payload,
        "algorithm": ALGORITHM,
        "key": public_text(key),
        "signature": signature.hex(),
    }
    return orjson.dumps(parts, option=orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def verified(data: bytes, trusted: frozenset[str]) -> tuple[Any, str]:
    """The payload of a signed document, and whose it is.

    Args:
        data: The document.
        trusted: Public keys that are believed.

    Raises:
        BadInput: It is no such document, is signed by a key that is not trusted, or was altered.
    """
    try:
        parts = orjson.loads(data)
        payload, key, signature = parts["payload"], str(parts["key"]), bytes.fromhex(parts["signature"])
        public = Ed25519PublicKey.from_public_bytes(bytes.fromhex(key))
    except (orjson.JSONDecodeError, KeyError, TypeError, ValueError) as error:
        raise BadInput(
            f"expected a signed document of strategies: {type(error).__name__}: {error}"
        ) from error
    if key not in trusted:
        raise BadInput(f"signed by a key that is not trusted: {key}; --trust {key} believes it")
    try:
        public.verify(signature, canonical(payload).encode())
    except InvalidSignature:
        raise BadInput("the signature does not fit the strategies: the document was altered") from None
    return payload, key
