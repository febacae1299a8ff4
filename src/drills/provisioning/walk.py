"""Follow a page in an account, and hold what came out against what the page says."""

import difflib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from drills.provisioning.page import Step
from drills.provisioning.shell import Shell

PAGES = ("docs/biotech-x/provisioning.md", "docs/biotech-x/provisioning-changes.md")
RECORD = Path("evidence/figures/biotech-x/provisioning.json")
_COLOURS = re.compile(r"\x1b\[[0-9;]*m")
_REPAIR = "python -m drills.provisioning --write"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a step printed in an environment; `failure` says why it failed, empty where it did not."""

    step: Step
    environment: str
    printed: str
    failure: str = ""


def follow(found: Iterable[Step], environment: str, shell: Shell) -> list[Outcome]:
    """Type the steps that are executed in the environment, in order, up to the first that fails."""
    outcomes: list[Outcome] = []
    for step in found:
        if step.reason or environment not in step.environments:
            continue
        printed = shell.type(step.commands)
        text = _readable(printed.text.replace(shell.home.as_posix(), "~"))
        outcomes.append(Outcome(step, environment, text, printed.failure))
        if printed.failure:
            break
    return outcomes


def problems(outcomes: Iterable[Outcome]) -> Iterator[str]:
    """A text for each step that failed, or printed something else than the page says."""
    for outcome in outcomes:
        place = f"{outcome.step.place} ({outcome.environment})"
        if outcome.failure:
            yield f"{place}: {outcome.failure}\n{outcome.step.commands}{outcome.printed}"
        elif outcome.printed != (said := outcome.step.outputs.get(outcome.environment, "")):
            yield f"{place}: it prints something else: {_REPAIR}\n{_difference(said, outcome.printed)}"


def _difference(said: str, printed: str) -> str:
    both = said.splitlines(), printed.splitlines()
    return "\n".join(difflib.unified_diff(both[0], both[1], "on the page", "printed", lineterm=""))


def _readable(text: str) -> str:
    """What a page can hold: whole lines, with no colours, blanks at their ends or empty lines around them."""
    stripped = "\n".join(line.rstrip() for line in _COLOURS.sub("", text).splitlines()).strip("\n")
    return f"{stripped}\n" if stripped else ""
