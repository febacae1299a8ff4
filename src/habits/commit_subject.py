"""`python -m habits.commit_subject FILE`, or `--title TITLE`: is a commit's subject a conventional one?

Conventional Commits 1.0.0 (https://www.conventionalcommits.org/en/v1.0.0/): `type(scope)!: subject`. The next
version and the release notes are made from it.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

from habits.report import report

TYPES = ("build", "chore", "ci", "docs", "feat", "fix", "perf", "refactor", "revert", "style", "test")
"""`feat` makes a minor version, `fix` and `perf` a patch, `!` a major one; the others make none."""
LONGEST = 72
"""Characters: longer subjects are cut where git and GitHub list them."""
_FORM = re.compile(rf"(?:{'|'.join(TYPES)})(?:\([a-z0-9][a-z0-9./-]*\))?!?: \S")
_GIT_WRITES = re.compile(r"Merge |(?:fixup|squash|amend)! ")  # the latter three never reach main


def faults(subject: str) -> Iterator[str]:
    """What is wrong with a commit's first line."""
    if not _FORM.match(subject):
        yield f"no conventional subject: write `type: subject`, with one of {', '.join(TYPES)}"
    if len(subject) > LONGEST:
        yield f"{len(subject)} characters: say it in {LONGEST}, and the rest in the body"
    if subject.rstrip().endswith("."):
        yield "a full stop: a subject is a title"


def subject_of(message: str) -> str:
    """The first line that git keeps of a message as it is edited: comments and empty lines go."""
    lines = (line for line in message.splitlines() if line.strip() and not line.startswith("#"))
    return next(lines, "")


def main(arguments: list[str]) -> int:
    """Judge the message in the file that git hands to its commit-msg hook, or the title of a pull request.

    What git writes by itself may stand on a branch; a title becomes the subject on main, so it may not there.
    """
    if arguments[0] == "--title":
        subject = arguments[1]
    else:
        subject = subject_of(Path(arguments[0]).read_text(encoding="utf-8"))
        if _GIT_WRITES.match(subject):
            return 0
    return report(f"{subject!r}: {fault}" for fault in faults(subject))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
