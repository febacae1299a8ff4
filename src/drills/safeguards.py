"""The tables of threats and of failures: each line is compared with the files before it is shown.

`python -m drills.safeguards figures/biotech-x/threats.yaml --record evidence/figures/biotech-x/threats.json`
reads groups of rows (`flows`, `stages`, `parts`), compares every row with the manifests, and with the plan
and the state that `make prove` used (see `drills.holds`), and writes the rows as tables for pages, by group.
"""

import argparse
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from asbuilt import data, files
from asbuilt.ending import ending
from asbuilt.infrastructure import Infrastructure, block_of
from asbuilt.inputs import Sources, read
from drills.holds import faults

STRIDE = {
    "S": "Spoofing",
    "T": "Tampering",
    "R": "Repudiation",
    "I": "Information disclosure",
    "D": "Denial of service",
    "E": "Elevation of privilege",
}
"""The six kinds of threat, by the letter that stands for them."""

_ALARM = "aws_cloudwatch_metric_alarm."
_GROUPS = ("flows", "stages", "parts")
Row = Mapping[str, Any]


def groups(declared: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Every group of a file: it has an `id`, and `threats` or `failures`."""
    for kind in _GROUPS:
        yield from declared.get(kind, ())


def wrong(declared: Mapping[str, Any], found: Infrastructure, root: Path) -> list[str]:
    """All that the rows say and that does not hold, each with the row that says it."""
    return [
        f"{group['id']}: {_title(row)}: {fault}"
        for group in groups(declared)
        for row in _rows(group)
        for fault in faults(row, found, root)
    ]


def tables(declared: Mapping[str, Any], system: str) -> dict[str, Any]:
    """Each group as a table whose cells are Markdown; under `reasons` why a kind of threat is missing."""
    made: dict[str, Any] = {}
    for group in groups(declared):
        show = _threat if "threats" in group else _failure
        made[group["id"]] = [show(row, system) for row in _rows(group)]
    reasons = [
        {"flow": group["title"], "no row for": STRIDE[letter], "because": reason}
        for group in groups(declared)
        for letter, reason in group.get("none", {}).items()
    ]
    return made | ({"reasons": reasons} if reasons else {})


def _rows(group: Mapping[str, Any]) -> list[Row]:
    return list(group.get("threats") or group.get("failures") or ())


def _title(row: Row) -> str:
    return str(row.get("threat") or row.get("fails"))


def _threat(row: Row, system: str) -> dict[str, str]:
    kind = f"**{STRIDE[row['stride']]}.** " if "stride" in row else ""
    return {
        "threat": kind + row["threat"],
        "what stops it, and where": _cell(row["mitigation"], _places(row, system), _tests(row)),
        "what remains": row["remains"],
    }


def _failure(row: Row, system: str) -> dict[str, str]:
    alarms = _links(row.get("noticed_by", {}), system)
    return {
        "what fails": row["fails"],
        "the user sees": row["sees"],
        "because, and where": _cell(row["because"], _places(row, system), _tests(row)),
        "noticed by": _cell(row.get("notices", ""), alarms),
    }


def _cell(text: str, *lists: list[str]) -> str:
    """A text and, each on a line of its own, lists below it."""
    return "  \n".join(line for line in (text, *("; ".join(parts) for parts in lists)) if line)


def _places(row: Row, system: str) -> list[str]:
    shown = _links(row.get("implemented_by", {}), system)
    shown += [f"`{file}`" for file in row.get("written_in", {})]
    return shown + [f"no `{type_}`" for type_ in row.get("absent", ())]


def _links(expected: Mapping[str, Any], system: str) -> list[str]:
    """Links to the lines of addresses, with the statements of policies; an alarm is shown by its own name."""
    blocks: dict[str, list[str]] = {}
    for address, values in expected.items():
        blocks.setdefault(block_of(address), []).extend(_statements(values))
    return [
        " ".join(
            [
                f"[`{block.removeprefix(_ALARM)}`](line:{_folder(block)}/{system}#{block})",
                *(f"`{name}`" for name in statements),
            ]
        )
        for block, statements in blocks.items()
    ]


def _statements(expected: Any) -> list[str]:
    """Names of the policy statements that an expectation looks into."""
    if not isinstance(expected, Mapping):
        return []
    own = [name for name in expected.get("Statement", {}) if name != "only"]
    return own or [name for value in expected.values() for name in _statements(value)]


def _folder(address: str) -> str:
    return "kubernetes" if "/" in address else "terraform"


def _tests(row: Row) -> list[str]:
    """Tests in words: the function's name says what it claims, and where it stands."""
    named = (test.partition("::") for test in row.get("checked_by", ()))
    return [
        f"*{function.removeprefix('test_').replace('_', ' ')}* (`{Path(file).name}`)"
        for file, _, function in named
    ]


def infrastructure(system: str) -> Infrastructure:
    """What the last `make prove` applied, where the system has Terraform, and the manifests.

    Raises UnusableInput where it is not there.
    """
    kinds = ("plan", "state") if Path(f"terraform/{system}").is_dir() else ()
    plans = [Path(f"build/{system}/{kind}.json") for kind in kinds]
    return read(Sources([], plans, [Path(f"kubernetes/{system}")]))[0]


@ending
def main() -> int:
    """Compare one file's rows and record their tables; 1 where a row does not hold, 2 for bad input."""
    parser = argparse.ArgumentParser(
        prog="python -m drills.safeguards", description=__doc__.partition("\n")[0]
    )
    parser.add_argument("declared", type=Path, help="the file of the rows, below figures/<system>")
    parser.add_argument("--record", type=Path, required=True, help="where the tables are written")
    arguments = parser.parse_args()
    system = arguments.declared.parent.name
    declared = data.read(arguments.declared)
    unheld = wrong(declared, infrastructure(system), Path())
    if unheld:
        print("\n".join(unheld), file=sys.stderr)
        return 1
    files.write(arguments.record, data.as_json(tables(declared, system)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
