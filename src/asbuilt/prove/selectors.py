"""Kubernetes label selectors (Kubernetes, "Labels and Selectors")."""

from collections.abc import Mapping
from typing import Any


def selects(selector: Any, has: Mapping[str, Any]) -> bool:
    """Whether a label selector chooses something with these labels; an empty one chooses everything."""
    known = selector if isinstance(selector, Mapping) else {}
    wanted, expressions = known.get("matchLabels") or {}, known.get("matchExpressions") or ()
    if any(key not in has or str(has[key]) != str(value) for key, value in wanted.items()):
        return False
    return all(_holds(one, has) for one in expressions)


def _holds(expression: Mapping[str, Any], has: Mapping[str, Any]) -> bool:
    key, operator = str(expression.get("key")), expression.get("operator")
    values = {str(value) for value in expression.get("values") or ()}
    if operator == "In":
        return key in has and str(has[key]) in values
    if operator == "NotIn":
        return key not in has or str(has[key]) not in values
    return (key in has) == (operator == "Exists")
