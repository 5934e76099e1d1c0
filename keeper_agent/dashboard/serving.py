"""The API and the pages on it, as every Keeper serves them."""

from __future__ import annotations

from contextlib import AbstractContextManager

from keeper_agent.api.desk import Desk
from keeper_agent.api.serving import Address, serving_api
from keeper_agent.dashboard.routes import add_dashboard


def serving(desk: Desk) -> AbstractContextManager[Address]:
    """Serve API and dashboard within.

    Raises:
        BadUsage: The address cannot be listened on.
        StoreUnusable: The server did not come up.
    """
    return serving_api(desk, add_dashboard)
