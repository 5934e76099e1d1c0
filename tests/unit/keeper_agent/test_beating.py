"""The heart speaks while the loop comes round and is silent when it does not: over real sockets and files."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from stat import S_IMODE

import pytest

from keeper_agent import beating as module
from keeper_agent.beating import STALL_S, Heart, beating
from keeper_agent.heart import BEATING, ENDED, HEART_FILE, heartbeat_age_s, read_heartbeat, write_heartbeat
from keeper_agent.pulse import Pulse
from keeper_agent.service_manager import ServiceManager
from keeper_agent.settings import load_settings
from tests.support.commands import Here
from tools.domain.clock import NS, SystemClock
from tools.domain.errors import BadUsage


class Hand:
    """A clock and a stopwatch that a test moves."""

    def __init__(self) -> None:
        self.ns = 1_000 * NS

    def now(self) -> int:
        return 1_800_000_000 * NS + self.ns

    def elapsed(self) -> int:
        return self.ns

    def move(self, seconds: float) -> None:
        self.ns += round(seconds * NS)


@contextmanager
def manager_socket(tmp_path: Path) -> Iterator[tuple[str, Callable[[], list[str]]]]:
    """A socket as systemd's, and what was heard on it."""
    place = str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(place)
        listening.settimeout(0.05)

        def heard() -> list[str]:
            found: list[str] = []
            while True:
                try:
                    found.append(listening.recv(4_096).decode())
                except TimeoutError:
                    return found

        yield place, heard


def a_heart(home: Path, hand: Hand, address: str = "", url: str = "") -> tuple[Heart, Pulse]:
    pulse = Pulse(hand, hand)
    return Heart(home, hand, pulse, ServiceManager(address, 30.0), url), pulse


def test_the_manager_hears_ready_once_and_the_watchdog_only_while_the_loop_comes_round(
    tmp_path: Path,
) -> None:
    hand = Hand()
    with manager_socket(tmp_path) as (place, heard):
        heart, pulse = a_heart(tmp_path, hand, place)
        assert not heart.beat(), "nothing has come round yet"
        assert heard() == []
        pulse.beat()
        assert heart.beat()
        assert heard() == ["READY=1\nWATCHDOG=1"]
        hand.move(STALL_S - 1)
        assert heart.beat()
        assert heard() == ["WATCHDOG=1"]
        hand.move(2)
        assert not heart.beat(), "the loop hangs"
        assert heard() == []
        pulse.beat()
        assert heart.beat()
        assert heard() == ["WATCHDOG=1"]
        heart.stop()
        assert heard() == ["STOPPING=1"]


def test_the_file_ages_while_the_loop_hangs_and_tells_an_end_in_order(tmp_path: Path) -> None:
    hand = Hand()
    heart, pulse = a_heart(tmp_path, hand)
    pulse.beat()
    heart.beat()
    assert S_IMODE((tmp_path / HEART_FILE).stat().st_mode) == 0o600
    hand.move(STALL_S + 5)
    heart.beat()
    assert heartbeat_age_s(tmp_path, hand) == STALL_S + 5
    found = read_heartbeat(tmp_path)
    assert found is not None
    assert (found.pid, found.state) == (os.getpid(), BEATING)
    heart.stop()
    found = read_heartbeat(tmp_path)
    assert found is not None
    assert found.state == ENDED


def test_an_agent_that_never_traded_leaves_no_heartbeat(tmp_path: Path) -> None:
    heart, _ = a_heart(tmp_path, Hand())
    heart.stop()
    assert read_heartbeat(tmp_path) is None


def test_a_step_of_the_clock_is_no_stall(tmp_path: Path) -> None:
    wall, watch = Hand(), Hand()
    pulse = Pulse(wall, watch)
    pulse.beat()
    wall.move(86_400)
    assert pulse.silence_s() == 0


def test_an_abstract_address_is_spoken_to(tmp_path: Path) -> None:
    name = f"keeper-test-{os.getpid()}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind("\0" + name)
        assert ServiceManager("@" + name).tell("READY=1")
        assert listening.recv(100) == b"READY=1"


def test_nobody_to_hear_is_no_failure(tmp_path: Path) -> None:
    assert not ServiceManager().tell("READY=1")
    assert not ServiceManager(str(tmp_path / "nobody")).tell("READY=1")


def test_a_manager_that_does_not_read_holds_nobody_up(tmp_path: Path) -> None:
    with manager_socket(tmp_path) as (place, heard):
        told = [ServiceManager(place).tell("WATCHDOG=1") for _ in range(2_000)]
        assert told[0] is True
        assert told[-1] is False
        assert len(heard()) == sum(told)


@pytest.mark.parametrize(("whose", "watchdog_s"), [("nobody's", 45.0), ("ours", 45.0), ("another's", None)])
def test_a_watchdog_for_another_process_is_not_ours(
    monkeypatch: pytest.MonkeyPatch, whose: str, watchdog_s: float | None
) -> None:
    pid = {"nobody's": "", "ours": str(os.getpid()), "another's": str(os.getpid() + 1)}[whose]
    for name, value in (("NOTIFY_SOCKET", "@x"), ("WATCHDOG_USEC", "45000000"), ("WATCHDOG_PID", pid)):
        monkeypatch.setenv(name, value)
    assert ServiceManager.of_environment() == ServiceManager("@x", watchdog_s)


def test_the_threads_beat_call_and_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    called = threading.Event()

    class Answering(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            called.set()
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Quiet."""

    monkeypatch.setattr(module, "BEAT_S", 0.01)
    monkeypatch.setattr(module, "CALL_S", 0.01)
    clock, hand = SystemClock(), Hand()
    pulse = Pulse(clock, hand)
    pulse.beat()
    with HTTPServer(("127.0.0.1", 0), Answering) as server:
        serving = threading.Thread(target=server.serve_forever)
        serving.start()
        try:
            with beating(tmp_path, clock, pulse, f"http://127.0.0.1:{server.server_port}/secret-path"):
                assert called.wait(90)
                deadline = threading.Event()
                while read_heartbeat(tmp_path) is None:
                    deadline.wait(0.01)
            called.clear()
            hand.move(STALL_S + 1)
            with beating(tmp_path, clock, pulse, f"http://127.0.0.1:{server.server_port}/"):
                assert not called.wait(0.3), "it spoke for a loop that hangs"
        finally:
            server.shutdown()
            serving.join()
    names = {thread.name for thread in threading.enumerate()}
    assert not names & {"keeper-heart", "keeper-dead-man"}


def test_an_address_that_answers_nonsense_ends_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "CALL_S", 0.01)
    pulse = Pulse(SystemClock(), Hand())
    pulse.beat()
    with (
        socket.create_server(("127.0.0.1", 0)) as nonsense,
        beating(tmp_path, SystemClock(), pulse, f"http://127.0.0.1:{nonsense.getsockname()[1]}/"),
    ):
        nonsense.settimeout(90)
        for _ in range(2):  # it comes again after the first
            peer, _address = nonsense.accept()
            peer.sendall(b"\x00\xff nonsense\r\n\r\n")
            peer.close()


@pytest.mark.parametrize(
    "url", ["ftp://example.org", "file:///etc/passwd", "example.org", "http:///x", "https:// x"]
)
def test_an_address_that_is_none_is_refused_and_not_repeated(url: str) -> None:
    with pytest.raises(BadUsage, match="KEEPER_HEARTBEAT_URL") as refused:
        load_settings(keeper_heartbeat_url=url)
    assert url not in str(refused.value)


def test_the_check_tells_alive_from_dead_by_its_exit_code(
    own_home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    here = Here(monkeypatch, capsys)
    here("heartbeat", "check").fails_in_one_line(10, "no heartbeat in")
    own_home.mkdir()
    write_heartbeat(own_home, SystemClock())
    assert here("heartbeat", "check").code == 0
    told = here("heartbeat", "check", "--older", "5", "--json")
    assert (told.code, told.json["is_alive"], told.json["heartbeat"]["pid"]) == (0, True, os.getpid())
    past, ahead = Hand(), Hand()
    past.ns = SystemClock().now() - 1_800_000_000 * NS - 100 * NS
    write_heartbeat(own_home, past)
    here("heartbeat", "check", "--older", "60").fails_in_one_line(10, "is 100 s old, more than 60")
    assert here("heartbeat", "check", "--older", "200").code == 0
    ahead.ns = past.ns + 1_000 * NS
    write_heartbeat(own_home, ahead)
    here("heartbeat", "check").fails_in_one_line(10, "ahead of this clock")
    write_heartbeat(own_home, SystemClock(), ENDED)
    here("heartbeat", "check").fails_in_one_line(10, "ended in order")
    (own_home / HEART_FILE).write_text("{}")
    here("heartbeat", "check").fails_in_one_line(10, "no heartbeat in")
    assert here("heartbeat", "check", "--older", "1").code == 2
