"""A commit's subject is conventional, short and a title."""

from pathlib import Path

import pytest

from habits.commit_subject import faults, main, subject_of


@pytest.mark.parametrize(
    "subject",
    [
        "feat: draw banking in six views",
        "fix(biotech-x)!: let only CloudFront in",
    ],
)
def test_a_conventional_subject_passes(subject: str):
    """A type, perhaps a scope and a breaking change."""
    assert [] == list(faults(subject))


@pytest.mark.parametrize("subject", ["Merge branch 'main' into views", "fixup! feat: draw banking"])
def test_what_git_writes_may_stand_on_a_branch_and_not_on_main(tmp_path: Path, subject: str):
    """The hook lets it pass; the title of a pull request becomes the subject on main."""
    (tmp_path / "message").write_text(subject, encoding="utf-8")
    assert (0, 1) == (main([f"{tmp_path}/message"]), main(["--title", subject]))


@pytest.mark.parametrize(
    ("subject", "fault"),
    [
        ("", "no conventional subject"),
        ("Draw banking in six views", "no conventional subject"),
        ("feature: draw banking", "no conventional subject"),
        ("feat:draw banking", "no conventional subject"),
        ("feat : draw banking", "no conventional subject"),
        ("feat(): draw banking", "no conventional subject"),
        ("feat: draw banking.", "a full stop"),
        (f"feat: {'x' * 67}", "73 characters"),
    ],
)
def test_another_subject_is_refused(subject: str, fault: str):
    """Each with its reason."""
    (said,) = faults(subject)
    assert said.startswith(fault)


def test_comments_and_empty_lines_are_not_the_subject():
    """As git itself reads the message that was edited."""
    assert "feat: a" == subject_of("\n# Please enter the message\nfeat: a\n\nWhy.\n")
    assert "" == subject_of("# nothing\n")


def test_the_command_names_the_subject(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    """Its exit code is what git looks at."""
    message = tmp_path / "message"
    message.write_text("Draw.\n", encoding="utf-8")
    assert 1 == main([message.as_posix()])
    assert "'Draw.': a full stop: a subject is a title" in capsys.readouterr().out
