"""Is what an arrow claims let through? Each kind of claim has a prover of its own."""

from collections.abc import Iterable, Mapping

from asbuilt.claims import Asserted, Claim, Network
from asbuilt.infrastructure import Infrastructure
from asbuilt.prove.network import NetworkProver
from asbuilt.prove.permission import PermissionProver
from asbuilt.prove.verdicts import DiagramProof, Evidence, Finding, Undrawn


class ArrowProver:
    """Judges claims about one infrastructure."""

    def __init__(self, infrastructure: Infrastructure) -> None:
        self._network = NetworkProver(infrastructure)
        self._permission = PermissionProver(infrastructure)

    def prove(self, source: str, target: str, claim: Claim | None) -> Finding:
        """The verdict over one claim between two nodes, named as their diagrams name them."""
        if claim is None:
            return Finding("unknown", "the arrow claims nothing: give it by=")
        if isinstance(claim, Asserted):
            return Finding("asserted", claim.reason)
        if isinstance(claim, Network):
            return self._network.prove(source, target, claim)
        return self._permission.prove(source, target, claim)

    def paths(self) -> tuple[Evidence, ...]:
        """Every rule and every policy statement that lets something through."""
        return (*self._network.rules(), *self._permission.statements())


def undrawn_paths(
    paths: Iterable[Evidence], diagrams: Iterable[DiagramProof], excuses: Mapping[str, str]
) -> tuple[tuple[Undrawn, ...], tuple[Undrawn, ...]]:
    """The paths that no proven arrow uses: the findings, and what is excused with a reason.

    A path is excused by its own address or by that of the policy or group it is written in.
    """
    used = {
        evidence.address
        for diagram in diagrams
        for arrow in diagram.arrows
        if arrow.finding.verdict == "proven"
        for evidence in arrow.finding.evidence
    }
    unused = [path for path in paths if path.address not in used]
    reasons = {path.address: _excuse(path.address, excuses) for path in unused}
    found = [Undrawn(path.address, "path", reasons[path.address], path) for path in unused]
    return tuple(item for item in found if not item.excuse), tuple(item for item in found if item.excuse)


def _excuse(address: str, excuses: Mapping[str, str]) -> str:
    return excuses.get(address) or excuses.get(address.partition("#")[0], "")
