"""`python -m habits.checkov FRAMEWORK FILES`: what Checkov says of files of one framework.

Checkov's runner is called as a library: its program loads every framework first, and that takes most of its
time.
"""

import importlib
import logging
import sys
from collections.abc import Iterator
from typing import Any

from habits.report import report

_NO_REASON = "No comment provided"  # what Checkov puts in a reason's place


def findings(framework: str, files: list[str]) -> Iterator[str]:
    """Each failed check, and each passed over without a reason, as `file:line: check resource: what`.

    `framework` is one of Checkov's: terraform, kubernetes, github_actions.
    """
    for found in _reports(framework, files):
        for check in found.failed_checks:
            yield f"{_place(check)}: {check.check_name}"
        for check in found.skipped_checks:
            if check.check_result["suppress_comment"] == _NO_REASON:
                yield f"{_place(check)}: passed over without a reason"
        for file in found.parsing_errors:
            yield f"{file}: Checkov cannot read this file"


def _reports(framework: str, files: list[str]) -> list[Any]:
    logging.disable(logging.WARNING)  # its advice to its authors
    try:
        runner = importlib.import_module(f"checkov.{framework}.runner").Runner()
        chosen = importlib.import_module("checkov.runner_filter").RunnerFilter(framework=[framework])
        found = runner.run(root_folder=None, files=files, runner_filter=chosen)
    finally:
        logging.disable(logging.NOTSET)
    return found if isinstance(found, list) else [found]


def _place(check: Any) -> str:
    return f"{check.file_path.lstrip('/')}:{check.file_line_range[0]}: {check.check_id} {check.resource}"


if __name__ == "__main__":
    sys.exit(report(findings(sys.argv[1], sys.argv[2:])))
