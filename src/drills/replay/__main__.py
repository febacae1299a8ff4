"""Replay months of requests and incidents through Prometheus, and record what each alert did.

`python -m drills.replay --record evidence/figures/schedules/replay.json`
"""

import argparse
import sys
from pathlib import Path
from typing import Any

from asbuilt import data, files
from asbuilt.ending import ending
from drills import slo
from drills.alerting.programs import find
from drills.replay.engine import RULES, alerts, replayed
from drills.replay.record import figures

MONTHS = Path("figures/schedules/replay.yaml")


def recorded(declared: dict[str, Any], promised: slo.Declared) -> dict[str, Any]:
    """The figures of the declared months. Raises UnusableInput without Prometheus."""
    find("promtool", "prometheus")
    rules = alerts(RULES, declared, promised)
    return figures(declared, rules, replayed(declared, promised, rules))


@ending
def main() -> int:
    """Record the figures; 2 without Prometheus."""
    parser = argparse.ArgumentParser(prog="python -m drills.replay", description=__doc__.partition("\n")[0])
    parser.add_argument("--record", type=Path, required=True, help="where the figures are written")
    path = parser.parse_args().record
    promised = slo.of_schedules()
    found = recorded(data.read(MONTHS), promised)
    files.write(path, data.as_json(found))
    return 0


if __name__ == "__main__":
    sys.exit(main())
