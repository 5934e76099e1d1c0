"""A reversal model on disk, in the registry's format: trees as native JSON, a sealed manifest beside them.

<folder>/model.json      trees
<folder>/manifest.json   inputs, calibration, base rate, both hashes
"""

from __future__ import annotations

from pathlib import Path

from tools.domain.errors import ModelUnusable
from tools.domain.identity import content_hash
from tools.models.boosters import load_booster, xgboost_version
from tools.models.calibration import calibrator_from_json
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
from tools.models.reversal_inputs import HORIZON, TWELVE, WIDER
from tools.models.reversal_model import ReversalModel

KIND = "reversal"


def save_reversal(model: ReversalModel, folder: Path, *, label: str, ts_trained: int) -> None:
    """Write ``model`` into a new ``folder``; it appears whole or not at all.

    Args:
        model: What to keep.
        folder: Where; it must not exist yet.
        label: Which of the labels it learned.
        ts_trained: When, nanoseconds UTC.

    Raises:
        StoreUnusable: The folder exists or cannot be written.
    """
    data = model.trees.to_bytes()
    manifest = {
        "format": FORMAT,
        "kind": KIND,
        "label": label,
        "horizon_bars": HORIZON,
        "ts_trained": ts_trained,
        "xgboost_version": xgboost_version(),
        "model_sha256": content_hash(data),
        "inputs": list(model.names),
        "calibration": model.calibrator.to_json(),
        "base_rate": model.base_rate,
    }
    staged = folder.with_name(f".new-{folder.name}")
    with writing(folder):
        if folder.exists():
            raise FileExistsError(17, "it exists already")
        staged.mkdir(mode=0o700, parents=True)
        write_private(staged / MODEL_FILE, data)
        write_private(staged / MANIFEST_FILE, sealed(manifest))
        staged.rename(folder)
        sync_folder(folder.parent)


def load_reversal(folder: Path) -> ReversalModel:
    """The model in ``folder``.

    Raises:
        ModelUnusable: A file is missing, cut, changed, or of another kind, horizon or inputs.
    """
    path = folder / MANIFEST_FILE
    manifest = read_manifest(path)
    names = tuple(manifest.get("inputs", ()))
    if manifest.get("kind") != KIND or names not in (TWELVE, WIDER):
        raise ModelUnusable(
            f"{path}: expected a reversal model of known inputs, was {manifest.get('kind')!r}"
        )
    if manifest.get("horizon_bars") != HORIZON:
        raise ModelUnusable(f"{path}: expected {HORIZON} bars ahead, was {manifest.get('horizon_bars')!r}")
    try:
        calibrator = calibrator_from_json(manifest["calibration"])
        base_rate, sha256 = float(manifest["base_rate"]), str(manifest["model_sha256"])
    except (KeyError, TypeError, ValueError) as error:
        raise ModelUnusable(f"{path}: expected calibration, base rate and hash: {error}") from None
    file = folder / MODEL_FILE
    trees = load_booster(read_bytes(file), sha256=sha256, features=len(names), where=str(file))
    return ReversalModel(trees, calibrator, names, base_rate)
