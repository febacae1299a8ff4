"""`python -m lab up|deploy|load|fire-alerts|calm|down`: what `make up` and its likes run."""

import argparse
import sys

from asbuilt.ending import ending
from asbuilt.progress import progress
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
_INTERRUPTED = 130  # as a shell says it


@ending
def main() -> int:
    """Run one command; 2 where it cannot do its work."""
    parser = argparse.ArgumentParser(
        prog="python -m lab", description="Schedules on loopback, with its alerts."
    )
    parser.add_argument("command", choices=COMMANDS)
    chosen = parser.parse_args().command
    try:
        said = COMMANDS[chosen](Lab.read(), progress)
    except KeyboardInterrupt:
        hint = "what ran goes on, faults too: make calm takes them away, make down ends it all"
        print(f"\nerror: interrupted\nhint: {hint}", file=sys.stderr)
        return _INTERRUPTED
    finally:
        progress("")
    print(said)
    return 0


if __name__ == "__main__":
    sys.exit(main())
