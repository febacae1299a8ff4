"""A proof as text, JSON and SARIF."""

import json

import pytest

from asbuilt.prove.verdicts import (
    ArrowProof,
    BoxProof,
    DiagramProof,
    Evidence,
    Finding,
    NodeProof,
    Proof,
    Undrawn,
)
from asbuilt.report import as_json, as_sarif, as_text

GOOD = Finding("bound", "", (Evidence("aws_vpc.a", "main.tf", 3),))
BAD = Finding("missing", "aws_eip.b is drawn but nothing creates it", (), "did you mean aws_eip.a?")
REFUTED = Finding("refuted", "no rule lets it in", (Evidence("aws_security_group.a", "main.tf", 9),))

PROOF = Proof(
    (
        DiagramProof(
            "view",
            "diagrams/view.py",
            "View",
            (NodeProof("aws_vpc.a", "The\nnetwork", 4, GOOD), NodeProof("aws_eip.b", "B", 5, BAD)),
            (BoxProof("aws_vpc.a", "VPC", 6, (("aws_vpc.a", GOOD), ("aws_eip.b", REFUTED))),),
            (
                ArrowProof("aws_vpc.a", "aws_eip.b", "sends", "tcp/443", 7, REFUTED),
                ArrowProof("aws_eip.b", "aws_vpc.a", "", "", 8, Finding("unknown", "no claim")),
                ArrowProof("aws_vpc.a", "aws_eip.b", "sends", "asserted: x", 9, Finding("asserted", "x")),
            ),
        ),
    ),
    (
        Undrawn("aws_lb.a", "resource", "", Evidence("aws_lb.a", "main.tf", 12)),
        Undrawn("aws_lb.b", "resource"),
        Undrawn("shop/Service/a", "selector", "", Evidence("shop/Service/a", "all.yaml", 2)),
    ),
    (Undrawn("aws_kms_key.a", "resource", "because"),),
)
EMPTY = Proof((), (), ())


def test_json_holds_everything_in_the_documented_form():
    """The JSON has a part a diagram, an entry a claim, and what is undrawn and excused."""
    body = json.loads(as_json(PROOF))
    (diagram,) = body["diagrams"]
    assert (diagram["name"], diagram["script"]) == ("view", "diagrams/view.py")
    assert diagram["nodes"] == [
        {
            "id": "aws_vpc.a",
            "label": "The network",
            "verdict": "bound",
            "reason": "",
            "evidence": [{"address": "aws_vpc.a", "file": "main.tf", "line": 3}],
        },
        {
            "id": "aws_eip.b",
            "label": "B",
            "verdict": "missing",
            "reason": "aws_eip.b is drawn but nothing creates it; did you mean aws_eip.a?",
            "evidence": [],
        },
    ]
    (box,) = diagram["boxes"]
    assert (box["id"], box["label"]) == ("aws_vpc.a", "VPC")
    assert [(item["node"], item["verdict"]) for item in box["members"]] == [
        ("aws_vpc.a", "bound"),
        ("aws_eip.b", "refuted"),
    ]
    assert diagram["arrows"][0] == {
        "source": "aws_vpc.a",
        "target": "aws_eip.b",
        "label": "sends",
        "claim": "tcp/443",
        "verdict": "refuted",
        "reason": "no rule lets it in",
        "evidence": [{"address": "aws_security_group.a", "file": "main.tf", "line": 9}],
    }
    assert [arrow["claim"] for arrow in diagram["arrows"]] == ["tcp/443", "", "asserted: x"]
    assert body["undrawn"] == [
        {"address": "aws_lb.a", "kind": "resource", "file": "main.tf", "line": 12},
        {"address": "aws_lb.b", "kind": "resource", "file": "", "line": 0},
        {"address": "shop/Service/a", "kind": "selector", "file": "all.yaml", "line": 2},
    ]
    assert [(item["address"], item["reason"]) for item in body["excused"]] == [("aws_kms_key.a", "because")]


def test_text_is_a_line_a_finding_with_its_place_and_hint():
    """Each finding is one `error:` line with file and line, and a hint where there is one."""
    assert as_text(PROOF).splitlines() == [
        "error: diagrams/view.py:5: view: aws_eip.b is drawn but nothing creates it",
        "hint: did you mean aws_eip.a?",
        "error: diagrams/view.py:6: view: aws_eip.b in VPC is refuted: no rule lets it in",
        "error: diagrams/view.py:7: view: aws_vpc.a → aws_eip.b (tcp/443) is refuted: no rule lets it in",
        "error: diagrams/view.py:8: view: aws_eip.b → aws_vpc.a (no claim) is unknown: no claim",
        "error: main.tf:12: aws_lb.a exists but no diagram shows it",
        "error: aws_lb.b: aws_lb.b exists but no diagram shows it",
        "error: all.yaml:2: shop/Service/a selects nothing that these files create",
        "hint: correct its selector, or excuse it",
        "1 diagrams: 1 asserted, 2 bound, 1 missing, 2 refuted, 1 unknown; 3 undrawn",
    ]


def test_a_proof_without_findings_says_only_its_counts():
    """Where nothing is wrong there is no error line."""
    assert as_text(EMPTY) == "0 diagrams: ; 0 undrawn\n"


def test_sarif_has_a_result_a_finding_at_its_line():
    """Code scanning is told each finding with the file and line it stands on, and its rule."""
    (run,) = json.loads(as_sarif(PROOF))["runs"]
    found = []
    for result in run["results"]:
        place = result["locations"][0]["physicalLocation"] if result["locations"] else {}
        file = place.get("artifactLocation", {}).get("uri", "")
        found.append((result["ruleId"], file, place.get("region", {}).get("startLine", 0)))
    assert found == [
        ("node", "diagrams/view.py", 5),
        ("box", "diagrams/view.py", 6),
        ("arrow", "diagrams/view.py", 7),
        ("arrow", "diagrams/view.py", 8),
        ("undrawn", "main.tf", 12),
        ("undrawn", "", 0),
        ("undrawn", "all.yaml", 2),
    ]


@pytest.mark.parametrize("proof", [PROOF, EMPTY])
def test_sarif_has_what_the_standard_requires(proof):
    """SARIF 2.1.0 §3.13, §3.14, §3.19, §3.27: version, runs, tool, and a message for every result."""
    body = json.loads(as_sarif(proof))
    assert (body["version"], body["$schema"].endswith("sarif-2.1.0.json"), len(body["runs"])) == (
        "2.1.0",
        True,
        1,
    )
    (run,) = body["runs"]
    driver = run["tool"]["driver"]
    rules = [rule["id"] for rule in driver["rules"]]
    assert (driver["name"], len(rules)) == ("asbuilt", len(set(rules)))
    for rule in driver["rules"]:
        assert rule["shortDescription"]["text"]
    for result in run["results"]:
        assert (result["ruleId"] in rules, result["level"]) == (True, "error")
        assert result["message"]["text"]
        for location in result["locations"]:
            place = location["physicalLocation"]
            assert not place["artifactLocation"]["uri"].startswith("/")
            assert place["region"]["startLine"] >= 1
