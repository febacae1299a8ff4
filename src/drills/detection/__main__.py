"""Compare what formulas say of burn-rate alerts with what Prometheus does, and record both.

`python -m drills.detection --record evidence/figures/schedules/detection.json`
"""

import argparse
import sys
from pathlib import Path
from typing import Any

from asbuilt import data, files
from asbuilt.ending import ending
from drills.alerting.programs import find
from drills.detection import SHAPES, engine, record
from drills.slo import of_schedules


def figures() -> dict[str, Any]:
    """The figures of the objective that is declared first. Raises UnusableInput without Prometheus."""
    find("promtool", "prometheus")
    promised = of_schedules()
    objective = promised.objectives[0]
    fired = engine.fired(promised, objective, SHAPES)
    return record.figures(promised, objective, list(record.compared(promised, objective, SHAPES, fired)))


@ending
def main() -> int:
    """Record the figures; 1 where formula and engine disagree by more than a minute, 2 without Prometheus."""
    parser = argparse.ArgumentParser(
        prog="python -m drills.detection", description=__doc__.partition("\n")[0]
    )
    parser.add_argument("--record", type=Path, required=True, help="where the figures are written")
    path = parser.parse_args().record
    found = figures()
    files.write(path, data.as_json(found))
    return 0 if found["agree"] == found["compared"] else 1


if __name__ == "__main__":
    sys.exit(main())
