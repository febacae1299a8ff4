"""The settings that pages quote, as Terraform and the manifests have them.

`python -m drills.settings biotech-x` reads `figures/biotech-x/settings.yaml`: names, each with an `address`,
the dotted path of an `attribute`, and a `unit`. It looks each up in what `make prove` made, and writes
`evidence/figures/biotech-x/settings.json`.
"""

import argparse
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from asbuilt import data, files
from asbuilt.ending import ending
from asbuilt.errors import UnusableInput
from asbuilt.infrastructure import Infrastructure
from asbuilt.inputs import Sources, read


def settings(declared: Mapping[str, Any], found: Infrastructure, system: str) -> dict[str, Any]:
    """Each declared setting with its value, its unit, and the name that leads to its line.

    Raises UnusableInput where a name, or what lies at its path, is not there.
    """
    known = {item.address: ("terraform", item.values) for item in found.resources}
    known |= {item.name: ("kubernetes", item.body) for item in found.manifests}
    recorded = {}
    for name, setting in declared.items():
        address, path = setting["address"], setting["attribute"]
        if address not in known:
            raise UnusableInput(f"{name}: there is no {address}", "name an instance, as the plan does")
        folder, values = known[address]
        value = _at(values, path, f"{name}: {address}")
        place = {"address": address.partition("[")[0], "folder": f"{folder}/{system}"}
        recorded[name] = {"value": value, "unit": setting.get("unit", "")} | place
    return recorded


def _at(values: Any, path: str, name: str) -> str | int | float:
    for key in path.split("."):
        try:
            values = json.loads(values) if isinstance(values, str) else values  # a policy, a definition
            values = values[int(key)] if isinstance(values, list) else values[key]
        except (KeyError, IndexError, TypeError, ValueError):
            raise UnusableInput(f"{name} has no {path}", f"nothing lies at {key}") from None
    if isinstance(values, bool) or not isinstance(values, str | int | float):
        raise UnusableInput(f"{name}: {path} is neither a number nor text", "lead to one")
    return values


@ending
def main() -> int:
    """Record the settings of one system; returns 2 where one of them cannot be read."""
    parser = argparse.ArgumentParser(prog="python -m drills.settings", description=__doc__.partition("\n")[0])
    parser.add_argument("system", help="biotech-x, banking, schedules or comments")
    system = parser.parse_args().system
    documents = [
        path for kind in ("plan", "state") if (path := Path(f"build/{system}/{kind}.json")).is_file()
    ]
    manifests = [path for path in [Path(f"kubernetes/{system}")] if path.is_dir()]
    declared = data.read(Path(f"figures/{system}/settings.yaml"))
    found, _ = read(Sources([], documents, manifests))
    recorded = settings(declared, found, system)
    files.write(Path(f"evidence/figures/{system}/settings.json"), data.as_json(recorded))
    return 0


if __name__ == "__main__":
    sys.exit(main())
