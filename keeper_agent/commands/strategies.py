"""``keeper strategies``: what was learned to vote, shared as signed JSON."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rich.markup import escape

from graphs.changes import rules_text
from graphs.report import strategy_as_data
from keeper_agent.console import OUT, print_json
from keeper_agent.reflecting import run_row
from keeper_agent.settings import load_settings
from keeper_agent.signing import own_key, public_text, signed, verified
from memory.account import present
from memory.connection import require_memory
from memory.lock import HomeLock
from memory.rows import Row
from memory.store import Store
from memory.strategies import ACTIVE, IMPORTED, StrategyBook, StrategyRules, StrategyVersion, rules_of
from tools.domain.clock import SystemClock, day_of
from tools.domain.errors import BadInput
from tools.domain.identity import formerly, strategy_id
from tools.features.names import FEATURES

FORMAT = "keeper-strategies-1"


def list_strategies(*, home: Path | None, as_json: bool) -> None:
    """Every strategy with its rules, its results since it was found, and why it stands so."""
    settings = load_settings(keeper_home=home)
    with Store.open(settings.keeper_home, read_only=True) as store:
        found = StrategyBook(store).known(present(store, SystemClock().now()))
    if as_json:
        print_json({"strategies": [strategy_as_data(one) for one in found]})
        return
    if not found:
        OUT.print("no strategy was learned yet; keeper reflect looks for some")
    for one in found:
        told = f"{one.strategy_id} ({one.standing}, {one.origin}): {rules_text(one.rules)}"
        since = f"{one.wins} of {one.n} won since, {one.net_bps:+.2f} bps a trade; {one.reason}"
        OUT.print(f"{escape(told)}\n  {escape(since)}", soft_wrap=True)


def export_strategies(*, out: Path, home: Path | None, as_json: bool) -> None:
    """Write the active strategies as signed JSON; results stay at home."""
    settings = load_settings(keeper_home=home)
    require_memory(settings.keeper_home)
    with Store.open(settings.keeper_home, read_only=True) as store:
        known = StrategyBook(store).known(present(store, SystemClock().now()))
    key = own_key(settings.keeper_home)
    shared = [one.rules.model_dump(mode="json") for one in known if one.standing == ACTIVE]
    try:
        out.write_bytes(signed({"format": FORMAT, "strategies": shared}, key))
    except OSError as error:
        raise BadInput(f"expected a file that can be written at {out}: {error.strerror}") from error
    if as_json:
        print_json({"file": str(out), "strategies": len(shared), "key": public_text(key)})
    else:
        OUT.print(f"{len(shared)} strategies in {escape(str(out))}, key {public_text(key)}", soft_wrap=True)


def import_strategies(*, file: Path, trust: list[str], home: Path | None, as_json: bool) -> None:
    """Take strategies from signed JSON; they are silent until their own matches here prove them."""
    settings = load_settings(keeper_home=home)
    require_memory(settings.keeper_home)
    with HomeLock.acquire(settings.keeper_home, "keeper strategies import"):
        trusted = frozenset({*trust, public_text(own_key(settings.keeper_home))})
        payload, key = verified(_read(file), trusted)
        rules = _rules(payload)
        with Store.open(settings.keeper_home) as store:
            taken = _keep(store, settings, rules, key)
    if as_json:
        print_json({"imported": taken, "known_already": len(rules) - len(taken), "key": key})
    else:
        OUT.print(f"{len(taken)} strategies imported, {len(rules) - len(taken)} known already")


def _rules(payload: Any) -> list[StrategyRules]:
    if not isinstance(payload, dict) or payload.get("format") != FORMAT:
        raise BadInput(f"expected a document of format {FORMAT}")
    listed = payload.get("strategies")
    if not isinstance(listed, list):
        raise BadInput("expected a list of strategies")
    return [rules_of(one, FEATURES) for one in listed]


def _keep(store: Store, settings: Any, rules: list[StrategyRules], key: str) -> list[str]:
    book, ts, taken = StrategyBook(store), present(store, SystemClock().now()), []
    world, day = settings.keeper_world, day_of(ts)
    row = run_row(settings, world, day, "import", ts)
    known = {one.strategy_id for one in book.known(ts)}
    with store.together():
        store.write([Row("run", row | {"command": "strategies import", "ts_ended": ts})])
        for one in rules:
            name = strategy_id(world, one.model_dump_json())
            if known.isdisjoint((name, formerly(name))) and name not in taken:
                book.record(_imported(one, name, key, row, day, ts))
                taken.append(name)
    return taken


def _imported(
    rules: StrategyRules, name: str, key: str, row: dict[str, Any], day: str, ts: int
) -> StrategyVersion:
    return StrategyVersion(
        strategy_id=name,
        rules=rules,
        standing=ACTIVE,
        reason=f"imported, signed by {key[:16]}",
        origin=IMPORTED,
        n=0,
        wins=0,
        net_bps=0.0,
        error_bps=0.0,
        evidence=(),
        day=day,
        run_id=row["run_id"],
        world=row["world"],
        ts=ts,
        ts_known=ts,
    )


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise BadInput(f"expected a file of strategies at {file}: {error.strerror}") from error
