"""The two locks agree with each other and with what pyproject.toml asks for."""

import re
import tomllib

import pytest

from tests.support.sources import ROOT

PIN = re.compile(r"^([a-z0-9._-]+)==(\S+)", re.MULTILINE)


def pins(lock: str) -> dict[str, str]:
    """Package to version, as one lock file has them."""
    return dict(PIN.findall((ROOT / lock).read_text("utf-8")))


def wanted(*extras: str) -> set[str]:
    """The packages pyproject.toml names."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    optional = project["optional-dependencies"]
    lines = [*project["dependencies"], *(line for extra in extras for line in optional[extra])]
    return {re.split(r"[ \[<>=!~;]", line)[0].lower() for line in lines}


@pytest.mark.parametrize(
    ("lock", "extras"), [("requirements.lock", ["build"]), ("requirements-dev.lock", ["build", "dev"])]
)
def test_lock_holds_all_that_is_wanted(lock: str, extras: list[str]) -> None:
    assert wanted(*extras) - set(pins(lock)) == set()


def test_development_adds_to_the_runtime_and_changes_nothing() -> None:
    runtime, development = pins("requirements.lock"), pins("requirements-dev.lock")
    assert runtime.items() <= development.items()


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_every_pin_has_a_hash(lock: str) -> None:
    text = (ROOT / lock).read_text("utf-8")
    entries = [entry for entry in re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE) if PIN.match(entry)]
    assert len(entries) == len(pins(lock))
    assert [entry.split()[0] for entry in entries if "--hash=sha256:" not in entry] == []
