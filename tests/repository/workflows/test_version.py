"""The step of the application workflow that derives a version from commits, run in a repository."""

import os
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from habits.commit_subject import TYPES

ROOT = Path(__file__).parents[3]


@pytest.fixture
def version(repository) -> Callable[..., dict[str, str]]:
    """Runs the step that derives the version, over commits with these messages."""
    build = yaml.safe_load((ROOT / ".github/workflows/application.yml").read_text(encoding="utf-8"))["jobs"][
        "build"
    ]
    script = next(step["run"] for step in build["steps"] if step.get("id") == "version")

    def derive(*messages: str, tag: str = "web/v1.2.3", service: str = "services/shop") -> dict[str, str]:
        if tag:
            repository.git("tag", tag)
        for number, message in enumerate(messages):
            repository.write(f"{service}/file", str(number))
            repository.commit(message)
        output = repository.shared / "output"
        output.touch()
        given = {
            "NAME": "web",
            "SERVICE": "services/shop",
            "GITHUB_OUTPUT": str(output),
            "PATH": os.environ["PATH"],
        }
        subprocess.run(
            ("bash", "-e", "-o", "pipefail", "-c", script), cwd=repository.folder, env=given, check=True
        )
        first, _, rest = output.read_text().partition("\n")
        notes = rest.removeprefix("notes<<END_OF_NOTES\n").removesuffix("END_OF_NOTES\n")
        return {"version": first.removeprefix("version="), "notes": notes}

    return derive


@pytest.mark.parametrize(
    ("expected", "messages"),
    [
        ("", ["docs: say more"]),
        ("1.2.4", ["fix: mend"]),
        ("1.2.4", ["perf(search): look less"]),
        ("1.3.0", ["fix: mend", "feat: sell", "docs: say more"]),
        ("2.0.0", ["feat!: sell otherwise", "fix: mend"]),
        ("2.0.0", ["fix: mend\n\nBREAKING CHANGE: the answer has another form"]),
        ("", ["chore: speak of feat: sell"]),
        ("", []),
    ],
)
def test_the_version_follows_from_the_commits(version: Callable, expected: str, messages: list[str]):
    """Conventional Commits 1.0.0: a break makes a major version, a feature a minor, a mend a patch."""
    assert expected == version(*messages)["version"]


def documented() -> list[tuple[str, str]]:
    """Each type of commit with the version that the table in CONTRIBUTING.md says it makes after 1.2.3."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (.+?) \| .+? \| (minor|patch|major|none) \|$", text, re.MULTILINE)
    next_version = {"minor": "1.3.0", "patch": "1.2.4", "major": "2.0.0", "none": ""}
    return [(name, next_version[step]) for names, step in rows for name in re.findall(r"`(\w+!?)`", names)]


@pytest.mark.parametrize(("kind", "expected"), documented())
def test_each_type_makes_the_version_that_contributors_are_told(version: Callable, kind: str, expected: str):
    """The workflow and the table say the same."""
    assert expected == version(f"{kind}: say something")["version"]


def test_the_table_knows_every_type():
    """What the hook lets pass has a row, and no other type has one."""
    assert {*TYPES, "feat!"} == {kind for kind, _ in documented()}


def test_the_first_version_comes_without_a_tag(version: Callable):
    """Before the first tag, every commit counts."""
    assert "0.1.0" == version("feat: sell", tag="")["version"]


def test_other_services_have_versions_of_their_own(version: Callable):
    """Neither another service's tag nor a commit beside the folder counts."""
    assert {"version": "", "notes": ""} == version("feat: sell", service="services/other")


def test_another_services_tag_is_not_the_last_version(version: Callable):
    """The shop's own commits count from the beginning."""
    assert "0.1.0" == version(tag="other/v7.0.0")["version"]


def test_the_notes_are_the_subjects(version: Callable):
    """Newest first, one a line."""
    assert "- feat: sell\n- fix: mend\n" == version("fix: mend", "feat: sell")["notes"]
