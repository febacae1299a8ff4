"""How a check of this package ends: its findings line by line, and an exit code."""

from collections.abc import Iterable

from asbuilt.errors import UnusableInput


def report(findings: Iterable[str]) -> int:
    """Print the findings as they come. Returns 0 for none, 1 for some, and 2 for unusable input."""
    code = 0
    try:
        for finding in findings:
            print(finding)
            code = 1
    except UnusableInput as error:
        print(error)
        code = 2
    return code
