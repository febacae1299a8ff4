"""What is read from a page, and what is written back onto it."""

import pytest

from asbuilt.errors import UnusableInput
from drills.provisioning import record, steps, with_outputs

ENVIRONMENTS = ("staging", "production")
PAGE = """\
# Title

```bash
export ENVIRONMENT=staging
echo "$ENVIRONMENT"
```

```text
staging
```

Text between.

```bash title="production"
hostname
```

```text
one
two
```

!!! note "Not executed: nothing answers here"

    ```bash
    curl example.org
    ```

```bash
true
```
"""


def test_steps_are_read_in_order():
    """Each knows its line, its commands, where they run, and what they print there."""
    first, second, third, last = steps("p.md", PAGE, ENVIRONMENTS)
    assert ("p.md:3", 'export ENVIRONMENT=staging\necho "$ENVIRONMENT"\n') == (first.place, first.commands)
    assert {"staging": "staging\n", "production": "staging\n"} == first.outputs
    assert (("production",), {"production": "one\ntwo\n"}) == (second.environments, second.outputs)
    assert ("nothing answers here", "curl example.org\n") == (third.reason, third.commands)
    assert ({}, "") == (last.outputs, last.reason)


def test_one_step_has_an_output_for_each_environment():
    """Where they differ, each is titled."""
    page = '```bash\nx\n```\n\n```text title="staging"\n1\n```\n\n```text title="production"\n2\n```\n'
    (step,) = steps("p.md", page, ENVIRONMENTS)
    assert {"staging": "1\n", "production": "2\n"} == step.outputs


@pytest.mark.parametrize(
    ("page", "line", "message"),
    [
        ("```sh\nls\n```\n", 1, "nobody follows this block: ```sh"),
        ("```console\n$ ls\n```\n", 1, "nobody follows this block: ```console"),
        ("```\nls\n```\n", 1, "nobody follows this block: ```"),
        ("text\n\n    ```bash\n    ls\n    ```\n", 3, "nobody says why this is not executed"),
        ('!!! note "Later"\n\n    ```bash\n    ls\n    ```\n', 3, "nobody says why this is not executed"),
        ("```bash {.x}\nls\n```\n", 1, "this fence is not understood"),
        ("```bash\nls\n", 1, "this block has no end"),
        ('```bash title="test"\nls\n```\n', 1, "no such environment: test"),
        ("```text\na\n```\n", 1, "nobody follows this block: ```text"),
        ("```bash\nls\n```\n\nIt says:\n\n```text\na\n```\n", 7, "nobody follows this block: ```text"),
        ("```bash\nls\n```\n\n```text\na\n```\n\n```text\nb\n```\n", 9, "an output of nothing"),
        ('```bash title="staging"\nls\n```\n```text title="production"\na\n```\n', 4, "an output of nothing"),
        (
            '!!! note "Not executed: x"\n\n    ```bash\n    ls\n    ```\n\n```text\na\n```\n',
            7,
            "an output of nothing",
        ),
    ],
)
def test_a_block_that_nobody_would_follow_is_refused(page: str, line: int, message: str):
    """Whatever looks like a command is executed, or says why it is not."""
    with pytest.raises(UnusableInput) as caught:
        steps("p.md", page, ENVIRONMENTS)
    assert (message, "p.md", line) == (caught.value.message, caught.value.file, caught.value.line)


def test_outputs_are_written_where_they_belong():
    """Equal outputs become one, different ones are named, and nothing else changes."""
    printed = {
        3: {"staging": "staging\n", "production": "production\n"},
        14: {"production": ""},
        29: {"staging": "same\n", "production": "same\n"},
    }
    written = with_outputs(PAGE, printed, ENVIRONMENTS)
    assert [
        {"staging": "staging\n", "production": "production\n"},
        {},
        {},
        {"staging": "same\n", "production": "same\n"},
    ] == [step.outputs for step in steps("p.md", written, ENVIRONMENTS)]
    assert [step.commands for step in steps("p.md", PAGE, ENVIRONMENTS)] == [
        step.commands for step in steps("p.md", written, ENVIRONMENTS)
    ]
    assert "# Title\n" in written and "\nText between.\n" in written


def test_writing_what_stands_there_changes_nothing():
    """A second run leaves the page as the first has written it."""
    printed = {step.line: step.outputs for step in steps("p.md", PAGE, ENVIRONMENTS) if step.outputs}
    assert PAGE == with_outputs(PAGE, printed, ENVIRONMENTS)


def test_the_record_holds_every_executed_command():
    """An altered command differs from the record, even one that prints nothing."""
    body = record(steps("p.md", PAGE, ENVIRONMENTS))
    altered = record(steps("p.md", PAGE.replace("true", "false"), ENVIRONMENTS))
    assert 3 == body["executed"] == len(body["commands"])
    assert {"page": "p.md", "environments": ["production"], "commands": "hostname\n"} == body["commands"][1]
    assert body != altered
