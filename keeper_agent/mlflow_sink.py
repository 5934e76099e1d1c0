"""An MLflow server is told of each trained model and which one decides, over its REST interface.

What is told is the model's manifest: hashes, versions, metrics, calibration. The trees stay here, and so does
all else. Nobody waits longer than ``LONGEST_S`` for it; whatever it does, one line says so and nothing fails.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Iterator, Mapping
from typing import Any

import httpx
import orjson

from keeper_agent.console import say
from keeper_agent.settings import Settings
from keeper_agent.veil import veiled
from tools.domain.identity import content_hash

API = "/api/2.0/mlflow/"
EXPERIMENT, MODEL, IN_FORCE = "keeper", "keeper-outcome", "in_force"
VERSION_TAG = "keeper.version"
PATIENCE_S = 5.0
LONGEST_S = 15.0  # for everything
MOST_TEXT = 4_000  # characters of one value; MLflow takes 5,000 in a tag
MOST_ANSWER = 1 << 20  # bytes
MS = 1_000_000  # ns
EXISTS, MISSING = "RESOURCE_ALREADY_EXISTS", "RESOURCE_DOES_NOT_EXIST"
Told = dict[str, Any]


class Untold(Exception):
    """The server was not told; the message is one sentence."""


class MlflowServer:
    """One server.

    Args:
        address: As ``Settings.mlflow_server`` has it.
        token: That it asks for; empty is none.
    """

    def __init__(self, address: str, token: str = "") -> None:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._address = address + API
        self._http = httpx.Client(
            trust_env=False, follow_redirects=False, timeout=PATIENCE_S, headers=headers
        )

    def tell(self, manifest: Mapping[str, Any], *, is_in_force: bool) -> None:
        """Log a model as a run and as a version of ``keeper-outcome``, once, and whether it decides.

        Args:
            manifest: Of the registry.
            is_in_force: Whether the alias ``in_force`` goes to it.

        Raises:
            Untold: The server cannot be reached, refuses, or answers otherwise than MLflow does.
        """
        with self._http:
            self._call("POST", "registered-models/create", EXISTS, name=MODEL)
            number = self._number_of(str(manifest["version"])) or self._log(manifest)
            if is_in_force:
                self._call("POST", "registered-models/alias", name=MODEL, alias=IN_FORCE, version=number)

    def _number_of(self, version: str) -> str | None:
        """The server's number for a version that it knows."""
        found = self._call("GET", "model-versions/search", filter=f"name='{MODEL}'", max_results=1_000)
        for one in found.get("model_versions", []):
            if {"key": VERSION_TAG, "value": version} in one.get("tags", []):
                return str(one["version"])
        return None

    def _log(self, manifest: Mapping[str, Any]) -> str:
        version, ts_ms = str(manifest["version"]), int(manifest["ts_trained"]) // MS
        tags = [{"key": VERSION_TAG, "value": version}]
        run = self._call(
            "POST",
            "runs/create",
            experiment_id=self._experiment(),
            run_name=version,
            start_time=ts_ms,
            tags=tags,
        )["run"]["info"]
        metrics = [
            {"key": key, "value": value, "timestamp": ts_ms, "step": 0}
            for key, value in _numbers(manifest["metrics"])
        ]
        params = [{"key": key, "value": value} for key, value in _params(manifest).items()]
        self._call("POST", "runs/log-batch", run_id=run["run_id"], metrics=metrics, params=params)
        self._call("POST", "runs/update", run_id=run["run_id"], status="FINISHED", end_time=ts_ms)
        made = self._call(
            "POST",
            "model-versions/create",
            name=MODEL,
            source=run["artifact_uri"],
            run_id=run["run_id"],
            description="the trees are in the home of Keeper that trained it",
            tags=tags,
        )
        return str(made["model_version"]["version"])

    def _experiment(self) -> str:
        found = self._call("GET", "experiments/get-by-name", MISSING, experiment_name=EXPERIMENT)
        if found:
            return str(found["experiment"]["experiment_id"])
        return str(self._call("POST", "experiments/create", name=EXPERIMENT)["experiment_id"])

    def _call(self, method: str, what: str, fine: str = "", **words: Any) -> Told:
        """What the server answered; empty where it answered with the error code ``fine``."""
        given: Told = {"params": words} if method == "GET" else {"json": words}
        try:
            with self._http.stream(method, self._address + what, **given) as answer:
                body = _read(answer)
        except httpx.HTTPError as error:
            raise Untold(f"{what}: {type(error).__name__}") from None
        try:
            told = orjson.loads(body)
        except orjson.JSONDecodeError:
            told = None
        if not isinstance(told, dict):
            raise Untold(f"{what}: status {answer.status_code}, and no answer of MLflow")
        if answer.is_success:
            return told
        if fine and told.get("error_code") == fine:
            return {}
        raise Untold(f"{what}: status {answer.status_code}, {str(told.get('error_code'))[:60]}")


def tell_mlflow(settings: Settings, manifest: Mapping[str, Any], *, is_in_force: bool) -> None:
    """Tell the server of the settings, where one is to be told; a line on stderr where that did not work.

    Raises:
        BadUsage: The address is none that models may be told to.
    """
    address = settings.mlflow_server()
    if address is None:
        return
    faults = [f"no answer within {LONGEST_S:.0f} s"]

    def work() -> None:
        try:
            server = MlflowServer(address, settings.mlflow_tracking_token.get_secret_value())
            server.tell(manifest, is_in_force=is_in_force)
            faults.clear()
        except Untold as error:
            faults[:] = [str(error)]
        except (KeyError, TypeError, ValueError) as error:  # of another shape than MLflow's answers have
            faults[:] = [f"an answer of another shape ({type(error).__name__})"]

    thread = threading.Thread(target=work, name="keeper-mlflow", daemon=True)
    thread.start()
    thread.join(LONGEST_S)
    for fault in faults:
        version = manifest["version"]
        say(f"MLflow was not told of model {version}: {veiled(fault)}; the model is kept all the same")


def _read(answer: httpx.Response) -> bytes:
    held = bytearray()
    for part in answer.iter_bytes():
        held += part
        if len(held) > MOST_ANSWER:
            raise Untold(f"an answer of more than {MOST_ANSWER} bytes")
    return bytes(held)


def _params(manifest: Mapping[str, Any]) -> dict[str, str]:
    calibration = orjson.dumps(manifest["calibration"])
    long = len(calibration) > MOST_TEXT
    return {
        "code_version": str(manifest["code_version"]),
        "xgboost_version": str(manifest["xgboost_version"]),
        "data_hash": str(manifest["data_hash"]),
        "model_sha256": str(manifest["model_sha256"]),
        "inputs": " ".join(manifest["inputs"])[:MOST_TEXT],
        "calibration": f"sha256 {content_hash(calibration)}" if long else calibration.decode(),
        "calibration_kind": str(manifest["calibration"]["kind"]),
    }


def _numbers(told: Any, name: str = "") -> Iterator[tuple[str, float]]:
    """The finite numbers in nested data, each under its path with dots."""
    if isinstance(told, Mapping):
        for key, value in told.items():
            yield from _numbers(value, f"{name}.{key}" if name else str(key))
    elif isinstance(told, int | float) and not isinstance(told, bool) and math.isfinite(told):
        yield name, float(told)
