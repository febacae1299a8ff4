"""The figure of a workflow."""

import logging
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from markdown import markdown

from asbuilt.page.workflow import pipeline

FILE, CALLED = ".github/workflows/delivery.yml", ".github/workflows/release.yml"
TEXT = f"""\
on:
  push: {{branches: [main], paths: [a/**, b/**, c/**]}}
permissions: {{}}
jobs:
  build:
    runs-on: x
  release:
    needs: build
    if: github.ref == 'refs/heads/main'
    permissions: {{contents: write}}
    uses: ./{CALLED}
"""
RELEASE = "on: workflow_call\njobs:\n  tag:\n    runs-on: x\n    environment: production\n"


@pytest.fixture
def written(project: Path) -> None:
    """A workflow that calls another."""
    Path(FILE).parent.mkdir(parents=True)
    Path(FILE).write_text(TEXT)
    Path(CALLED).write_text(RELEASE)


@pytest.fixture
def shown(written: None) -> ET.Element:
    """Its figure."""
    return pipeline(FILE, "How it is delivered", Path("cache"))


def text(element: ET.Element) -> str:
    """All the words in an element."""
    return " ".join("".join(element.itertext()).split())


def test_the_figure_says_what_it_is_drawn_from(shown: ET.Element):
    """Its name is the text of the page; there is no verdict, and the file is a link."""
    (svg,) = shown.iter("svg")
    assert "How it is delivered" == svg.get("aria-label")
    (origin,) = (one for one in shown.iter("p") if one.get("class") == "asbuilt-origin")
    assert f"drawn from {FILE}" == text(origin)
    assert "/source/github/workflows.md#delivery.yml-L1" == origin[0].get("href")
    assert [] == [one for one in shown.iter() if "verdict" in one.get("class", "")]


def test_every_node_leads_to_its_line(shown: ET.Element):
    """Those of the called workflow lead to its own file."""
    (svg,) = shown.iter("svg")
    links = {one[0].get("data-node"): one.get("href") for one in svg.iter("a")}
    assert {
        "on:": "/source/github/workflows.md#delivery.yml-L1",
        "build": "/source/github/workflows.md#delivery.yml-L5",
        "release/tag": "/source/github/workflows.md#release.yml-L3",
    } == links
    assert all(one.get("aria-label") for one in svg.iter("a"))


def test_every_job_is_listed_with_what_it_may_do(shown: ET.Element):
    """One table a file, and everything that starts the workflow in full."""
    tables = [[[text(cell) for cell in row] for row in table.iter("tr")][1:] for table in shown.iter("table")]
    assert [
        [
            ["build", "-", "-", "-", "none"],
            ["release", "build", "github.ref == 'refs/heads/main'", "-", "contents: write"],
        ],
        [["release/tag", "-", "-", "production", "the repository's default"]],
    ] == tables
    assert "push to main (paths a/**, b/**, c/**)" in text(shown)


def test_a_changed_workflow_is_drawn_anew(shown: ET.Element):
    """What is kept of a picture is found by what it shows."""
    Path(FILE).write_text(TEXT.replace("build", "compile"))
    again = pipeline(FILE, "How it is delivered", Path("cache"))
    assert ["on:", "compile", "release/tag"] == [
        one.get("data-node") for one in again.iter("g") if one.get("data-node")
    ]
    assert 2 == len(list(Path("cache").iterdir()))


def page(image: str) -> str:
    """The HTML of a page."""
    return markdown(image, extensions=["asbuilt"])


def test_a_page_shows_the_figure(written: None, caplog: pytest.LogCaptureFixture):
    """And links to a job lead to its line."""
    html = page(f"![It](workflow:{FILE})\n\n[the build](line:.github/workflows#delivery/build)")
    assert '<figure class="asbuilt-figure asbuilt-workflow" id="workflow-delivery">' in html
    assert '<a href="/source/github/workflows.md#delivery.yml-L5">the build</a>' in html
    assert [] == caplog.messages


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "needs: build",
            "needs: biuld",
            ":8: release needs biuld, and there is no such job; hint: did you mean",
        ),
        (
            CALLED,
            ".github/workflows/none.yml",
            ":7: release calls .github/workflows/none.yml, and there is no",
        ),
        (CALLED, FILE, ":7: release calls in a circle"),
        ("jobs:", "jobs: [", "this is not YAML"),
    ],
)
def test_a_workflow_that_cannot_be_drawn_fails_the_build(
    written: None, caplog: pytest.LogCaptureFixture, old: str, new: str, said: str
):
    """A box stands on the page, and a warning with file and line stops a strict build."""
    Path(FILE).write_text(TEXT.replace(old, new))
    assert f"workflow:{FILE} cannot be shown" in page(f"![It](workflow:{FILE})")
    (record,) = caplog.records
    assert logging.WARNING == record.levelno
    assert FILE in record.message and said in record.message


def test_a_link_to_an_absent_job_is_warned_of(written: None, caplog: pytest.LogCaptureFixture):
    """With the nearest one that is there."""
    page("[the build](line:.github/workflows#delivery/biuld)")
    (message,) = caplog.messages
    assert "there is no delivery/biuld; hint: did you mean delivery/build?" in message
