"""Faults of a server that one can sign in to, from what was seen of it."""

from collections.abc import Iterator, Sequence

from drills.database.fault import FAULTS, Finding
from drills.database.look import Seen, Server, Session
from drills.database.target import Target
from drills.database.wire import Refusal

_LEAK = 3  # sessions idle in a transaction: one may be forgotten, several are a habit of the code
_NEARLY = 0.9  # of the connections that are not reserved
_SHOWN = 3  # names of tables
_OUR_OWN = 1  # connection
_HIDDEN = "doing what this role may not see"
_IDLE = ("idle in transaction", "idle in transaction (aborted)")
_BY_CODE = {
    "53100": "disk-full",
    "55P03": "catalog-locked",
    "57014": "statement-timeout",
    "57P01": "session-ended",
    "57P02": "session-ended",
}


def failed_statement(refusal: Refusal) -> Finding:
    """The fault that an error of one of our own questions stands for."""
    return Finding(FAULTS[_BY_CODE.get(refusal.code, "refused-otherwise")], str(refusal))


def judge(seen: Seen, target: Target, long: float) -> list[Finding]:
    """Every fault that shows, in the order of the list. What takes longer than `long` seconds is too long."""
    shown = [*_writing(seen, target, long), *_privileges(seen), *_health(seen, long)]
    order = list(FAULTS)
    findings = [Finding(FAULTS[fault], detail) for fault, detail in shown]
    return sorted(findings, key=lambda finding: order.index(finding.fault.id))


def _writing(seen: Seen, target: Target, long: float) -> Iterator[tuple[str, str]]:
    server = seen.server
    if not target.wants_standby:
        if server.standby:
            yield "read-only-standby", ""
        elif server.read_only:
            yield "read-only-setting", ""
    elif _too_much(target, server):
        yield "not-a-standby", ""
    elif server.standby and not server.receivers:
        yield "replication-broken", ""
    elif _at_least(seen.replay_age, long):
        yield "replication-lag", f"the last change applied is {seen.replay_age:.0f} s old"


def _too_much(target: Target, server: Server) -> bool:
    """Whether the URL asks for a server that takes no writes, and this one does."""
    writable = target.session == "read-only" and not server.read_only
    return (target.session == "standby" or writable) and not server.standby


def _privileges(seen: Seen) -> Iterator[tuple[str, str]]:
    if seen.closed_schemas:
        yield "schema-privilege-missing", ", ".join(seen.closed_schemas)
    elif not seen.tables:
        yield "no-tables", ""
    if seen.closed_tables:
        more = len(seen.closed_tables) - _SHOWN
        names = ", ".join(seen.closed_tables[:_SHOWN])
        yield "table-privilege-missing", names + (f", and {more} more" if more > 0 else "")


def _health(seen: Seen, long: float) -> Iterator[tuple[str, str]]:
    if seen.prepared and seen.prepared[1] >= long:
        yield "prepared-transaction", f"{seen.prepared[0]}, open for {seen.prepared[1]:.0f} s"
    waiting = [one for one in seen.sessions if _at_least(one.lock_age, long)]
    if waiting:
        yield "lock-pile-up", f"{len(waiting)} wait; first stands {_first(waiting[0], seen.sessions)}"
    yield from _busy([one for one in seen.sessions if one not in waiting], long)
    yield from _idle([one for one in seen.sessions if one.state in _IDLE], long)
    taken = len(seen.sessions) + _OUR_OWN
    if taken >= _NEARLY * seen.server.slots:
        yield "connections-nearly-used-up", f"{taken} of {seen.server.slots}"


def _busy(sessions: Sequence[Session], long: float) -> Iterator[tuple[str, str]]:
    """One fault of each kind, for the first session that shows it."""
    shown: dict[str, str] = {}
    for one in sessions:
        if one.wait == "SyncRep" and _at_least(one.state_age, long):
            shown.setdefault("synchronous-standby-missing", f"process {one.pid} waits")
        elif one.state == "active" and _at_least(one.state_age, long):
            fault = "long-vacuum" if one.vacuum else "slow-query"
            shown.setdefault(fault, f"process {one.pid}, for {one.state_age:.0f} s")
    yield from shown.items()


def _idle(sessions: Sequence[Session], long: float) -> Iterator[tuple[str, str]]:
    old = [one for one in sessions if _at_least(one.state_age, long)]
    if len(old) >= _LEAK:
        yield "pool-leak", f"{len(old)} sessions"
    elif old:
        yield "long-transaction", f"process {old[0].pid} of {old[0].role}"


def _first(waiting: Session, sessions: Sequence[Session]) -> str:
    """Who holds what everybody waits for: the end of the chain of those who wait for each other."""
    by_pid = {one.pid: one for one in sessions}
    passed: set[int] = set()
    pid = waiting.blocker
    while pid in by_pid and by_pid[pid].blocker is not None and pid not in passed:
        passed.add(pid)
        pid = by_pid[pid].blocker
    if pid is None:  # it got its lock while we looked
        return "nobody any more"
    if not pid:
        return "a prepared transaction"
    holder = by_pid.get(pid)
    return f"process {pid}" + (f" of {holder.role}, {holder.state or _HIDDEN}" if holder else "")


def _at_least(age: float | None, long: float) -> bool:
    return age is not None and age >= long
