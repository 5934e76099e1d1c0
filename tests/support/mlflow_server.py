"""As much of MLflow's REST interface as is used, on loopback; it keeps what it is told, and fails as told."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import orjson

PREFIX = "/api/2.0/mlflow/"
Told = dict[str, Any]


@dataclass
class Mlflow:
    """What it was told.

    Attributes:
        broken: Call by what it answers instead: status and body.
        silent: Calls that are never answered.
        requests: Everything that was sent, headers included.
    """

    url: str = ""
    broken: dict[str, tuple[int, bytes]] = field(default_factory=dict)
    silent: threading.Event | None = None
    experiments: list[str] = field(default_factory=list)
    models: list[str] = field(default_factory=list)
    runs: list[Told] = field(default_factory=list)
    versions: list[Told] = field(default_factory=list)
    aliases: dict[str, str] = field(default_factory=dict)
    requests: list[str] = field(default_factory=list)

    def answer(self, what: str, words: Told) -> tuple[int, Told]:
        """Status and body of one call."""
        match what:
            case "experiments/get-by-name":
                name = words["experiment_name"]
                if name not in self.experiments:
                    return 404, {"error_code": "RESOURCE_DOES_NOT_EXIST"}
                return 200, {"experiment": {"experiment_id": str(self.experiments.index(name))}}
            case "experiments/create":
                self.experiments.append(words["name"])
                return 200, {"experiment_id": str(len(self.experiments) - 1)}
            case "runs/create":
                number = str(len(self.runs))
                self.runs.append({**words, "status": "RUNNING"})
                return 200, {
                    "run": {"info": {"run_id": number, "artifact_uri": f"mlflow-artifacts:/{number}"}}
                }
            case "runs/log-batch" | "runs/update":
                self.runs[int(words["run_id"])].update(words)
                return 200, {}
            case "registered-models/create":
                if words["name"] in self.models:
                    return 400, {"error_code": "RESOURCE_ALREADY_EXISTS"}
                self.models.append(words["name"])
                return 200, {"registered_model": words}
            case "registered-models/alias":
                self.aliases[words["alias"]] = words["version"]
                return 200, {}
            case "model-versions/create":
                self.versions.append({**words, "version": str(len(self.versions) + 1)})
                return 200, {"model_version": self.versions[-1]}
            case "model-versions/search":
                return 200, {"model_versions": self.versions} if self.versions else {}
        return 404, {"error_code": "ENDPOINT_NOT_FOUND"}


@contextmanager
def mlflow_standing_in() -> Iterator[Mlflow]:
    """It, on a free port."""
    told = Mlflow()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found = urlsplit(self.path)
            self._answer(found.path, {key: value[0] for key, value in parse_qs(found.query).items()}, "")

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self._answer(self.path, orjson.loads(body), body.decode())

        def _answer(self, path: str, words: Told, body: str) -> None:
            what = path.removeprefix(PREFIX)
            told.requests.append(f"{self.command} {path}\n{self.headers}\n{body}")
            if told.silent is not None:
                told.silent.wait(10)
            status, sent = told.broken.get(what) or (lambda s, b: (s, orjson.dumps(b)))(
                *told.answer(what, words)
            )
            self.send_response(status)
            self.send_header("Content-Length", str(len(sent)))
            self.end_headers()
            self.wfile.write(sent)

        def log_message(self, *words: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    told.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield told
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
