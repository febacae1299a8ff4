"""How fast scripts become pictures."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks import scripts
from benchmarks.row import Row

SCRIPTS, NODES, LARGE = 50, 25, 300
_RUNS = 3
_WARM = """\
import time
start = time.perf_counter()
from pathlib import Path
from asbuilt.render.store import picture
from asbuilt.scripts import scripts
for script in scripts(Path("diagrams")):
    picture(script, Path("diagrams"), Path(".cache/asbuilt"))
print(time.perf_counter() - start)
"""


def rows(folder: Path) -> Iterator[Row]:
    """Draw in `folder`, which is empty, and tell what it took."""
    scripts.write(folder / "diagrams", SCRIPTS, NODES)
    cold = min(_cold(folder, run) for run in range(_RUNS))
    what = f"{SCRIPTS} labelled diagrams of {NODES} nodes, cold"
    yield Row(f"{what}: the whole command", cold, 1.0, "s")
    yield Row(f"{what}: faster than one process a script", _alone(folder) / cold, 5.0, "times", is_least=True)
    warm = min(float(_run(folder, "-c", _WARM)) for _ in range(_RUNS))
    yield Row(f"the same {SCRIPTS} from the store", warm * 1000, 50.0, "ms")
    yield from _large(folder)


def _large(folder: Path) -> Iterator[Row]:
    scripts.write(folder / "large", 1, LARGE)
    spent = _timed(lambda: _render(folder, "large", "out/large"))
    size = (folder / "out/large/view00.svg").stat().st_size
    yield Row(f"a labelled diagram of {LARGE} nodes: its SVG with icons", size / 1000, 600.0, "kB")
    yield Row(f"a labelled diagram of {LARGE} nodes: the whole command", spent, None, "s")


def _cold(folder: Path, run: int) -> float:
    """Seconds of the whole command, with a store that is empty."""
    cache = folder / ".cache"
    if cache.exists():
        cache.rename(folder / f"cache{run}")
    return _timed(lambda: _render(folder, "diagrams", "out"))


def _alone(folder: Path) -> float:
    """Seconds of a process for each script, one after the other, each with a store that is empty."""
    for number in range(SCRIPTS):
        here = folder / f"alone{number}/diagrams"
        here.mkdir(parents=True)
        (folder / f"diagrams/view{number:02}.py").rename(here / "view.py")
    spent = _timed(lambda: [_render(folder / f"alone{n}", "diagrams", "out") for n in range(SCRIPTS)])
    for number in range(SCRIPTS):
        (folder / f"alone{number}/diagrams/view.py").rename(folder / f"diagrams/view{number:02}.py")
    return spent


def _timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _render(folder: Path, diagrams: str, output: str) -> str:
    return _run(folder, "-m", "asbuilt.cli", "render", "--diagrams", diagrams, "--output", output)


def _run(folder: Path, *arguments: str) -> str:
    """Run Python in `folder` with its byte code kept, as an installed package's is."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    command = [sys.executable, *arguments]
    return subprocess.run(
        command, cwd=folder, env=environment, check=True, stdout=subprocess.PIPE, text=True
    ).stdout
