"""Break a real PostgreSQL in every way the diagnosis knows, and compare its verdicts.

`python -m drills.database.drill --rounds 4 --record evidence/figures/sre/database.json`. Names, routes, the
firewall and the disk need root, and Linux; elsewhere those ways are skipped, and the record stays as it is.

Exit codes: 0 every verdict was right, 1 one was wrong, 2 it could not run, or not whole where CI is set.
"""

import argparse
import json
import os
import signal
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from asbuilt import data, files
from asbuilt.ending import ending
from asbuilt.errors import UnusableInput
from drills.database.drill import network
from drills.database.drill.bench import bench
from drills.database.drill.catalog import scenarios
from drills.database.drill.needs import NOTHING, missing, own_network
from drills.database.drill.rounds import LANES, Outcome, play, record

_ENDED = 143  # what a shell says of a process that SIGTERM ended


@ending
def main() -> int:
    """Run the rounds; what was wrong is said at once."""
    parser = argparse.ArgumentParser(
        prog="python -m drills.database.drill", description=__doc__.partition("\n")[0]
    )
    parser.add_argument("--rounds", type=_rounds_of, default=1, help="how often each fault is injected")
    parser.add_argument("--record", type=Path, help="where the result is written")
    given = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(_ENDED))
    return _lane(given.rounds) if network.INSIDE in os.environ else _drill(given.rounds, given.record)


def _rounds_of(text: str) -> int:
    if not text.isdecimal() or not int(text):
        raise argparse.ArgumentTypeError(f"not a number of rounds: {text}")
    return int(text)


def _drill(rounds: int, path: Path | None) -> int:
    """Run what can be run here; record it where that is all, and all was right."""
    lacking = missing()
    if lacking:
        _skip(lacking)
    if NOTHING in lacking:
        return 0
    outcomes = list(_in_lanes(rounds) if own_network() else _rounds(rounds))
    _tell(outcomes)
    if not all(outcome.right for outcome in outcomes):
        return 1
    if path and not lacking:
        files.write(path, data.as_json(record(outcomes, rounds)))
    return 0


def _skip(lacking: list[str]) -> None:
    """Say what is skipped and why. Raises UnusableInput where nothing may be."""
    print(f"skipped, and not recorded: what needs {', '.join(lacking)}")
    if os.environ.get("CI"):
        raise UnusableInput(
            "in CI the drill is whole or fails", "as root on a system with apt: make programs"
        )


def _rounds(count: int) -> Iterator[Outcome]:
    with tempfile.TemporaryDirectory(prefix="database-") as folder, bench(Path(folder)) as made:
        able = [one for one in scenarios() if not made.lacks(one.needs)]
        for _ in range(count):
            yield from play(made, able)


def _lane(count: int) -> int:
    """In a network of its own: what came out, a line each, for the process that started this one."""
    order = scenarios()
    for outcome in _rounds(count):
        print(json.dumps([order.index(outcome.scenario), outcome.verdict, outcome.afterwards]), flush=True)
    return 0


def _in_lanes(count: int) -> Iterator[Outcome]:
    """Share the rounds among lanes. Raises UnusableInput where one does not come to its end."""
    shares = [len(range(lane, count, LANES)) for lane in range(LANES)]
    order = scenarios()
    with tempfile.TemporaryDirectory(prefix="database-") as folder:
        Path(folder).chmod(0o755)
        lanes = [network.inside(["--rounds", str(share)], folder) for share in shares if share]
        for lane in lanes:
            said, _ = lane.communicate()
            if lane.returncode:
                raise UnusableInput("a part of the drill did not come to its end", "the lines above say why")
            for index, verdict, afterwards in map(json.loads, said.splitlines()):
                yield Outcome(order[index], verdict, afterwards)


def _tell(outcomes: list[Outcome]) -> None:
    run = {outcome.scenario for outcome in outcomes}
    for one in scenarios():
        if one not in run:
            print(f"skipped  {one.fault}: {one.how}: it needs {one.needs}")
    for outcome in outcomes:
        if not outcome.right:
            one, found = outcome.scenario, f"{outcome.verdict}, afterwards {outcome.afterwards}"
            print(f"WRONG    {one.fault or 'healthy'}: {one.how}: {found}")
    print(f"{sum(one.right for one in outcomes)} of {len(outcomes)} verdicts are right")


if __name__ == "__main__":
    sys.exit(main())
