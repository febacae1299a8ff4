"""Quantities of resources (Kubernetes, "Resource Management for Pods and Containers", "Resource units")."""

import re

_QUANTITY = re.compile(r"(\d+(?:\.\d*)?|\.\d+)(m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei|)")
_UNITS = {"": 1.0, "m": 0.001, "k": 1e3}
_UNITS |= {unit: 1e3 ** (power + 2) for power, unit in enumerate("MGTPE")}
_UNITS |= {f"{unit}i": 1024.0 ** (power + 1) for power, unit in enumerate("KMGTPE")}


def quantity(value: object) -> float | None:
    """A number of CPUs or bytes, as Kubernetes writes it (`500m`, `1Gi`); None where it is none."""
    match = _QUANTITY.fullmatch(str(value))
    return float(match[1]) * _UNITS[match[2]] if match else None
