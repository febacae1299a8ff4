"""What the Markdown extension costs the site.

The site is built from a copy of the repository, once as it is and once with every picture, table and
listing of the extension's put into the pages as the HTML it makes: the second is what the same site
costs without the engine.
"""

import gc
import logging
import os
import re
import shutil
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from benchmarks.row import Row

ROOT = Path(__file__).parent.parent
_RUNS = 3
_EDITS = 5
_YOUNGEST = 0  # generation of what Python's garbage collector sweeps
_LEFT_OUT = shutil.ignore_patterns(
    ".git", ".venv", ".cache", ".*_cache", "site", "build", "__pycache__", ".terraform"
)
_OURS = re.compile(
    r"^( *)!\[[^\]]*\]\((?:chart|coverage|diagram|inputs|outputs|source|table|workflow):[^)]*\)$", re.M
)
_LINES = re.compile(r"\]\(line:([^)#]*)#([^)]*)\)")


def rows(folder: Path) -> Iterator[Row]:
    """Build the site in `folder`, which is empty, and tell what the extension costs."""
    copy, static, output = folder / "copy", str(folder / "static"), str(folder / "site")
    shutil.copytree(ROOT, copy, ignore=_LEFT_OUT)
    _run(copy, "static", static)
    _run(copy, "build", "docs", output)  # fills the store
    live, plain = [], []
    for _ in range(_RUNS):  # in turns, so that a busy machine slows both
        live.append(_run(copy, "build", "docs", output))
        plain.append(_run(copy, "build", static, output)[0])
    whole = min(seconds for seconds, _ in live)
    share = min(engine / (seconds - engine) for seconds, engine in live)
    yield Row(
        "a warm build of this site against the same pages as plain HTML", whole / min(plain), 1.1, "times"
    )
    yield Row("the engine's own time in a warm build of this site", 100 * share, 10.0, "%")
    _, edited = _run(copy, "edits", output)
    what = f"the engine's own time after a diagram was edited under mkdocs serve, median of {_EDITS} edits"
    yield Row(what, edited * 1000, 150.0, "ms")


def _run(copy: Path, *arguments: str) -> tuple[float, float]:
    """Run a part of this module in a process of its own: seconds of a build, and of the engine in it."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "NO_MKDOCS_2_WARNING": "1"}
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.site", *arguments],
        cwd=copy,
        env=environment,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    whole, engine = done.stdout.split()
    return float(whole), float(engine)


def _build(docs: str, output: str) -> float:
    """Build the pages in `docs` and give the seconds it took."""
    from mkdocs.commands.build import build
    from mkdocs.config import load_config

    start = time.perf_counter()
    config = load_config("mkdocs.yml", docs_dir=str(Path(docs).absolute()), site_dir=output)
    if docs != "docs":
        config.markdown_extensions.remove("asbuilt")
    build(config)
    return time.perf_counter() - start


@dataclass
class _Watch:
    """Seconds spent in the extension: in its import, and in its processors.

    Sweeps of Python's garbage collector through what is older count for nobody: they go through all that
    MkDocs and its plugins hold, take up to a few tenths of a second, and fall on whoever asks for memory
    just then, so that the same edit took 160 ms or 410. Sweeps of what was made just now do count.
    """

    seconds: float = 0.0
    _inside: bool = False

    def __post_init__(self) -> None:
        import mkdocs.commands.build  # noqa: F401 - what MkDocs imports anyway is not the engine's
        import pygments.lexers  # noqa: F401 - as above

        start = time.perf_counter()
        from asbuilt.page import extension

        self.seconds += time.perf_counter() - start
        for kind in vars(extension).values():  # all, so that none is forgotten here
            if getattr(kind, "__module__", "") == extension.__name__ and hasattr(kind, "run"):
                kind.run = self._watched(kind.run)
        gc.callbacks.append(self._sweep)

    def _watched(self, run: Callable[[object, object], None]) -> Callable[[object, object], None]:
        def watched(processor: object, root: object) -> None:
            self._inside = True
            start = time.perf_counter()
            run(processor, root)
            self.seconds += time.perf_counter() - start
            self._inside = False

        return watched

    def _sweep(self, phase: str, sweep: Mapping[str, int]) -> None:
        if self._inside and sweep["generation"] > _YOUNGEST:
            self.seconds += time.perf_counter() * (1 if phase == "start" else -1)


def _static(target: str) -> None:
    """Copy the pages with everything of the extension's as the HTML it makes."""
    shutil.copytree("docs", target)
    for page in Path(target).rglob("*.md"):
        text = page.read_text(encoding="utf-8")
        page.write_text(_LINES.sub(_line, _OURS.sub(_html, text)), encoding="utf-8")


def _html(match: re.Match[str]) -> str:
    from markdown import Markdown

    html = Markdown(extensions=["asbuilt"]).convert(match[0].strip())
    return textwrap.indent(f'<div markdown="0">\n{html}\n</div>', match[1])  # in a fold, too


def _line(match: re.Match[str]) -> str:
    from asbuilt.page.source import link_to, places

    return f"]({link_to(match[2], places(Path(match[1])))})"


def _edits(output: str) -> tuple[float, float]:
    """Build, then edit a diagram and build again in the same process, as `mkdocs serve` does.

    Gives the median of the edits, by the engine's seconds.
    """
    watch = _Watch()
    _build("docs", output)
    return sorted((_edited(watch, output) for _ in range(_EDITS)), key=lambda pair: pair[1])[_EDITS // 2]


def _edited(watch: _Watch, output: str) -> tuple[float, float]:
    script = min(Path("diagrams").rglob("*.py"))
    script.write_text(f"{script.read_text(encoding='utf-8')}\n# edited at {time.time()}\n", encoding="utf-8")
    watch.seconds = 0.0
    return _build("docs", output), watch.seconds


def _part(arguments: list[str]) -> tuple[float, float]:
    match arguments:
        case ["build", "docs", output]:
            watch = _Watch()
            return _build("docs", output), watch.seconds
        case ["build", docs, output]:
            return _build(docs, output), 0.0
        case ["edits", output]:
            return _edits(output)
    _static(arguments[-1])
    return 0.0, 0.0


if __name__ == "__main__":
    logging.disable(logging.CRITICAL)  # what the pages lack is not what is measured here
    print(*_part(sys.argv[1:]))
