"""Conditions of policy statements, judged in three values.

IAM User Guide, "IAM JSON policy elements: Condition operators" and "Creating a condition with
multiple keys or values".
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from asbuilt.prove.permission.operators import NEGATIONS, OPERATORS, Test
from asbuilt.prove.permission.patterns import Glob, glob
from asbuilt.prove.permission.requests import Context, StartsWith
from asbuilt.prove.permission.truth import Truth, Unknown, every, negate, some
from asbuilt.prove.permission.variables import expand

_QUANTIFIERS = frozenset({"", "ForAllValues", "ForAnyValue"})


@dataclass(frozen=True, slots=True)
class Condition:
    """One key under one operator; several conditions of a statement hold together."""

    operator: str
    quantifier: str
    base: str
    negated: bool
    if_exists: bool
    key: str
    wanted: tuple[str, ...]
    variables: bool

    def __str__(self) -> str:
        return f"{self.operator} {self.key} {' or '.join(self.wanted)}"

    def holds(self, context: Context) -> Truth:
        """Whether the condition is met by a request with this context."""
        value = context.get(self.key)
        if isinstance(value, Unknown):
            return value
        if self.base == "Null":
            return some((value is None) is (want == "true") for want in self.wanted)
        return self._present(value, context) if value else self._absent()

    def _absent(self) -> Truth:
        if self.if_exists or self.quantifier == "ForAllValues":
            return True
        return self.negated and not self.quantifier

    def _present(self, value: tuple[str | StartsWith, ...], context: Context) -> Truth:
        if self.quantifier == "ForAllValues":
            return every(self._one(item, context) for item in value)
        if self.quantifier == "ForAnyValue":
            return some(self._one(item, context) for item in value)
        if len(value) > 1:
            return Unknown(f"{self.key} has several values and {self.operator} says not how to compare them")
        return self._one(value[0], context)

    def _one(self, item: str | StartsWith, context: Context) -> Truth:
        test = OPERATORS[self.base]
        met = some(self._meets(test, want, item, context) for want in self.wanted)
        return negate(met) if self.negated else met

    def _meets(self, test: Test, want: str, item: str | StartsWith, context: Context) -> Truth:
        pattern: Glob | Unknown | None = glob(want)
        if test.variables:
            pattern = expand(want, context, self.variables)
        if pattern is None:
            return False  # a variable without a value equals nothing
        if isinstance(pattern, Unknown):
            return pattern
        return test.compare(want, pattern, item)


def parse(block: Any, variables: bool) -> tuple[Condition, ...]:
    """The conditions of a statement's `Condition` element. Raises ValueError where it is malformed."""
    if not isinstance(block, Mapping):
        raise ValueError("its Condition is no object")
    return tuple(
        _condition(operator, key, wanted, variables)
        for operator, keys in block.items()
        for key, wanted in _pairs(operator, keys)
    )


def _pairs(operator: str, keys: Any) -> list[tuple[str, Any]]:
    if not isinstance(keys, Mapping) or not keys:
        raise ValueError(f"its condition {operator} names no key")
    return list(keys.items())


def _condition(operator: str, key: str, wanted: Any, variables: bool) -> Condition:
    quantifier, _, rest = operator.rpartition(":")
    base = rest.removesuffix("IfExists")
    positive = NEGATIONS.get(base, base)
    known = positive in OPERATORS and quantifier in _QUANTIFIERS
    if not known and operator != "Null":
        raise ValueError(f"its condition operator {operator} is not known")
    return Condition(
        operator=operator,
        quantifier=quantifier,
        base=positive,
        negated=base in NEGATIONS,
        if_exists=rest != base,
        key=key,
        wanted=_wanted(operator, key, wanted),
        variables=variables,
    )


def _wanted(operator: str, key: str, wanted: Any) -> tuple[str, ...]:
    values = wanted if isinstance(wanted, list) else [wanted]
    if not values or not all(isinstance(value, str | bool | int | float) for value in values):
        raise ValueError(f"its condition {operator} {key} compares with something that is no text")
    texts = tuple(str(value).lower() if isinstance(value, bool) else str(value) for value in values)
    if operator == "Null" and not set(texts) <= {"true", "false"}:
        raise ValueError(f"its condition Null {key} is neither true nor false")
    return texts
