"""Whether a statement of a policy is about a request.

Elements: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from drills.emulator.enforcement.principals import Principal, Statement
from drills.emulator.enforcement.requests import Asked, NotJudged


def concerns(statement: Statement, asked: Asked, context: Mapping[str, str]) -> bool:
    """Whether action, resource and conditions fit; who is concerned is `names`. Raises NotJudged."""
    return (
        _element(statement, "Action", lambda action: glob(action.lower(), asked.action.lower()))
        and _element(statement, "Resource", lambda resource: glob(resource, asked.resource))
        and all(
            _condition(operator, key, _listed(values), context)
            for operator, keys in statement.get("Condition", {}).items()
            for key, values in keys.items()
        )
    )


def names(statement: Statement, principal: Principal) -> str:
    """How a statement names the principal: `session`, `role`, `everyone`, `account` or not at all."""
    if "NotPrincipal" in statement:
        raise NotJudged("NotPrincipal")
    listed = statement.get("Principal", {})
    found = ["*"] if listed == "*" else _listed(listed.get("AWS", []))
    account = principal.role.split(":")[4]
    ways = {
        "session": [principal.session],
        "role": [principal.role],
        "everyone": ["*"],
        "account": [account, f"arn:aws:iam::{account}:root"],
    }
    return next((way for way, known in ways.items() if set(known) & set(found)), "")


def glob(pattern: str, value: str) -> bool:
    """Whether the value fits a pattern with `*` and `?`. Raises NotJudged for a policy's variables."""
    if "${" in pattern:
        raise NotJudged(f"the variable in {pattern}")
    return (
        re.fullmatch(re.escape(pattern).replace(r"\*", ".*").replace(r"\?", "."), value, re.DOTALL)
        is not None
    )


def _element(statement: Statement, name: str, fits: Callable[[str], bool]) -> bool:
    if f"Not{name}" in statement:
        return not any(map(fits, _listed(statement[f"Not{name}"])))
    return any(map(fits, _listed(statement[name])))


def _arn(pattern: str, value: str) -> bool:
    """Each of an ARN's six parts by itself."""
    parts, values = pattern.split(":", 5), value.split(":", 5)
    return len(parts) == len(values) and all(map(glob, parts, values))


_OPERATORS: Mapping[str, Callable[[str, str], bool]] = {
    "ArnEquals": _arn,
    "ArnLike": _arn,
    "Bool": lambda wanted, value: wanted.lower() == value.lower(),
    "StringEquals": lambda wanted, value: wanted == value,
    "StringLike": glob,
}


def _condition(operator: str, key: str, wanted: list[str], context: Mapping[str, str]) -> bool:
    """One key of one operator; several values are alternatives, and none of them for a negated operator."""
    base = operator.removesuffix("IfExists")
    positive = base.replace("Not", "", 1)
    if positive not in _OPERATORS or any("${" in value for value in wanted):
        raise NotJudged(f"the condition {operator} {wanted}")
    value = context.get(key.lower())
    if value is None:
        return operator.endswith("IfExists") or base != positive
    return any(_OPERATORS[positive](each, value) for each in wanted) != (base != positive)


def _listed(value: Any) -> list[str]:
    """One or several values as text; JSON's true and false as IAM writes them."""
    items = value if isinstance(value, list) else [value]
    return [str(item).lower() if isinstance(item, bool) else str(item) for item in items]
