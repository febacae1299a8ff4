"""Three-valued logic over findings: what is proven of several things taken together."""

from collections.abc import Iterable

from asbuilt.prove.verdicts import Evidence, Finding

PROVEN = "proven"
REFUTED = "refuted"
UNKNOWN = "unknown"


def proven(*evidence: Evidence) -> Finding:
    """It is so, and this is what it stands on."""
    return Finding(PROVEN, "", evidence)


def refuted(reason: str, *evidence: Evidence) -> Finding:
    """It surely is not so."""
    return Finding(REFUTED, reason, evidence)


def unknown(reason: str) -> Finding:
    """Nothing here says whether it is so."""
    return Finding(UNKNOWN, reason)


def every(findings: Iterable[Finding]) -> Finding:
    """All have to hold: refuted by the first that is refuted, else unknown by the first unknown."""
    doubt: Finding | None = None
    evidence: dict[Evidence, None] = {}
    for finding in findings:
        if finding.verdict == REFUTED:
            return finding
        if finding.verdict == UNKNOWN:
            doubt = doubt or finding
        evidence.update(dict.fromkeys(finding.evidence))
    return doubt or Finding(PROVEN, "", tuple(evidence))


def either(findings: Iterable[Finding]) -> Finding:
    """One has to hold: the first that is proven, else the first unknown, else the first refuted.

    There has to be at least one.
    """
    seen: list[Finding] = []
    for finding in findings:
        if finding.verdict == PROVEN:
            return finding
        seen.append(finding)
    return next((finding for finding in seen if finding.verdict == UNKNOWN), seen[0])


def whichever(findings: Iterable[Finding]) -> Finding:
    """One of these is how things stand, and nothing says which: a verdict only where they agree.

    There has to be at least one.
    """
    seen = list(findings)
    verdicts = {finding.verdict for finding in seen}
    if verdicts == {PROVEN}:
        return every(seen)
    if verdicts == {REFUTED}:
        return seen[0]
    reason = next(finding.reason for finding in seen if finding.verdict != PROVEN)
    doubts = (finding.reason for finding in seen if finding.verdict == UNKNOWN)
    return unknown(next(doubts, f"only in part: {reason}"))
