"""The quick check of the recorded evidence."""

import json
from pathlib import Path

import pytest

from asbuilt import evidence, files
from asbuilt.check import check
from asbuilt.errors import UnusableInput
from asbuilt.evidence import Basis
from asbuilt.prove.verdicts import DiagramProof, Finding, NodeProof, Proof, Undrawn
from asbuilt.settings import Settings

REASON = Settings({"aws_eip.b": "because"})
SCRIPT = Path("diagrams/shop/view.py")


def record(verdict: str = "bound", undrawn: tuple[Undrawn, ...] = ()) -> None:
    """Evidence of one diagram with one node."""
    node = NodeProof("aws_vpc.a", "A", 1, Finding(verdict))
    proof = Proof(
        (DiagramProof("view", SCRIPT.as_posix(), "T", (node,), (), ()),),
        undrawn,
        (Undrawn("aws_eip.b", "resource", "because"),),
    )
    evidence.record(proof, Basis((), (Path("t"), Path("t/main.tf"))), Path("evidence/shop"))


@pytest.fixture(autouse=True)
def recorded(project):
    """A script, a Terraform file, and the evidence of them."""
    files.write(SCRIPT, "script")
    files.write(Path("t/main.tf"), "terraform")
    record()


def problems(settings: Settings = REASON) -> list[str]:
    """What the check says."""
    return [str(problem) for problem in check(Path("diagrams"), Path("evidence"), settings)]


def test_evidence_that_fits_is_quiet():
    """Evidence that fits its inputs and holds no finding is well."""
    assert problems() == []


def test_a_changed_input_is_told_in_every_file_that_stands_on_it():
    """Stale evidence is told with the input that changed."""
    files.write(Path("t/main.tf"), "other")
    assert problems() == [
        f"shop/{name}: the evidence is stale: t/main.tf changed since it was recorded"
        for name in ("undrawn", "view")
    ]


def test_a_diagram_without_evidence_is_told():
    """A new diagram needs evidence."""
    files.write(Path("diagrams/shop/new.py"), "script")
    assert problems() == ["shop/new: there is no evidence for this diagram"]


def test_evidence_without_its_diagram_is_told():
    """Evidence of a script that is gone is told."""
    files.write(Path("diagrams/other.py"), "script")
    files.write(Path("evidence/other.json"), Path("evidence/shop/view.json").read_text())
    SCRIPT.unlink()
    assert "shop/view: this evidence has no diagram" in problems()


def test_missing_evidence_of_what_is_undrawn_is_told():
    """Evidence is whole only with that of what is not drawn."""
    Path("evidence/shop/undrawn.json").unlink()
    assert problems() == ["undrawn: there is no evidence of what is not drawn"]


@pytest.mark.parametrize("verdict", ["missing", "unbound", "unknown", "refuted"])
def test_a_finding_in_the_evidence_is_told(verdict):
    """Whatever is wrong in the evidence is told."""
    record(verdict)
    assert problems() == [f"shop/view: aws_vpc.a is {verdict}"]


@pytest.mark.parametrize("verdict", ["bound", "external"])
def test_what_is_no_finding_is_quiet(verdict):
    """A node that is bound or external is well."""
    record(verdict)
    assert problems() == []


def test_what_is_undrawn_is_told():
    """A resource that is not drawn is told until it is drawn or excused."""
    record(undrawn=(Undrawn("aws_lb.a", "resource"),))
    assert problems() == ["shop/undrawn: aws_lb.a is not drawn"]


@pytest.mark.parametrize("settings", [Settings(), Settings({"aws_eip.b": "another reason"})])
def test_an_excuse_that_was_taken_back_is_told(settings):
    """Evidence that stands on an excuse needs the excuse."""
    expected = "shop/undrawn: the evidence is stale: aws_eip.b is no longer excused with this reason"
    assert problems(settings) == [expected]


def test_measurements_beside_the_evidence_are_left_alone():
    """A file that something else wrote is not evidence of a diagram."""
    files.write(Path("evidence/shop/retention.json"), '{"days": 365}')
    assert problems() == []


@pytest.mark.parametrize("name", ["view", "other"])
@pytest.mark.parametrize("content", ["{", "[]", '{"schema": 1}', '{"schema": 0, "basis": [], "inputs": {}}'])
def test_damaged_evidence_is_refused(name, content):
    """Evidence that cannot be read is an error of the file, whether a diagram has its name or none."""
    files.write(Path(f"evidence/shop/{name}.json"), content)
    with pytest.raises(UnusableInput) as caught:
        problems()
    assert caught.value.file == f"evidence/shop/{name}.json"


def test_without_diagrams_there_is_nothing_to_check():
    """An empty folder of diagrams is an error, not a success."""
    SCRIPT.unlink()
    with pytest.raises(UnusableInput, match="holds no diagram script"):
        problems()


@pytest.mark.parametrize("change", [{"nodes": []}, {"inputs": [{}]}, {"title": "Another"}, {"more": 1}])
def test_evidence_that_was_edited_by_hand_is_refused(change):
    """Whatever was changed, added or taken away."""
    path = Path("evidence/shop/view.json")
    files.write(path, json.dumps(json.loads(path.read_text()) | change))
    with pytest.raises(UnusableInput, match="was changed after it was recorded") as caught:
        problems()
    assert caught.value.file == path.as_posix()


def test_evidence_that_is_only_written_otherwise_is_the_same():
    """Indents and the order of keys say nothing."""
    path = Path("evidence/shop/view.json")
    files.write(path, json.dumps(dict(reversed(json.loads(path.read_text()).items()))))
    assert problems() == []
