"""Prove permission claims: may a node perform an IAM action on another?

A claim holds when some well-formed request of the source is allowed: over TLS, with headers that
the caller may choose, on at least one of the ARNs inside the target. Where only some are allowed
the reason names the pattern that allows them. What is set outside the files is not looked at:
service and resource control policies, session policies, and what somebody changed by hand.
"""

import itertools
from collections.abc import Iterable, Iterator

from asbuilt.claims import Permission
from asbuilt.infrastructure import Infrastructure, Manifest, Resource
from asbuilt.prove.permission import actions, errands
from asbuilt.prove.permission.actions import Action
from asbuilt.prove.permission.actors import Actor
from asbuilt.prove.permission.index import Index
from asbuilt.prove.permission.judge import Allowed, Judge
from asbuilt.prove.permission.needs import Need, needs, partners, seen_as
from asbuilt.prove.permission.outcome import Refuted, Unresolved
from asbuilt.prove.permission.sources import EXTERNAL, Sources
from asbuilt.prove.permission.targets import Aim, aim, elsewhere
from asbuilt.prove.verdicts import Evidence, Finding


class PermissionProver:
    """Judges permission claims about one infrastructure; what it reads is indexed once."""

    def __init__(self, infrastructure: Infrastructure) -> None:
        self._infrastructure = infrastructure
        self._index = Index(infrastructure)
        self._sources = Sources(infrastructure, self._index)
        self._judge = Judge(self._index)
        self._known: dict[tuple[str, str, str], Finding] = {}

    def prove(self, source: str, target: str, claim: Permission) -> Finding:
        """Whether the node `source` may perform the claimed action on the node `target`.

        Nodes are named as in diagrams; where a name stands for several instances the claim must
        hold for each of them. `proven` cites every link: the workload, its role, the statements
        that allow the action, the key and its policy. `refuted` names the first thing that stops
        it, `unknown` what the files leave open.
        """
        asked = (source, target, claim.action)
        if asked not in self._known:
            self._known[asked] = self._prove(source, target, claim.action)
        return self._known[asked]

    def statements(self) -> tuple[Evidence, ...]:
        """Every policy statement that allows something, as proofs cite it.

        `aws_iam_role_policy.api#Uploads` by its Sid, `#0` by its number where it has none; trust
        policies as `aws_iam_role.api#…`. An attached policy whose text is not in the files is cited
        by its attachment. Statements that deny open no path and are left out.
        """
        policies = (*self._judge.identity.everything(), *self._judge.resource.everything())
        found = [s.evidence for policy in policies for s in policy.statements if s.allows]
        found += [
            link for policy in policies if policy.problem for link in policy.links or (policy.evidence,)
        ]
        return tuple(dict.fromkeys(found))

    def _prove(self, source: str, target: str, name: str) -> Finding:
        try:
            action = actions.find(name)
            pairs = list(itertools.product(self._ends(source), self._targets(target)))
        except (Refuted, Unresolved) as outcome:
            return _finding(outcome)
        return _together([self._pair(one, other, source, action) for one, other in pairs])

    def _ends(self, name: str) -> tuple[Resource | Manifest | None, ...]:
        """What a source's name stands for; None for an identity outside the files."""
        if name.startswith(EXTERNAL):
            return (None,)
        found = self._infrastructure.find(name)
        if not found:
            raise Refuted(f"{name} is drawn but nothing creates it")
        return found

    def _targets(self, name: str) -> tuple[Resource, ...]:
        if name.startswith(EXTERNAL):
            raise Unresolved(f"{name} is outside the files")
        found = [item for item in self._ends(name) if isinstance(item, Resource)]
        if not found:
            raise Refuted(f"{name} is a Kubernetes object: no IAM action acts on it")
        return tuple(found)

    def _pair(
        self, source: Resource | Manifest | None, target: Resource, name: str, action: Action
    ) -> Finding:
        try:
            actor = self._actor(source, target, name, action)
            proof = self._first(actor, source, target, action)
            if isinstance(source, Resource) and actor.role:
                errands.check(source, target, action.name)
            if isinstance(source, Manifest):
                self._sources.check(source)
        except (Refuted, Unresolved) as outcome:
            return _finding(outcome)
        evidence = (*actor.evidence, *proof.evidence, Evidence.of(target))
        return Finding("proven", proof.note, tuple(dict.fromkeys(evidence)))

    def _actor(
        self, source: Resource | Manifest | None, target: Resource, name: str, action: Action
    ) -> Actor:
        if source is None:
            return self._sources.outside(name, action.name)
        return self._sources.actor(source, target, action.name)

    def _first(
        self, actor: Actor, source: Resource | Manifest | None, target: Resource, action: Action
    ) -> Allowed:
        """An allowed request that also has everything it needs."""
        origin = source if isinstance(source, Resource) else None
        stops: list[Refuted | Unresolved] = []
        for allowed in self._judge.allowed(actor, action, aim(target, action)):
            try:
                more = list(self._needed(actor, origin, target, action, allowed.arn))
            except (Refuted, Unresolved) as outcome:
                stops.append(outcome)
            else:
                evidence = (*allowed.evidence, *(item for part in more for item in part.evidence))
                return Allowed(allowed.arn, evidence, allowed.note)
        raise next((stop for stop in stops if isinstance(stop, Unresolved)), stops[0])

    def _needed(
        self, actor: Actor, source: Resource | None, target: Resource, action: Action, arn: str
    ) -> Iterator[Allowed]:
        for need in needs(self._index, actor, source, target, action.name, arn):
            yield self._met(actor, need)
        if action.name == "batch:SubmitJob":
            yield from self._submitted(actor, partners(self._index, source, target))

    def _submitted(self, actor: Actor, ways: Iterable[list[Need]]) -> list[Allowed]:
        """The first way to submit a job whose other half is allowed too."""
        stops: list[Refuted | Unresolved] = []
        for way in ways:
            try:
                return [self._met(actor, need) for need in way]
            except (Refuted, Unresolved) as outcome:
                stops.append(outcome)
        if not stops:
            raise Unresolved("a job needs a queue and a definition, and the files create only one of them")
        raise next((stop for stop in stops if isinstance(stop, Unresolved)), stops[0])

    def _met(self, actor: Actor, need: Need) -> Allowed:
        """Raises Refuted or Unresolved where a need is not met."""
        action = actions.find(need.action)
        where = _where(need, action)
        found = self._judge.allowed(seen_as(actor, need.known), action, where, need.everywhere)
        own = (Evidence.of(need.resource),) if need.resource else ()
        return Allowed(found[0].arn, (*own, *found[0].evidence))


def _where(need: Need, action: Action) -> Aim:
    if need.resource is None:
        return elsewhere(need.pattern)
    return elsewhere(need.pattern, need.resource) if need.pattern else aim(need.resource, action)


def _finding(outcome: Refuted | Unresolved) -> Finding:
    return Finding("refuted" if isinstance(outcome, Refuted) else "unknown", str(outcome))


def _together(findings: list[Finding]) -> Finding:
    """What holds for all instances: the first that is refuted, else the first unknown, else all proofs."""
    for verdict in ("refuted", "unknown"):
        for finding in findings:
            if finding.verdict == verdict:
                return finding
    notes = dict.fromkeys(finding.reason for finding in findings if finding.reason)
    evidence = dict.fromkeys(item for finding in findings for item in finding.evidence)
    return Finding("proven", "; ".join(notes), tuple(evidence))
