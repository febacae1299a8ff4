"""One way to break a database on purpose, and the fault that must then be found."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass

from drills.database.drill.bench import Bench

_Function = Callable[[Bench], Iterator[str]]
Injection = Callable[[Bench], AbstractContextManager[str]]


@dataclass(frozen=True)
class Scenario:
    """Breaks something, gives the URL to ask, and mends it.

    `fault` is empty where nothing is broken. `needs` is empty, `root` for a network or a disk of its own, or
    `translations` for a server that speaks German.
    """

    fault: str
    how: str
    inject: Injection
    needs: str = ""


class Scenarios(list[Scenario]):
    """Scenarios of one module, each a function that breaks something, yields the URL to ask, and mends it."""

    def take(self, fault: str, how: str, needs: str = "") -> Callable[[_Function], _Function]:
        """Take a function into the list."""

        def taken(function: _Function) -> _Function:
            self.append(Scenario(fault, how, contextmanager(function), needs))
            return function

        return taken
