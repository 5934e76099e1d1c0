"""Every column of a series is documented as it is written."""

from pathlib import Path

import numpy as np
import pyarrow.parquet as pq

from keeper_agent.commands.sense import write_series
from tests.support.documents import FEATURES_PAGE, features_page
from tools.features.names import FEATURES
from tools.features.units import MEANING_OF, UNIT_OF


def test_every_feature_has_a_unit_and_a_meaning() -> None:
    assert set(UNIT_OF) == set(MEANING_OF) == set(FEATURES)
    assert all([*UNIT_OF.values(), *MEANING_OF.values()])


def test_every_column_is_documented_with_its_type(tmp_path: Path) -> None:
    page = FEATURES_PAGE.read_text("utf-8")
    assert page == features_page(), "run: python -m tests.support.documents"
    cells = [
        [cell.strip(" `") for cell in line.split("|")[1:-1]] for line in page.splitlines() if "| `" in line
    ]
    write_series(tmp_path / "x.parquet", "S", np.zeros(1, np.int64), np.zeros((1, len(FEATURES))))
    schema = pq.read_schema(tmp_path / "x.parquet")
    assert [(name, kind) for name, kind, *_ in cells] == [(each.name, str(each.type)) for each in schema]
    assert {name: unit for name, _, unit, _ in cells if name in FEATURES} == dict(UNIT_OF)
