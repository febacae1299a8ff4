"""What watches schedules, as a cluster takes it: `python -m drills.mirrored --write`.

Rules, routes, log rules and the dashboard are written once, in `observability/schedules/`: they are tested
there, and the lab reads them from there. This makes the objects of them that stand in
`kubernetes/schedules/base/observability/`: a `PrometheusRule`, Alertmanager's `Secret`, two `ConfigMap`s.
"""

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from asbuilt import data, files
from asbuilt.ending import ending

WRITTEN = Path("observability/schedules")
MADE = Path("kubernetes/schedules/base/observability")
_ADDRESSES = "/etc/alertmanager/secrets/receivers"  # where the operator mounts the Secret `receivers`
_WATCHING = "observability"


class _Dumper(yaml.SafeDumper):
    """Writes text of several lines as such a block."""


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style="|" if "\n" in value else None)


_Dumper.add_representer(str, _text)


def objects(root: Path) -> dict[Path, str]:
    """Each file that is made, and what has to stand in it. `root` is the repository's."""
    folder = root / WRITTEN
    return {
        MADE / "rules.yaml": _file(_rules(folder), "rules/slo.yaml and rules/alerts.yaml"),
        MADE / "routing.yaml": _file(_routing(folder), "alertmanager.yaml"),
        MADE / "log-rules.yaml": _file(
            _configuration("loki-rules", folder / "loki/rules.yaml"), "loki/rules.yaml"
        ),
        MADE / "dashboard.yaml": _file(
            _configuration("grafana-dashboards", folder / "dashboards/app-latency.json"),
            "dashboards/app-latency.json",
        ),
    }


def _rules(folder: Path) -> dict[str, Any]:
    """Both rule files as one object, beside the workloads that they are about."""
    groups = [
        group for name in ("slo", "alerts") for group in data.read(folder / f"rules/{name}.yaml")["groups"]
    ]
    return {
        "apiVersion": "monitoring.coreos.com/v1",
        "kind": "PrometheusRule",
        "metadata": {"name": "schedules", "namespace": "schedules"},
        "spec": {"groups": groups},
    }


def _routing(folder: Path) -> dict[str, Any]:
    """Alertmanager's configuration; a receiver's address is a file, for whoever knows it can write to it."""
    body = data.read(folder / "alertmanager.yaml")
    for receiver in body["receivers"]:
        (hook,) = receiver["webhook_configs"]
        receiver["webhook_configs"] = [_hidden(hook, receiver["name"])]
    text = yaml.dump(body, Dumper=_Dumper, sort_keys=False, width=110)
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": "alertmanager-schedules", "namespace": _WATCHING},
        "stringData": {"alertmanager.yaml": text},
    }


def _hidden(hook: Mapping[str, Any], name: str) -> dict[str, Any]:
    return {"url_file": f"{_ADDRESSES}/{name}"} | {key: hook[key] for key in hook if key != "url"}


def _configuration(name: str, path: Path) -> dict[str, Any]:
    """A file as it is."""
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": name, "namespace": _WATCHING},
        "data": {path.name: path.read_text(encoding="utf-8")},
    }


def _file(body: Mapping[str, Any], source: str) -> str:
    head = f"# Made from {WRITTEN}/: {source}. python -m drills.mirrored --write\n"
    return head + yaml.dump(body, Dumper=_Dumper, sort_keys=False, width=110)


@ending
def main() -> int:
    """Write the objects, or name those that are not as they have to be; returns 1 where there is one."""
    parser = argparse.ArgumentParser(prog="python -m drills.mirrored", description=__doc__.partition(":")[0])
    parser.add_argument("--write", action="store_true", help=f"write them below {MADE}")
    is_writing = parser.parse_args().write
    stale = [(path, text) for path, text in objects(Path()).items() if not _holds(path, text)]
    for path, text in stale:
        if is_writing:
            files.write(path, text)
        else:
            print(f"{path}: stale", file=sys.stderr)
    return 1 if stale and not is_writing else 0


def _holds(path: Path, text: str) -> bool:
    return path.is_file() and path.read_text(encoding="utf-8") == text


if __name__ == "__main__":
    sys.exit(main())
