"""Find out why an application cannot reach its PostgreSQL. It only asks, and changes nothing.

Run it from where the application runs, with the application's own URL. Best leave the URL in DATABASE_URL:
what stands on a command line, others on the host can read. A password or token may be in PGPASSWORD.

Exit codes: 0 healthy, 1 a fault was found, 2 the input cannot be used, 130 interrupted.
"""

import argparse
import os
import sys

from asbuilt.errors import UnusableInput
from drills.database.diagnosis import Patience, diagnose
from drills.database.report import text
from drills.database.target import read_url


def main(arguments: list[str] | None = None) -> int:
    """Diagnose one URL and print what came out."""
    parser = argparse.ArgumentParser(
        prog="python -m drills.database",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("url", nargs="?", help="postgresql://...; without it, the variable DATABASE_URL")
    _seconds(parser, "--timeout", Patience.timeout, "how long one step may take")
    _seconds(parser, "--long", Patience.long, "from when on a statement, wait or transaction takes too long")
    given, rest = parser.parse_known_args(arguments)
    if rest:  # not repeated: it may be part of a password
        parser.error("only one URL can be asked for; write it in quotes")
    return _diagnose(given)


def _diagnose(given: argparse.Namespace) -> int:
    try:
        target = read_url(given.url or os.environ.get("DATABASE_URL", ""), os.environ.get("PGPASSWORD", ""))
        print(f"asking {target}", flush=True)
        diagnosis = diagnose(target, Patience(given.timeout, given.long))
    except UnusableInput as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("interrupted: nothing was found out", file=sys.stderr)
        return 130
    print(text(diagnosis))
    return 1 if diagnosis.findings else 0


def _seconds(parser: argparse.ArgumentParser, name: str, default: float, help_: str) -> None:
    parser.add_argument(
        name, type=_limit, default=default, metavar="SECONDS", help=f"{help_} (default {default:g})"
    )


def _limit(value: str) -> float:
    """Seconds; what cannot be used is not repeated, for it may be a URL."""
    try:
        seconds = float(value)
    except ValueError:
        seconds = 0
    if not 0 < seconds <= 3600:
        raise argparse.ArgumentTypeError("must be a number of seconds above 0, at most 3600")
    return seconds


if __name__ == "__main__":
    sys.exit(main())
