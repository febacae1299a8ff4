"""Is what an arrow claims let through? Each kind of claim has a prover of its own."""

import itertools
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

from asbuilt.claims import Asserted, Claim, Network, Relation
from asbuilt.infrastructure import Infrastructure
from asbuilt.prove.network import NetworkProver
from asbuilt.prove.network.outside import Outside
from asbuilt.prove.permission import PermissionProver
from asbuilt.prove.relations import RelationProver
from asbuilt.prove.verdicts import ArrowProof, DiagramProof, Evidence, Finding, Undrawn

_LET = {"absent", "proven"}
_RULE = re.compile(r"\.(?:ingress|egress)\[\d+\]$")  # of a network policy


class ArrowProver:
    """Judges claims about one infrastructure."""

    def __init__(self, infrastructure: Infrastructure) -> None:
        self._network = NetworkProver(infrastructure)
        self._outside = Outside(infrastructure)
        self._permission = PermissionProver(infrastructure)
        self._relations = RelationProver(infrastructure)

    def prove(
        self, source: str, target: str, claim: Claim | None, addresses: Mapping[str, str] = {}
    ) -> Finding:
        """The verdict over one claim between two nodes, named as their diagrams name them.

        `addresses` are the CIDR blocks of nodes outside, by name, where the diagram tells them.
        """
        if claim is None:
            return Finding("unknown", "the arrow claims nothing: give it by=")
        if isinstance(claim, Asserted):
            return Finding("asserted", claim.reason)
        if isinstance(claim, Network):
            out = self._outside.prove(source, target, claim, addresses)
            return out or self._network.prove(source, target, claim)
        if isinstance(claim, Relation):
            return self._relations.prove(source, target, claim)
        return self._permission.prove(source, target, claim)

    def paths(self) -> tuple[Evidence, ...]:
        """Every rule and every policy statement that lets something through."""
        return (*self._network.rules(), *self._permission.statements())

    def idle(self) -> tuple[Evidence, ...]:
        """Every object of which the selector, or the target, finds nothing here."""
        return self._network.idle()

    def unshown(self, arrows: Iterable[ArrowProof]) -> tuple[Evidence, ...]:
        """Ways between workloads that network policies name and none of the arrows shows."""
        shown = {
            pair
            for arrow in arrows
            for pair in itertools.product(
                self._network.workloads(arrow.source), self._network.workloads(arrow.target)
            )
        }
        return tuple(
            replace(path.rule, address=f"{path.rule.address}: {path.source.name} → {path.target.name}")
            for path in self._network.between_pods()
            if (path.source.name, path.target.name) not in shown
        )


def undrawn_paths(
    prover: ArrowProver, diagrams: Iterable[DiagramProof], excuses: Mapping[str, str]
) -> tuple[tuple[Undrawn, ...], tuple[Undrawn, ...]]:
    """The paths that no arrow uses that is let through: the findings, and what is excused with a reason.

    A rule that is used may still open ways that are not drawn, each a path of its own. A path is excused
    by its own address, or by that of the rule, the policy or the group it is written in.
    """
    let = [arrow for diagram in diagrams for arrow in diagram.arrows if arrow.finding.verdict in _LET]
    used = {evidence.address for arrow in let for evidence in arrow.finding.evidence}
    unused = [path for path in prover.paths() if path.address not in used]
    unused += [path for path in prover.unshown(let) if path.address.partition(": ")[0] in used]
    reasons = {path.address: _excuse(path.address, excuses) for path in unused}
    found = [Undrawn(path.address, "path", reasons[path.address], path) for path in unused]
    return tuple(item for item in found if not item.excuse), tuple(item for item in found if item.excuse)


def selecting_nothing(
    prover: ArrowProver, excuses: Mapping[str, str]
) -> tuple[tuple[Undrawn, ...], tuple[Undrawn, ...]]:
    """The objects that select nothing: the findings, and what is excused with a reason."""
    found = [Undrawn(one.address, "selector", excuses.get(one.address, ""), one) for one in prover.idle()]
    return tuple(item for item in found if not item.excuse), tuple(item for item in found if item.excuse)


def _excuse(address: str, excuses: Mapping[str, str]) -> str:
    rule = address.partition(": ")[0]
    names = (address, rule, _RULE.sub("", rule), address.partition("#")[0])
    return next((excuses[name] for name in names if name in excuses), "")
