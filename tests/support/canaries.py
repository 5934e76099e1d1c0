"""Secrets that are nobody's, each easy to know again, and the search for them in all that was written."""

from __future__ import annotations

import gzip
from collections.abc import Mapping
from pathlib import Path

from keeper_agent.settings import SECRETS
from keeper_agent.spellings import spellings
from tests.support.bot_api import TOKEN

ODD = "Zq7/+ä&=%\"<'"  # what JSON, HTML, addresses and Base64 each write in another way
GZIP = b"\x1f\x8b"
OWN = {"telegram_bot_token": TOKEN, "keeper_heartbeat_url": "http://127.0.0.1:9/canary-Hb93kd81sQ"}
LETTERS = {"keeper_api_key", "keeper_api_secret"}  # the venue gives these
OF_HEADERS = {"openai_api_key", "anthropic_api_key"}  # which take ASCII alone


def canaries() -> dict[str, str]:
    """One for each secret among the settings, by its name, but those that the venue gives."""
    made = {}
    for name in sorted(SECRETS - LETTERS):
        odd = ODD.replace("ä", "") if name in OF_HEADERS else ODD
        made[name] = OWN.get(name, f"canary-{name}-{odd}-4f1c")
    return made


def leaks(folder: Path, secrets: Mapping[str, str], but: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """File, name of the secret and how it is spelled there, of every place below ``folder`` that holds one.

    Args:
        folder: Where is looked, in every file, packed ones unpacked.
        secrets: By name.
        but: Files that hold a secret by intent: the beginning of its name, by the name of the file.
    """
    looked_for = [
        (name, form.encode()) for name, secret in secrets.items() for form in sorted(spellings(secret))
    ]
    found = []
    for path in sorted(one for one in folder.rglob("*") if one.is_file()):
        held = contents(path)
        kept = but.get(path.name)
        found += [
            (str(path.relative_to(folder)), name, form.decode())
            for name, form in looked_for
            if form in held and not (kept is not None and name.startswith(kept))
        ]
    return found


def contents(path: Path) -> bytes:
    """The bytes of a file, and after them what they unpack to."""
    raw = path.read_bytes()
    return raw + gzip.decompress(raw) if raw.startswith(GZIP) else raw
