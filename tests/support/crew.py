"""Workers for a whole run, forked from one process that has imported and collected everything: ``--crew N``.

pytest-xdist starts an interpreter a worker, which imports and collects all of it once more; with thousands of
tests and a package as heavy as this one that was an eighth of the run. Here each worker takes the next module
as it becomes free, and what it reports is told by the first process as if the test had run there: ``-x``,
``--maxfail``, ``--lf`` and ``--junitxml`` work as ever. Coverage needs xdist's workers.
"""

from __future__ import annotations

import os
import select
import signal
import struct
import time
import traceback
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby
from tempfile import TemporaryFile
from typing import Any, NoReturn

import orjson
import pytest
from _pytest.capture import FDCapture

PATIENCE_S = 20.0  # for workers that are asked to end
NUMBER = struct.Struct("<I")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Ask for the number of workers; with none the tests run in this process."""
    parser.addoption(
        "--crew", type=int, default=0, metavar="N", help="share the tests among N forked workers"
    )


def pytest_configure(config: pytest.Config) -> None:
    """Make known what keeps files together."""
    config.addinivalue_line("markers", "crew_unit(name): one worker runs all that follow each other with it")


def pytest_addhooks(pluginmanager: pytest.PytestPluginManager) -> None:
    """Tell a conftest when workers are forked."""
    pluginmanager.add_hookspecs(Hooks)


class Hooks:
    """What a conftest may do as the workers are forked."""

    @staticmethod
    def pytest_crew_worker(config: pytest.Config, number: int) -> None:
        """In worker ``number``, from 0, before its first test."""

    @staticmethod
    def pytest_crew_forked(config: pytest.Config) -> None:
        """In the first process, once all are forked."""


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> bool | None:
    """Run what was collected in forked workers.

    Raises:
        Interrupted: Something asked the session to stop.
        Failed: As many tests have failed as were to be waited for.
    """
    count = min(session.config.getoption("crew"), len(session.items))
    if not count or session.config.getoption("collectonly"):
        return None
    if session.testsfailed and not session.config.getoption("continue_on_collection_errors"):
        raise session.Interrupted(f"{session.testsfailed} errors while collecting")
    Crew(session).run(count)
    return True


@dataclass(slots=True)
class Worker:
    """One forked process, as the first sees it: where it reports, and the test that it is at."""

    pid: int
    reports: int
    heard: bytes = b""
    at: tuple[str, Any] | None = None


@dataclass(slots=True)
class Crew:
    """The workers of one run, and what none of them has taken yet: numbers of modules, in a pipe."""

    session: pytest.Session
    waiting: int = -1
    workers: list[Worker] = field(default_factory=list)
    told: set[str] = field(default_factory=set)

    def run(self, count: int) -> None:
        """Fork ``count`` workers, pass on what they report, and leave nobody behind."""
        terminal = self.session.config.pluginmanager.getplugin("terminalreporter")
        if terminal is not None and terminal.verbosity <= 0:
            terminal.showfspath = False  # several files are at work at once
        folders_of(self.session.config)  # made and tidied up by this process
        modules = [list(items) for _, items in groupby(self.session.items, unit_of)]
        self.waiting = filled(len(modules))
        try:
            for number in range(count):
                self._fork(number, modules)
            self.session.config.hook.pytest_crew_forked(config=self.session.config)
            while heard := {worker.reports: worker for worker in self.workers if worker.reports >= 0}:
                ready, _, _ = select.select(list(heard), [], [])
                for descriptor in ready:
                    self._hear(heard[descriptor])
                self._heed()
        finally:
            self._dismiss()
        for item in self.session.items:
            if item.nodeid not in self.told:
                self._mourn((item.nodeid, item.location), "it was never run: its worker ended before")

    def _fork(self, number: int, modules: list[list[pytest.Item]]) -> None:
        reports, told = os.pipe()
        pid = os.fork()
        if pid == 0:
            for descriptor in (reports, *(worker.reports for worker in self.workers)):
                os.close(descriptor)
            work(self.session, number, map(modules.__getitem__, taken(self.waiting)), told)
        os.close(told)
        self.workers.append(Worker(pid, reports))

    def _hear(self, worker: Worker) -> None:
        read = os.read(worker.reports, 1 << 20)
        *lines, worker.heard = (worker.heard + read).split(b"\n")
        for line in lines:
            self._tell(worker, orjson.loads(line))
            self._heed()  # at once: another worker may have failed, too, by the time all are heard
        if not read:
            os.close(worker.reports)
            worker.reports = -1
            _, status = os.waitpid(worker.pid, 0)
            code = os.waitstatus_to_exitcode(status)
            if worker.at is not None:
                self._mourn(worker.at, f"the process that ran this test ended with code {code}")
            elif code:
                raise pytest.UsageError(f"a worker of the tests ended with code {code} beside its tests")

    def _tell(self, worker: Worker, said: dict[str, Any]) -> None:
        hook = self.session.config.hook
        if "report" in said:
            told = said["report"]
            if isinstance(told["longrepr"], list):
                told["longrepr"] = tuple(told["longrepr"])  # why a test was skipped: JSON knows no tuples
            report = hook.pytest_report_from_serializable(config=self.session.config, data=told)
            hook.pytest_runtest_logreport(report=report)
        elif "begins" in said:
            worker.at = (said["begins"], said["location"])
            hook.pytest_runtest_logstart(nodeid=said["begins"], location=said["location"])
        elif "ends" in said:
            worker.at = None
            self.told.add(said["ends"])
            hook.pytest_runtest_logfinish(nodeid=said["ends"], location=said["location"])
        else:
            raise pytest.UsageError(said["broken"])

    def _mourn(self, test: tuple[str, Any], why: str) -> None:
        nodeid, location = test
        report = pytest.TestReport(nodeid, location, {}, "failed", why, "call")
        self.session.config.hook.pytest_runtest_logreport(report=report)
        self.told.add(nodeid)

    def _heed(self) -> None:
        if self.session.shouldfail:
            raise self.session.Failed(self.session.shouldfail)
        if self.session.shouldstop:
            raise self.session.Interrupted(self.session.shouldstop)

    def _dismiss(self) -> None:
        """End those who still work: nobody waits for them."""
        for worker in self.workers:
            if worker.reports >= 0:
                os.kill(worker.pid, signal.SIGINT)
        until = time.monotonic() + PATIENCE_S
        for worker in self.workers:
            if worker.reports >= 0:
                while os.waitpid(worker.pid, os.WNOHANG) == (0, 0):
                    if time.monotonic() > until:
                        os.kill(worker.pid, signal.SIGKILL)
                    time.sleep(0.05)
                os.close(worker.reports)
        os.close(self.waiting)


def unit_of(item: pytest.Item) -> str:
    """What one worker runs whole: a file, whose fixtures are made once, or the files of a ``crew_unit``."""
    mark = item.get_closest_marker("crew_unit")
    return str(mark.args[0]) if mark else item.nodeid.partition("::")[0]


def filled(count: int) -> int:
    """A pipe to read from that holds the numbers below ``count`` and will not hold more."""
    waiting, numbers = os.pipe()
    os.set_blocking(numbers, False)
    rows = b"".join(NUMBER.pack(number) for number in range(count))
    assert os.write(numbers, rows) == len(rows), f"a pipe does not hold {count} numbers"
    os.close(numbers)
    return waiting


def taken(waiting: int) -> Iterator[int]:
    """The numbers that this process gets; a read of so few bytes is never torn between two."""
    while number := os.read(waiting, NUMBER.size):
        yield NUMBER.unpack(number)[0]


def work(session: pytest.Session, number: int, modules: Iterator[list[pytest.Item]], told: int) -> NoReturn:
    """Be a worker: run module after module until there are no more, and report."""
    code = 1
    try:
        config = session.config
        config.pluginmanager.unregister(name="terminalreporter")
        capture_apart(config)
        work_apart(config, number)
        config.pluginmanager.register(Reporter(config, told))
        config.hook.pytest_crew_worker(config=config, number=number)
        items = (item for module in modules for item in module)
        for item, following in with_next(items):
            config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        code = 0
    except KeyboardInterrupt:
        code = 130
    except BaseException:  # noqa: BLE001 (nobody is above it; the first process has to hear of it)
        said = orjson.dumps({"broken": traceback.format_exc()})
        os.write(told, said + b"\n")
    finally:
        os._exit(code)


def capture_apart(config: pytest.Config) -> None:
    """Let what tests print go to files of this worker alone; by the fork it shares those it had."""
    capturing = config.pluginmanager.getplugin("capturemanager")._global_capturing
    for stream in (capturing.out, capturing.err):
        if isinstance(stream, FDCapture):
            with TemporaryFile() as own:
                os.dup2(own.fileno(), stream.tmpfile.fileno())


def work_apart(config: pytest.Config, number: int) -> None:
    """Let the folders of tests lie in one of this worker, below the run's own."""
    factory = folders_of(config)
    own = factory.getbasetemp() / f"worker-{number}"
    own.mkdir(0o700)
    factory._basetemp = own


def folders_of(config: pytest.Config) -> pytest.TempPathFactory:
    """What makes the folders of tests; the run's own is there afterwards."""
    factory: pytest.TempPathFactory = config._tmp_path_factory  # type: ignore[attr-defined]
    factory.getbasetemp()
    return factory


def with_next(items: Iterator[pytest.Item]) -> Iterator[tuple[pytest.Item, pytest.Item | None]]:
    """Each with the one that follows it, None after the last: pytest keeps the fixtures that both need."""
    before: pytest.Item | None = None
    for item in items:
        if before is not None:
            yield before, item
        before = item
    if before is not None:
        yield before, None


@dataclass(slots=True, eq=False)
class Reporter:
    """Writes what pytest tells in a worker to the first process."""

    config: pytest.Config
    told: int

    def pytest_runtest_logstart(self, nodeid: str, location: Any) -> None:
        """A test begins."""
        self._say({"begins": nodeid, "location": location})

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """One of its three parts has ended."""
        told = self.config.hook.pytest_report_to_serializable(config=self.config, report=report)
        self._say({"report": told})

    def pytest_runtest_logfinish(self, nodeid: str, location: Any) -> None:
        """It is over."""
        self._say({"ends": nodeid, "location": location})

    def _say(self, words: dict[str, Any]) -> None:
        rest = orjson.dumps(words, default=str) + b"\n"
        while rest:
            rest = rest[os.write(self.told, rest) :]
