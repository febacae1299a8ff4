"""Kubernetes label selectors (Kubernetes, "Labels and Selectors").

A selector is asked of many label sets at once: what it chooses is a number whose bits stand for the sets,
in their order, so that "and", "or" and "not" are those of numbers.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import reduce
from typing import Any

_OPERATORS = {"DoesNotExist", "Exists", "In", "NotIn"}


@dataclass(frozen=True, slots=True)
class Chosen:
    """The sets that are surely chosen, and those that may be: these, and where a label is not known."""

    sure: int
    may: int

    def __and__(self, other: "Chosen") -> "Chosen":
        return Chosen(self.sure & other.sure, self.may & other.may)

    def __or__(self, other: "Chosen") -> "Chosen":
        return Chosen(self.sure | other.sure, self.may | other.may)


NOBODY = Chosen(0, 0)


class Labels:
    """Label sets, found by selectors. `unknown` gives, for a key, the sets that may have a label not told."""

    def __init__(
        self, sets: Iterable[Mapping[str, Any]], unknown: Callable[[str], int] = lambda key: 0
    ) -> None:
        self._unknown = unknown
        self._by_pair: defaultdict[tuple[str, str], int] = defaultdict(int)
        self._by_key: defaultdict[str, int] = defaultdict(int)
        count = 0
        for count, labels in enumerate(sets, 1):
            bit = 1 << (count - 1)
            for key, value in labels.items():
                self._by_pair[str(key), str(value)] |= bit
                self._by_key[str(key)] |= bit
        self._whole = (1 << count) - 1

    def chosen(self, selector: Any) -> Chosen:
        """What a selector chooses; an empty one chooses everything, and one that is none perhaps anything."""
        if selector is not None and not isinstance(selector, Mapping):
            return Chosen(0, self._whole)
        known = selector or {}
        pairs = [self._any_of(str(key), (value,)) for key, value in (known.get("matchLabels") or {}).items()]
        asked = [self._holding(one) for one in known.get("matchExpressions") or ()]
        return reduce(Chosen.__and__, [*pairs, *asked], Chosen(self._whole, self._whole))

    def _holding(self, expression: Mapping[str, Any]) -> Chosen:
        key, operator = str(expression.get("key")), expression.get("operator")
        if operator not in _OPERATORS:
            return Chosen(0, self._whole)
        if operator in {"In", "NotIn"}:
            among = self._any_of(key, expression.get("values") or ())
        else:
            among = Chosen(self._by_key[key], self._by_key[key] | self._unknown(key))
        return among if operator in {"In", "Exists"} else self._others(among)

    def _any_of(self, key: str, values: Iterable[Any]) -> Chosen:
        sure = reduce(int.__or__, (self._by_pair[key, str(value)] for value in values), 0)
        return Chosen(sure, sure | (self._unknown(key) & ~self._by_key[key]))

    def _others(self, chosen: Chosen) -> Chosen:
        return Chosen(self._whole & ~chosen.may, self._whole & ~chosen.sure)


def selects(selector: Any, has: Mapping[str, Any]) -> bool:
    """Whether a label selector chooses something with these labels; an empty one chooses everything."""
    return bool(Labels([has]).chosen(selector).sure)
