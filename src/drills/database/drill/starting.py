"""Faults of a server that starts, stops or recovers, and of a standby."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager

from drills.database.drill.bench import Bench
from drills.database.drill.cluster import Cluster, until
from drills.database.drill.scenario import Scenarios

SCENARIOS = Scenarios()

_GERMAN = "C.UTF-8"


@SCENARIOS.take("starting-up", "a restore whose first file never comes")
def starting(bench: Bench) -> Iterator[str]:
    """The server waits for its log before it reads anything."""
    cluster = bench.standby
    with _restarted(cluster, "starting", "restore_command = 'sleep 30; false'\n"):
        yield bench.url(port=cluster.port)


@SCENARIOS.take("standby-not-ready", "a standby with `hot_standby = off`")
def not_hot(bench: Bench) -> Iterator[str]:
    """It follows, and takes nobody in."""
    with _restarted(bench.standby, "standby", "hot_standby = off\n"):
        yield bench.url(port=bench.standby.port)


@contextmanager
def _restarted(cluster: Cluster, status: str, lines: str) -> Iterator[None]:
    """A standby with settings with which it never becomes ready, as far as it comes."""
    cluster.stop()
    cluster.write("injected.conf", lines)
    try:
        cluster.start(wait=False)
        until(lambda: status in _status(cluster), f"the standby is never {status}")
        yield
    finally:
        cluster.kill()
        cluster.write("injected.conf", "")
        cluster.start()


def _status(cluster: Cluster) -> str:
    """What the server's first process writes about itself once it listens."""
    lines = cluster.folder / "postmaster.pid"
    return lines.read_text(encoding="utf-8") if lines.exists() else ""


@SCENARIOS.take("shutting-down", "SIGTERM, while a session is open")
def stopping(bench: Bench) -> Iterator[str]:
    """The server lets it finish, and takes nobody in."""
    with _stopping(bench):
        yield bench.url()


@SCENARIOS.take(
    "not-accepting", "SIGTERM, while a session is open, and the server speaks German", needs="translations"
)
def stopping_in_german(bench: Bench) -> Iterator[str]:
    """The code alone does not say what it does."""
    with bench.primary.settings(lc_messages=_GERMAN), _stopping(bench):
        yield bench.url()


@contextmanager
def _stopping(bench: Bench) -> Iterator[None]:
    with bench.session():
        bench.primary.signal(signal.SIGTERM)
        time.sleep(0.1)
        yield
    bench.primary.stop()
    bench.primary.start()
    bench.wait_for_replication()


@SCENARIOS.take("crash-recovery", "one process ended by SIGKILL, another kept from ending by SIGSTOP")
def crashed(bench: Bench) -> Iterator[str]:
    """The server waits for all to end before it begins anew."""
    with bench.session() as kept, bench.session() as killed:
        os.kill(kept.info.backend_pid, signal.SIGSTOP)
        os.kill(killed.info.backend_pid, signal.SIGKILL)
        time.sleep(0.1)
        try:
            yield bench.url()
        finally:
            os.kill(kept.info.backend_pid, signal.SIGCONT)
    bench.primary.wait_until_ready()
    bench.wait_for_replication()
