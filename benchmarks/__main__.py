"""Measure the engine, and write what was measured with the machine and the day: `python -m benchmarks`."""

import datetime
import os
import platform
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks import drawing, policies, proving, site
from benchmarks.row import Row

from asbuilt import data, files

RESULTS = Path(__file__).parent / "results.json"
APPLIED = Path("build/biotech-x")


def main() -> int:
    """Measure everything; ends with 1 where a limit was not met, so that nobody publishes it unseen."""
    measured = []
    for row in _rows():
        measured.append(row)
        table = row.as_table()
        print(f"{table['measured']:>9}  {table['limit']:>9}  {table['what']}", flush=True)
    body = {"rows": [row.as_table() for row in measured], "measured": [_machine()]}
    files.write(RESULTS, data.as_json(body, indent=1))
    return 0 if all(row.is_met for row in measured) else 1


def _rows() -> Iterator[Row]:
    yield from proving.rows()
    if APPLIED.is_dir():  # made by `make prove`
        yield proving.system_row(APPLIED)
    yield from policies.rows()
    with tempfile.TemporaryDirectory() as folder:
        yield from drawing.rows(Path(folder))
    with tempfile.TemporaryDirectory() as folder:
        yield from site.rows(Path(folder))


def _machine() -> dict[str, str]:
    return {
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "processor": _processor(),
        "cores": str(os.cpu_count()),
        "system": platform.system(),
        "Python": platform.python_version(),
    }


def _processor() -> str:
    """The processor's model: Linux tells it in a file, others through the platform."""
    information = Path("/proc/cpuinfo")
    lines = information.read_text(encoding="utf-8").splitlines() if information.is_file() else []
    models = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(models, platform.processor() or platform.machine())


if __name__ == "__main__":
    sys.exit(main())
