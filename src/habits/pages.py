"""`python -m habits.pages`: are the decisions and the runbooks well formed?

A reader finds the same thing in the same place on each of them, in a hurry above all.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

from habits.report import report

DECISION = ("Context", "Considered options", "Outcome", "Consequences", "Confirmation")
RUNBOOK = (
    "What it means",
    "What users notice",
    "First five minutes",
    "Find the cause",
    "Mend it",
    "Afterwards",
)
_FENCED = re.compile(r"^(`{3,}).*?^\1$", re.MULTILINE | re.DOTALL)
_DRILLED = re.compile(r"^\W*(?:last|not|never) drilled\b", re.MULTILINE | re.IGNORECASE)


def findings(root: Path) -> Iterator[str]:
    """Each fault of the decisions and runbooks below `root`, as `file: fault`."""
    for path in sorted((root / "docs/decisions").glob("[0-9]*.md")):
        yield from (f"{_name(path, root)}: {fault}" for fault in decision_faults(path, root))
    for path in sorted((root / "docs/runbooks").glob("*.md")):
        if path.name != "index.md":
            text = path.read_text(encoding="utf-8")
            yield from (f"{_name(path, root)}: {fault}" for fault in runbook_faults(text, path.stem))


def decision_faults(path: Path, root: Path) -> Iterator[str]:
    """What a decision's page lacks: number, parts in order, alternatives, a reason, a test that is there."""
    text = path.read_text(encoding="utf-8")
    if not re.search(rf"^# {path.name[:4]}: \S", text, re.MULTILINE):
        yield f"its title is not `# {path.name[:4]}: ...`"
    yield from _order(text, DECISION)
    if len(re.findall(r"^\d\. ", section(text, "Considered options"), re.MULTILINE)) < 2:
        yield "fewer than two considered options"
    if "because" not in section(text, "Outcome"):
        yield "its outcome gives no reason (because)"
    for kind in ("Good", "Bad"):
        if f"\n- {kind}: " not in section(text, "Consequences"):
            yield f"no consequence that is {kind.lower()}"
    yield from _confirmation_faults(section(text, "Confirmation"), root)


def _confirmation_faults(text: str, root: Path) -> Iterator[str]:
    """Whether the tests are there that are said to hold a decision."""
    files = re.findall(r"`(tests/[\w/]+\.py)`", text)
    there = [root / file for file in files if (root / file).is_file()]
    if not files:
        yield "its confirmation names no test"
    yield from (f"no such test: {file}" for file in files if root / file not in there)
    written = "".join(path.read_text(encoding="utf-8") for path in there)
    for name in re.findall(r"`(test_\w+)`", text):
        if f"def {name}(" not in written:
            yield f"no such test: {name}"


def runbook_faults(text: str, alert: str) -> Iterator[str]:
    """What an alert's runbook lacks: its parts in order, and when it was last drilled or why it was not."""
    if not re.search(rf"^# .*\b{re.escape(alert)}\b", text, re.MULTILINE):
        yield f"its title does not name {alert}"
    yield from _order(text, RUNBOOK)
    if not _DRILLED.search(text):
        yield "no line that begins with `Last drilled` or `Not drilled`"


def section(text: str, title: str) -> str:
    """What stands under a heading."""
    return text.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def _order(text: str, expected: tuple[str, ...]) -> Iterator[str]:
    found = re.findall(r"^## (.+)$", _FENCED.sub("", text), re.MULTILINE)
    if tuple(found) != expected:
        yield f"its headings are {', '.join(found) or 'none'}; they should be {', '.join(expected)}"


def _name(path: Path, root: Path) -> str:
    return path.relative_to(root).as_posix()


if __name__ == "__main__":
    sys.exit(report(findings(Path())))
