"""Settings: their sources, their refusals, and that every one of them is written down."""

from __future__ import annotations

import re
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from keeper_agent.settings import CHECKOUT, Settings, load_settings
from tests.support.documents import PARAMETERS, parameters_page
from tools.domain.errors import BadUsage
from tools.domain.parameter import CATALOGUE, SPECS, default_parameters

EXAMPLE = CHECKOUT / ".env.example"
SETTING = re.compile(r"#([A-Z_]+)=(.*)")
ELSEWHERE = {"KEEPER_HOME": "~/.local/share/keeper", "KEEPER_TAPES": "examples/tapes"}


@pytest.fixture(autouse=True)
def empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder without a .env."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def written(value: Any) -> str:
    """A default as .env.example writes it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    return f"{value:g}" if isinstance(value, float) else str(value)


def examples() -> list[tuple[str, str, str]]:
    """Name, value and the comment above of each setting in .env.example."""
    lines = EXAMPLE.read_text("utf-8").splitlines()
    found = ((SETTING.fullmatch(line), above) for above, line in pairwise(lines))
    return [(match[1], match[2], above.removeprefix("# ")) for match, above in found if match]


def test_the_example_names_every_setting_once_with_its_meaning_and_default() -> None:
    assert sorted(name for name, _, _ in examples()) == sorted(name.upper() for name in Settings.model_fields)
    for name, value, meaning in examples():
        field = Settings.model_fields[name.lower()]
        assert meaning == field.description
        assert value == ELSEWHERE.get(name, written(field.default)), name


def test_every_other_line_of_the_example_is_a_comment() -> None:
    assert all(not line or line.startswith("#") for line in EXAMPLE.read_text("utf-8").splitlines())


def test_the_example_uncommented_changes_nothing(empty_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KEEPER_HOME")
    plain = load_settings()
    text = SETTING.sub(r"\1=\2", EXAMPLE.read_text("utf-8"))
    (empty_folder / ".env").write_text(text)
    read = load_settings()
    same = set(Settings.model_fields) - {"keeper_home", "keeper_tapes"}
    assert {name: getattr(read, name) for name in same} == {name: getattr(plain, name) for name in same}
    assert read.keeper_home == Path.home() / ".local" / "share" / "keeper"
    assert read.parameter_overrides() == {}


def test_a_tilde_is_the_users_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KEEPER_HOME", "~/somewhere")
    assert load_settings().keeper_home == Path.home() / "somewhere"


def test_the_environment_wins_over_the_file_and_an_option_over_both(
    empty_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (empty_folder / ".env").write_text("KEEPER_SPEED=2\nKEEPER_SEED=3\nSOMETHING_ELSE=4\n")
    assert (load_settings().keeper_speed, load_settings().keeper_seed) == (2.0, 3)
    monkeypatch.setenv("KEEPER_SPEED", "5")
    assert load_settings().keeper_speed == 5.0
    assert load_settings(keeper_speed=7.0).keeper_speed == 7.0
    assert load_settings(keeper_speed=None).keeper_speed == 5.0


def test_an_empty_variable_is_no_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KEEPER_SPEED", "")
    monkeypatch.setenv("QUOTE_USD", "")
    assert (load_settings().keeper_speed, load_settings().quote_usd) == (20.0, None)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("KEEPER_SPEED", "fast"),
        ("KEEPER_SPEED", "0"),
        ("KEEPER_SPEED", "nan"),
        ("KEEPER_SEED", "-1"),
        ("KEEPER_PROBES", "sometimes"),
        ("RISK_APPETITE", "reckless"),
        ("MM_MIN_CONFIDENCE", "1.5"),
        ("QUOTE_USD", "-1"),
        ("MIN_SPLIT_DELAY_SEC", "0.5"),
        ("MM_DETECTION_ENABLED", "perhaps"),
    ],
)
def test_an_unusable_setting_is_named_with_what_it_was(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(BadUsage, match=rf"^setting {name}: .*was '{value}'$"):
        load_settings()


def test_money_is_read_exactly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUOTE_USD", "1.1")
    assert load_settings().quote_usd == Decimal("1.1")


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("no_such_thing=1", "unknown parameter 'no_such_thing'"),
        ("stop_bps", "expects name=value, was 'stop_bps'"),
        ("stop_bps=many", "expects name=value, was 'stop_bps=many'"),
    ],
)
def test_malformed_parameters_are_refused(text: str, complaint: str) -> None:
    with pytest.raises(BadUsage, match=complaint):
        load_settings(keeper_parameters=text).parameter_overrides()


def test_a_parameter_out_of_bounds_is_refused_with_its_bounds() -> None:
    overrides = load_settings(keeper_parameters="stop_bps=0").parameter_overrides()
    with pytest.raises(BadUsage, match="stop_bps must be between 1 and 1000 bps, was 0"):
        default_parameters(overrides)


def test_named_parameters_win_over_their_settings() -> None:
    settings = load_settings(max_order_size_usd=20, keeper_parameters="max_order_size_usd=30, stop_bps=25,")
    assert settings.parameter_overrides() == {"max_order_size_usd": 30.0, "stop_bps": 25.0}


def test_every_setting_that_is_a_parameter_reaches_it() -> None:
    settings = load_settings(
        mm_min_confidence=0.6, mm_refresh_rate_min=0.4, default_order_size_usd=3, min_order_size_usd=2,
        max_order_size_usd=9, conservative_multiplier=0.7, max_split_count=4, min_split_delay_sec=3,
        tape_window_sec=30, tape_tracking_enabled=False, book_lifetime_tracking=False,
        aggressor_detection=False, mm_detection_enabled=False, spoof_detection_enabled=False,
    )  # fmt: skip
    assert settings.parameter_overrides() == {
        "mm_min_confidence": 0.6, "mm_refresh_rate_min": 0.4, "default_order_size_usd": 3,
        "min_order_size_usd": 2, "max_order_size_usd": 9, "conservative_multiplier": 0.7,
        "max_split_count": 4, "min_split_delay_s": 3, "tape_window_s": 30, "track_tape": 0,
        "track_lifetimes": 0, "infer_aggressor": 0, "detect_mm": 0, "spoof_max_score": 1,
    }  # fmt: skip
    default_parameters(settings.parameter_overrides())


def test_every_parameter_is_documented_as_it_is() -> None:
    assert PARAMETERS.read_text("utf-8") == parameters_page(), "run: python -m tests.support.documents"


def test_parameter_names_are_unique_and_defaults_within_bounds() -> None:
    assert len(SPECS) == len(CATALOGUE)
    for spec in CATALOGUE:
        assert spec.check(spec.default) == spec.default
        assert spec.help
        assert spec.unit


def test_a_secret_shows_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KEEPER_API_SECRET", "do-not-tell")
    settings = load_settings()
    assert settings.keeper_api_secret.get_secret_value() == "do-not-tell"
    assert "do-not-tell" not in repr(settings) + str(settings) + settings.model_dump_json()


def test_symbols_are_named_in_any_case() -> None:
    assert load_settings(keeper_symbols="orbusdt, KITEUSDT,").symbols() == ["ORBUSDT", "KITEUSDT"]
