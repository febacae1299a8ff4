"""Write the rules of the objectives that are declared: `python -m drills.slo --write`."""

import sys
from pathlib import Path

from asbuilt.ending import ending
from drills.generated import generated
from drills.slo import of_schedules, text

RULES = Path("observability/schedules/rules/slo.yaml")


@ending
def main() -> int:
    """Print the rules, or write them; 0."""
    return generated(RULES, text(of_schedules()), "drills.slo", __doc__.partition(":")[0])


if __name__ == "__main__":
    sys.exit(main())
