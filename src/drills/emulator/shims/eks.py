"""What Amazon EKS answers about add-ons, access entries and pod identities; moto knows clusters and nodes.

moto changes a node group at once, so every update asked for has succeeded.

Shapes: https://docs.aws.amazon.com/eks/latest/APIReference/API_Operations.html
"""

import json
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from werkzeug.wrappers import Response

from drills.emulator.call import ACCOUNT, Call, Store, as_json, not_found

_Record = dict[str, Any]

_FORGOTTEN = {"cluster": ("accessConfig",), "nodegroup": ("remoteAccess", "updateConfig")}


@dataclass(frozen=True, slots=True)
class _Kind:
    """A collection below a cluster: the member of the answer, how one is made, and what names it."""

    member: str
    name: str
    make: Callable[[Call, str], _Record]


def answer(call: Call, store: Store) -> Response | None:
    """EKS's answer, or nothing where moto has its own."""
    match call.segments:
        case ["clusters", cluster, "access-entries", principal, "access-policies", *policy]:
            return _access_policies(call, store, (call.region, cluster, principal), policy)
        case ["clusters", cluster, "addons"] if call.method == "GET":
            where = (call.region, cluster, "addons")
            return as_json({"addons": sorted(key[-1] for key in store if key[:-1] == where)})
        case ["clusters", _, "updates", identifier]:
            return as_json({"update": {"id": identifier, "status": "Successful", "type": "ConfigUpdate"}})
        case ["clusters", cluster, collection, *name] if collection in _KINDS:
            return _record(call, store, (call.region, cluster, collection), name)
        case ["clusters"] | ["clusters", _]:
            return _with_settings(call, store, "cluster", "arn")
        case ["clusters", _, "node-groups"] | ["clusters", _, "node-groups", _]:
            return _with_settings(call, store, "nodegroup", "nodegroupArn")
    return None


def _with_settings(call: Call, store: Store, member: str, arn: str) -> Response:
    """moto's answer, with the settings that it forgets as they were asked for."""
    response = call.forward()
    told = json.loads(response.data)
    if member not in told:
        return response
    if call.method == "POST":
        store[(told[member][arn],)] = {name: call.document.get(name) for name in _FORGOTTEN[member]}
    told[member] |= store.get((told[member][arn],), {})
    response.data = json.dumps(told)
    return response


def _record(call: Call, store: Store, where: tuple[str, str, str], name: list[str]) -> Response:
    kind = _KINDS[where[2]]
    if call.method == "POST" and not name:
        made = _common(call, where[1]) | kind.make(call, where[1])
        store[(*where, made[kind.name])] = made
        return as_json({kind.member: made})
    found = store.pop((*where, *name), None) if call.method == "DELETE" else store.get((*where, *name))
    return as_json({kind.member: found}) if found else not_found(f"{where[2]} {' '.join(name)}")


def _access_policies(call: Call, store: Store, entry: tuple[str, str, str], policy: list[str]) -> Response:
    kept = (*entry, "access-policies")
    about = {"clusterName": entry[1], "principalArn": entry[2]}
    now = time.time()
    if call.method == "POST":
        associated = {**call.document, "associatedAt": now, "modifiedAt": now}
        store[(*kept, call.document["policyArn"])] = associated
        return as_json(
            {"clusterName": entry[1], "principalArn": entry[2], "associatedAccessPolicy": associated}
        )
    if call.method == "DELETE":
        store.pop((*kept, *policy), None)
        return as_json({})
    found = [record for key, record in store.items() if key[:-1] == kept]
    return as_json({**about, "associatedAccessPolicies": found})


def _common(call: Call, cluster: str) -> _Record:
    now = time.time()
    return {"clusterName": cluster, "createdAt": now, "modifiedAt": now, "tags": {}, **call.document}


def _addon(call: Call, cluster: str) -> _Record:
    asked = call.document
    return {
        "addonArn": _arn(call, "addon", cluster, asked["addonName"]),
        "addonVersion": asked.get("addonVersion", "v1.0.0-eksbuild.1"),
        "status": "ACTIVE",
        "health": {"issues": []},
    }


def _association(call: Call, cluster: str) -> _Record:
    identifier = f"a-{uuid.uuid4().hex[:17]}"
    arn = f"arn:aws:eks:{call.region}:{ACCOUNT}:podidentityassociation/{cluster}/{identifier}"
    return {"associationId": identifier, "associationArn": arn}


def _access_entry(call: Call, cluster: str) -> _Record:
    asked = call.document
    return {
        "accessEntryArn": _arn(call, "access-entry", cluster, "role"),
        "kubernetesGroups": asked.get("kubernetesGroups", []),
        "type": asked.get("type", "STANDARD"),
        "username": asked.get("username", asked["principalArn"]),
    }


def _arn(call: Call, kind: str, cluster: str, name: str) -> str:
    return f"arn:aws:eks:{call.region}:{ACCOUNT}:{kind}/{cluster}/{name}/{uuid.uuid4()}"


_KINDS = {
    "addons": _Kind("addon", "addonName", _addon),
    "pod-identity-associations": _Kind("association", "associationId", _association),
    "access-entries": _Kind("accessEntry", "principalArn", _access_entry),
}
