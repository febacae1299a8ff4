"""Three-valued logic over findings: what is proven of several things taken together."""

from collections.abc import Iterable

from asbuilt.prove.verdicts import Evidence, Finding

ABSENT = "absent"
PROVEN = "proven"
REFUTED = "refuted"
UNKNOWN = "unknown"
_BEST_FIRST = (PROVEN, ABSENT, UNKNOWN, REFUTED)


def proven(*evidence: Evidence, note: str = "") -> Finding:
    """It is so, and this is what it stands on."""
    return Finding(PROVEN, note, evidence)


def absent(reason: str) -> Finding:
    """Nothing forbids it, and nothing written allows it: so it is, but nobody said that it should be."""
    return Finding(ABSENT, reason)


def refuted(reason: str, *evidence: Evidence) -> Finding:
    """It surely is not so."""
    return Finding(REFUTED, reason, evidence)


def unknown(reason: str) -> Finding:
    """Nothing here says whether it is so."""
    return Finding(UNKNOWN, reason)


def every(findings: Iterable[Finding]) -> Finding:
    """All have to hold: refuted by the first that is refuted, else unknown by the first unknown.

    Where one is only allowed by absence, so are all together; what is noted of each stays.
    """
    doubt: Finding | None = None
    verdict = PROVEN
    evidence: dict[Evidence, None] = {}
    notes: dict[str, None] = {}
    for finding in findings:
        if finding.verdict == REFUTED:
            return finding
        if finding.verdict == UNKNOWN:
            doubt = doubt or finding
        elif finding.verdict == ABSENT:
            verdict = ABSENT
        if finding.reason:
            notes[finding.reason] = None
        evidence.update(dict.fromkeys(finding.evidence))
    return doubt or Finding(verdict, "; ".join(notes), tuple(evidence))


def either(findings: Iterable[Finding]) -> Finding:
    """One has to hold: the first that is proven, else absent, else unknown, else the first refuted.

    There has to be at least one.
    """
    seen: list[Finding] = []
    for finding in findings:
        if finding.verdict == PROVEN:
            return finding
        seen.append(finding)
    return min(seen, key=lambda finding: _BEST_FIRST.index(finding.verdict))


def whichever(findings: Iterable[Finding]) -> Finding:
    """One of these is how things stand, and nothing says which: a verdict only where they agree.

    There has to be at least one.
    """
    seen = list(findings)
    verdicts = {finding.verdict for finding in seen}
    if verdicts <= {PROVEN, ABSENT}:
        return every(seen)
    if verdicts == {REFUTED}:
        return seen[0]
    reason = next(finding.reason for finding in seen if finding.verdict not in {PROVEN, ABSENT})
    doubts = (finding.reason for finding in seen if finding.verdict == UNKNOWN)
    return unknown(next(doubts, f"only in part: {reason}"))
