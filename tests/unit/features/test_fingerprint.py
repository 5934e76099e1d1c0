"""The fingerprint: a unit vector of bounded parts, in which what is unknown takes no side."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.features.fingerprint import PARTS, SIZE, fingerprint
from tools.features.names import FEATURES, INDEX

AT = {name: i for i, (name, _) in enumerate(PARTS)}
STATE = {
    "mid": 100.0,
    "microprice": 100.005,
    "spread_bps": 2.0,
    "imbalance": 0.4,
    "aggressor_ratio_60s": 0.75,
    "regime": 1.0,
    "mm_lower_bound": 99.0,
    "mm_upper_bound": 103.0,
    "mm_confidence": 0.5,
}


def test_every_feature_has_one_place() -> None:
    assert sorted(INDEX.values()) == list(range(len(FEATURES)))
    assert len(set(FEATURES)) == len(FEATURES)


@given(st.dictionaries(st.sampled_from(FEATURES), st.none() | st.floats(1e-6, 1e6)))
def test_a_fingerprint_is_a_unit_vector_or_nothing(features: dict[str, float | None]) -> None:
    vector = fingerprint(features)
    length = math.sqrt(sum(value * value for value in vector))
    assert len(vector) == SIZE
    assert length == pytest.approx(1.0) or length == 0.0


def test_nothing_known_points_nowhere() -> None:
    assert fingerprint({}) == (0.0,) * SIZE
    assert fingerprint(dict.fromkeys(FEATURES)) == (0.0,) * SIZE


def test_parts_of_the_worked_case() -> None:
    vector = fingerprint(STATE)
    raw = {name: part(STATE) for name, part in PARTS}
    assert raw["spread"] == pytest.approx(0.0, abs=1e-9)  # 2 bps is its middle
    assert raw["lean"] == pytest.approx(0.5)  # half a half-spread above the mid
    assert raw["place"] == pytest.approx(-0.5)  # a quarter of the way up
    assert raw["aggressor"] == pytest.approx(0.5)
    assert (raw["calm"], raw["panic"]) == (1.0, 0.0)
    assert vector[AT["imbalance"]] / vector[AT["lean"]] == pytest.approx(0.4 / 0.5)


def test_like_states_point_alike_and_opposite_ones_apart() -> None:
    def cosine(a: dict[str, float], b: dict[str, float]) -> float:
        return sum(x * y for x, y in zip(fingerprint(a), fingerprint(b), strict=True))

    near = {**STATE, "imbalance": 0.35, "aggressor_ratio_60s": 0.7}
    far = {**STATE, "imbalance": -0.9, "aggressor_ratio_60s": 0.1, "microprice": 99.99, "regime": 4.0}
    assert cosine(STATE, STATE) == pytest.approx(1.0)
    assert cosine(STATE, near) > 0.98 > 0.5 > cosine(STATE, far)
