"""The registry: versions never change, what is damaged is refused, what was good stays usable."""

from __future__ import annotations

import json
import stat
from collections.abc import Callable
from pathlib import Path

import numpy as np
import orjson
import pytest

from tools.domain.errors import ModelUnusable, StoreUnusable
from tools.domain.identity import content_hash
from tools.models.examples import Dataset
from tools.models.outcome_model import TrainedOutcome
from tools.models.registry import ModelRegistry, load_folder

ROW = [({"imbalance": 0.3, "aggressor_ratio_60s": 0.7}, 10.0, 20.0)]
NANOS_2024 = 1_704_067_200_000_000_000


@pytest.fixture
def registry(tmp_path: Path) -> ModelRegistry:
    return ModelRegistry(tmp_path)


@pytest.fixture
def version(registry: ModelRegistry, trained: TrainedOutcome) -> str:
    saved = registry.save(trained, ts_trained=NANOS_2024, code_version="0.1.0")
    registry.promote(saved, ts=NANOS_2024, reason="first")
    return saved


def test_a_saved_model_scores_exactly_as_before(
    registry: ModelRegistry, version: str, trained: TrainedOutcome, planted: Dataset
) -> None:
    model = registry.load()
    for field in ("probability", "expected_bps", "standard_error_bps"):
        ours = getattr(model.score_matrix(planted.matrix, planted.gain_bps, planted.loss_bps), field)
        theirs = getattr(
            trained.model.score_matrix(planted.matrix, planted.gain_bps, planted.loss_bps), field
        )
        np.testing.assert_array_equal(ours, theirs)
    assert model.version == version
    assert version.startswith("20240101T000000Z-")


def test_the_same_training_is_the_same_version_and_the_same_bytes(
    registry: ModelRegistry, version: str, trained: TrainedOutcome, tmp_path: Path
) -> None:
    other = ModelRegistry(tmp_path / "other")
    assert other.save(trained, ts_trained=NANOS_2024, code_version="0.1.0") == version
    assert registry.save(trained, ts_trained=NANOS_2024, code_version="0.1.0") == version
    for name in ("model.json", "manifest.json"):
        assert (other.root / version / name).read_bytes() == (registry.root / version / name).read_bytes()


def test_the_manifest_says_where_the_model_comes_from(
    registry: ModelRegistry, version: str, trained: TrainedOutcome
) -> None:
    manifest = json.loads((registry.root / version / "manifest.json").read_bytes())
    assert manifest["data_hash"] == trained.report.data_hash
    assert manifest["code_version"] == "0.1.0"
    assert manifest["ts_trained"] == NANOS_2024
    assert manifest["inputs"] == list(trained.model.names)
    assert manifest["metrics"]["model"]["brier_skill"]["n"] == trained.report.test_n
    assert manifest["xgboost_version"]


def test_files_are_the_owners_alone(registry: ModelRegistry, version: str) -> None:
    folder = registry.root / version
    for path in (registry.root.parent, registry.root, folder):
        assert stat.S_IMODE(path.stat().st_mode) == 0o700
    for path in (
        folder / "model.json",
        folder / "manifest.json",
        registry.root / "current",
        registry.root / "promotions",
    ):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert {path.name for path in registry.root.iterdir()} == {version, "current", "promotions"}


def test_a_place_that_cannot_be_written_is_one_line(tmp_path: Path, trained: TrainedOutcome) -> None:
    (tmp_path / "models").write_text("a file where a folder should be")
    registry = ModelRegistry(tmp_path)
    with pytest.raises(StoreUnusable, match="cannot be written"):
        registry.save(trained, ts_trained=NANOS_2024, code_version="0.1.0")


def test_a_failed_save_leaves_nothing_behind(
    registry: ModelRegistry, version: str, trained: TrainedOutcome, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: Path, target: Path) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "rename", full)
    with pytest.raises(StoreUnusable, match="No space left on device"):
        registry.save(trained, ts_trained=NANOS_2024 + 10**9, code_version="0.1.0")
    assert {path.name for path in registry.root.iterdir()} == {version, "current", "promotions"}
    assert registry.load().version == version


def test_what_an_interrupted_save_left_behind_is_in_nobodys_way(
    registry: ModelRegistry, version: str, trained: TrainedOutcome, tmp_path: Path
) -> None:
    other = ModelRegistry(tmp_path / "other")
    half = other.root / f".new-{version}"
    half.mkdir(parents=True)
    (half / "model.json").write_bytes(b"{")
    (other.root / ".new-current").write_bytes(b"20")
    assert other.cards() == []
    saved = other.save(trained, ts_trained=NANOS_2024, code_version="0.1.0")
    other.promote(saved, ts=NANOS_2024, reason="gate")
    assert other.load().version == version
    assert {path.name for path in other.root.iterdir()} == {version, "current", "promotions"}


def test_nothing_in_force_is_said(registry: ModelRegistry) -> None:
    assert registry.current() is None
    assert registry.cards() == []
    with pytest.raises(ModelUnusable, match="expected a model in force"):
        registry.load()


def test_saving_puts_nothing_in_force_and_promotion_does(
    registry: ModelRegistry, version: str, trained: TrainedOutcome
) -> None:
    newer = registry.save(trained, ts_trained=NANOS_2024 + 10**9, code_version="0.1.1")
    assert registry.current() == version
    registry.promote(newer, ts=NANOS_2024, reason="by hand")
    assert registry.load().version == newer
    assert [(card.version, card.is_current) for card in registry.cards()] == [(version, False), (newer, True)]
    registry.promote(version, ts=NANOS_2024, reason="by hand")
    assert registry.load().version == version


def test_what_was_put_in_force_is_remembered_and_can_be_gone_back_on(
    registry: ModelRegistry, version: str, trained: TrainedOutcome
) -> None:
    with pytest.raises(ModelUnusable, match=f"no version was in force before {version}"):
        registry.previous()
    newer = registry.save(trained, ts_trained=NANOS_2024 + 10**9, code_version="0.1.1")
    registry.promote(newer, ts=NANOS_2024 + 1, reason="better")
    registry.promote(newer, ts=NANOS_2024 + 2, reason="once more")
    assert registry.previous() == version
    assert [(one.version, one.ts, one.reason) for one in registry.promotions()] == [
        (version, NANOS_2024, "first"),
        (newer, NANOS_2024 + 1, "better"),
        (newer, NANOS_2024 + 2, "once more"),
    ]


def test_going_back_twice_goes_further_back_and_never_to_what_was_left(
    registry: ModelRegistry, version: str, trained: TrainedOutcome
) -> None:
    second, third = (
        registry.save(trained, ts_trained=NANOS_2024 + n * 10**9, code_version="0.1.1") for n in (1, 2)
    )
    for name in (second, third):
        registry.promote(name, ts=NANOS_2024 + 1, reason="better")
    for earlier in (second, version):
        assert registry.previous() == earlier
        registry.promote(earlier, ts=NANOS_2024 + 2, reason="back", is_back=True)
    with pytest.raises(ModelUnusable, match="no version was in force before"):
        registry.previous()
    registry.promote(third, ts=NANOS_2024 + 3, reason="better after all")
    assert registry.previous() == version


def test_killed_between_pointer_and_note_it_goes_back_to_what_decided(
    registry: ModelRegistry, version: str, trained: TrainedOutcome, monkeypatch: pytest.MonkeyPatch
) -> None:
    newer = registry.save(trained, ts_trained=NANOS_2024 + 10**9, code_version="0.1.1")
    moved: list[Path] = []
    replace = Path.replace

    def once(path: Path, target: Path) -> Path:
        if moved:
            raise KeyboardInterrupt
        moved.append(target)
        return replace(path, target)

    monkeypatch.setattr(Path, "replace", once)
    with pytest.raises(KeyboardInterrupt):
        registry.promote(newer, ts=NANOS_2024 + 1, reason="better")
    monkeypatch.undo()
    assert (registry.current(), registry.previous()) == (newer, version)


def test_damaged_promotions_are_one_line_and_the_model_goes_on(registry: ModelRegistry, version: str) -> None:
    (registry.root / "promotions").write_text('{"version": 1}\n')
    with pytest.raises(ModelUnusable, match="promotions: expected promotions, one JSON line each"):
        registry.previous()
    assert registry.load().version == version


def test_a_model_folder_may_lie_anywhere(registry: ModelRegistry, version: str, tmp_path: Path) -> None:
    elsewhere = tmp_path / "shared model"
    (registry.root / version).rename(elsewhere)
    assert load_folder(elsewhere).version == version
    with pytest.raises(ModelUnusable, match=r"manifest\.json: expected a model file, found none"):
        load_folder(tmp_path / "nowhere")


def _cut(name: str) -> Callable[[Path], None]:
    def damage(folder: Path) -> None:
        (folder / name).write_bytes((folder / name).read_bytes()[:-20])

    return damage


def _become(name: str, data: bytes) -> Callable[[Path], None]:
    def damage(folder: Path) -> None:
        (folder / name).write_bytes(data)

    return damage


def _become_a_folder(folder: Path) -> None:
    (folder / "model.json").unlink()
    (folder / "model.json").mkdir()


def _replace(name: str, old: bytes, new: bytes) -> Callable[[Path], None]:
    def damage(folder: Path) -> None:
        data = (folder / name).read_bytes()
        assert old in data
        (folder / name).write_bytes(data.replace(old, new, 1))

    return damage


DAMAGE: dict[str, tuple[Callable[[Path], None], str]] = {
    "a cut model": (_cut("model.json"), r"model\.json: expected sha256"),
    "a cut manifest": (_cut("manifest.json"), r"manifest\.json: expected a manifest in JSON"),
    "a changed model": (
        _replace("model.json", b'"default_left"', b'"default_lEft"'),
        r"model\.json: expected sha256",
    ),
    "a changed number": (
        _replace("manifest.json", b'"code_version": "0.1.0"', b'"code_version": "9.9.9"'),
        "own hash",
    ),
    "an older format": (
        _replace("manifest.json", b'"format": 1', b'"format": 0'),
        "expected manifest format 1, was 0",
    ),
    "no model": (
        lambda folder: (folder / "model.json").unlink(),
        r"model\.json: expected a model file, found none",
    ),
    "a pickle": (_become("manifest.json", b"\x80\x04\x95."), r"manifest\.json: expected a manifest in JSON"),
    "another JSON": (
        _become("manifest.json", b"[]"),
        r"manifest\.json: expected a manifest, was a JSON list",
    ),
    "a folder for a file": (_become_a_folder, r"model\.json: cannot be read"),
}


@pytest.mark.parametrize("name", DAMAGE)
def test_damage_is_one_clear_line_and_the_previous_version_stays(
    name: str, registry: ModelRegistry, version: str, trained: TrainedOutcome
) -> None:
    newer = registry.save(trained, ts_trained=NANOS_2024 + 10**9, code_version="0.1.0")
    damage, message = DAMAGE[name]
    damage(registry.root / newer)
    with pytest.raises(ModelUnusable, match=message) as caught:
        registry.load(newer)
    assert "\n" not in str(caught.value)
    with pytest.raises(ModelUnusable, match=message):
        registry.promote(newer, ts=NANOS_2024, reason="by hand")
    assert registry.load().version == version
    assert len(registry.load().score(ROW)) == 1
    problems = {card.version: card.problem for card in registry.cards()}
    assert problems[version] is None
    assert problems[newer] == str(caught.value)


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("calibration", {"kind": "magic"}, "calibration kind must be platt or isotonic, was 'magic'"),
        ("payoffs", {"win_share": 1.0}, "loss_share is missing"),
        ("bins", {"upper_edges": [], "effective_n": []}, "bins must be rising edges"),
    ],
)
def test_a_manifest_sealed_over_nonsense_is_refused(
    key: str, value: object, message: str, registry: ModelRegistry, version: str
) -> None:
    path = registry.root / version / "manifest.json"
    manifest = json.loads(path.read_bytes())
    del manifest["manifest_sha256"]
    manifest[key] = value
    seal = content_hash(orjson.dumps(manifest, option=orjson.OPT_SORT_KEYS))
    path.write_bytes(orjson.dumps({**manifest, "manifest_sha256": seal}))
    with pytest.raises(ModelUnusable, match=rf"manifest\.json: {message}"):
        registry.load()


def test_a_damaged_version_is_not_passed_off_as_saved(
    registry: ModelRegistry, version: str, trained: TrainedOutcome
) -> None:
    (registry.root / version / "model.json").write_bytes(b"{}")
    with pytest.raises(ModelUnusable, match="expected sha256"):
        registry.save(trained, ts_trained=NANOS_2024, code_version="0.1.0")


@pytest.mark.parametrize("text", ["", "../../etc", "20240101T000000Z-0a1b2c3d/..", "\x00" * 20])
def test_a_damaged_pointer_is_refused_and_names_what_there_is(
    text: str, registry: ModelRegistry, version: str
) -> None:
    (registry.root / "current").write_text(text)
    with pytest.raises(
        ModelUnusable, match=rf"current: expected a version.*newest version on disk: {version}"
    ):
        registry.load()
    assert registry.load(version).version == version
    registry.promote(version, ts=NANOS_2024, reason="by hand")
    assert registry.load().version == version


def test_a_version_that_does_not_exist_is_refused(registry: ModelRegistry, version: str) -> None:
    with pytest.raises(ModelUnusable, match="no such model version"):
        registry.load("20990101T000000Z-00000000")
    with pytest.raises(ModelUnusable, match="expected a version like"):
        registry.promote("../outside", ts=NANOS_2024, reason="by hand")
    assert registry.current() == version


def test_a_pointer_to_a_version_that_is_gone_is_refused(registry: ModelRegistry, version: str) -> None:
    (registry.root / version).rename(registry.root / "away")
    with pytest.raises(ModelUnusable, match=f"{version}: no such model version"):
        registry.load()


def test_a_model_for_other_inputs_is_refused(
    registry: ModelRegistry, version: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tools.models.registry.INPUT_SETS", {"v0": ("spread_bps", "imbalance")})
    with pytest.raises(ModelUnusable, match=r"manifest\.json: expected inputs spread_bps, imbalance, was"):
        registry.load()
