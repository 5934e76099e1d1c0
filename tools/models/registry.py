"""Where trained models are kept: one folder a version, a manifest with hashes, a pointer.

    <home>/models/outcome/<version>/model.json      trees in XGBoost's native JSON
    <home>/models/outcome/<version>/manifest.json   everything else, with both hashes
    <home>/models/outcome/current                   the version in force
    <home>/models/outcome/promotions                what was put in force, one JSON line each

Versions never change once written; folders and pointer appear by one rename. What cannot
be trusted is refused with one line, and no other version is touched or silently taken.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson

from tools.domain.errors import ModelUnusable
from tools.domain.identity import content_hash
from tools.models.boosters import load_booster, xgboost_version
from tools.models.calibration import calibrator_from_json
from tools.models.inputs import INPUT_SETS
from tools.models.model_files import (
    FORMAT,
    MANIFEST_FILE,
    MODEL_FILE,
    read_bytes,
    read_manifest,
    sealed,
    sync_folder,
    write_private,
    writing,
)
from tools.models.outcome_model import TrainedOutcome
from tools.models.promotions import Promotion, promotion_of, version_before
from tools.models.scoring import OutcomeModel, bins_from_json, payoffs_from_json

CURRENT_FILE = "current"
PROMOTIONS_FILE = "promotions"
_VERSION = re.compile(r"[0-9]{8}T[0-9]{6}Z-[0-9a-f]{8}")


@dataclass(frozen=True, slots=True)
class ModelCard:
    """One line of the registry.

    Attributes:
        problem: Why the version cannot be used; None when its files are as they were written.
    """

    version: str
    ts_trained: int | None
    is_current: bool
    metrics: Mapping[str, Any]
    problem: str | None


class ModelRegistry:
    """The outcome models under one home."""

    def __init__(self, home: Path) -> None:
        self.root = home / "models" / "outcome"

    def save(self, trained: TrainedOutcome, *, ts_trained: int, code_version: str) -> str:
        """Keep a model as a new version, without putting it in force; returns the version.

        Args:
            trained: The model with its report.
            ts_trained: When it was trained, nanoseconds UTC.
            code_version: Version of the program that trained it.

        Raises:
            StoreUnusable: The folder cannot be written.
            ModelUnusable: This very version exists and was damaged since.
        """
        model_bytes = trained.model.trees.to_bytes()
        manifest = _manifest(trained, model_bytes, ts_trained, code_version)
        version = str(manifest["version"])
        folder = self.root / version
        if folder.exists():
            load_folder(folder)  # the same model again: kept as it is, unless what is there was damaged
        else:
            with writing(folder):
                self._write_version(folder, model_bytes, sealed(manifest))
        return version

    def load(self, version: str | None = None) -> OutcomeModel:
        """The model of ``version``, or the one in force.

        Raises:
            ModelUnusable: There is none, or its files are not what was saved.
        """
        name = version if version is not None else self.current()
        if name is None:
            raise ModelUnusable(f"expected a model in force, {self.root / CURRENT_FILE} does not exist")
        return load_folder(self._folder(name))

    def current(self) -> str | None:
        """The version in force; None when none was ever promoted.

        Raises:
            ModelUnusable: The pointer holds something else than a version.
        """
        pointer = self.root / CURRENT_FILE
        try:
            text = pointer.read_bytes()[:200].decode("utf-8", "replace").strip()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise ModelUnusable(f"{pointer}: cannot be read: {error.strerror}") from None
        if not _VERSION.fullmatch(text):
            raise ModelUnusable(f"{pointer}: expected a version, was {text[:40]!r}{self._usable_hint()}")
        return text

    def promote(self, version: str, *, ts: int, reason: str, is_back: bool = False) -> None:
        """Put ``version`` in force; a version that does not load is refused and nothing changes.

        The pointer is moved before that is noted: a note without its pointer would name a version that never
        decided anything, and rolling back would go there.
        """
        load_folder(self._folder(version))
        note = Promotion(version, ts, reason, is_back)
        noted = [*self._noted(), orjson.dumps(note)]
        with writing(self.root / CURRENT_FILE):
            self._replace(CURRENT_FILE, f"{version}\n".encode())
            self._replace(PROMOTIONS_FILE, b"\n".join(noted) + b"\n")

    def promotions(self) -> list[Promotion]:
        """What was put in force, oldest first.

        Raises:
            ModelUnusable: The file of promotions is damaged.
        """
        return [promotion_of(line, self.root / PROMOTIONS_FILE) for line in self._noted()]

    def previous(self) -> str:
        """The version that was in force before the one that is: where rolling back goes, ever further.

        Raises:
            ModelUnusable: None was.
        """
        now = self.current()
        found = version_before(now, self.promotions())
        if found is None:
            raise ModelUnusable(f"{self.root}: no version was in force before {now or 'any'}")
        return found

    def cards(self) -> list[ModelCard]:
        """All versions, oldest first, each with what is wrong with it."""
        try:
            current = self.current()
        except ModelUnusable:
            current = None
        return [self._card(version, current) for version in self._versions()]

    def manifest(self, version: str) -> Mapping[str, Any]:
        """Everything that is known of ``version`` but its trees.

        Raises:
            ModelUnusable: There is none of that name, or it was changed.
        """
        return read_manifest(self._folder(version) / MANIFEST_FILE)

    def _noted(self) -> list[bytes]:
        path = self.root / PROMOTIONS_FILE
        return read_bytes(path).splitlines() if path.exists() else []

    def _replace(self, name: str, data: bytes) -> None:
        staged = self.root / f".new-{name}"
        staged.unlink(missing_ok=True)
        write_private(staged, data)
        staged.replace(self.root / name)
        sync_folder(self.root)

    def _write_version(self, folder: Path, model_bytes: bytes, manifest_bytes: bytes) -> None:
        self._make_folders()
        staged = self.root / f".new-{folder.name}"
        shutil.rmtree(staged, ignore_errors=True)  # what an interrupted save left: the home has one writer
        staged.mkdir(mode=0o700)
        try:
            write_private(staged / MODEL_FILE, model_bytes)
            write_private(staged / MANIFEST_FILE, manifest_bytes)
            staged.rename(folder)
        except OSError:
            shutil.rmtree(staged, ignore_errors=True)
            raise
        sync_folder(self.root)

    def _versions(self) -> list[str]:
        if not self.root.is_dir():
            return []
        return sorted(entry.name for entry in self.root.iterdir() if _VERSION.fullmatch(entry.name))

    def _card(self, version: str, current: str | None) -> ModelCard:
        is_current = version == current
        try:
            load_folder(self.root / version)
            manifest = read_manifest(self.root / version / MANIFEST_FILE)
        except ModelUnusable as error:
            return ModelCard(version, None, is_current, {}, str(error))
        return ModelCard(version, manifest["ts_trained"], is_current, manifest["metrics"], None)

    def _usable_hint(self) -> str:
        versions = self._versions()
        return f"; newest version on disk: {versions[-1]}" if versions else ""

    def _folder(self, version: str) -> Path:
        if not _VERSION.fullmatch(version):
            raise ModelUnusable(f"expected a version like 20240131T020000Z-0a1b2c3d, was {version!r}")
        folder = self.root / version
        if not folder.is_dir():
            raise ModelUnusable(f"{folder}: no such model version{self._usable_hint()}")
        return folder

    def _make_folders(self) -> None:
        for folder in (self.root.parent, self.root):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            folder.chmod(0o700)


def load_folder(folder: Path) -> OutcomeModel:
    """The model of a folder with ``model.json`` and ``manifest.json``, wherever it lies.

    Raises:
        ModelUnusable: A file is missing, cut, changed, of another format or for other inputs.
    """
    manifest_path, model_path = folder / MANIFEST_FILE, folder / MODEL_FILE
    manifest = read_manifest(manifest_path)
    found = manifest.get("inputs")
    names = next((known for known in INPUT_SETS.values() if list(known) == found), None)
    if names is None:
        sets = " or ".join(", ".join(inputs) for inputs in INPUT_SETS.values())
        raise ModelUnusable(f"{manifest_path}: expected inputs {sets}, was {found}")
    try:
        calibrator = calibrator_from_json(manifest["calibration"])
        payoffs = payoffs_from_json(manifest["payoffs"])
        bins = bins_from_json(manifest["bins"])
        version, sha256 = str(manifest["version"]), str(manifest["model_sha256"])
    except (KeyError, TypeError, ValueError) as error:
        raise ModelUnusable(f"{manifest_path}: {_what(error)}") from None
    trees = load_booster(read_bytes(model_path), sha256=sha256, features=len(names), where=str(model_path))
    return OutcomeModel(trees, calibrator, payoffs, bins, names, version)


def _manifest(
    trained: TrainedOutcome, model_bytes: bytes, ts_trained: int, code_version: str
) -> dict[str, Any]:
    model, sha256 = trained.model, content_hash(model_bytes)
    body = {
        "format": FORMAT,
        "ts_trained": ts_trained,
        "code_version": code_version,
        "xgboost_version": xgboost_version(),
        "model_sha256": sha256,
        "data_hash": trained.report.data_hash,
        "inputs": list(model.names),
        "calibration": model.calibrator.to_json(),
        "payoffs": model.payoffs.to_json(),
        "bins": model.bins.to_json(),
        "metrics": asdict(trained.report),
    }
    stamp = datetime.fromtimestamp(ts_trained // 1_000_000_000, UTC).strftime("%Y%m%dT%H%M%SZ")
    return {"version": f"{stamp}-{content_hash(orjson.dumps(body))[:8]}", **body}


def _what(error: Exception) -> str:
    return f"{error.args[0]} is missing" if isinstance(error, KeyError) else str(error)
