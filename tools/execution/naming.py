"""The names by which a venue knows an intent: one for a plain order, three for a bracket."""

from __future__ import annotations

from tools.domain.trading import Intent


def stop_name(intent: Intent) -> str:
    """Client order id of a bracket's stop."""
    return f"{intent.client_order_id}s"


def list_name(intent: Intent) -> str:
    """Client id of a bracket's order list."""
    return f"{intent.client_order_id}l"


def order_names(intent: Intent) -> frozenset[str]:
    """Client order ids of every order that an intent may be at the venue."""
    if intent.stop_price is None:
        return frozenset({intent.client_order_id})
    return frozenset({intent.client_order_id, stop_name(intent)})
