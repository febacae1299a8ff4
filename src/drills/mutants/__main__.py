"""Break every system in every way that the families know, and write what became of it.

`python -m drills.mutants` reads what `make prove` made, prints a table and writes `evidence/mutants.json`. It
ends with 1 where something false was called proven.
"""

import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from concurrent.futures import ProcessPoolExecutor
from itertools import chain
from pathlib import Path
from typing import Any

from asbuilt import data, files
from asbuilt.ending import ending
from drills.mutants.systems import SYSTEMS, judged
from drills.mutants.verdicts import Bench, Outcome

_REPORT = Path("evidence/mutants.json")
_PROCESSES = 2
_COLUMNS = {  # a verdict, and the heading of its column
    "caught": "caught",
    "still true": "still_true",
    "beside": "beside_what_is_drawn",
    "beyond": "beyond_the_files",
    "false proof": "false_proofs",
}


def report(systems: Mapping[str, Iterable[Outcome]]) -> dict[str, Any]:
    """The outcomes counted by system and by family, and those that need a reason with it."""
    known = {system: list(outcomes) for system, outcomes in systems.items()}
    return {
        "totals": [_row({"system": system}, outcomes) for system, outcomes in known.items()],
        "families": {
            system: [
                _row({"change": name}, [one for one in outcomes if one.family == name])
                for name in dict.fromkeys(one.family for one in outcomes)
            ]
            for system, outcomes in known.items()
        },
        "uncaught": [
            {
                "system": system,
                "change": one.family,
                "mutant": one.name,
                "verdict": one.verdict,
                "why": one.why,
            }
            for system, outcomes in known.items()
            for one in outcomes
            if one.verdict != "caught"
        ],
    }


@ending
def main() -> int:
    """Run the benchmark; returns 1 where there is a false proof and 2 where there is nothing to read."""
    for name, system in SYSTEMS.items():
        bench = Bench(system.clean())
        if bench.findings or bench.false:
            what = [*bench.findings, *(" → ".join(thing[1:]) for thing in bench.false)]
            print(f"error: the unchanged {name} is not proven", *what, sep="\n", file=sys.stderr)
            return 1
    body = report({name: _all(name) for name in SYSTEMS})
    files.write(_REPORT, data.as_json(body))
    for name, rows in body["families"].items():
        for row in rows:
            _print(f"{name}: {row['change']}", row)
    for row in body["totals"]:
        _print(row["system"], row)
    return int(any(row["false_proofs"] for row in body["totals"]))


def _all(name: str) -> list[Outcome]:
    with ProcessPoolExecutor(_PROCESSES) as pool:
        parts = pool.map(_part, [name] * _PROCESSES, range(_PROCESSES))
        return [outcome for _, outcome in sorted(chain(*parts), key=lambda pair: pair[0])]


def _part(name: str, first: int) -> list[tuple[int, Outcome]]:
    system = SYSTEMS[name]
    return list(judged(system, system.clean(), first, _PROCESSES))


def _row(start: dict[str, Any], outcomes: list[Outcome]) -> dict[str, Any]:
    counts = Counter(one.verdict for one in outcomes)
    made_false = sum(one.made_false for one in outcomes)
    numbers = {heading: counts[verdict] for verdict, heading in _COLUMNS.items()}
    return start | {"mutants": len(outcomes), "made_false": made_false} | numbers


def _print(title: str, row: Mapping[str, Any]) -> None:
    print(f"{title:60}", *(f"{row[name]:5}" for name in ("mutants", "made_false", *_COLUMNS.values())))


if __name__ == "__main__":
    sys.exit(main())
