"""What a model might answer when it is asked what a question means."""

from __future__ import annotations

import json
from typing import Any

EMPTY: dict[str, Any] = {
    "is_answerable": True,
    "ask": "count",
    "subject": "trades",
    "symbols": [],
    "action": "none",
    "route": "none",
    "regime": "none",
    "result": "none",
    "won": "none",
    "rule": "none",
    "kind": "taken",
    "is_probe": False,
    "group": "none",
    "measure": "none",
    "direction": "none",
    "limit": 5,
    "from_utc": "",
    "to_utc": "",
    "is_last_run": False,
    "parameter": "",
    "decision": "",
    "provider": "none",
}


def a_proposal(**changes: Any) -> str:
    """A proposal as a model writes it."""
    return json.dumps({**EMPTY, **changes})
