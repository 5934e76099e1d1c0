"""The wall around the tests holds: outside is refused, loopback and unix sockets work."""

import asyncio
import os
import socket
import subprocess
import sys
import textwrap
import urllib.request
from pathlib import Path

import pytest

from tests.support.network import OutsideConnectionError, Wall, is_loopback
from tests.support.sources import ROOT

OUTSIDE = "192.0.2.1"  # reserved for documentation, never assigned


@pytest.mark.parametrize("method", ["connect", "connect_ex"])
def test_connection_to_the_outside_is_refused(method: str, wall: Wall) -> None:
    with socket.socket() as client, pytest.raises(OutsideConnectionError, match=OUTSIDE):
        getattr(client, method)((OUTSIDE, 443))
    wall.refused.clear()


def test_datagram_to_the_outside_is_refused(wall: Wall) -> None:
    with socket.socket(type=socket.SOCK_DGRAM) as client, pytest.raises(OutsideConnectionError):
        client.sendto(b"", (OUTSIDE, 53))
    wall.refused.clear()


def test_libraries_above_sockets_are_refused(wall: Wall) -> None:
    with pytest.raises(OutsideConnectionError):
        urllib.request.urlopen("http://example.invalid")
    with pytest.raises(OutsideConnectionError):
        asyncio.run(asyncio.wait_for(asyncio.open_connection(OUTSIDE, 443), 5))
    wall.refused.clear()


def test_loopback_works() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        for host in ("127.0.0.1", "localhost"):
            with socket.create_connection((host, port), timeout=5):
                pass


@pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="no unix sockets here")
def test_unix_socket_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with socket.socket(socket.AF_UNIX) as server, socket.socket(socket.AF_UNIX) as client:
        server.bind("door")
        server.listen()
        client.connect("door")


@pytest.mark.parametrize(
    ("host", "is_ours"),
    [
        ("127.0.0.1", True),
        ("127.8.9.10", True),
        ("::1", True),
        ("::1%lo", True),
        ("::ffff:127.0.0.1", True),
        ("localhost", True),
        ("0.0.0.0", False),  # noqa: S104 (an address to refuse)
        ("10.0.0.1", False),
        ("::ffff:10.0.0.1", False),
        ("2001:db8::1", False),
        ("localhost.example.org", False),
    ],
)
def test_loopback_is_told_from_the_rest(host: str, is_ours: bool) -> None:
    assert is_loopback(host) is is_ours


def test_swallowed_attempt_still_fails_its_test(tmp_path: Path) -> None:
    planted = tmp_path / "test_planted.py"
    planted.write_text(
        textwrap.dedent(f"""
            import contextlib, socket
            from tests.support.network import _session_wall, wall

            def test_quiet_leak():
                with contextlib.suppress(Exception), socket.socket() as client:
                    client.connect(("{OUTSIDE}", 443))
        """)
    )
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", tmp_path, planted],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == pytest.ExitCode.TESTS_FAILED, run.stdout
    assert "tried to leave this machine" in run.stdout
    assert OUTSIDE in run.stdout


def test_every_test_has_a_home_of_its_own(own_home: Path) -> None:
    assert os.environ["KEEPER_HOME"] == str(own_home)
    assert not own_home.exists()
