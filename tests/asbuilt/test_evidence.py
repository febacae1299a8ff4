"""Evidence: written like a lock file, and stale when its inputs change."""

import dataclasses
import json
from pathlib import Path

import pytest

from asbuilt import evidence, files
from asbuilt.errors import UnusableInput
from asbuilt.evidence import Basis
from asbuilt.prove.verdicts import DiagramProof, Evidence, Finding, NodeProof, Proof, Undrawn

BOUND = Finding("bound", "", (Evidence("aws_vpc.a", "t/main.tf", 1),))
FOLDER = Path("evidence")


def diagram(name: str, finding: Finding = BOUND) -> DiagramProof:
    """The proof of a diagram with one node."""
    return DiagramProof(name, f"diagrams/{name}.py", "T", (NodeProof("a", "A", 1, finding),), (), ())


@pytest.fixture
def basis(project) -> Basis:
    """A plan, a Terraform folder and a folder of manifests."""
    for name in ("t/main.tf", "k/a.yaml", "diagrams/one.py", "diagrams/shop/two.py"):
        files.write(Path(name), name)
    document = {"kind": "plan", "name": "plan.json", "terraform": "1.11.4"}
    return Basis((document,), (Path("t"), Path("t/main.tf"), Path("k"), Path("k/a.yaml")))


PROOF = Proof((diagram("one"), diagram("shop/two")), (Undrawn("aws_eip.a", "resource"),), ())


def test_a_proof_is_a_file_a_diagram_and_one_of_what_is_undrawn(basis):
    """Evidence mirrors the diagrams' folder; each file tells its inputs, its basis and its verdicts."""
    changed = evidence.record(PROOF, basis, FOLDER)
    names = ["one.json", "shop/two.json", "undrawn.json"]
    assert [FOLDER / name for name in names] == changed
    body = evidence.load(FOLDER / "shop/two.json")
    assert (body["title"], body["basis"]) == ("T", list(basis.documents))
    assert list(body["inputs"]) == ["diagrams/shop/two.py", "k", "k/a.yaml", "t", "t/main.tf"]
    assert body["nodes"][0]["evidence"] == [{"address": "aws_vpc.a", "file": "t/main.tf", "line": 1}]
    undrawn = evidence.load(FOLDER / "undrawn.json")
    assert [item["address"] for item in undrawn["undrawn"]] == ["aws_eip.a"]


def test_evidence_that_did_not_change_is_not_written_again(basis):
    """Only files whose content changed are touched, and only they are told."""
    evidence.record(PROOF, basis, FOLDER)
    before = {path: path.stat().st_mtime_ns for path in FOLDER.rglob("*.json")}
    assert evidence.record(PROOF, basis, FOLDER) == []
    assert before == {path: path.stat().st_mtime_ns for path in FOLDER.rglob("*.json")}
    other = dataclasses.replace(PROOF, diagrams=(diagram("one", Finding("missing")), diagram("shop/two")))
    assert evidence.record(other, basis, FOLDER) == [FOLDER / "one.json"]


def test_evidence_of_a_diagram_that_is_gone_goes_too(basis):
    """A diagram's evidence goes with it; a measurement that something else wrote stays."""
    evidence.record(PROOF, basis, FOLDER)
    files.write(FOLDER / "shop/measured.json", '{"schema": 1, "days": 365}')
    files.write(FOLDER / "broken.json", "{")
    gone = evidence.record(dataclasses.replace(PROOF, diagrams=PROOF.diagrams[:1]), basis, FOLDER)
    assert gone == [FOLDER / "shop/two.json"]
    names = ["broken.json", "one.json", "shop/measured.json", "undrawn.json"]
    assert names == sorted(path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*.json"))


def test_evidence_that_cannot_be_read_is_written_anew(basis):
    """A damaged file is replaced, whatever it holds."""
    files.write(FOLDER / "one.json", b"\xff\xfe")
    assert FOLDER / "one.json" in evidence.record(PROOF, basis, FOLDER)
    assert evidence.load(FOLDER / "one.json")["name"] == "one"


def test_a_diagram_cannot_take_the_name_of_what_is_undrawn(basis):
    """Two files cannot have one name."""
    with pytest.raises(UnusableInput, match="cannot be named undrawn"):
        evidence.record(dataclasses.replace(PROOF, diagrams=(diagram("undrawn"),)), basis, FOLDER)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "there is no evidence for this diagram"),
        ("{", "this evidence cannot be read"),
        (b"\xff", "this evidence cannot be read"),
        ("[]", "this evidence was written by another version"),
        ("{}", "this evidence was written by another version"),
        ('{"schema": 99}', "this evidence was written by another version"),
    ],
)
def test_evidence_that_is_not_ours_is_refused(project, content, message):
    """Absent, damaged and foreign evidence are told apart, and all say to prove again."""
    if content is not None:
        files.write(Path("a.json"), content)
    with pytest.raises(UnusableInput) as caught:
        evidence.load(Path("a.json"))
    assert (caught.value.message, caught.value.hint) == (message, "prove again: make prove")


def test_evidence_just_written_is_not_stale(basis):
    """Evidence fits the inputs it was made from."""
    evidence.record(PROOF, basis, FOLDER)
    assert [evidence.stale(evidence.load(path)) for path in FOLDER.rglob("*.json")] == [[], [], []]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda: files.write(Path("t/main.tf"), "other"), ["t/main.tf"]),
        (lambda: files.write(Path("diagrams/one.py"), "other"), ["diagrams/one.py"]),
        (lambda: files.write(Path("k/a.yaml"), "other"), ["k/a.yaml"]),
        (lambda: Path("k/a.yaml").unlink(), ["k", "k/a.yaml"]),
        (lambda: files.write(Path("t/new.tf"), ""), ["t"]),
        (lambda: files.write(Path("t/new.auto.tfvars"), ""), ["t"]),
        (lambda: files.write(Path("k/new.yml"), ""), ["k"]),
        (lambda: files.write(Path("k/sub/new.yaml"), ""), ["k"]),
        (lambda: files.write(Path("t/README.md"), ""), []),
        (lambda: files.write(Path("t/.terraform/modules/m.tf"), ""), []),
        (lambda: files.write(Path("diagrams/new.py"), ""), []),
    ],
)
def test_evidence_is_stale_once_an_input_changes_comes_or_goes(basis, change, expected):
    """A file that changed, went, or came beside the others is told; what creates nothing is not."""
    evidence.record(PROOF, basis, FOLDER)
    change()
    assert expected == evidence.stale(evidence.load(FOLDER / "one.json"))


def test_a_change_that_size_and_time_hide_is_told(basis, unseen):
    """Staleness is judged by what a file holds, and by nothing else."""
    evidence.record(PROOF, basis, FOLDER)
    body = evidence.load(FOLDER / "one.json")
    files.write(Path("t/main.tf"), "one")
    assert ["t/main.tf"] == evidence.stale(body)
    stood = body | {"inputs": evidence.fingerprints([Path("t/main.tf")])}
    unseen(Path("t/main.tf"), "one", "two")
    assert ["t/main.tf"] == evidence.stale(stood)


def test_staleness_is_judged_below_the_root_given(basis, project, monkeypatch):
    """Inputs are named from the project's root, wherever the program runs."""
    evidence.record(PROOF, basis, FOLDER)
    body = evidence.load(FOLDER / "one.json")
    monkeypatch.chdir("/")
    assert (evidence.stale(body, project), evidence.stale(body)) == ([], list(body["inputs"]))


def test_findings_of_a_file_are_a_line_each():
    """Whatever is missing, unbound, refuted, unknown or undrawn is said, and nothing else."""
    verdict = {"verdict": "refuted", "reason": "no rule"}
    body = {
        "nodes": [{"id": "a", "verdict": "missing"}, {"id": "b", "verdict": "bound"}],
        "boxes": [{"id": "vpc", "members": [{"node": "a", **verdict}, {"node": "b", "verdict": "proven"}]}],
        "arrows": [
            {"source": "a", "target": "b", "claim": "tcp/443", **verdict},
            {"source": "b", "target": "a", "claim": "tcp/443", "verdict": "asserted", "reason": ""},
            {"source": "b", "target": "a", "claim": "tcp/80", "verdict": "absent", "reason": "no policy"},
        ],
        "undrawn": [{"address": "c"}, {"address": "d", "kind": "selector"}],
    }
    assert [item.text for item in evidence.findings(body)] == [
        "a is missing",
        "a in vpc is refuted: no rule",
        "a → b (tcp/443) is refuted: no rule",
        "c is not drawn",
        "d selects nothing",
    ]


def test_evidence_is_text_that_a_reviewer_can_read(basis):
    """A file is indented JSON in UTF-8 that ends in a newline."""
    evidence.record(dataclasses.replace(PROOF, diagrams=(diagram("é"),)), basis, FOLDER)
    text = (FOLDER / "é.json").read_text(encoding="utf-8")
    assert text.endswith("\n")
    assert '"name": "é"' in text
    assert len(text.splitlines()) > 10
    assert json.loads(text)["schema"] == 2
