"""`python -m lab up|deploy|load|fire-alerts|calm|down`: what `make up` and its likes run."""

import argparse
import sys

from asbuilt.ending import ending
from lab.alerts import calm, fire_alerts
from lab.commands import deploy, down, up
from lab.load import load
from lab.places import Lab

COMMANDS = {
    "up": up,
    "deploy": deploy,
    "load": load,
    "fire-alerts": fire_alerts,
    "calm": calm,
    "down": down,
}


def _progress(text: str) -> None:
    """Say what is going on, on a terminal only."""
    if sys.stderr.isatty():
        print(f"\r\033[K{text}", end="\r", file=sys.stderr, flush=True)


@ending
def main() -> int:
    """Run one command; 2 where it cannot do its work."""
    parser = argparse.ArgumentParser(
        prog="python -m lab", description="Schedules on loopback, with its alerts."
    )
    parser.add_argument("command", choices=COMMANDS)
    chosen = parser.parse_args().command
    try:
        said = COMMANDS[chosen](Lab.read(), _progress)
    finally:
        _progress("")
    print(said)
    return 0


if __name__ == "__main__":
    sys.exit(main())
