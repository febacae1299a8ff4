"""Break schedules on loopback, see who is paged, calm it, and record what was seen.

`python -m drills.live --record evidence/figures/schedules/live.json` takes about half a minute.
"""

import argparse
import sys
from pathlib import Path

from asbuilt import data, files
from asbuilt.ending import ending
from asbuilt.progress import progress
from drills.live.drill import drill
from drills.live.record import claims, record

_FOLDER = Path("build/live")
_RUNBOOKS = Path("docs/runbooks")


@ending
def main() -> int:
    """Run the drill and record it; 1 where something was not seen, 2 where it cannot be run."""
    parser = argparse.ArgumentParser(prog="python -m drills.live", description=__doc__.partition("\n")[0])
    parser.add_argument("--record", type=Path, required=True, help="where the outcome is written")
    target = parser.parse_args().record
    try:
        seen = drill(_FOLDER, progress)
    finally:
        progress("")
    files.write(target, data.as_json(record(seen, _RUNBOOKS)))
    unseen = [text for text, held in claims(seen, _RUNBOOKS).items() if not held]
    for text in unseen:
        print(f"error: not seen: {text}", file=sys.stderr)
    if unseen:
        print(f"hint: this is what was seen: {seen}", file=sys.stderr)
    return 1 if unseen else 0


if __name__ == "__main__":
    sys.exit(main())
