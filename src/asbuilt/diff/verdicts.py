"""Sentences about verdicts: one that changed, and one that stands on something else than before."""

import re
from collections.abc import Iterator

from asbuilt.diff import pairs
from asbuilt.diff.declared import name_of
from asbuilt.diff.model import Arrow, Diagram, Verdict

_POSITION = re.compile(r"(?<=gress)\[\d+\]$")
_SHOWN = 3


class Names:
    """How a picture's parts are called in a sentence, and which names no file declares any longer."""

    def __init__(self, old: Diagram, new: Diagram, deleted: frozenset[str]) -> None:
        before, after = ({node.id: node.label for node in item.nodes} for item in (old, new))
        self._labels = before | after
        self._deleted = deleted
        self.lasting = before.keys() & after.keys()

    def node(self, name: str) -> str:
        """A node by its label, or by its id where it has none."""
        return self._labels.get(name) or name

    def ends(self, arrow: Arrow) -> str:
        """An arrow by the labels of its ends."""
        return f"{self.node(arrow.source)} → {self.node(arrow.target)}"

    def arrow(self, arrow: Arrow) -> str:
        """An arrow by its ends, with its claim and its label."""
        said = [arrow.claim or "no claim", *([f"“{arrow.label}”"] if arrow.label else [])]
        return f"{self.ends(arrow)} ({', '.join(said)})"

    def deleted(self, address: str) -> bool:
        """Whether files declared the address before, and do no longer."""
        return name_of(address) in self._deleted


def said(found: Verdict) -> str:
    """A verdict with its reason, where there is one."""
    return f"{found.verdict}: {found.reason}" if found.reason else found.verdict


def turned(subjects: tuple[str, str], was: Verdict, found: Verdict, names: Names) -> Iterator[str]:
    """What became of a verdict on what was so called, and now is; and which deletions go with it."""
    if was.verdict == found.verdict:
        return
    lost = [key for key in was.links if key not in found.links and names.deleted(key)]
    cause = "".join(f"; {address}, which stood at {was.links[address]}, is deleted" for address in lost)
    if was.verdict == "proven":
        yield f"removes the proof of {subjects[0]}, now {said(found)}{cause}"
    elif found.verdict == "proven":
        yield f"proves {subjects[1]}, which was {was.verdict}"
    else:
        yield f"makes {subjects[1]} {said(found)}; it was {was.verdict}{cause}"


def basis(old: Diagram, new: Diagram, names: Names) -> Iterator[str]:
    """Verdicts that hold as before but stand on other things; those that changed alike share a sentence."""
    alike: dict[tuple[tuple[str, ...], tuple[str, ...]], list[str]] = {}
    for subject, was, found in _kept(old, new, names):
        lost, gained = _without(was, found), _without(found, was)
        if was.verdict == found.verdict and (lost or gained):
            alike.setdefault((lost, gained), []).append(subject)
    for (lost, gained), subjects in alike.items():
        yield f"rests {_listed(subjects)} {_rests(lost, gained, names)}"


def _kept(old: Diagram, new: Diagram, names: Names) -> Iterator[tuple[str, Verdict, Verdict]]:
    for was, arrow in pairs.arrows(old.arrows, new.arrows)[0]:
        if (was.source, was.target, was.claim) == (arrow.source, arrow.target, arrow.claim):
            yield names.arrow(arrow), was.found, arrow.found
    before = {box.key: box.members for box in old.boxes}
    for box in new.boxes:
        for member, found in box.members.items():
            if earlier := before.get(box.key, {}).get(member):
                yield f"{names.node(member)} in “{box.label}”", earlier, found


def _without(one: Verdict, other: Verdict) -> tuple[str, ...]:
    """What only `one` stands on; the position of a rule among its policy's rules says nothing."""
    known = {_POSITION.sub("", address) for address in other.links}
    return tuple(sorted(address for address in one.links if _POSITION.sub("", address) not in known))


def _rests(lost: tuple[str, ...], gained: tuple[str, ...], names: Names) -> str:
    gone = [f"{key}, which is deleted" if names.deleted(key) else key for key in lost]
    if not gained:
        return f"no longer on {_listed(gone)}"
    return (
        f"on {_listed(list(gained))} instead of {_listed(gone)}"
        if gone
        else f"also on {_listed(list(gained))}"
    )


def _listed(items: list[str]) -> str:
    more = f" and {len(items) - _SHOWN} more" if len(items) > _SHOWN else ""
    return "; ".join(items[:_SHOWN]) + more
