"""Where the passphrase of backups comes from: the environment, or the system's keyring."""

from __future__ import annotations

import keyring
from keyring.errors import KeyringError

from keeper_agent.settings import Settings
from keeper_agent.veil import hide
from memory.sealed import Secret
from tools.domain.errors import BadUsage

SERVICE = "keeper"


def secret_of(settings: Settings) -> Secret | None:
    """The passphrase in force, or None where backups stay readable.

    Raises:
        BadUsage: It is too short, set twice, or named in a keyring that has or tells none.
    """
    text, name = settings.keeper_key.get_secret_value(), settings.keeper_keyring
    if not name:
        return Secret(text) if text else None
    if text:
        raise BadUsage("KEEPER_KEY and KEEPER_KEYRING are both set: expected one of them")
    try:
        kept = keyring.get_password(SERVICE, name)
    except KeyringError as error:
        raise BadUsage(f"KEEPER_KEYRING: the keyring cannot be read: {type(error).__name__}") from None
    if kept is None:
        raise BadUsage(
            f"KEEPER_KEYRING: no {name!r} in the keyring; keyring set {SERVICE} {name} puts it there"
        )
    hide([kept])
    return Secret(kept)


def secret_before(settings: Settings) -> Secret | None:
    """The passphrase that ``KEEPER_KEY_BEFORE`` names, or None."""
    text = settings.keeper_key_before.get_secret_value()
    return Secret(text) if text else None
