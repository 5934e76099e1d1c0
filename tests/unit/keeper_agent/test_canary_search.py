"""The search for secrets in what was written finds each one, however it is spelled or packed."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from keeper_agent.spellings import spellings
from tests.support.canaries import canaries, leaks


@pytest.mark.parametrize("is_packed", [False, True])
def test_a_planted_secret_is_found_however_it_is_spelled(tmp_path: Path, is_packed: bool) -> None:
    secrets = canaries()
    planted = [(name, form) for name, secret in secrets.items() for form in spellings(secret)]
    for at, (_, form) in enumerate(planted):
        raw = f"before {form} after".encode()
        (tmp_path / f"{at:03d}.bin").write_bytes(gzip.compress(raw) if is_packed else raw)
    found = {(path, name) for path, name, _ in leaks(tmp_path, secrets, {})}
    assert {(f"{at:03d}.bin", name) for at, (name, _) in enumerate(planted)} <= found
    assert len(planted) >= 10 * len(secrets)
    assert leaks(tmp_path, {"other": "nowhere-to-be-found"}, {}) == []
