"""Whether a request is who it says it is: its signature and the time window."""

from __future__ import annotations

import hmac
from collections.abc import Mapping

from venue.binance import errors
from venue.serving.keys import sign

AHEAD_MS = 1_000
DEFAULT_WINDOW_MS = 5_000
MOST_WINDOW_MS = 60_000


def signed_text(params: Mapping[str, object]) -> str:
    """What a WebSocket API request signs: its parameters sorted by name."""
    pairs = sorted((name, value) for name, value in params.items() if name != "signature")
    return "&".join(f"{name}={as_text(value)}" for name, value in pairs)


def as_text(value: object) -> str:
    """A JSON value as the signed text has it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def check_signature(secret: str, text: str, signature: str) -> None:
    """Refuse a signature that is not that of the text."""
    if not hmac.compare_digest(sign(secret, text).encode(), signature.lower().encode()):
        raise errors.bad_signature()


def check_time(params: Mapping[str, str], now_ms: int) -> None:
    """Refuse a request from outside the window that it names itself."""
    stamp = _integer(params, "timestamp")
    if stamp is None:
        raise errors.missing("timestamp")
    window = _integer(params, "recvWindow")
    window = DEFAULT_WINDOW_MS if window is None else window
    if not 0 < window <= MOST_WINDOW_MS:
        raise errors.Refusal(400, -1131, "recvWindow must be less than 60000.")
    if stamp > now_ms + AHEAD_MS:
        raise errors.ahead_of_time()
    if now_ms - stamp > window:
        raise errors.out_of_window()


def _integer(params: Mapping[str, str], name: str) -> int | None:
    text = params.get(name)
    if not text:
        return None
    try:
        return int(float(text))
    except (ValueError, OverflowError) as wrong:
        raise errors.illegal(name, r"^[0-9]{1,20}$") from wrong
