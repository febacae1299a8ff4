"""Price what a plan makes and what people do with it, and record the cost.

`python -m drills.cost --record FILE` takes production's plan from `build/biotech-x/plan.json`, plans staging
against the emulator, and writes what `docs/biotech-x/cost.md` shows. It ends with 2 where a resource of
either plan has no price.
"""

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from asbuilt import data, files
from asbuilt.ending import ending
from asbuilt.errors import UnusableInput
from asbuilt.infrastructure import terraform
from drills.apply import emulated
from drills.cost import Estate, PriceList, inputs, prices, record
from drills.cost.estate import types

_CONFIGURATION = Path("terraform/biotech-x")
_PLAN = Path("build/biotech-x/plan.json")
_FIGURES = Path("figures/biotech-x")


@ending
def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns 2 for input that cannot be used."""
    parser = argparse.ArgumentParser(prog="python -m drills.cost", description=__doc__)
    parser.add_argument("--record", type=Path, required=True, metavar="FILE")
    options = parser.parse_args(arguments)
    plans = {"production": terraform.load(_PLAN), "staging": _staging()}
    listed = prices.read(_FIGURES / "prices.yaml")
    estates = {name: estate(plan, listed) for name, plan in plans.items()}
    found = inputs(estates, listed, _FIGURES)
    files.write(options.record, data.as_json(record(found)))
    return 0


def estate(plan: Mapping[str, Any], listed: PriceList) -> Estate:
    """What a plan makes. Raises UnusableInput for a type that is neither priced nor declared free."""
    resources = terraform.resources(plan, {})
    unpriced = listed.unpriced(types(resources))
    if unpriced:
        raise UnusableInput(f"no price for {', '.join(unpriced)}", "add it to priced or free in prices.yaml")
    return Estate.of(resources)


def _staging() -> dict[str, Any]:
    with emulated(_CONFIGURATION, "staging") as (_, copy):
        copy.plan()
        return copy.show_plan()


if __name__ == "__main__":
    sys.exit(main())
