"""Which route table or network ACL a subnet has, when a plan tells it only in part."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from asbuilt.infrastructure import Resource
from asbuilt.prove.network.members import Members


@dataclass(frozen=True, slots=True, eq=False)
class Assignment:
    """One statement that subjects (subnets) have an owner (a table, an ACL), made by `source`.

    `is_single` means that it is about exactly one subject.
    """

    owner: Members
    subjects: Members
    source: Resource
    is_single: bool = True


@dataclass(frozen=True, slots=True)
class Choice:
    """The assignments one of which a subject surely has (`sure`), or may have."""

    options: tuple[Assignment, ...] = ()
    sure: bool = False
    doubt: str = ""


class Assignments:
    """Assignments by subject, where a subject has one owner at most."""

    def __init__(self, assignments: Iterable[Assignment]) -> None:
        self._sure: defaultdict[Resource, list[Assignment]] = defaultdict(list)
        self._maybe: defaultdict[Resource, list[Assignment]] = defaultdict(list)
        self._stray: list[Assignment] = []
        for assignment in assignments:
            if assignment.subjects.doubt:
                self._stray.append(assignment)
            kind = self._sure if assignment.subjects.exact else self._maybe
            for subject in assignment.subjects.items if not assignment.subjects.doubt else ():
                kind[subject].append(assignment)

    def of(self, subject: Resource) -> Choice:
        """What `subject` is assigned to."""
        if sure := self._sure.get(subject):
            return Choice((sure[0],), True) if len(sure) == 1 else Choice(tuple(sure), True)
        maybe = self._maybe.get(subject, [])
        if self._stray:
            what = self._stray[0]
            return Choice(
                doubt=f"{what.source.address} may be about {subject.address}: {what.subjects.doubt}"
            )
        return Choice(tuple(maybe), self._leaves_none_out(maybe))

    def _leaves_none_out(self, maybe: list[Assignment]) -> bool:
        """Whether the candidates are as many as the assignments about them.

        Each subject has one owner at most, so three assignments of three candidates are one each.
        """
        counts: defaultdict[frozenset[Resource], int] = defaultdict(int)
        for assignment in maybe:
            if assignment.is_single:
                counts[frozenset(assignment.subjects.items)] += 1
        return any(count >= len(candidates) for candidates, count in counts.items())
