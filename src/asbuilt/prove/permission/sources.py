"""Who acts for a node: the entry to roles, pods, services and outside identities."""

import re

from asbuilt.infrastructure import Infrastructure, Manifest, Resource
from asbuilt.prove.permission import errands, services
from asbuilt.prove.permission.actors import Actor
from asbuilt.prove.permission.halted import is_off, unmatched
from asbuilt.prove.permission.index import Index, is_named, names, values
from asbuilt.prove.permission.outcome import Refuted, Unresolved
from asbuilt.prove.permission.pods import Pods
from asbuilt.prove.permission.requests import Context, Principal
from asbuilt.prove.permission.roles import Roles
from asbuilt.prove.permission.targets import ARN
from asbuilt.prove.permission.truth import Unknown
from asbuilt.prove.verdicts import Evidence

EXTERNAL = "external/"
_WEB_IDENTITY = "sts:AssumeRoleWithWebIdentity"
_SUBJECTS = {"token.actions.githubusercontent.com": "repo:?*/?*:?*"}  # what an issuer may put into `sub`


class Sources:
    """Finds the actor of a node."""

    def __init__(self, infrastructure: Infrastructure, index: Index) -> None:
        self._index = index
        self._roles = Roles(index)
        self._pods = Pods(infrastructure, index, self._roles)
        self._actors: dict[str, Actor] = {}

    def actor(self, source: Resource | Manifest, target: Resource, action: str) -> Actor:
        """Who makes the requests of `source` on `target`. Raises Refuted and Unresolved."""
        if isinstance(source, Resource):
            if source.is_data:
                raise Unresolved(f"{source.address} is only read: what it may do is not in the files")
            if off := is_off(source):
                raise Refuted(off)
            if unmet := unmatched(source):
                raise Unresolved(unmet)
            service = services.service(self._index, source, target)
            if service:
                return services.acting(self._index, source, target, service, action)
            if source.type == "aws_cloudwatch_event_rule":
                return self._by_rule(source, target, action)
        name = source.address if isinstance(source, Resource) else source.name
        if name not in self._actors:
            self._actors[name] = (
                self._roles.actor(source) if isinstance(source, Resource) else self._pods.actor(source)
            )
        return self._actors[name]

    def check(self, source: Manifest) -> None:
        """Raises Unresolved where an allowed request of pods may still lack its credentials."""
        self._pods.check(source)

    def _by_rule(self, rule: Resource, target: Resource, action: str) -> Actor:
        """EventBridge takes the role that the rule's target names."""
        for item in self._index.where("aws_cloudwatch_event_target", "rule", *names(rule)):
            of_rule = self._index.find(item.values.get("rule"), "aws_cloudwatch_event_rule") is rule
            of_rule = of_rule and services.on_one_bus(item, rule)
            reached = is_named(item.values.get("arn"), target)
            if of_rule and isinstance(reached, Unknown):
                raise Unresolved(f"what {item.address} leads to is known only after apply")
            if of_rule and reached:
                errands.check(item, target, action)
                actor = self._roles.actor(item)
                return _led(actor, Evidence.of(rule))
        raise Refuted(f"{rule.address} has no aws_cloudwatch_event_target {target.address}")

    def outside(self, name: str, action: str) -> Actor:
        """An identity outside the files that signs in with a token of an identity provider.

        The provider's resource and the node share a word of their names, as
        `aws_iam_openid_connect_provider.github` and `external/github` do.
        """
        if action != _WEB_IDENTITY:
            raise Unresolved(f"what {name} may do is not in the files")
        words = set(re.split(r"[-_.]", name.removeprefix(EXTERNAL)))
        for provider in self._index.of_type("aws_iam_openid_connect_provider"):
            if words & set(re.split(r"[-_]", provider.block.rpartition(".")[2])):
                return _web_actor(name, provider)
        raise Unresolved(f"no aws_iam_openid_connect_provider in the files is named like {name}")


def _led(actor: Actor, *before: Evidence) -> Actor:
    return Actor(
        actor.name, actor.principal, actor.context, (*before, *actor.evidence), actor.role, actor.in_vpc
    )


def _web_actor(name: str, provider: Resource) -> Actor:
    arn, issuer = provider.values.get("arn"), str(provider.values.get("url")).removeprefix("https://")
    audiences = values(provider, "client_id_list")
    texts = tuple(text for text in audiences if isinstance(text, str))
    if not ARN.fullmatch(str(arn)) or not texts or len(texts) < len(audiences):
        raise Unresolved(f"the ARN of {provider.address}, or whom it is for, is not known")
    return Actor(
        name=name,
        principal=Principal("web", str(arn)),
        context=Context({"aws:securetransport": ("true",)}),
        evidence=(Evidence.of(provider),),
        chosen={f"{issuer}:aud".lower(): texts, f"{issuer}:sub".lower(): _SUBJECTS.get(issuer, "?*")},
    )
