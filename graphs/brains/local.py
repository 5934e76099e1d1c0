"""A language model on this machine, behind the same API as one far away.

``xllamacpp`` is an optional extra. Its server listens on loopback alone and takes a port that
is free. One thread: more of them than there are idle cores make it many times slower.
"""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

from tools.domain.errors import BadInput, BadUsage
from tools.domain.identity import fresh_secret

CONTEXT_TOKENS = 8_192
GGUF = b"GGUF"


class LocalServer:
    """A model that is being served; ``close`` ends it.

    Args:
        path: A model in GGUF format.

    Raises:
        BadUsage: The extra is not installed.
        BadInput: There is no such model.
    """

    def __init__(self, path: Path) -> None:
        require_model(path)
        engine = _engine()
        self.key = fresh_secret()
        self.model = path.stem
        options = engine.CommonParams()
        options.model.path = str(path)
        options.n_ctx, options.n_parallel = CONTEXT_TOKENS, 1
        options.hostnames, options.port = ["127.0.0.1"], 0
        for threads in (options.cpuparams, options.cpuparams_batch):
            threads.n_threads, threads.poll = 1, 0
        options.api_keys = [self.key]
        options.model_alias = {self.model}
        options.ui, options.verbosity = False, 1
        self._server: Any = engine.Server(options)

    @property
    def base_url(self) -> str:
        """Where it answers as OpenAI would."""
        return f"{str(self._server.listening_address).rstrip('/')}/v1"

    def close(self) -> None:
        """End the server and free the model."""
        self._server = None


def _engine() -> Any:
    try:
        return importlib.import_module("xllamacpp")
    except ModuleNotFoundError:
        raise BadUsage(
            "KEEPER_BRAIN=local needs the extra 'local': pip install 'keeper-agent[local]'"
        ) from None


def require_model(path: Path) -> None:
    """Refuse what is no model.

    Raises:
        BadInput: The file cannot be read, or is something else.
    """
    try:
        with path.open("rb") as file:
            head = file.read(len(GGUF))
    except OSError as error:
        raise BadInput(f"expected a model at {path}: {error.strerror}") from error
    if head != GGUF:
        raise BadInput(f"expected a model in GGUF format at {path}, was something else")
