"""How a command ends: with a code, and with words for a person where it could not do its work."""

import errno
import functools
import io
import os
import sys
from collections.abc import Callable
from typing import ParamSpec

from asbuilt.errors import UnusableInput

_UNUSABLE = 2
_INTERRUPTED, _UNREAD = 128 + 2, 128 + 13
"""As a shell says it: 128 and the number of SIGINT, or of SIGPIPE."""
_Given = ParamSpec("_Given")


def ending(main: Callable[_Given, int]) -> Callable[_Given, int]:
    """A command's `main`, which never ends in a traceback.

    Returns what it returns; 2 for input or a file that cannot be used, 130 after Ctrl-C, and 141 where nobody
    reads on, as after `| head -1`.
    """

    @functools.wraps(main)
    def run(*arguments: _Given.args, **named: _Given.kwargs) -> int:
        if isinstance(sys.stdout, io.TextIOWrapper):
            sys.stdout.reconfigure(errors="backslashreplace")  # an arrow, on a terminal that knows ASCII only
        try:
            code = main(*arguments, **named)
            print(end="", flush=True)
            return code
        except KeyboardInterrupt:
            print("\nerror: interrupted\nhint: run it again: nothing is half written", file=sys.stderr)
            return _INTERRUPTED
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # Python flushes once more
            return _UNREAD
        except (UnusableInput, OSError) as error:
            print(_words(error), file=sys.stderr)
            return _UNUSABLE

    return run


def _words(error: UnusableInput | OSError) -> str:
    if isinstance(error, UnusableInput):
        return str(error)
    where = f"{error.filename}: " if error.filename else ""
    hint = "free some space" if error.errno == errno.ENOSPC else "check the path and its permissions"
    return f"error: {where}{error.strerror or type(error).__name__}\nhint: {hint}"
