"""What must not be possible: claims that the proof has to refute, and what stops each of them.

`python -m drills.refused biotech-x` tries the claims of `figures/<system>/refused.yaml` on what the last
`make prove` applied, and records what stops them in `evidence/figures/<system>/refused.json`.
"""

import argparse
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from asbuilt import data, files
from asbuilt.claims import parse_claims
from asbuilt.ending import ending
from asbuilt.infrastructure import Infrastructure, block_of
from asbuilt.prove.arrows import ArrowProver
from drills.safeguards import infrastructure

_NAME = re.compile(r'[\w-]+/[A-Z]\w+/[\w.-]+|aws_\w+\.\w+(?:\["\w+"\])?(?:#\w+)?')
Row = Mapping[str, str]
Tables = dict[str, list[dict[str, str]]]


def attempts(declared: Mapping[str, Any]) -> Iterator[tuple[str, Row]]:
    """Each declared attempt with the name of its table."""
    for table, rows in declared.items():
        for row in rows if isinstance(rows, list) else ():
            yield table, row


def refused(declared: Mapping[str, Any], found: Infrastructure, system: str) -> tuple[Tables, list[str]]:
    """A table a view of what stops each attempt, and a line for each that nothing surely stops."""
    prover, tables, wrong = ArrowProver(found), Tables(), list[str]()
    for table, row in attempts(declared):
        (claim,) = parse_claims(row["claim"])
        finding = prover.prove(row["from"], row["to"], claim)
        if finding.verdict != "refuted":
            arrow = f"{row['from']} → {row['to']} ({row['claim']})"
            wrong.append(f"{row['attempt']}: {arrow} is {finding.verdict}")
        because = linked(finding.reason, found, system)
        shown = {"attempt": row["attempt"], "claim": f"`{row['claim']}`", "refused, because": because}
        tables.setdefault(table, []).append(shown)
    return tables, wrong


def linked(reason: str, found: Infrastructure, system: str) -> str:
    """A reason whose names lead to their lines; names that no file writes stay code."""

    def link(match: re.Match[str]) -> str:
        block = block_of(match[0].partition("#")[0])
        if not found.find(block):
            return f"`{match[0]}`"
        folder = "kubernetes" if "/" in block else "terraform"
        return f"[`{match[0]}`](line:{folder}/{system}#{block})"

    return _NAME.sub(link, reason)


@ending
def main() -> int:
    """Record one system's refusals; 1 where an attempt is not refuted, 2 for bad input."""
    parser = argparse.ArgumentParser(prog="python -m drills.refused", description=__doc__.partition("\n")[0])
    parser.add_argument("system", help="biotech-x")
    system = parser.parse_args().system
    declared = data.read(Path(f"figures/{system}/refused.yaml"))
    tables, wrong = refused(declared, infrastructure(system), system)
    for line in wrong:
        print(f"error: {line}", file=sys.stderr)
    files.write(Path(f"evidence/figures/{system}/refused.json"), data.as_json(tables, indent=1))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
