"""A page followed in a shell, and held against what it says."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from drills.provisioning import Outcome, follow, problems, steps
from drills.provisioning.shell import Shell, open_shell

ENVIRONMENTS = ("staging", "production")
PAGE = """\
```bash title="staging"
NAME=staging
```

```bash title="production"
NAME=production
```

```bash
echo "$NAME"
```

```text title="staging"
staging
```

```text title="production"
production
```

!!! note "Not executed: it would fail"

    ```bash
    false
    ```

```bash
echo ~
```

```text
~
```
"""


@pytest.fixture
def shell(tmp_path: Path) -> Iterator[Shell]:
    """A shell whose home is a temporary folder."""
    environment = {"HOME": str(tmp_path), "PATH": os.environ["PATH"]}
    with open_shell(tmp_path, environment, limit=1.0) as opened:
        yield opened


def followed(page: str, shell: Shell, environment: str = "staging") -> list[Outcome]:
    """The page followed in the shell."""
    return follow(steps("p.md", page, ENVIRONMENTS), environment, shell)


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_a_page_that_says_what_comes_out_has_no_problem(shell: Shell, environment: str):
    """Each environment follows its own blocks and those of both; a home is `~` wherever it is."""
    outcomes = followed(PAGE, shell, environment)
    assert ([], 3) == (list(problems(outcomes)), len(outcomes))


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ('echo "$NAME"', 'echo "${NAME}s"'),
        ("NAME=staging", "NAME=stagings"),
        ('staging"\nstaging\n', 'staging"\nproduction\n'),
        ("```text\n~\n```\n", ""),
        ("echo ~", "true"),
    ],
)
def test_an_altered_command_or_output_is_a_problem(shell: Shell, right: str, wrong: str):
    """It is named with its line, and the command that repairs it."""
    assert PAGE.count(right) == 1
    (problem,) = problems(followed(PAGE.replace(right, wrong), shell))
    assert problem.startswith("p.md:")
    assert "python -m drills.provisioning --write" in problem


def test_a_command_that_cannot_be_executed_is_a_problem(shell: Shell):
    """Unmarked, it fails, and what comes after it is not followed."""
    outcomes = followed("```bash\nabsent-program\n```\n\n```bash\necho next\n```\n", shell)
    (problem,) = problems(outcomes)
    assert 1 == len(outcomes)
    assert "p.md:1 (staging): exit status 127\nabsent-program\n" in problem
    assert "command not found" in problem


def test_a_hanging_command_is_a_problem(shell: Shell):
    """It ends with the shell's limit."""
    (problem,) = problems(followed("```bash\nsleep 60\n```\n", shell))
    assert "p.md:1 (staging): it has not ended after 1 s\nsleep 60\n" in problem


def test_colours_and_blanks_at_a_line_s_end_are_not_compared(shell: Shell):
    """A page has no colours, and an editor would take the blanks."""
    page = "```bash\nprintf '\\n\\033[1ma\\033[0m  \\n\\n'\n```\n\n```text\na\n```\n"
    assert [] == list(problems(followed(page, shell)))
