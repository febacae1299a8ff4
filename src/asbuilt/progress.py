"""What is going on, for a person who waits."""

import sys

_LONGEST = 100  # characters: what wraps cannot be taken back


def progress(text: str) -> None:
    """Show the first line of `text` in place of what was shown before; nothing at all takes it back.

    On a terminal only, by standard error.
    """
    if sys.stderr.isatty():
        first = text.partition("\n")[0]
        print(f"\r\033[K{first[:_LONGEST]}", end="\r", file=sys.stderr, flush=True)
