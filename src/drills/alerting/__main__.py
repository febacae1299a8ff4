"""Break rules, routes and dashboards on purpose, and record what the checks notice.

`python -m drills.alerting --record evidence/figures/schedules/mutants.json`
"""

import argparse
import sys
from pathlib import Path

from asbuilt import data, files
from asbuilt.ending import ending
from drills.alerting import load, logs
from drills.alerting.mutants import figures, mutants
from drills.alerting.programs import find

DECLARED = Path("figures/schedules/mutants.yaml")


@ending
def main() -> int:
    """Record the figures; 1 where a mutant escapes, 2 where a program is missing."""
    parser = argparse.ArgumentParser(prog="python -m drills.alerting", description=__doc__.partition("\n")[0])
    parser.add_argument("--record", type=Path, required=True, help="where the figures are written")
    record = parser.parse_args().record
    find("promtool", "amtool", "node")
    logs.grammar()
    load.compiler()
    found = figures(mutants(data.read(DECLARED)), Path())
    files.write(record, data.as_json(found))
    for mutant in found["escaped"]:
        print(mutant, file=sys.stderr)
    return 1 if found["escaped"] else 0


if __name__ == "__main__":
    sys.exit(main())
