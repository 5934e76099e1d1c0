"""What an MLflow server is told of models, what it is not, and that nothing depends on it."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import httpx
import pytest

from keeper_agent import mlflow_sink
from keeper_agent.checks import CHECKS
from keeper_agent.commands import train
from keeper_agent.mlflow_sink import MODEL, VERSION_TAG, MlflowServer
from keeper_agent.setting_checks import check_mlflow
from keeper_agent.settings import load_settings
from tests.support.commands import Here
from tests.support.mlflow_server import Mlflow, mlflow_standing_in
from tests.unit.models.conftest import SMALL, trades
from tools.domain.clock import SystemClock
from tools.models.examples import build_dataset
from tools.models.outcome_model import TrainedOutcome, train_outcome
from tools.models.registry import ModelRegistry

TS = 1_704_067_200_000_000_000
TOKEN = "a-token-of-the-tracking-server"  # noqa: S105 (made up)
KEY = "a-key-that-is-nobodys-business"
PATIENCE_S = 90.0
REAL = """
import sys
from mlflow.server import app
from werkzeug.serving import make_server
server = make_server("127.0.0.1", 0, app, threaded=True)
print(server.server_port, flush=True)
server.serve_forever()
"""


@pytest.fixture(scope="module")
def trained() -> TrainedOutcome:
    return train_outcome(build_dataset(trades(400, signal=1.0, seed=1)), seed=1, settings=SMALL)


@pytest.fixture
def registry(own_home: Path, trained: TrainedOutcome) -> ModelRegistry:
    made = ModelRegistry(own_home)
    for later in range(2):
        made.save(trained, ts_trained=TS + later * 10**9, code_version="0.1.0")
    return made


@pytest.fixture
def mlflow(monkeypatch: pytest.MonkeyPatch) -> Iterator[Mlflow]:
    with mlflow_standing_in() as server:
        monkeypatch.setenv("KEEPER_MLFLOW", "on")
        monkeypatch.setenv("MLFLOW_TRACKING_URI", server.url)
        monkeypatch.setenv("MLFLOW_TRACKING_TOKEN", TOKEN)
        monkeypatch.setenv("OPENAI_API_KEY", KEY)
        yield server


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Here:
    return Here(monkeypatch, capsys)


def versions(registry: ModelRegistry) -> list[str]:
    return [card.version for card in registry.cards()]


def test_a_model_is_told_once_with_where_it_comes_from_and_what_it_showed(
    here: Here, registry: ModelRegistry, mlflow: Mlflow
) -> None:
    older, newer = versions(registry)
    for version in (older, newer, older):
        assert here("models", "promote", version).err == ""
    manifest = registry.manifest(older)
    assert [run["run_name"] for run in mlflow.runs] == [older, newer], "each once"
    first = mlflow.runs[0]
    params = {one["key"]: one["value"] for one in first["params"]}
    assert params["data_hash"] == manifest["data_hash"]
    assert params["code_version"] == "0.1.0"
    assert params["calibration_kind"] == manifest["calibration"]["kind"]
    metrics = {one["key"]: one["value"] for one in first["metrics"]}
    assert metrics["model.ece"] == manifest["metrics"]["model"]["ece"]
    assert metrics["skill_over_geometry.low"] == manifest["metrics"]["skill_over_geometry"]["low"]
    assert (first["status"], first["start_time"]) == ("FINISHED", TS // 10**6)
    assert [one["tags"] for one in mlflow.versions] == [
        [{"key": VERSION_TAG, "value": one}] for one in (older, newer)
    ]
    assert (mlflow.models, mlflow.aliases) == ([MODEL], {"in_force": "1"})


def test_training_tells_what_was_made_and_whether_it_decides(
    here: Here, own_home: Path, trained: TrainedOutcome, mlflow: Mlflow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(train, "remembered_pairs", lambda settings: ["a pair"])
    monkeypatch.setattr(train, "examples_of", lambda pairs: [])
    monkeypatch.setattr(train, "build_dataset", lambda examples: None)
    monkeypatch.setattr(train, "train_outcome", lambda dataset, seed: trained)
    monkeypatch.setattr(train, "gate", lambda trained: (False, "no skill"))
    done = here("train", "outcome", "--json")
    assert done.json["promoted"] is False
    assert [run["run_name"] for run in mlflow.runs] == [done.json["version"]]
    assert mlflow.aliases == {}


def test_no_secret_is_sent_but_the_token_in_its_header(
    here: Here, registry: ModelRegistry, mlflow: Mlflow
) -> None:
    here("models", "promote", versions(registry)[0])
    sent = "\n".join(mlflow.requests)
    assert sent.count(TOKEN) == sent.count(f"Authorization: Bearer {TOKEN}") == len(mlflow.requests)
    assert KEY not in sent
    assert str(registry.root) not in sent


def test_nothing_is_sent_unless_it_is_switched_on(
    here: Here, registry: ModelRegistry, mlflow: Mlflow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("KEEPER_MLFLOW")
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "file:./runs-of-another-program")
    assert here("models", "promote", versions(registry)[0]).code == 0
    assert mlflow.requests == []


@pytest.mark.parametrize(
    "answer",
    [
        (500, b'{"error_code": "INTERNAL_ERROR"}'),
        (200, b"<html>"),
        (200, b"[]"),
        (200, b'{"run": {}}'),
        (200, b"{" + b" " * (2 << 20) + b"}"),
        (302, b""),
        (401, b'{"error_code": "PERMISSION_DENIED"}'),
    ],
)
def test_whatever_the_server_answers_one_line_says_so_and_the_model_decides(
    here: Here, registry: ModelRegistry, mlflow: Mlflow, answer: tuple[int, bytes]
) -> None:
    mlflow.broken["runs/create"] = answer
    version = versions(registry)[0]
    done = here("models", "promote", version)
    assert (done.code, registry.current()) == (0, version)
    told = done.err.replace("\n", " ")
    assert told.startswith("MLflow was not told of model")
    assert TOKEN not in done.err
    assert mlflow.aliases == {}


def test_a_server_that_is_silent_or_gone_is_not_waited_for(
    here: Here, registry: ModelRegistry, mlflow: Mlflow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mlflow_sink, "LONGEST_S", 0.3)
    mlflow.silent = threading.Event()
    begun = time.monotonic()
    done = here("models", "promote", versions(registry)[0])
    assert time.monotonic() - begun < 5
    mlflow.silent.set()
    assert (done.code, "no answer within" in done.err.replace("\n", " ")) == (0, True)
    monkeypatch.setattr(mlflow_sink, "LONGEST_S", 5.0)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        gone = f"http://127.0.0.1:{taken.getsockname()[1]}"
    monkeypatch.setenv("MLFLOW_TRACKING_URI", gone)
    assert "ConnectError" in here("models", "promote", versions(registry)[1]).err


@pytest.mark.parametrize(
    "address",
    [
        "http://example.org",
        "http://127.0.0.1.example.org:5000",
        "https://name:word@example.org",
        "file:./mlruns",
        "sqlite:///mlflow.db",
        "databricks",
        "https://example.org?x=1",
    ],
)
def test_an_address_that_may_not_be_told_is_refused_before_anything_is_done(
    here: Here, registry: ModelRegistry, mlflow: Mlflow, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", address)
    here("models", "promote", versions(registry)[0]).fails_in_one_line(2, "MLFLOW_TRACKING_URI")
    here("train", "outcome").fails_in_one_line(2, "MLFLOW_TRACKING_URI")
    assert registry.current() is None
    found = check_mlflow(load_settings(), SystemClock())
    assert (found.state, check_mlflow in CHECKS) == ("fault", True)


def test_a_real_server_takes_it(
    registry: ModelRegistry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if find_spec("mlflow") is None or find_spec("flask") is None:
        pytest.skip("mlflow and flask are not installed; Keeper does not need them")
    monkeypatch.setattr(mlflow_sink, "PATIENCE_S", PATIENCE_S)  # its first answer imports much
    store = f"sqlite:///{tmp_path / 'mlflow.db'}"
    told = {
        "MLFLOW_DISABLE_TELEMETRY": "true",
        "_MLFLOW_SERVER_FILE_STORE": store,
        "_MLFLOW_SERVER_REGISTRY_STORE": store,
        "_MLFLOW_SERVER_ARTIFACT_ROOT": "mlflow-artifacts:/",
        "_MLFLOW_SERVER_SERVE_ARTIFACTS": "true",
        "HOME": str(tmp_path),
    }
    server = subprocess.Popen(
        [sys.executable, "-c", REAL], env=told, cwd=tmp_path, stdout=subprocess.PIPE, text=True
    )
    try:
        assert server.stdout is not None
        url = f"http://127.0.0.1:{int(server.stdout.readline())}"
        older, newer = versions(registry)
        for version, is_in_force in ((older, True), (newer, False), (newer, True)):
            MlflowServer(url).tell(registry.manifest(version), is_in_force=is_in_force)
        found = asked(url, "registered-models/alias", name=MODEL, alias="in_force")["model_version"]
        assert {one["key"]: one["value"] for one in found["tags"]} == {VERSION_TAG: newer}
        run = asked(url, "runs/get", run_id=found["run_id"])["run"]
        assert (run["info"]["run_name"], run["info"]["status"]) == (newer, "FINISHED")
        assert len(asked(url, "model-versions/search")["model_versions"]) == 2
    finally:
        server.kill()
        server.wait()
        assert server.stdout is not None
        server.stdout.close()


def asked(url: str, what: str, **words: Any) -> Any:
    return httpx.get(f"{url}/api/2.0/mlflow/{what}", params=words, timeout=PATIENCE_S).json()
