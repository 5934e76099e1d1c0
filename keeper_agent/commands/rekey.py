"""``keeper rekey``: backups sealed with another passphrase, without their plain text touching the disk."""

from __future__ import annotations

from pathlib import Path

from rich.markup import escape

from keeper_agent.console import OUT, print_json
from keeper_agent.passphrase import secret_before, secret_of
from keeper_agent.settings import load_settings
from memory.backup import BACKUPS, ENDING
from memory.resealing import reseal_backup
from tools.domain.errors import BadUsage, NotInRecord


def reseal(*, files: list[Path], home: Path | None, as_json: bool) -> None:
    """Seal ``files``, by default every backup of the home, with the key in force."""
    settings = load_settings(keeper_home=home)
    secret, before = secret_of(settings), secret_before(settings)
    if secret is None:
        raise BadUsage("keeper rekey seals with KEEPER_KEY or KEEPER_KEYRING: expected one of them to be set")
    paths = files or sorted((settings.keeper_home / BACKUPS).glob(f"*{ENDING}"))
    if not paths:
        raise NotInRecord(f"there are no backups in {settings.keeper_home / BACKUPS}")
    done = {str(path): reseal_backup(path, before, secret) for path in paths}
    if as_json:
        print_json({"backups": done})
    else:
        for name, state in done.items():
            OUT.print(f"{escape(name)}: {state}", soft_wrap=True)
