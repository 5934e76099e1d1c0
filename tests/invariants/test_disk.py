"""What a full or damaged disk may do, each rule with a broken copy that the same check condemns."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

from memory.connection import DATABASE, check_pages
from memory.store import Store
from tests.support.memories import MemoryBuilder
from tests.support.order_path import an_order
from tools.domain.errors import StoreUnusable
from tools.domain.market import NANOS

NOW = 1_763_000_000 * NANOS


def begun(store: Store) -> MemoryBuilder:
    """A memory with a run in it."""
    memory = MemoryBuilder(store)
    memory.begin(ts=NOW)
    return memory


def unwritten(home: Path, hide: bool) -> list[str]:
    """Orders that leave without their intent while the disk fills up, whichever write fails first."""
    sent: list[str] = []
    said: list[str] = []
    for room in range(5):
        folder = home / str(room)
        with Store.open(folder) as store:
            memory = begun(store)
            decision = memory.decide(NOW, symbol="SOLUSDT")
            store.flush()
            pages = int(store._driver.execute("PRAGMA page_count").fetchone()[0])
            store._driver.execute(f"PRAGMA max_page_count = {pages + room}")
            for n in range(120):
                made = {"decision_id": decision.decision_id, "run_id": decision.run_id, "attempt": n}
                intent = an_order(f"kp_{n}", **made)
                try:
                    memory.log.record_intent(intent)
                except StoreUnusable as error:
                    said.append(str(error))
                    if not hide:
                        break
                sent.append(f"{room} {intent.client_order_id}")
            store._driver.execute("PRAGMA max_page_count = 1000000")
        with sqlite3.connect(folder / DATABASE) as database:
            assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            written = {f"{room} {row[0]}" for row in database.execute("SELECT client_order_id FROM intent")}
        database.close()
        sent = [order for order in sent if order not in written]
    assert said
    assert all("full" in line and "\n" not in line for line in said)
    return sent


def test_whichever_write_fails_no_order_leaves_without_its_intent(tmp_path: Path) -> None:
    """INV-15, INV-06: the disk is full at every page in turn; what was written is whole."""
    assert unwritten(tmp_path, hide=False) == []


def test_a_log_that_hides_a_full_disk_is_caught(tmp_path: Path) -> None:
    assert unwritten(tmp_path, hide=True)


def whole(home: Path, damage: bool) -> bool:
    """Whether a database is found whole."""
    with Store.open(home) as store:
        memory = begun(store)
        for n in range(200):
            memory.decide(NOW + n, symbol="SOLUSDT")
    path = home / DATABASE
    if damage:
        with path.open("r+b") as file:
            file.seek(8_192)
            file.write(os.urandom(4_096))
    database = sqlite3.connect(path)
    try:
        return check_pages(database, path, 10.0)
    except StoreUnusable:
        return False
    finally:
        database.close()


def test_a_whole_database_is_found_whole(tmp_path: Path) -> None:
    """INV-16."""
    assert whole(tmp_path, damage=False)


def test_a_damaged_database_is_caught(tmp_path: Path) -> None:
    assert not whole(tmp_path, damage=True)
