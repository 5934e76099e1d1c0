"""``keeper explain``: everything that is known about one decision."""

from __future__ import annotations

import sys
from pathlib import Path

from graphs.explanation import explain
from keeper_agent.console import OUT, print_json
from keeper_agent.settings import load_settings
from keeper_agent.views.causal_graph import as_mermaid
from keeper_agent.views.explanation import show_explanation
from keeper_agent.views.explanation_page import explanation_page
from memory.store import Store
from tools.domain.errors import BadUsage

FORMATS = ("text", "json", "html", "mermaid")


def explain_decision(*, decision: str, home: Path | None, form: str) -> None:
    """Explain ``decision``, an id or a unique beginning of one, reading beside a running agent.

    Raises:
        BadUsage: There is no such format.
    """
    if form not in FORMATS:
        raise BadUsage(f"--format expects {', '.join(FORMATS)}, was {form[:40]!r}")
    settings = load_settings(keeper_home=home)
    with Store.open(settings.keeper_home, read_only=True) as store:
        found = explain(store, decision)
    if form == "json":
        print_json(found)
    elif form == "html":
        sys.stdout.write(explanation_page(found))
    elif form == "mermaid":
        sys.stdout.write(as_mermaid(found))
    else:
        show_explanation(OUT, found)
