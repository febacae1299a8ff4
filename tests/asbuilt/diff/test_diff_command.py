"""The command `asbuilt diff`: what it prints and writes, and how it refuses."""

import json
import os
import re
import shutil
import subprocess
import time
from pathlib import Path

import markdown_it
import pytest

from asbuilt import files
from asbuilt.cli import main
from asbuilt.diff.model import Change, Snapshot
from asbuilt.diff.words import LIMIT, MARKER, as_markdown, as_text

ROOT = Path(__file__).parents[3]
NOWHERE = Snapshot("x", Path(), {}, {}, frozenset(), {}, frozenset(), frozenset())


@pytest.fixture
def run(capfd):
    """Runs the command and gives its exit code, output and errors."""

    def command(*arguments: str) -> tuple[int, str, str]:
        code = main(["diff", *arguments])
        return (code, *capfd.readouterr())

    return command


def delete_rule() -> None:
    """Take away what lets the web in to the API."""
    path = Path("kubernetes/policies.yaml")
    parts = path.read_text(encoding="utf-8").split("---\n")
    files.write(path, "---\n".join(part for part in parts if "name: api-in," not in part))


def test_the_page_shows_what_the_command_prints(said, run):
    """The example of the reference is the command's own output."""
    delete_rule()
    said()
    page = (ROOT / "docs/reference/diff.md").read_text(encoding="utf-8")
    (shown,) = re.findall(r'```text title="asbuilt diff base HEAD"\n(.+?)```', page, re.DOTALL)
    assert run("base", "HEAD") == (0, shown, "")


def test_without_a_head_the_work_tree_is_compared(shop, said, run):
    """What is not committed counts; where the evidence is older than its files, that is said."""
    assert run("base") == (0, "no change to the architecture\n", "")
    delete_rule()
    code, out, _ = run("base")
    assert (code, out.splitlines()[-1]) == (0, "no change to the architecture")
    assert "the evidence of shop/view is stale" in out
    assert "kubernetes/policies.yaml changed" in out


def test_the_comment_begins_with_its_marker_and_escapes_what_it_quotes(said, run):
    """A workflow finds its comment by the marker; a label can neither format nor mention."""
    path = Path("diagrams/shop/view.py")
    files.write(path, path.read_text(encoding="utf-8").replace('Deploy("Web"', 'Deploy("<b>@all</b> [x](y)"'))
    said()
    code, out, _ = run("base", "HEAD", "--markdown")
    assert (code, out.startswith(f"{MARKER}\n")) == (0, True)
    assert "“\\<b\\>\\@\u200ball\\<\\/b\\> \\[x\\]\\(y\\)”" in out


HOSTILE = {
    "HTML": "<img src=x> <!-- x --> </details>",
    "formatting": "*a* _b_ `c` ~~d~~ $e$ | f | \\g",
    "a link": "[x](https://evil.example) ![x](y) https://evil.example www.evil.example a@evil.example",
    "a mention": "@octocat @as-built/maintainers &commat;octocat &#64;octocat",
    "an issue": "#1 as-built/as-built#1 GH-1 &num;1 &#35;1 closes #1",
    "an emoji": ":tada: :+1:",
}
REFERENCE = re.compile(r"[@#]\w|\bGH-\d|:[\w+-]+:", re.IGNORECASE)


@pytest.mark.parametrize("label", HOSTILE.values(), ids=HOSTILE)
def test_a_label_stays_text_in_the_comment(label):
    """As CommonMark reads it, it is the same words; and GitHub, reading those once more, finds nothing."""
    (line,) = (
        line for line in as_markdown([Change("view", label)], NOWHERE).splitlines() if line.startswith("- ")
    )
    reader = markdown_it.MarkdownIt().enable(["strikethrough", "table"])
    (text,) = (token for token in reader.parse(line) if token.type == "inline")
    assert {"text"} == {part.type for part in text.children} - {"text_special"}
    read = "".join(part.content for part in text.children)
    assert (label, None) == (read.replace("\u200b", ""), REFERENCE.search(read))
    assert not re.search(r"www\.|https?:", line)  # GitHub's reader makes links of these, the other does not


@pytest.mark.parametrize("write", [as_text, as_markdown])
def test_a_label_cannot_leave_its_line(write):
    """A file of evidence can hold anything: a heading, colours for a terminal, text that runs backwards."""
    plain, hostile = "adds the node “A b”", "adds the node “A\n\r\x1b \u202eb”"
    assert write([Change("view", plain)], NOWHERE) == write([Change("view\n", hostile)], NOWHERE)


def test_a_long_comment_is_cut_at_a_line_and_says_so():
    """GitHub takes a limited comment: what is left out is counted."""
    changes = [Change("view", f"adds the node “{number}” " + "é" * 50) for number in range(2000)]
    text = as_markdown(changes, NOWHERE)
    shown = text.count("\n- adds")
    assert len(text.encode()) <= LIMIT
    assert text.endswith(
        f"… and {2000 - shown:,} more changes, left out here: `asbuilt diff` lists them all.\n"
    )


def test_pictures_stand_side_by_side_in_one_file(said, run):
    """A changed picture is drawn from both revisions, the refuted arrow in its colour; nothing is fetched."""
    delete_rule()
    said()
    assert run("base", "HEAD", "--html", "out/review.html")[0] == 0
    page = Path("out/review.html").read_text(encoding="utf-8")
    assert (page.count("<img "), page.count("<section>"), "http" in re.sub(r"base64,[^\"]+", "", page)) == (
        2,
        1,
        False,
    )
    assert "removes the proof of Web → API" in page
    assert len(set(re.findall(r"base64,([^\"]+)", page))) == 2


def test_unchanged_pictures_are_left_out(shop, run):
    """Where no picture changes the page says so."""
    assert run("base", "HEAD", "--html", "review.html")[0] == 0
    assert "No picture changes." in Path("review.html").read_text(encoding="utf-8")


def test_nothing_of_the_work_tree_is_touched(shop, run):
    """Other revisions are read, never checked out."""
    files.write(Path("diagrams/shop/view.py"), "mine")
    assert run("base", "HEAD", "--html", "../review.html")[0] == 0
    assert Path("diagrams/shop/view.py").read_text(encoding="utf-8") == "mine"
    assert git_status() == " M diagrams/shop/view.py\n?? .cache/\n"


def git_status() -> str:
    """What git says of the work tree."""
    return subprocess.run(["git", "status", "--short"], capture_output=True, text=True, check=True).stdout


def unprove() -> None:
    """A commit without evidence, tagged `bare`."""
    subprocess.run(["git", "rm", "-rq", "--cached", "evidence"], check=True)
    tree = subprocess.run(["git", "write-tree"], capture_output=True, text=True, check=True).stdout.strip()
    identity = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
    command = ["git", *identity, "commit-tree", "-m", "bare", tree]
    commit = subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    subprocess.run(["git", "tag", "bare", commit], check=True)


def damage(text: str) -> None:
    """Evidence that somebody wrote over, beside some that is sound."""
    shutil.copy("evidence/shop/view.json", "evidence/shop/sound.json")
    files.write(Path("evidence/shop/view.json"), text)


def damage_both() -> None:
    """Evidence whose header was misspelt and committed so, beside some that is sound."""
    damage(Path("evidence/shop/view.json").read_text(encoding="utf-8").replace('"schema"', '"shema"'))
    add()


def folder() -> None:
    """A folder that is called as evidence is."""
    files.write(Path("evidence/shop/folder.json/file"), "")


def add() -> None:
    """Commit what there is."""
    subprocess.run(["git", "add", "--all"], check=True)
    identity = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
    subprocess.run(["git", *identity, "commit", "--quiet", "--message", "add"], check=True)


SHOP, UNREAD = "evidence/shop/view.json", "this evidence cannot be read at HEAD"
UNUSABLE = {
    "an unknown revision": (lambda: None, ["nowhere"], "git knows no revision nowhere"),
    "an option as revision": (lambda: None, ["--", "--help"], "git knows no revision --help"),
    "a base without evidence": (unprove, ["bare", "base"], "there is no evidence in evidence at bare"),
    "broken JSON": (lambda: damage("{"), ["base"], "evidence/shop/view.json: this evidence cannot be read"),
    "another version": (
        lambda: damage('{"schema": 9, "basis": [], "inputs": {}}'),
        ["base"],
        "evidence/shop/view.json: this evidence cannot be read",
    ),
    "half of it": (
        lambda: damage('{"schema": 1, "basis": [], "inputs": {}, "nodes": [{}]}'),
        ["base"],
        "evidence/shop/view.json: this evidence cannot be read",
    ),
    "valid JSON without its header": (
        lambda: damage('{"schema": 1, "nodes": []}'),
        ["base"],
        "evidence/shop/view.json: this evidence cannot be read at the work tree",
    ),
    "an empty object": (
        lambda: files.write(Path("evidence/shop/undrawn.json"), "{}"),
        ["base"],
        "evidence/shop/undrawn.json: this evidence cannot be read at the work tree",
    ),
    "a damaged header, on both sides": (
        damage_both,
        ["HEAD", "HEAD"],
        "evidence/shop/view.json: this evidence cannot be read at HEAD",
    ),
    "an empty revision": (lambda: None, [""], "git knows no revision without a name"),
    "no repository": (lambda: Path(".git").rename("gone"), ["base"], "this is not a git repository"),
    "nested too deep": (lambda: (damage("[" * 100_000), add()), ["base", "HEAD"], f"{SHOP}: {UNREAD}"),
    "a folder": (lambda: (folder(), add()), ["base", "HEAD"], f"evidence/shop/folder.json: {UNREAD}"),
    "nothing for an archive": (
        lambda: (files.write(Path(".gitattributes"), "* export-ignore\n"), add()),
        ["base", "HEAD"],
        "there is no evidence in evidence at HEAD",
    ),
    "a folder that every revision would share": (
        lambda: None,
        ["base", "--evidence", "/srv/evidence"],
        "/srv/evidence is one place for both",
    ),
    "no revision": (lambda: None, [], "the following arguments are required: BASE"),
}


@pytest.mark.parametrize(("make", "arguments", "message"), UNUSABLE.values(), ids=UNUSABLE.keys())
def test_what_cannot_be_compared_is_one_error_and_one_hint(shop, run, make, arguments, message):
    """Bad input ends with 2, says what is wrong and what to do, and prints nothing else."""
    make()
    code, out, err = run(*arguments)
    assert (code, out) == (2, "")
    assert [line.partition(" ")[0] for line in err.splitlines()] == ["error:", "hint:"]
    assert err.startswith(f"error: {message}")


@pytest.mark.parametrize("target", ["/srv/elsewhere", "../../../elsewhere"])
def test_a_link_that_leads_outside_is_left_there(shop, run, target):
    """Nothing of a revision is unpacked outside its folder, and a link to elsewhere stops nothing."""
    Path("kubernetes/link").symlink_to(target)
    Path("evidence/link.json").symlink_to(target)
    add()
    assert run("base", "HEAD") == (0, "no change to the architecture\n", "")


def test_a_name_that_is_no_text_stops_nothing(shop, run):
    """To git and to Linux a file's name is bytes."""
    Path(os.fsdecode(b"\xff")).touch()
    add()
    assert run("base", "HEAD") == (0, "no change to the architecture\n", "")


def test_a_comparison_takes_a_fraction_of_a_proof(said, run, capfd):
    """Words come from what is recorded: comparing this shop takes less than proving it three times."""
    started = time.perf_counter()
    for _ in range(3):
        said()
    proving, started = time.perf_counter() - started, time.perf_counter()
    assert run("base", "HEAD")[0] == 0
    comparing = time.perf_counter() - started
    with capfd.disabled():
        print(f" compared in {comparing:.2f} s, proven three times in {proving:.2f} s ", end="")
    assert comparing < proving


def test_a_check_writes_sarif_at_the_line_that_draws(said, capfd):
    """Each problem is a result at the arrow's line, with what it stood on beside; the same on every run."""
    delete_rule()
    said()
    assert main(["check", "--sarif", "one.sarif"]) == 1
    assert main(["check", "--sarif", "two.sarif"]) == 1
    assert Path("one.sarif").read_bytes() == Path("two.sarif").read_bytes()
    (found,) = json.loads(Path("one.sarif").read_text(encoding="utf-8"))["runs"]
    places = []
    for result in found["results"]:
        place = result["locations"][0]["physicalLocation"]
        places.append((result["ruleId"], place["artifactLocation"]["uri"], place["region"]["startLine"]))
    assert places == [("undrawn", "kubernetes/policies.yaml", 18), ("arrow", "diagrams/shop/view.py", 14)]
    related = found["results"][1]["relatedLocations"]
    assert {"kubernetes/policies.yaml"} <= {
        item["physicalLocation"]["artifactLocation"]["uri"] for item in related
    }


def test_stale_evidence_is_an_alert_of_its_file(shop, capfd):
    """What cannot be told by a line of a script stands at the evidence's first line."""
    delete_rule()
    assert main(["check", "--sarif", "found.sarif"]) == 1
    (found,) = json.loads(Path("found.sarif").read_text(encoding="utf-8"))["runs"]
    assert {result["ruleId"] for result in found["results"]} == {"stale"}


def test_a_sound_project_has_no_alerts(shop, capfd):
    """Where nothing is wrong the document is there, and empty."""
    assert main(["check", "--sarif", "found.sarif"]) == 0
    (found,) = json.loads(Path("found.sarif").read_text(encoding="utf-8"))["runs"]
    assert found["results"] == []
