"""Write the rules of the objectives that are declared: `python -m drills.slo --write`."""

import argparse
import sys
from pathlib import Path

from asbuilt import files
from asbuilt.ending import ending
from drills.slo import of_schedules, text

RULES = Path("observability/schedules/rules/slo.yaml")


@ending
def main() -> int:
    """Print the rules, or write them; 0."""
    parser = argparse.ArgumentParser(prog="python -m drills.slo", description=__doc__.partition(":")[0])
    parser.add_argument("--write", action="store_true", help=f"write them to {RULES}")
    made = text(of_schedules())
    if parser.parse_args().write:
        files.write(RULES, made)
    else:
        sys.stdout.write(made)
    return 0


if __name__ == "__main__":
    sys.exit(main())
