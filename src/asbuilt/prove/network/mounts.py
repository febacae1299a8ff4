"""Whether what a workload's containers read is there, as far as files tell.

Kubernetes, "ConfigMaps", "Secrets", "Persistent Volumes". A container does not start without a key that it
needs. What is made outside of the files, as most Secrets are, is taken to be there: only what the files
write can lack something, and a claim for a volume.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from asbuilt.infrastructure import Infrastructure
from asbuilt.prove.network.members import dig
from asbuilt.prove.network.pod_security import containers

_PARTS = ("binaryData", "data", "stringData")


def missing(infrastructure: Infrastructure, name: str, spec: Mapping[str, Any]) -> str:
    """What a workload's pods wait for; nothing where it is there, or may be."""
    namespace = name.partition("/")[0]
    for volume in spec.get("volumes") or ():
        claim = dig(volume, "persistentVolumeClaim", "claimName")
        if claim and f"{namespace}/PersistentVolumeClaim/{claim}" not in infrastructure.by_name:
            return f"{name} mounts the PersistentVolumeClaim {claim}, which no manifest creates"
    for kind, source, key in _keys(spec):
        found = infrastructure.by_name.get(f"{namespace}/{kind}/{source}")
        if found and not any(key in (found.body.get(part) or {}) for part in _PARTS):
            return f"{name} needs the key {key} of {found.name}, which has none"
    return ""


def _keys(spec: Mapping[str, Any]) -> Iterator[tuple[str, object, object]]:
    """Each key that has to be there: the kind and the name of what holds it, and the key."""
    for one in containers(spec):
        for variable in one.get("env") or ():
            for kind, field in (("ConfigMap", "configMapKeyRef"), ("Secret", "secretKeyRef")):
                given = dig(variable, "valueFrom", field)
                if given and dig(given, "optional") is not True:
                    yield kind, dig(given, "name"), dig(given, "key")
    volumes = spec.get("volumes") or ()
    projected = (source for volume in volumes for source in dig(volume, "projected", "sources") or ())
    for volume in (*volumes, *projected):
        for kind, field in (("ConfigMap", "configMap"), ("Secret", "secret")):
            given = dig(volume, field)
            for item in (dig(given, "items") or ()) if dig(given, "optional") is not True else ():
                yield kind, dig(given, "name") or dig(given, "secretName"), dig(item, "key")
