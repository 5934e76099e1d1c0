"""``keeper link``: let one more browser in to the dashboard of the running agent."""

from __future__ import annotations

from pathlib import Path

from keeper_agent.api.tokens import Tokens
from keeper_agent.console import OUT, print_json
from keeper_agent.controlling import tell
from keeper_agent.settings import load_home


def show_link(*, home: Path | None, is_rotating: bool, as_json: bool) -> None:
    """Print a fresh link of the running agent; before that, if asked, make all tokens anew.

    Raises:
        NotRunning: No agent runs there.
        Refused: It serves no dashboard.
        StoreUnusable: The tokens cannot be read or written.
    """
    place = load_home(home)
    if is_rotating:
        tokens = Tokens(place)
        tokens.rotate()
        if not as_json:
            OUT.print(f"all tokens are new: {tokens.path}", soft_wrap=True, markup=False)
    found = tell(place, "link")
    if as_json:
        print_json({**found, "rotated": is_rotating})
    else:
        OUT.print(f"open once, within ten minutes: {found['link']}", soft_wrap=True, markup=False)
