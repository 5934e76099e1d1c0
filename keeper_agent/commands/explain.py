"""``keeper explain``: everything that is known about one decision."""

from __future__ import annotations

from pathlib import Path

from graphs.explanation import explain
from keeper_agent.console import OUT, print_json
from keeper_agent.settings import load_settings
from keeper_agent.views.explanation import show_explanation
from memory.store import Store


def explain_decision(*, decision: str, home: Path | None, as_json: bool) -> None:
    """Explain ``decision``, an id or a unique beginning of one, reading beside a running agent."""
    settings = load_settings(keeper_home=home)
    with Store.open(settings.keeper_home, read_only=True) as store:
        found = explain(store, decision)
    if as_json:
        print_json(found)
    else:
        show_explanation(OUT, found)
