"""A diagnosis as people read it."""

import re
import textwrap
from collections.abc import Iterator

from drills.database.diagnosis import Diagnosis
from drills.database.fault import Finding

_WIDTH = 78  # columns: half a screen, and a page's width


def text(diagnosis: Diagnosis) -> str:
    """Every step that went well on a line, then every fault with what to do about it."""
    lines = [f"ok     {step}: {saw}" for step, saw in diagnosis.passed]
    for finding in diagnosis.findings:
        lines += ["", *_finding(finding)]
    if not diagnosis.findings:
        lines += ["", "healthy: the database can be reached, signed in to, and worked with"]
    return "\n".join(lines)


def _finding(finding: Finding) -> Iterator[str]:
    fault = finding.fault
    yield f"FAULT  {fault.id}"
    yield from _part("saw", fault.saw + (f" ({finding.detail})" if finding.detail else ""))
    yield from _part("means", fault.means)
    if fault.possible:
        yield from _part("cannot tell", "; ".join(fault.possible))
        yield from _part("look at", fault.look)
    for number, step in enumerate(fault.next, 1):
        yield from _part(f"next {number}", step)
    yield from _part("runbook", fault.runbook)


def _part(name: str, words: str) -> list[str]:
    head = f"  {name}: ".ljust(15)
    said = re.sub(
        r"[\x00-\x1f\x7f-\x9f]", "?", " ".join(words.split())
    )  # a server's words may steer a terminal
    return textwrap.wrap(said, _WIDTH, initial_indent=head, subsequent_indent=" " * 15)
