"""Faults of a server on which one can work, but not well."""

import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from drills.database.drill.bench import Bench, aged, altered
from drills.database.drill.cluster import programs
from drills.database.drill.scenario import Scenarios

SCENARIOS = Scenarios()


@SCENARIOS.take("", "a subscriber of the application's role follows the log")
def followed(bench: Bench) -> Iterator[str]:
    """It runs as long as it likes, and is no slow statement."""
    follow: list[str | Path] = [programs() / "pg_recvlogical", "-h", bench.primary.folder, "-U", "app"]
    follow += ["-p", str(bench.primary.port), "-d", "app", "-S", "drill", "--start", "-f", "/dev/null"]
    follow += ["-o", "proto_version=1", "-o", "publication_names=none"]
    rule = "local all app trust\nhost all app all scram-sha-256"
    with altered(bench, "ROLE app REPLICATION", "ROLE app NOREPLICATION"), bench.primary.rules([rule]):
        bench.primary.run("SELECT pg_create_logical_replication_slot('drill', 'pgoutput')")
        with subprocess.Popen(follow, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
            try:
                bench.wait("SELECT active FROM pg_replication_slots WHERE slot_name = 'drill'")
                aged()
                yield bench.url()
            finally:
                process.kill()
        bench.wait("SELECT NOT active FROM pg_replication_slots WHERE slot_name = 'drill'")
        bench.primary.run("SELECT pg_drop_replication_slot('drill')")


@SCENARIOS.take("lock-pile-up", "one transaction locks a table, three sessions want to read it")
def pile_up(bench: Bench) -> Iterator[str]:
    """Each waits behind the other."""
    with bench.session("BEGIN", "LOCK TABLE notes IN ACCESS EXCLUSIVE MODE"), ExitStack() as stack:
        for _ in range(3):
            stack.enter_context(bench.running("SELECT count(*) FROM notes"))
        aged()
        yield bench.url()


@SCENARIOS.take("prepared-transaction", "`PREPARE TRANSACTION`, and nobody finishes it")
def prepared(bench: Bench) -> Iterator[str]:
    """It survives its session."""
    with bench.session("BEGIN", "INSERT INTO notes VALUES (0, 'half')", "PREPARE TRANSACTION 'payment-17'"):
        pass
    try:
        aged()
        yield bench.url()
    finally:
        bench.primary.run("ROLLBACK PREPARED 'payment-17'")


@SCENARIOS.take("synchronous-standby-missing", "`synchronous_standby_names` asks for one that does not exist")
def synchronous(bench: Bench) -> Iterator[str]:
    """A commit waits for it."""
    with (
        bench.primary.settings(synchronous_standby_names="nobody"),
        bench.running("INSERT INTO notes VALUES (0, 'waits')"),
    ):
        aged()
        yield bench.url()


@SCENARIOS.take("pool-leak", "four sessions that began a transaction and left it")
def leak(bench: Bench) -> Iterator[str]:
    """Connections that were not given back."""
    with ExitStack() as stack:
        for _ in range(4):
            stack.enter_context(bench.session("BEGIN", "SELECT 1"))
        aged()
        yield bench.url()


@SCENARIOS.take("long-transaction", "one session that began a transaction and left it")
def forgotten(bench: Bench) -> Iterator[str]:
    """Somebody went to lunch."""
    with bench.session("BEGIN", "SELECT 1"):
        aged()
        yield bench.url()


@SCENARIOS.take("long-vacuum", "a vacuum slowed down by `vacuum_cost_delay`")
def vacuum(bench: Bench) -> Iterator[str]:
    """As autovacuum is by default."""
    bench.primary.run("UPDATE notes SET id = id + 1")
    slowed = "SET vacuum_cost_delay = 100", "SET vacuum_cost_limit = 1"
    with bench.running("VACUUM notes", *slowed):
        aged()
        yield bench.url()


@SCENARIOS.take("slow-query", "a statement that runs for a minute")
def slow(bench: Bench) -> Iterator[str]:
    """It holds nobody up."""
    with bench.running("SELECT pg_sleep(60)"):
        aged()
        yield bench.url()
