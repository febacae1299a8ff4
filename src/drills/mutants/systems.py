"""The systems that are broken on purpose, each with the ways that fit what it is made of."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from asbuilt.errors import UnusableInput
from asbuilt.settings import Settings
from drills.mutants.fields import field_mutants
from drills.mutants.mutant import Mutants
from drills.mutants.networks import network_mutants
from drills.mutants.objects import manifest_mutants
from drills.mutants.overlays import overlay_mutants
from drills.mutants.permissions import permission_mutants
from drills.mutants.scripts import diagram_mutants
from drills.mutants.verdicts import Bench, Outcome
from drills.mutants.world import World, cluster, world

_DOCUMENTS = [Path("build/biotech-x/plan.json"), Path("build/biotech-x/state.json")]
_BANKING = Path("kubernetes/banking")
_OVERLAY = "production"


@dataclass(frozen=True, slots=True)
class System:
    """How its unbroken world is read, and all its mutants, always in the same order."""

    clean: Callable[[], World]
    mutants: Callable[[World], Mutants]


def _biotech_x() -> World:
    """Raises UnusableInput where `make prove` has not yet run."""
    for path in _DOCUMENTS:
        if not path.is_file():
            raise UnusableInput("there is no such file", "make it with: make prove", path.as_posix())
    return world(
        _DOCUMENTS, Path("kubernetes/biotech-x"), Path("diagrams/biotech-x"), Settings.read().undrawn
    )


def _of_cloud(clean: World) -> Mutants:
    return chain(
        network_mutants(clean), permission_mutants(clean), manifest_mutants(clean), diagram_mutants(clean)
    )


def _banking() -> World:
    return cluster(_BANKING, _OVERLAY, Path("diagrams/banking"), Settings.read().undrawn)


def _of_cluster(clean: World) -> Mutants:
    return chain(
        manifest_mutants(clean),
        field_mutants(clean),
        overlay_mutants(clean, _BANKING, _OVERLAY),
        diagram_mutants(clean),
    )


SYSTEMS = {"biotech-x": System(_biotech_x, _of_cloud), "banking": System(_banking, _of_cluster)}


def judged(system: System, clean: World, first: int, step: int) -> Iterator[tuple[int, Outcome]]:
    """Every `step`-th mutant from the `first` on, with its number and what became of it."""
    bench = Bench(clean)
    for number, mutant in enumerate(system.mutants(clean)):
        if number % step == first:
            yield number, bench.outcome(mutant)
