"""What the Markdown extension costs the site.

The site is built from a copy of the repository, once as it is and once with every picture, table and
listing of the extension's put into the pages as the HTML it makes: the second is what the same site
costs without the engine.
"""

import os
import re
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.row import Row

ROOT = Path(__file__).parent.parent
_RUNS = 3
_LEFT_OUT = shutil.ignore_patterns(
    ".git", ".venv", ".cache", ".*_cache", "site", "build", "__pycache__", ".terraform"
)
_OURS = re.compile(r"^!\[[^\]]*\]\((?:coverage|diagram|inputs|outputs|source|table):[^)]*\)$", re.M)
_LINES = re.compile(r"\]\(line:([^)#]*)#([^)]*)\)")


def rows(folder: Path) -> Iterator[Row]:
    """Build the site in `folder`, which is empty, and tell what the extension costs."""
    copy = folder / "copy"
    shutil.copytree(ROOT, copy, ignore=_LEFT_OUT)
    _run(copy, "static", str(folder / "static"))
    _run(copy, "build", "docs", str(folder / "site"))  # fills the store
    spent: dict[str, list[float]] = {"docs": [], str(folder / "static"): []}
    for _ in range(_RUNS):  # in turns, so that a busy machine slows both
        for docs, times in spent.items():
            times.append(float(_run(copy, "build", docs, str(folder / "site"))))
    with_engine, without = (min(times) for times in spent.values())
    share = 100 * (with_engine / without - 1)
    yield Row("the extension's share of a warm build of this site", share, 10.0, "%")
    edited = statistics.median(float(_run(copy, "edit", str(folder / "site"))) for _ in range(_RUNS))
    yield Row(
        "the engine's share after one diagram was edited under mkdocs serve", edited * 1000, 150.0, "ms"
    )


def _run(copy: Path, *arguments: str) -> str:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "NO_MKDOCS_2_WARNING": "1"}
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.site", *arguments],
        cwd=copy,
        env=environment,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    return done.stdout.strip()


def _build(docs: str, output: str) -> float:
    """Build the pages in `docs` and give the seconds it took, the start of Python left out."""
    start = time.perf_counter()
    from mkdocs.commands.build import build
    from mkdocs.config import load_config

    config = load_config("mkdocs.yml", docs_dir=str(Path(docs).absolute()), site_dir=output)
    if docs != "docs":
        config.markdown_extensions.remove("asbuilt")
    build(config)
    return time.perf_counter() - start


def _static(target: str) -> None:
    """Copy the pages with everything of the extension's as the HTML it makes."""
    shutil.copytree("docs", target)
    for page in Path(target).rglob("*.md"):
        text = page.read_text(encoding="utf-8")
        page.write_text(_LINES.sub(_line, _OURS.sub(_html, text)), encoding="utf-8")


def _html(match: re.Match[str]) -> str:
    from markdown import Markdown

    return f'<div markdown="0">\n{Markdown(extensions=["asbuilt"]).convert(match[0])}\n</div>'


def _line(match: re.Match[str]) -> str:
    from asbuilt.page.source import link_to, places

    return f"]({link_to(match[2], places(Path(match[1])))})"


def _edit(output: str) -> float:
    """Build twice, edit a diagram, build again, and give the seconds the last build spent in the engine."""
    from asbuilt.page import extension

    spent = 0.0

    def timed(kind: type) -> None:
        run = kind.run

        def watched(self: object, root: object) -> None:
            nonlocal spent
            start = time.perf_counter()
            run(self, root)
            spent += time.perf_counter() - start

        kind.run = watched

    for kind in (extension._Pictures, extension._Lines, extension._Links):
        timed(kind)
    for _ in range(2):
        _build("docs", output)
    script = next(iter(sorted(Path("diagrams").rglob("*.py"))))
    script.write_text(f"{script.read_text(encoding='utf-8')}\n# edited at {time.time()}\n", encoding="utf-8")
    spent = 0.0
    _build("docs", output)
    return spent


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["build", docs, output]:
            print(_build(docs, output))
        case ["static", target]:
            _static(target)
        case ["edit", output]:
            print(_edit(output))
