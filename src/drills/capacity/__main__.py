"""Compute and simulate the capacity of biotech-x, and record it.

`python -m drills.capacity --record FILE` reads `figures/biotech-x/capacity.yaml`, the recorded settings and
retention, and writes what `docs/biotech-x/capacity.md` shows. The same bytes every time.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from asbuilt import data, files
from asbuilt.ending import ending
from drills.capacity.inputs import read
from drills.capacity.record import record

FIGURES = Path("figures/biotech-x")
EVIDENCE = Path("evidence/figures/biotech-x")


@ending
def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns 2 for input that cannot be used."""
    parser = argparse.ArgumentParser(prog="python -m drills.capacity", description=__doc__.partition("\n")[0])
    parser.add_argument("--record", type=Path, required=True, metavar="FILE")
    options = parser.parse_args(arguments)
    found = record(read(FIGURES, EVIDENCE))
    files.write(options.record, data.as_json(found))
    return 0


if __name__ == "__main__":
    sys.exit(main())
