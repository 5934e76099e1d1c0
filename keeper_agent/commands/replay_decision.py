"""``keeper replay-decision``: a decision taken again from what was sealed with it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

from rich.markup import escape

from keeper_agent.console import OUT, print_json
from keeper_agent.retaking import Retaken, is_same_code, retake
from keeper_agent.settings import load_settings
from memory.codec import to_plain
from memory.store import Store
from tools.domain.errors import BadUsage, InvariantBroken
from tools.domain.parameter import SPECS


def replay_decision(*, decision: str, changes: Sequence[str], home: Path | None, as_json: bool) -> None:
    """Take ``decision`` again and show that it is the same, or how it differs under ``changes``.

    Raises:
        InvariantBroken: Nothing was changed and yet it differs.
    """
    settings = load_settings(keeper_home=home)
    with Store.open(settings.keeper_home, read_only=True) as store:
        found = retake(store, settings, decision, dict(_named(text) for text in changes))
    if as_json:
        print_json(_plain(found))
    else:
        _show(found)
    if found.differences and not found.changed:
        names = ", ".join(difference.name for difference in found.differences)
        raise InvariantBroken(f"{found.was.decision_id} replays differently: {names}{_perhaps(found)}")


def _named(text: str) -> tuple[str, float]:
    name, equals, number = text.partition("=")
    if not equals or name.strip() not in SPECS:
        raise BadUsage(f"--with expects parameter=value of a known parameter, was {text[:60]!r}")
    try:
        return name.strip(), float(number)
    except ValueError:
        raise BadUsage(f"--with expects a number for {name.strip()}, was {number[:40]!r}") from None


def _perhaps(found: Retaken) -> str:
    if is_same_code(found):
        return ""
    return f" (it was taken by version {found.code_version})"


def _plain(found: Retaken) -> dict[str, object]:
    return {
        "decision_id": found.was.decision_id,
        "is_identical": not found.differences,
        "changed": dict(found.changed),
        "differences": [asdict(difference) for difference in found.differences],
        "decision": to_plain(found.now),
        "code_version": found.code_version,
        "policy_id": found.bundle.policy_id,
        "market": {"events": found.bundle.market_events, "sha256": found.bundle.market_hash},
    }


def _show(found: Retaken) -> None:
    decision, bundle = found.was, found.bundle
    OUT.print(
        f"[bold]{decision.decision_id}[/] {decision.action.value} {decision.symbol}, taken again from policy "
        f"{bundle.policy_id[:14]} and {bundle.market_events:,} market events ({bundle.market_hash[:12]})",
        soft_wrap=True,
    )
    for name, value in found.changed.items():
        OUT.print(f"with {name} = {value:g}, which was {bundle.policy['parameters'].get(name)}")
    if not found.differences:
        OUT.print("[green]identical[/], field by field")
    for name, was, now in _lines(found):
        OUT.print(f"[yellow]{name}[/]", soft_wrap=True)
        OUT.print(f"  was {escape(was)}", soft_wrap=True)
        OUT.print(f"  now {escape(now)}", soft_wrap=True)


def _lines(found: Retaken) -> Iterator[tuple[str, str, str]]:
    """What differs, was and is now, in words; of the votes only those that changed."""
    for difference in found.differences:
        if difference.name != "votes":
            yield difference.name, str(difference.was), str(difference.now)
            continue
        before = {vote["component"]: f"{vote['stance']}: {vote['reason']}" for vote in difference.was}
        after = {vote["component"]: f"{vote['stance']}: {vote['reason']}" for vote in difference.now}
        for name in [*before, *(name for name in after if name not in before)]:
            if before.get(name) != after.get(name):
                yield f"vote {name}", before.get(name, "not heard"), after.get(name, "not heard")
