"""`python -m drills.provisioning`: follow the provisioning pages; `--write` puts what came out onto them.

It takes about five minutes, needs Terraform and kubectl, and ends with 1 where a command fails or prints
something else than its page says. Nobody types an output: it is written by this command.
"""

import argparse
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from pathlib import Path

from asbuilt import data, files
from asbuilt.ending import ending
from asbuilt.errors import UnusableInput
from drills import analysis
from drills.provisioning.accounts import ENVIRONMENTS, accounts
from drills.provisioning.page import Step, record, steps, with_outputs
from drills.provisioning.walk import PAGES, RECORD, Outcome, follow, problems


@ending
def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns 2 for input that cannot be used."""
    parser = argparse.ArgumentParser(prog="python -m drills.provisioning", description=__doc__)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args(arguments)
    return _run(options.write)


def _run(to_write: bool) -> int:
    found = [step for page in PAGES for step in _steps(page)]
    outcomes = _walk(found)
    if to_write and not any(outcome.failure for outcome in outcomes):
        for page in PAGES:
            _write(page, [step for step in found if step.page == page], outcomes)
        files.write(RECORD, data.as_json(record(found)))
        return 0
    wrong = list(problems(outcomes))
    for problem in wrong:
        print(problem, file=sys.stderr)
    return 1 if wrong else 0


def _walk(found: Sequence[Step]) -> list[Outcome]:
    """Follow the steps in both accounts, side by side: neither knows of the other."""
    with accounts(Path(), analysis.JOB) as made, ThreadPoolExecutor() as pool:
        walks = [pool.submit(follow, found, name, account.shell) for name, account in made.items()]
        return list(chain.from_iterable(walked.result() for walked in walks))


def _write(page: str, followed: Sequence[Step], outcomes: Sequence[Outcome]) -> None:
    """Put the outputs onto the page, whose text, but not whose commands, may have changed meanwhile."""
    before, now = ([step for step in found if not step.reason] for found in (followed, _steps(page)))
    if record(before) != record(now):
        raise UnusableInput("its commands were changed meanwhile", "run this again", page)
    printed: dict[int, dict[str, str]] = {}
    for outcome in outcomes:
        if outcome.step in before:
            line = now[before.index(outcome.step)].line
            printed.setdefault(line, {})[outcome.environment] = outcome.printed
    text = Path(page).read_text(encoding="utf-8")
    files.write(Path(page), with_outputs(text, printed, ENVIRONMENTS))


def _steps(page: str) -> list[Step]:
    return steps(page, Path(page).read_text(encoding="utf-8"), ENVIRONMENTS)


if __name__ == "__main__":
    sys.exit(main())
