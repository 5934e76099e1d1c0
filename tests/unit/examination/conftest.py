"""One record of the examination for every test that asks about it; to write it takes seconds."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.examination.building import build
from tests.examination.ledger import Ledger
from tests.examination.record import Record
from tests.examination.second.building import build as build_second

SEED = 5


@pytest.fixture(scope="session")
def examined_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the three weeks in it."""
    home = tmp_path_factory.mktemp("examination") / "home"
    build(home, SEED)
    return home


@pytest.fixture(scope="session")
def examined(examined_home: Path) -> Record:
    """That record read back."""
    return Record(examined_home)


@pytest.fixture(scope="session")
def ledger(examined_home: Path) -> Ledger:
    """Its rows by id."""
    return Ledger(examined_home)


@pytest.fixture(scope="session")
def second_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the record of the second set in it."""
    home = tmp_path_factory.mktemp("second") / "home"
    build_second(home)
    return home
