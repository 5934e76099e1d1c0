"""The secrets this process was given, blanked out of whatever it says: errors, tracebacks, the log.

They are noted here the moment they are read, once a process, because any library may put any value into the
text of an exception, and that text goes to the terminal and to the log.
"""

from __future__ import annotations

import json
from collections.abc import Iterable

HIDDEN = "[hidden]"
LEAST = 6  # shorter ones are no secrets, and would blank half of every line

_known: set[str] = set()


def hide(secrets: Iterable[str]) -> None:
    """From now on blank ``secrets``, also as JSON and ``repr`` spell them."""
    for secret in secrets:
        if len(secret) >= LEAST:
            _known.update({secret, json.dumps(secret)[1:-1], repr(secret)[1:-1]})


def veiled(text: str) -> str:
    """``text`` without any of them."""
    for secret in sorted(_known, key=len, reverse=True):
        text = text.replace(secret, HIDDEN)
    return text
