"""Apply a configuration to the emulator, and try there what is drawn: its permission arrows and an analysis.

`python -m drills.executed DIRECTORY ENVIRONMENT --plan FILE --state FILE --diagrams DIR --kubernetes DIR
--record FILE` also writes what Terraform shows of plan and state. It ends with 1 where the emulator
contradicts a proof, or where an analysis does not end as it must.
"""

import argparse
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from asbuilt import data, evidence, files, inputs, report
from asbuilt.capture import capture
from asbuilt.ending import ending
from asbuilt.progress import progress
from asbuilt.prove.proof import prove
from asbuilt.scripts import scripts
from asbuilt.settings import Settings
from drills.analysis import JOB, analyse
from drills.apply import Applied, applied
from drills.emulator import Session
from drills.executed import Arrow, Executed, Place, execute, permission_arrows
from drills.executed.samples import SAMPLES, problems, recorded


@ending
def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns 1 for a contradiction, 2 for input that cannot be used."""
    options = _parser().parse_args(arguments)
    try:
        with applied(options.directory, options.environment, progress, JOB) as done:
            files.write(options.plan, json.dumps(done.plan))
            files.write(options.state, json.dumps(done.state))
            arrows, read = _arrows(options)
            wrong = _record(arrows, read, done, options.record)
    finally:
        progress("")
    for line in wrong:
        print(f"error: {line}", file=sys.stderr)
    return 1 if wrong else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m drills.executed", description=__doc__)
    parser.add_argument("directory", type=Path)
    parser.add_argument("environment")
    for name in ("--plan", "--state", "--record"):
        parser.add_argument(name, type=Path, required=True, metavar="FILE")
    for name in ("--diagrams", "--kubernetes"):
        parser.add_argument(name, type=Path, required=True, metavar="DIR")
    return parser


def _arrows(options: argparse.Namespace) -> tuple[list[Arrow], Iterable[Path]]:
    """The permission arrows that are proven against what was applied, and the files behind that proof."""
    progress("proving what is drawn")
    sources = inputs.Sources([options.directory], [options.plan, options.state], [options.kubernetes])
    infrastructure, basis = inputs.read(sources)
    drawings = [capture(script, options.diagrams) for script in scripts(options.diagrams)]
    proof = prove(infrastructure, drawings, Settings.read().undrawn)
    system = options.diagrams.name
    found = {f"{system}/{diagram.name}": report.diagram(diagram) for diagram in proof.diagrams}
    return permission_arrows(found), basis.inputs


def _record(arrows: Iterable[Arrow], read: Iterable[Path], done: Applied, path: Path) -> list[str]:
    """Run everything, write the evidence, and return what is wrong in it."""
    progress("analysing samples")
    runs = [(sample, analyse(done.emulator, done.state, sample.files)) for sample in SAMPLES]
    progress("trying arrows")
    machine = done.state["values"]["outputs"]["state_machine_arn"]["value"]
    place = Place.of(done.state, Session(done.emulator, machine.split(":")[3]))
    tried = execute(arrows, place)
    body = {
        "inputs": evidence.fingerprints(read),
        "arrows": [_shown(item) for item in tried],
        "analysis": [recorded(*run) for run in runs],
    }
    files.write(path, data.as_json(body, indent=1))
    contradictions = [
        f"{item.source} → {item.target} ({item.claim}): {item.reason}" for item in tried if item.wrong
    ]
    return list(dict.fromkeys(contradictions)) + [line for run in runs for line in problems(*run)]


def _shown(item: Executed) -> Mapping[str, Any]:
    return {name: value for name, value in asdict(item).items() if name != "wrong"}


if __name__ == "__main__":
    sys.exit(main())
