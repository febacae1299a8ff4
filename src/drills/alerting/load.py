"""The load script: is it what k6 understands, and does it fail where the objectives are missed?"""

import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

from asbuilt.errors import UnusableInput
from drills.alerting.programs import ROOT, ran
from drills.slo import Declared

_COMPILER = ROOT / "node_modules/.bin/tsc"
_MODULES = ROOT / "node_modules"
_SETTINGS = (
    "--noEmit",
    "--allowJs",
    "--checkJs",
    "--strict",
    "--target",
    "es2022",
    "--module",
    "esnext",
    "--moduleResolution",
    "bundler",
    "--types",
    "k6",
)


def compiler() -> None:
    """Raises UnusableInput where the compiler is not installed."""
    if not _COMPILER.exists():
        raise UnusableInput("TypeScript's compiler is not there", hint="make test installs it with npm")


def wrong(script: Path, objectives: Declared) -> Iterator[str]:
    """What the types of k6 say against a script, and where its thresholds are not the objectives."""
    text = script.read_text(encoding="utf-8")
    yield from mistyped(text)
    budgets = {one.name: one for one in objectives.objectives}
    wanted = {
        "http_req_failed": f"rate<{budgets['availability'].budget:g}",
        "http_req_duration": f"p({budgets['latency'].target:g})<300",
    }
    for metric, threshold in wanted.items():
        found = re.findall(rf"'{metric}{{version:(v\d)}}': \['([^']*)'\]", text)
        if sorted(found) != [("v1", threshold), ("v2", threshold)]:
            yield f"{metric}: its thresholds are not {threshold} of each version"


def mistyped(text: str) -> Iterator[str]:
    """What the compiler says against a script; it looks for the types of k6 beside it."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "node_modules").symlink_to(_MODULES)
        script = Path(folder) / "script.js"
        script.write_text(text, encoding="utf-8")
        status, printed = ran([_COMPILER, *_SETTINGS, script.name], Path(folder))
    if status:
        yield printed.strip()
