"""Backup and restore as a user has them, beside a running agent; files and secrets are the owner's alone."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

import keeper_agent.commands.doctor
from keeper_agent.heart import HEART_FILE
from keeper_agent.settings import load_settings
from memory.connection import DATABASE
from tests.support.commands import Here, Spoken, keeper, spoken
from tests.support.tapes import write_market

KEY, OTHER_KEY = "correct horse battery staple", "another horse altogether"
SECRETS = {
    "KEEPER_API_KEY": "planted-api-key-5f1d",
    "KEEPER_API_SECRET": "planted-api-secret-7a2c",
    "OPENAI_API_KEY": "planted-openai-key-93be",
    "ANTHROPIC_API_KEY": "planted-anthropic-key-0d4f",
    "KEEPER_KEY": 'planted "passphrase" \\ 41ce',
    "KEEPER_KEY_BEFORE": "planted-passphrase-before-88aa",
}


@pytest.fixture(scope="module")
def tapes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tapes")
    write_market(folder, seconds=60)
    return folder


@pytest.fixture(scope="module")
def lived(tapes: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home after one run; it is not to be changed."""
    home = tmp_path_factory.mktemp("lived") / "home"
    words = ("run", "--tape", tapes, "--speed", "10000", "--json")
    said = keeper(*words, home=home)
    assert said.code == 0, said.err
    return home


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Here:
    monkeypatch.chdir(tmp_path)
    return Here(monkeypatch, capsys)


def decisions(here: Here, home: Path) -> list[str]:
    with sqlite3.connect(f"file:{home / DATABASE}?mode=ro", uri=True) as reader:
        return [one for (one,) in reader.execute("SELECT decision_id FROM decision ORDER BY rowid")]


@pytest.mark.parametrize("key", ["", KEY])
def test_a_restored_home_verifies_and_explains_byte_for_byte(
    here: Here, lived: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    monkeypatch.setenv("KEEPER_KEY", key)
    file, home = tmp_path / "one.backup", tmp_path / "restored"
    said = here("backup", "--to", file, "--home", lived, "--json")
    assert said.code == 0, said.err
    assert said.json["sealed"] is bool(key)
    back = here("restore", file, "--home", home, "--json")
    assert back.code == 0, back.err
    assert back.json["whole"] is True
    assert back.json["audit_chain"] == said.json["audit_chain"]
    assert here("memory", "verify", "--home", home, "--json").json["library"] == "checked"
    found = decisions(here, lived)
    assert len(found) > 5
    looked_at = (found[0], found[len(found) // 2], found[-1])
    for decision in looked_at[: 1 if key else None]:  # sealed or not, the tables are the same
        for form in ("text", "json"):
            there = here("explain", decision, "--format", form, "--home", lived)
            again = here("explain", decision, "--format", form, "--home", home)
            assert (there.code, again.code) == (0, 0), again.err
            assert again.out == there.out


def test_every_mistake_is_one_line_with_its_exit_code(
    here: Here, lived: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, home = tmp_path / "one.backup", tmp_path / "restored"
    monkeypatch.setenv("KEEPER_KEY", KEY)
    assert here("backup", "--to", file, "--home", lived).code == 0
    here("backup", "--to", file, "--home", lived).fails_in_one_line(2, "one.backup exists")
    here("backup", "--home", tmp_path / "nobody").fails_in_one_line(6, "nothing is remembered")
    here("restore", tmp_path / "no.backup").fails_in_one_line(3, "no such file")
    here("restore", tmp_path, "--home", home).fails_in_one_line(3, "no such file")
    cut = tmp_path / "cut.backup"
    cut.write_bytes(file.read_bytes()[:-100])
    here("restore", cut, "--home", home).fails_in_one_line(3, "cut.backup")
    (tmp_path / "notes").write_text("no backup at all")
    here("restore", tmp_path / "notes", "--home", home).fails_in_one_line(3, "notes")
    monkeypatch.setenv("KEEPER_KEY", OTHER_KEY)
    said = here("restore", file, "--home", home)
    said.fails_in_one_line(2, "another key")
    assert KEY not in said.err + said.out
    assert OTHER_KEY not in said.err + said.out
    monkeypatch.setenv("KEEPER_KEY", "")
    here("restore", file, "--home", home).fails_in_one_line(2, "set KEEPER_KEY")
    here("rekey", file, "--home", home).fails_in_one_line(2, "KEEPER_KEY")
    monkeypatch.setenv("KEEPER_KEY", "short")
    here("backup", "--home", lived).fails_in_one_line(2, "at least 12 characters")
    assert not (home / DATABASE).exists()


def test_a_key_is_changed_by_rekey(
    here: Here, lived: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain, sealed = tmp_path / "plain.backup", tmp_path / "sealed.backup"
    monkeypatch.setenv("KEEPER_KEY", "")
    assert here("backup", "--to", plain, "--home", lived).code == 0
    monkeypatch.setenv("KEEPER_KEY", KEY)
    assert here("backup", "--to", sealed, "--home", lived).code == 0
    monkeypatch.setenv("KEEPER_KEY", OTHER_KEY)
    here("rekey", sealed, "--home", lived).fails_in_one_line(2, "sealed")
    monkeypatch.setenv("KEEPER_KEY_BEFORE", KEY)
    said = here("rekey", plain, sealed, "--home", lived, "--json")
    assert list(said.json["backups"].values()) == ["was plain, is sealed", "sealed anew"]
    monkeypatch.setenv("KEEPER_KEY_BEFORE", "")
    for number, file in enumerate((plain, sealed)):
        assert here("restore", file, "--home", tmp_path / str(number)).code == 0
    monkeypatch.setenv("KEEPER_KEY", KEY)
    here("restore", sealed, "--home", tmp_path / "x").fails_in_one_line(2, "another key")


@contextmanager
def running(tapes: Path, home: Path) -> Iterator[Spoken]:
    """An agent in the middle of a tape, four minutes long."""
    with spoken("run", "--tape", tapes, "--speed", "0.25", "--json", home=home) as process:
        process.await_that((home / HEART_FILE).exists)
        yield process


def test_a_running_agent_is_backed_up_but_not_restored_over(here: Here, tapes: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    with running(tapes, home) as process:
        said = here("backup", "--json", "--home", home)
        assert said.code == 0, said.err
        file = Path(said.json["backup"])
        refused = here("restore", file, "--force", "--home", home)
        refused.fails_in_one_line(5, f"process {process.pid} (keeper run)")
        assert process.poll() is None, "the agent fell over its backup"
        process.send_signal(signal.SIGINT)
        process.end()
    there = said.json["counts"]
    back = here("restore", file, "--force", "--home", home, "--json")
    assert back.code == 0, back.err
    assert back.json["counts"] == {name: there[name] for name in back.json["counts"]}
    assert Path(back.json["before"]).is_dir()


def test_whatever_the_umask_a_home_is_its_owners_alone_and_no_secret_is_in_it(
    here: Here, tapes: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home, said = tmp_path / "home", []
    brain = {
        "KEEPER_BRAIN": "openai",
        "OPENAI_BASE_URL": "http://127.0.0.1:9/v1",
        "KEEPER_LOG_LEVEL": "debug",
    }
    for name, value in (SECRETS | brain | {"KEEPER_HOME": str(home)}).items():
        monkeypatch.setenv(name, value)
    before = os.umask(0)
    try:
        tape = ("--tape", tapes, "--speed", "10000", "--json")
        first = (("run", *tape), ("reflect",), ("memory", "freeze", "now"), ("backup",), ("doctor",))
        for words in first:
            said += [here(*words)]
            assert [path for path in [home, *home.rglob("*")] if path.stat().st_mode & 0o077] == [], words
        (file,) = (home / "backups").glob("*.backup")
        said.append(here("restore", file, "--force"))
        said.append(here("strategies", "export", tmp_path / "out.json"))
        assert os.umask(0) == 0, "a command changed the umask of whoever called it"
    finally:
        os.umask(before)
    assert [one.code for one in said] == [0] * 7, [one.err for one in said]
    loose = [path for path in [home, *home.rglob("*")] if path.stat().st_mode & 0o077]
    assert loose == []
    kinds = {path.relative_to(home).parts[0] for path in home.rglob("*")}
    assert kinds >= {"logs", "reports", "backups", "snapshots", "patterns", "before-restore", DATABASE}
    planted = [value.encode() for value in SECRETS.values()]
    for path in (path for path in tmp_path.rglob("*") if path.is_file()):
        assert [secret for secret in planted if secret in path.read_bytes()] == [], path
    for one in said:
        assert [name for name, value in SECRETS.items() if value in one.out + one.err] == []


def test_a_home_that_was_open_to_others_is_closed_and_what_is_not_keepers_is_left_alone(
    here: Here, lived: Path, tmp_path: Path
) -> None:
    home = Path(shutil.copytree(lived, tmp_path / "home"))
    (home / "photos").mkdir(mode=0o755)
    (home / "photos").chmod(0o755)
    (tmp_path / "elsewhere").write_text("not ours")
    (tmp_path / "elsewhere").chmod(0o644)
    (home / "logs" / "link").symlink_to(tmp_path / "elsewhere")
    (home / "logs" / "keeper.log").chmod(0o644)
    (home / "reports").chmod(0o755)
    assert here("memory", "rebuild", "--home", home).code == 0
    assert (home / "logs" / "keeper.log").stat().st_mode & 0o777 == 0o600
    assert (home / "reports").stat().st_mode & 0o777 == 0o700
    assert (home / "photos").stat().st_mode & 0o777 == 0o755
    assert (tmp_path / "elsewhere").stat().st_mode & 0o777 == 0o644


def test_a_secret_in_an_unforeseen_error_reaches_neither_terminal_nor_log(
    here: Here, own_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)

    def burst(**_: object) -> None:
        load_settings()
        raise ZeroDivisionError(f"Authorization: Bearer {' '.join(SECRETS.values())}")

    monkeypatch.setattr(keeper_agent.commands.doctor, "examine", burst)
    said = here("doctor")
    said.fails_in_one_line(70, "Authorization: Bearer [hidden]")
    log = (own_home / "logs" / "keeper.log").read_text()
    assert "in burst" in log
    assert "Bearer [hidden]" in log
    for value in SECRETS.values():
        assert value not in said.err + log
        assert value.replace("\\", "\\\\").replace('"', '\\"') not in log
