"""The figure of a diagram, and the table of how much is proven."""

import subprocess
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from asbuilt import evidence
from asbuilt.evidence import Basis
from asbuilt.page.coverage import coverage
from asbuilt.page.figure import Folders, _commits, figure
from asbuilt.prove.verdicts import ArrowProof, DiagramProof, Finding, NodeProof, Proof

NODES = ("shop/Deployment/web", "shop/Deployment/api")
FOLDERS = Folders(Path("diagrams"), Path("evidence"), Path("cache"))


@pytest.fixture
def recorded(script) -> None:
    """A diagram of two arrows between the same pods: nobody forbids the one, the other is proven."""
    arrows = "\n".join(f'a >> Edge(label="{label}", by="tcp/80") >> b' for label in ("free", "let"))
    script(f'a = S3("Web", nodeid="{NODES[0]}")\nb = S3("API", nodeid="{NODES[1]}")\n{arrows}')
    free = Finding("absent", "no NetworkPolicy selects shop/Deployment/api for ingress")
    found = DiagramProof(
        "view",
        "diagrams/view.py",
        "View",
        tuple(NodeProof(name, name, 1, Finding("bound")) for name in NODES),
        (),
        tuple(
            ArrowProof(*NODES, label, "tcp/80", 1, finding)
            for label, finding in (("free", free), ("let", Finding("proven")))
        ),
    )
    evidence.record(Proof((found,), (), ()), Basis((), ()), FOLDERS.evidence)


def text(element: ET.Element) -> str:
    """All the words in an element."""
    return " ".join("".join(element.itertext()).split())


def test_what_nobody_forbids_is_shown_as_such(recorded) -> None:
    """Its arrow has a class of its own; legend and table say it in words, with the reason."""
    shown = figure("view", "Two arrows", FOLDERS, pytest.fail)
    classes = [group.get("class") for group in shown.iter("g") if group.get("data-arrow")]
    assert {"arrow absent", "arrow proven"} == set(classes)
    (legend,) = (one for one in shown.iter("p") if one.get("class") == "asbuilt-legend")
    assert ["1 proven", "1 allowed by absence"] == [span.text for span in legend]
    assert "allowed by absence: no NetworkPolicy selects" in text(shown)


def test_what_nobody_forbids_does_not_count_as_proven(recorded) -> None:
    """It has a column of its own."""
    rows = [[text(cell) for cell in row] for row in coverage(FOLDERS.evidence, "Verdicts").iter("tr")]
    columns = rows[0]
    (arrows,) = (row for row in rows if row[:2] == ["view", "arrows"])
    assert ["1", "1"] == [arrows[columns.index(name)] for name in ("proven", "allowed by absence")]


def git(*words: str) -> str:
    """What git says."""
    command = ["git", "-c", "user.name=a", "-c", "user.email=a@b.c", *words]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def test_the_commit_is_named_only_while_it_holds_what_is_shown(recorded) -> None:
    """Changed since, before the first page or while pages are served, the evidence has no commit yet."""
    git("init", "--quiet")
    git("add", "--all")
    git("commit", "--quiet", "--message=first")
    named = f"at commit {git('rev-parse', '--short', 'HEAD')}"
    assert named in shown_anew()
    path = FOLDERS.evidence / "view.json"
    path.write_text(path.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    assert "at commit" not in text(figure("view", "Two arrows", FOLDERS, pytest.fail))
    assert "at commit" not in shown_anew()


def shown_anew() -> str:
    """The figure's words in a new process of MkDocs."""
    _commits.cache_clear()
    return text(figure("view", "Two arrows", FOLDERS, pytest.fail))
