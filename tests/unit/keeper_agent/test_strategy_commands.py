"""Strategies travel as signed JSON: what was altered, or signed by a stranger, is refused in one line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest

from keeper_agent.commands.strategies import export_strategies, import_strategies
from keeper_agent.signing import KEY_FILE, own_key, public_text, signed, verified
from memory.store import Store
from memory.strategies import ACTIVE, IMPORTED, StrategyBook
from tests.support.memories import a_memory
from tests.unit.memory.test_strategies import VERSION
from tools.domain.errors import BadInput, StoreUnusable

FOREVER = 1 << 62


@pytest.fixture
def shared(tmp_path: Path) -> tuple[Path, Path]:
    """A home with a strategy, and the file it exported."""
    home, out = tmp_path / "one", tmp_path / "strategies.json"
    with a_memory(home) as build:
        StrategyBook(build.store).record(VERSION)
    export_strategies(out=out, home=home, as_json=True)
    return home, out


@pytest.fixture
def other(tmp_path: Path) -> Path:
    home = tmp_path / "two"
    with a_memory(home):
        pass
    return home


def test_what_one_home_exports_another_imports_once(shared: tuple[Path, Path], other: Path) -> None:
    home, out = shared
    key = public_text(own_key(home))
    for _ in range(2):
        import_strategies(file=out, trust=[key], home=other, as_json=True)
    with Store.open(other, read_only=True) as store:
        (taken,) = StrategyBook(store).known(FOREVER)
    assert (taken.rules, taken.standing, taken.origin, taken.n) == (VERSION.rules, ACTIVE, IMPORTED, 0)
    assert taken.evidence == ()


def test_a_strangers_key_is_refused(shared: tuple[Path, Path], other: Path) -> None:
    with pytest.raises(BadInput, match="not trusted"):
        import_strategies(file=shared[1], trust=[], home=other, as_json=True)


def test_an_altered_document_is_refused(shared: tuple[Path, Path], other: Path) -> None:
    home, out = shared
    data = orjson.loads(out.read_bytes())
    data["payload"]["strategies"][0]["size_share"] = 1.0
    out.write_bytes(orjson.dumps(data))
    with pytest.raises(BadInput, match="was altered"):
        import_strategies(file=out, trust=[public_text(own_key(home))], home=other, as_json=True)


@pytest.mark.parametrize(
    "payload",
    [
        {"format": "x"},
        [],
        {"format": "keeper-strategies-1"},
        {"format": "keeper-strategies-1", "strategies": [{}]},
    ],
)
def test_a_signed_document_of_something_else_is_refused(
    shared: tuple[Path, Path], other: Path, payload: Any
) -> None:
    home, out = shared
    out.write_bytes(signed(payload, own_key(home)))
    with pytest.raises(BadInput, match="expected"):
        import_strategies(file=out, trust=[public_text(own_key(home))], home=other, as_json=True)


@pytest.mark.parametrize("data", [b"", b"{}", b"[1]", b'{"payload":1,"key":"zz","signature":"00"}'])
def test_what_is_no_signed_document_is_refused(data: bytes) -> None:
    with pytest.raises(BadInput, match="signed document"):
        verified(data, frozenset())


def test_the_key_is_its_owners_alone(tmp_path: Path) -> None:
    key = own_key(tmp_path)
    assert (tmp_path / KEY_FILE).stat().st_mode & 0o777 == 0o600
    assert public_text(own_key(tmp_path)) == public_text(key)
    (tmp_path / KEY_FILE).chmod(0o644)
    with pytest.raises(StoreUnusable, match="chmod 600"):
        own_key(tmp_path)
