"""The drift workflow, run: one issue says that production has drifted, and the site is marked with it."""

from collections.abc import Callable

import pytest

CHANGED = (
    """echo '{"resource_changes": ["""
    """{"address": "aws_s3_bucket.uploads", "change": {"actions": ["update"]}}, """
    """{"address": "aws_vpc.main", "change": {"actions": ["no-op"]}}]}'"""
)
ISSUE = '"gh issue list "*number*'


@pytest.fixture
def night(repository, run: Callable) -> Callable:
    """Runs the workflow where the plan ends so, and where this issue is open."""

    def ran(exit_code: int, issue: str = ""):
        repository.answer(
            {
                '"terraform plan "*': f"exit {exit_code}",
                '"terraform show -json "*': CHANGED,
                ISSUE: f"echo {issue}",
                '"gh issue "*--body-file*': 'cat body.md >> "$SHARED/calls"',
            }
        )
        return run("drift", "schedule", {}, PRODUCTION_ACCOUNT="222222222222")

    return ran


def issues(done) -> list[str]:
    """What was done to issues, but for looking, as the first two words."""
    return [" ".join(call.split()[1:3]) for call in done.called("gh issue") if "list" not in call]


@pytest.mark.parametrize(
    ("exit_code", "issue", "expected", "marked"),
    [
        (0, "", [], False),
        (2, "", ["issue create"], True),
        (2, "12", ["issue edit"], False),
        (0, "12", ["issue close"], True),
    ],
    ids=["none", "begins", "lasts", "ends"],
)
def test_one_issue_follows_the_drift(
    night: Callable, exit_code: int, issue: str, expected: list[str], marked: bool
):
    """It is opened, renewed or closed, and the site is built again when its mark has to come or go."""
    done = night(exit_code, issue)
    assert (expected, marked) == (issues(done), "docs/Prove and build" in done.jobs), done.log
    assert ("- `aws_s3_bucket.uploads`: update" in done.calls) == (exit_code == 2)
    assert "aws_vpc.main" not in "".join(done.calls)


def test_a_plan_that_fails_says_nothing_about_drift(night: Callable):
    """The run fails, and no issue is touched: neither opened nor closed."""
    done = night(1, "12")
    assert ({"Plan production": "failure"}, []) == (done.jobs, done.called("gh issue")), done.log


def test_no_account_no_drift(repository, run: Callable):
    """Where nothing is deployed, nothing is asked."""
    assert {} == run("drift", "schedule").jobs
