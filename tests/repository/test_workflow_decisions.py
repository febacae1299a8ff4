"""The decision on the pictures of pipelines, as the pages carry it out."""

import re
from collections.abc import Iterable
from pathlib import Path

import pytest

from asbuilt.workflows import FOLDER, MOST_NODES, draw, load, places

ROOT = Path(__file__).parents[2]
PAGES = sorted((ROOT / "docs").rglob("*.md"))
_CODE = re.compile(r"^```.*?^```$|`[^`\n]+`", re.MULTILINE | re.DOTALL)
_PICTURE = re.compile(r"^(?: {4})?!\[[^\]]+\]\(workflow:([^)]+)\)$", re.MULTILINE)  # or in a fold


@pytest.fixture(autouse=True)
def root(monkeypatch: pytest.MonkeyPatch) -> None:
    """Workflows are named from the repository's root."""
    monkeypatch.chdir(ROOT)


def shown(text: str) -> list[str]:
    """The workflows that a page draws; what stands as code draws nothing."""
    return _PICTURE.findall(_CODE.sub("", text))


def undrawn(pictured: Iterable[str]) -> set[str]:
    """The jobs of all workflows that no picture of these workflows holds."""
    jobs = (job for file in pictured for job in draw(file, load(file)).jobs.values())
    drawn = {f"{Path(job.file).stem}/{job.id}" for job in jobs}
    return {name for name in places(Path(FOLDER)) if "/" in name} - drawn


def test_0021_pages_draw_every_job():
    """No job of a workflow happens unseen: the pictures of all pages hold each of them."""
    pictured = {file for page in PAGES for file in shown(page.read_text(encoding="utf-8"))}
    assert set() == undrawn(pictured), "put ![…](workflow:.github/workflows/….yml) on a page"


def test_a_job_that_no_page_draws_is_seen():
    """Without the picture of the infrastructure's workflow, the plan of a pull request is on no page."""
    assert "infrastructure/plan" in undrawn({f"{FOLDER}/pull-request.yml"})
    assert "infrastructure/plan" not in undrawn({f"{FOLDER}/infrastructure.yml"})


@pytest.mark.parametrize("file", sorted(path.name for path in (ROOT / FOLDER).glob("*.yml")))
def test_a_picture_holds_what_its_workflow_says(file: str):
    """Every arrow within the file itself is one of its `needs`, and none of them is missing."""
    path = f"{FOLDER}/{file}"
    workflows = load(path)
    drawing = draw(path, workflows).drawing
    own = {job.id: job for job in workflows[path].jobs}
    needs = {(need, job.id) for job in own.values() for need in job.needs}
    arrows = {(arrow.source.partition("/")[0], arrow.target.partition("/")[0]) for arrow in drawing.arrows}
    assert needs == {(tail, head) for tail, head in arrows if tail != head and tail in own}
    assert {job.id for job in own.values() if not job.needs} == {
        head for tail, head in arrows if tail not in own
    }


@pytest.mark.parametrize("file", sorted(path.name for path in (ROOT / FOLDER).glob("*.yml")))
def test_a_picture_is_small(file: str):
    """A reader takes it in at once."""
    path = f"{FOLDER}/{file}"
    assert MOST_NODES >= len(draw(path, load(path)).drawing.nodes)
