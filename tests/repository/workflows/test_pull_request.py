"""The pull-request workflow, run: what passes is published, and what does not is stopped before."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[3]
WORKFLOW = yaml.safe_load((ROOT / ".github/workflows/pull-request.yml").read_text(encoding="utf-8"))
GATES = {"Hooks", "Tests", "Proofs", "Site", "ready"}
PUBLISHING = {"docs/Prove and build", "docs/Sign and publish"}
TITLE = "feat: change the shop"
KEY = "AKIA" + "IOSFODNN7EXAMPLF"  # put together here, so that no scanner finds it in this file


def push(repository) -> dict:
    """Commit what was changed to the main branch, and give what GitHub would say of the push."""
    return {"ref": "refs/heads/main", "after": repository.commit("feat: change the shop")}


def pull(repository, owner: str = "shop/shop") -> dict:
    """Merge what was changed as GitHub tries it, and give what it would say of the pull request.

    Main has moved on since the pull request was opened, by what a hook would refuse: the event does not know.
    """
    before = repository.git("rev-parse", "HEAD")
    repository.git("switch", "--quiet", "--create", "change")
    repository.commit("feat: change the shop")
    repository.git("switch", "--quiet", "main")
    repository.write("docs/others.md", "# Others\n\nTeh work of others.\n")
    repository.commit("docs: say what others do")
    repository.git("merge", "--quiet", "--no-ff", "--message", "Merge the change", "change")
    head = {"repo": {"full_name": owner}}
    base = {"sha": before, "ref": "main"}
    return {"number": 7, "pull_request": {"number": 7, "title": TITLE, "base": base, "head": head}}


def a_failing_unit_test(repository) -> None:
    """One sum is wrong."""
    text = (repository.folder / "tests/test_shop.py").read_text(encoding="utf-8")
    repository.write("tests/test_shop.py", text.replace("2 == 1 + 1", "3 == 1 + 1"))


def a_refuted_arrow(repository) -> None:
    """The policy lets another port through, and what the proof says of that is recorded."""
    text = (repository.folder / "kubernetes/shop/all.yaml").read_text(encoding="utf-8")
    repository.write("kubernetes/shop/all.yaml", text.replace("{port: 8000}", "{port: 9000}"))
    repository.prove()


def a_broken_link(repository) -> None:
    """A page leads to a page that is not there."""
    repository.write("docs/index.md", "# Shop\n\nSee [the other page](other.md).\n")


def a_leaked_secret(repository) -> None:
    """A key of AWS stands in a file."""
    repository.write("src/shop.py", f'"""A shop."""\n\nKEY = "{KEY}"\n')


@pytest.mark.parametrize(
    ("change", "stopped_by"),
    [
        (a_failing_unit_test, {"Tests"}),
        (a_refuted_arrow, {"Proofs", "Hooks"}),
        (a_broken_link, {"Site"}),
        (a_leaked_secret, {"Hooks"}),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_a_fault_stops_the_way_to_publishing(
    repository, run: Callable, change: Callable, stopped_by: set[str]
):
    """The job that looks for it fails, and so the gate; no job that publishes or deploys begins."""
    change(repository)
    done = run("pull-request", "push", push(repository), STAGING_ACCOUNT="1", PRODUCTION_ACCOUNT="2")
    expected = {name: "failure" if name in stopped_by | {"ready"} else "success" for name in GATES}
    assert expected == done.jobs, done.log


def test_a_sound_change_is_published(repository, run: Callable):
    """Every gate passes; then the site is built again, and what was built is what is signed and published."""
    repository.write("docs/more.md", "# More\n\nThere is more to say.\n")
    done = run("pull-request", "push", push(repository))
    assert dict.fromkeys(GATES | PUBLISHING, "success") == done.jobs, done.log
    assert (repository.shared / "artifacts/github-pages/site/more/index.html").is_file()


def test_a_pull_request_is_reviewed_and_nothing_is_published(repository, run: Callable):
    """The review and the preview are there, the comment is written once, and no job publishes."""
    repository.write("docs/more.md", "# More\n\nThere is more to say.\n")
    done = run("pull-request", "pull_request", pull(repository))
    assert dict.fromkeys(GATES | {"Review of the picture"}, "success") == done.jobs, done.log
    assert (repository.shared / "artifacts/preview/site/review.html").is_file()
    written = [call for call in done.called("gh api") if "--method" in call]
    assert [
        "gh api --method POST repos/shop/shop/issues/7/comments --field body=@comment.md --silent"
    ] == written


def test_a_forks_review_stays_in_the_summary(repository, run: Callable):
    """Its token may not write, so that job does not begin; the words are handed over all the same."""
    repository.write("docs/more.md", "# More\n\nThere is more to say.\n")
    done = run("pull-request", "pull_request", pull(repository, "fork/shop"))
    assert dict.fromkeys(GATES, "success") == done.jobs, done.log
    assert (repository.shared / "artifacts/review/review.md").read_text()
    assert [] == done.called("gh api")
    assert '>> "$GITHUB_STEP_SUMMARY"' in WORKFLOW["jobs"]["site"]["steps"][3]["run"]


def test_without_a_picture_before_the_review_says_so(tmp_path: Path):
    """It informs and stops nothing: evidence of an older engine must not hold up a newer one."""
    (step,) = (one for one in WORKFLOW["jobs"]["site"]["steps"] if one["name"].startswith("Compare"))
    program = tmp_path / ".venv/bin/asbuilt"
    program.parent.mkdir(parents=True)
    program.write_text("#!/bin/sh\necho 'error: there is no evidence' >&2\nexit 2\n")
    program.chmod(0o755)
    variables = {"BASE": "main", "GITHUB_STEP_SUMMARY": "summary", "PATH": os.environ["PATH"]}
    command = ("bash", "-e", "-o", "pipefail", "-c", step["run"])
    subprocess.run(command, cwd=tmp_path, env=variables, check=True, capture_output=True)
    review = (tmp_path / "review.md").read_text()
    assert review.startswith("<!-- review of the picture -->\n")
    assert "could not be compared" in review
    assert review == (tmp_path / "summary").read_text()


def comment(folder: Path, before: str) -> tuple[list[str], str]:
    """How the comment's step calls GitHub where the comment `before` is there, and the text that it sends."""
    step = WORKFLOW["jobs"]["review"]["steps"][1]
    program = folder / "gh"
    program.write_text(f'#!/bin/sh\necho "$*" >> calls\ncase "$*" in *--paginate*) {before} ;; esac\n')
    program.chmod(0o755)
    (folder / "review.md").write_text("<!-- review of the picture -->\nRemoves an arrow.\n")
    given = {
        "COMMENTS": "issues/7/comments",
        "COMMENT": "issues/comments",
        "PREVIEW": "https://preview.example",
    }
    variables = {**given, "PATH": f"{folder}{os.pathsep}{os.environ['PATH']}"}
    subprocess.run(("bash", "-e", "-c", step["run"]), cwd=folder, env=variables, check=True)
    calls = (folder / "calls").read_text().splitlines()
    return calls[1:], (folder / "comment.md").read_text()


def test_the_first_review_is_a_new_comment(tmp_path: Path):
    """Where there is none, one is written; it says what the review says, and leads to the preview."""
    calls, text = comment(tmp_path, "true")
    assert ["api --method POST issues/7/comments --field body=@comment.md --silent"] == [
        c for c in calls if "POST" in c
    ]
    assert text.startswith("<!-- review of the picture -->\nRemoves an arrow.")
    assert "(https://preview.example)" in text


def test_a_later_review_takes_the_place_of_the_first(tmp_path: Path):
    """The same comment is edited, and no other is written."""
    calls, _ = comment(tmp_path, "echo 12; echo 13")
    assert ["api --method PATCH issues/comments/12 --field body=@comment.md --silent"] == [
        c for c in calls if "method" in c
    ]


@pytest.mark.parametrize(
    ("title", "code"),
    [
        (TITLE, 0),
        ("Change the shop", 1),
        ("feat: change it.", 1),
        ("fixup! feat: a", 1),
        ("Merge the shop", 1),
    ],
)
def test_the_title_becomes_a_subject_and_is_judged_as_one(title: str, code: int):
    """What is squashed onto main is called by the title, which no hook has seen."""
    (step,) = (step for step in WORKFLOW["jobs"]["hooks"]["steps"] if "TITLE" in step.get("env", {}))
    command = ("bash", "-e", "-c", step["run"])
    done = subprocess.run(
        command, cwd=ROOT, env=os.environ | {"TITLE": title}, capture_output=True, check=False
    )
    assert code == done.returncode
