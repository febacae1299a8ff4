"""One change to the files, and what it is called in the table."""

from collections.abc import Iterator
from dataclasses import dataclass

from drills.mutants.world import World


@dataclass(frozen=True, slots=True, eq=False)
class Mutant:
    """`family` is a row of the table, as `rule: port changed`; `name` says what was changed.

    `beyond` says why no file tells whether what is drawn still holds, where none does.
    """

    family: str
    name: str
    world: World
    beyond: str = ""


Mutants = Iterator[Mutant]
