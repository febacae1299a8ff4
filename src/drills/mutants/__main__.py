"""Break biotech-x in every way that the families know, and write what became of it.

`python -m drills.mutants` reads what `make prove` made, prints a table and writes `evidence/mutants.json`. It
ends with 1 where something false was called proven.
"""

import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from itertools import chain
from pathlib import Path
from typing import Any

from asbuilt import files
from asbuilt.errors import UnusableInput
from asbuilt.settings import Settings
from drills.mutants.mutant import Mutants
from drills.mutants.networks import network_mutants
from drills.mutants.objects import manifest_mutants
from drills.mutants.permissions import permission_mutants
from drills.mutants.scripts import diagram_mutants
from drills.mutants.verdicts import Bench, Outcome
from drills.mutants.world import World, world

_DOCUMENTS = [Path("build/biotech-x/plan.json"), Path("build/biotech-x/state.json")]
_REPORT = Path("evidence/mutants.json")
_PROCESSES = 2
_COLUMNS = {  # a verdict, and the heading of its column
    "caught": "caught",
    "still true": "still_true",
    "beside": "beside_what_is_drawn",
    "false proof": "false_proofs",
}


def clean_world() -> World:
    """biotech-x as it is. Raises UnusableInput where `make prove` has not yet run."""
    for path in _DOCUMENTS:
        if not path.is_file():
            raise UnusableInput("there is no such file", "make it with: make prove", path.as_posix())
    return world(
        _DOCUMENTS, Path("kubernetes/biotech-x"), Path("diagrams/biotech-x"), Settings.read().undrawn
    )


def mutants(clean: World) -> Mutants:
    """All mutants, always in the same order."""
    return chain(
        network_mutants(clean), permission_mutants(clean), manifest_mutants(clean), diagram_mutants(clean)
    )


def judged(clean: World, first: int, step: int) -> Iterator[tuple[int, Outcome]]:
    """Every `step`-th mutant from the `first` on, with its number and what became of it."""
    bench = Bench(clean)
    for number, mutant in enumerate(mutants(clean)):
        if number % step == first:
            yield number, bench.outcome(mutant)


def report(outcomes: Iterable[Outcome]) -> dict[str, Any]:
    """The outcomes counted by family and in all, and those that need a reason with it."""
    known = list(outcomes)
    counts = Counter((one.family, one.verdict) for one in known)
    names = list(dict.fromkeys(one.family for one in known))
    rows = [
        _row({"change": name}, {verdict: counts[name, verdict] for verdict in _COLUMNS}) for name in names
    ]
    total = Counter(one.verdict for one in known)
    return {
        "totals": [_row({}, {verdict: total[verdict] for verdict in _COLUMNS})],
        "families": rows,
        "uncaught": [
            {"change": one.family, "mutant": one.name, "verdict": one.verdict, "why": one.why}
            for one in known
            if one.verdict != "caught"
        ],
    }


def main() -> int:
    """Run the benchmark; returns 1 where there is a false proof and 2 where there is nothing to read."""
    try:
        clean = clean_world()
    except UnusableInput as error:
        print(error, file=sys.stderr)
        return 2
    bench = Bench(clean)
    if bench.findings or bench.false:
        print(
            "error: the unchanged tree is not proven",
            *bench.findings,
            *bench.false,
            sep="\n",
            file=sys.stderr,
        )
        return 1
    body = report(_all())
    files.write(_REPORT, json.dumps(body, indent=2, ensure_ascii=False) + "\n")
    for row in (*body["families"], {"change": "all", **body["totals"][0]}):
        print(f"{row['change']:45}", *(f"{row[name]:5}" for name in ("mutants", *_COLUMNS.values())))
    return int(body["totals"][0]["false_proofs"] > 0)


def _all() -> list[Outcome]:
    with ProcessPoolExecutor(_PROCESSES) as pool:
        parts = pool.map(_part, range(_PROCESSES))
        return [outcome for _, outcome in sorted(chain(*parts), key=lambda pair: pair[0])]


def _part(first: int) -> list[tuple[int, Outcome]]:
    return list(judged(clean_world(), first, _PROCESSES))


def _row(start: dict[str, Any], counts: dict[str, int]) -> dict[str, Any]:
    return (
        start
        | {"mutants": sum(counts.values())}
        | {_COLUMNS[name]: number for name, number in counts.items()}
    )


if __name__ == "__main__":
    sys.exit(main())
