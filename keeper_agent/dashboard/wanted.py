"""Whether a run serves API and dashboard at all: what is off costs no import."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeAlias

from keeper_agent.settings import Settings
from tools.domain.clock import SystemClock

NewLink: TypeAlias = Callable[[], str]
"""Makes a link that lets one browser in, once, within ten minutes."""


@contextmanager
def serving_if_wanted(settings: Settings, console: Any) -> Iterator[NewLink | None]:
    """Serve within where ``KEEPER_API`` is on, and print where; gives None where it is off.

    Raises:
        BadUsage: The address cannot be listened on.
        StoreUnusable: The tokens cannot be used, or the server did not come up.
    """
    if settings.keeper_api == "off":
        yield None
        return
    # FastAPI and uvicorn take over half a second to load; only a run that serves pays for them.
    from keeper_agent.api.desk import Desk
    from keeper_agent.api.serving import link_at
    from keeper_agent.dashboard.serving import serving

    desk = Desk(settings, SystemClock())
    with serving(desk) as address:
        console.print(f"API on {address.url}", soft_wrap=True, markup=False)
        console.print(f"open once, within ten minutes: {address.link}", soft_wrap=True, markup=False)
        yield lambda: link_at(address.url, desk)
