"""Who asks: keys, and signatures over the exact text that was sent."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from urllib.parse import parse_qsl


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key, its secret and the account it trades for."""

    key: str
    secret: str
    account: int
    may_trade: bool = True
    may_withdraw: bool = False


def sign(secret: str, payload: str) -> str:
    """HMAC-SHA256 in hex.

    >>> sign("key", "symbol=LTCBTC")[:8]
    '602ad5e1'
    """
    return hmac.new(secret.encode(), payload.encode(), hashlib.sha256).hexdigest()


def split_signature(query: str, body: str) -> tuple[str, str]:
    """The signed text of a request (query, then body, without the signature) and the signature.

    The signature is the last parameter of whichever part carries it.
    """
    signature = ""
    parts = []
    for text in (query, body):
        kept = []
        for pair in text.split("&"):
            name, _, value = pair.partition("=")
            if name == "signature":
                signature = value
            elif pair:
                kept.append(pair)
        parts.append("&".join(kept))
    return "".join(parts), signature


def decode(text: str) -> dict[str, str]:
    """The parameters of a query or a form."""
    return dict(parse_qsl(text, keep_blank_values=True))
