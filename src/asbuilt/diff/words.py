"""Changes as plain text for a terminal, and as Markdown for the comment of a pull request."""

import re
from collections.abc import Iterable, Sequence

from asbuilt.diff.model import Change, Snapshot

MARKER = "<!-- review of the picture -->"
"""The comment's first line, which nobody sees: whoever renews the comment finds it by this."""
LIMIT = 60_000
"""Bytes of the Markdown at most. GitHub takes 65,536 characters; what remains is the caller's."""
_NOTHING = "no change to the architecture"
_PUNCTUATION = re.compile(r"[!-/:-@\[-`{-~]")  # CommonMark 0.31.2, 2.4: what a backslash makes plain
_REFERENCE = re.compile(r"(?<=[@#])|(?<=GH)(?=.?-)|(?<=:)(?=[\w+-]+:)", re.IGNORECASE)


def as_text(changes: Sequence[Change], after: Snapshot) -> str:
    """A heading for each picture or system with a line for each change, then one line that counts."""
    lines = []
    for place, texts in _grouped(changes):
        lines += [place, *(f"  {text}" for text in texts), ""]
    return "\n".join([*lines, *_stale(after), _counted(changes)]) + "\n"


def as_markdown(changes: Sequence[Change], after: Snapshot) -> str:
    """The same for a pull request, cut at a whole line where it would grow past the limit."""
    head = [MARKER, "## What this does to the architecture", "", f"{_capital(_counted(changes))}."]
    head += ["", *(f"> {_escaped(line)}" for line in _stale(after))]
    body = []
    for place, texts in _grouped(changes):
        body += ["", f"**{_escaped(place)}**", "", *(f"- {_escaped(text)}" for text in texts)]
    return _cut([*head, *body])


def _cut(lines: Sequence[str]) -> str:
    size, kept = 0, []
    for index, line in enumerate(lines):
        size += len(line.encode()) + 1
        if size > LIMIT - 200:
            left = sum(item.startswith("- ") for item in lines[index:])
            kept += ["", f"… and {left:,} more changes, left out here: `asbuilt diff` lists them all."]
            break
        kept.append(line)
    return "\n".join(kept).rstrip("\n") + "\n"


def _grouped(changes: Iterable[Change]) -> list[tuple[str, list[str]]]:
    found: dict[str, list[str]] = {}
    for change in changes:
        found.setdefault(_line(change.place), []).append(_line(change.text))
    return list(found.items())


def _line(text: str) -> str:
    """Text on one line, without what steers a terminal or turns the reading around."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())


def _counted(changes: Sequence[Change]) -> str:
    if not changes:
        return _NOTHING
    places = len({change.place for change in changes})
    return f"{number(len(changes), 'change')} in {number(places, 'place')}"


def number(count: int, thing: str) -> str:
    """A count with what is counted: `1 change`, `2 changes`."""
    return f"{count:,} {thing}" + ("" if count == 1 else "s")


def _stale(after: Snapshot) -> list[str]:
    """What the words cannot know: evidence that is older than its files."""
    names = [name for name, files in after.stale.items() if files]
    if not names:
        return []
    files = sorted({file for name in names for file in after.stale[name]})
    said = f"the evidence of {', '.join(names)} is stale, and so is what is said here"
    return [_line(f"{said}: {', '.join(files)} changed")]


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _escaped(text: str) -> str:
    """Text that stays as it is: no formatting, HTML, link, emoji, nor mention of a person or an issue.

    GitHub looks for the last three in the finished page, where no backslash is left: a space of no width
    parts what they are known by.
    """
    return _PUNCTUATION.sub(r"\\\g<0>", _REFERENCE.sub("\u200b", text))
