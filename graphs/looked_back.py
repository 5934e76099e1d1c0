"""What a brain was shown of a symbol's last decisions, for the explanation of the one it was asked about."""

from __future__ import annotations

from collections.abc import Mapping

from memory.bundles import read_heard
from memory.store import Store

_CAUSE = "refused_by."


def lately_as_data(store: Store, decision_id: str) -> Mapping[str, float] | None:
    """The figures as they were sealed with the decision; None where no brain was waited for or shown any."""
    heard = read_heard(store, decision_id)
    return None if heard is None else heard.get("lately")


def lately_lines(store: Store, decision_id: str, symbol: str) -> list[str]:
    """The same in a sentence, as a list; empty where there are none."""
    figures = lately_as_data(store, decision_id)
    return [] if figures is None else [lately_text(symbol, figures)]


def lately_text(symbol: str, figures: Mapping[str, float]) -> str:
    """What happened lately, from its figures alone."""
    n = figures["decisions"]
    if not n:
        return f"The brain was told that nothing was decided on {symbol} before."
    parts = [
        f"{n:.0f} decisions in {figures['minutes_covered']:.1f} min",
        f"{figures['entered']:.0f} entered ({figures['probes']:.0f} probes)",
        f"{figures['refused']:.0f} refused{_causes(figures)}",
        f"{figures['left_open']:.0f} left open",
        *_results("followed on paper", "followed", figures),
        *_results("traded", "traded", figures),
    ]
    if figures["departures"]:
        since = f"the last {figures['minutes_since_departure']:.1f} min before"
        parts.append(f"the market maker left {figures['departures']:.0f}, {since}")
    return f"The brain was told of {symbol} lately: {'; '.join(parts)}."


def _causes(figures: Mapping[str, float]) -> str:
    causes = {name.removeprefix(_CAUSE): n for name, n in figures.items() if name.startswith(_CAUSE)}
    ranked = sorted(causes, key=lambda name: (-causes[name], name))
    return f" ({', '.join(f'{name} {causes[name]:.0f}' for name in ranked)})" if ranked else ""


def _results(said: str, kind: str, figures: Mapping[str, float]) -> list[str]:
    if not figures[kind]:
        return []
    mean = figures.get(f"{kind}_mean_net_bps")
    told = (
        f"{figures[kind]:.0f} {said}: {figures[f'{kind}_won']:.0f} won, "
        f"{figures[f'{kind}_lost']:.0f} lost, {figures[f'{kind}_unfilled']:.0f} never filled"
    )
    return [told if mean is None else f"{told}, {mean:+.2f} bps each"]
