"""The passphrase comes from the environment or the keyring, from one of them, and is never shown."""

from __future__ import annotations

from collections.abc import Iterator

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked

from keeper_agent.passphrase import secret_before, secret_of
from keeper_agent.settings import Settings
from keeper_agent.veil import veiled
from memory.sealed import Secret
from tools.domain.errors import BadUsage

KEPT = "kept in the ring 8c1e"


class Ring(KeyringBackend):
    """A keyring in memory."""

    priority = 1  # type: ignore[assignment]

    def __init__(self) -> None:
        super().__init__()
        self.kept = {("keeper", "backups"): KEPT, ("other", "backups"): "of another program"}
        self.is_locked = False

    def get_password(self, service: str, username: str) -> str | None:
        if self.is_locked:
            raise KeyringLocked("the collection is locked")
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        raise NotImplementedError


@pytest.fixture
def ring() -> Iterator[Ring]:
    before = keyring.get_keyring()
    ring = Ring()
    keyring.set_keyring(ring)
    yield ring
    keyring.set_keyring(before)


def settings(**given: str) -> Settings:
    return Settings(_env_file=None, **given)  # type: ignore[arg-type, call-arg]


def test_without_one_backups_stay_readable() -> None:
    assert secret_of(settings()) is None
    assert secret_before(settings()) is None


def test_it_comes_from_the_environment() -> None:
    assert secret_of(settings(keeper_key="correct horse battery")) == Secret("correct horse battery")
    assert secret_before(settings(keeper_key_before="an older horse")) == Secret("an older horse")


def test_it_comes_from_the_keyring_and_is_hidden_from_then_on(ring: Ring) -> None:
    assert secret_of(settings(keeper_keyring="backups")) == Secret(KEPT)
    assert KEPT not in veiled(f"it is {KEPT}")


def test_two_of_them_are_refused(ring: Ring) -> None:
    with pytest.raises(BadUsage, match="both set"):
        secret_of(settings(keeper_key="correct horse battery", keeper_keyring="backups"))


def test_a_keyring_without_it_is_named(ring: Ring) -> None:
    with pytest.raises(BadUsage, match="keyring set keeper nobody"):
        secret_of(settings(keeper_keyring="nobody"))


def test_a_keyring_that_is_locked_is_named(ring: Ring) -> None:
    ring.is_locked = True
    with pytest.raises(BadUsage, match="cannot be read: KeyringLocked"):
        secret_of(settings(keeper_keyring="backups"))


def test_settings_in_a_backup_hold_no_secret() -> None:
    whole = settings(
        keeper_key="correct horse battery",
        keeper_api_secret="planted-api-secret",  # noqa: S106
        openai_base_url="https://user:planted-password@example.test/v1",
        keeper_live_confirm="I trade with real money and may lose it",
    ).without_secrets()
    text = repr(whole)
    assert whole["openai_base_url"] == "https://example.test/v1"
    assert whole["keeper_seed"] == 7
    for secret in ("correct horse", "planted", "real money"):
        assert secret not in text
