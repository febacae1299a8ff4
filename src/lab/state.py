"""The stages of a lab, and whether they run."""

from asbuilt.errors import UnusableInput
from lab.places import Lab
from lab.stage import Stage

STAGES = ("traffic", "schedules", "monitoring")
"""In the order in which they are ended."""


def stage(lab: Lab, name: str) -> Stage:
    """A stage of this lab."""
    return Stage(name, lab.folder)


def need(lab: Lab, name: str, remedy: str) -> None:
    """Raises UnusableInput where a stage does not run, or not wholly."""
    found = stage(lab, name)
    if not lab.folder.exists() or not found.alive():
        raise UnusableInput(f"{name} does not run", remedy)
    need_whole(found)


def need_whole(found: Stage) -> None:
    """Raises UnusableInput where a program of a living stage has ended."""
    for name, how in found.ended().items():
        again = "make down, then make up" if found.name == "monitoring" else "make deploy starts both anew"
        hint = f"{again}; what it said: {found.log(name)}"
        raise UnusableInput(f"{name} no longer runs: it {how}", hint)
