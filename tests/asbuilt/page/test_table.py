"""Tables made from data."""

import json
from pathlib import Path

import pytest
from markdown import markdown

ROWS = [
    {
        "what_it_is": "`code` and [a link](line:terraform/shop#aws_vpc.main)",
        "n": 12000,
        "d": {"value": 3, "unit": "days"},
    },
    {"what_it_is": "s3:* and s3:Get*", "n": None, "d": ["a", "b"]},
]


def page(text: str) -> str:
    """The HTML of a page."""
    return markdown(text, extensions=["asbuilt"])


def test_a_list_of_mappings_is_a_table(project: Path):
    """Keys are columns, cells hold Markdown, and numbers have their unit and are separated by thousands."""
    Path("terraform/shop").mkdir(parents=True)
    Path("terraform/shop/main.tf").write_text('resource "aws_vpc" "main" {\n}\n')
    Path("data.json").write_text(json.dumps({"rows": ROWS}))
    html = page("![All of it](table:data.json#rows)")
    assert "<caption>All of it</caption>" in html
    assert '<th scope="col">what it is</th>' in html
    link = '<a href="/source/terraform/shop.md#main.tf-L1">a link</a>'
    assert f"<td><code>code</code> and {link}</td>\n<td>12,000</td>\n<td>3\xa0days</td>" in html
    assert "<td>s3:* and s3:Get*</td>\n<td>null</td>\n<td>a, b</td>" in html


@pytest.mark.parametrize("text", ['{"rows": {}}', '{"rows": []}', '{"rows": [1]}'])
def test_anything_else_is_no_table(project: Path, caplog: pytest.LogCaptureFixture, text: str):
    """A list of something else is named instead of half shown."""
    Path("data.json").write_text(text)
    page("![It](table:data.json#rows)")
    assert "table:data.json#rows: error: data.json#rows is no list of mappings" in caplog.messages[0]


@pytest.mark.parametrize("text", ['{"rows": [{"a": "one"}]}', "rows:\n  - a: one\n"])
def test_a_changed_file_is_another_table(project: Path, unseen, text: str):
    """A table is made once of the same data, and anew of other data, whatever size and time tell."""
    path = Path("data.json" if text.startswith("{") else "data.yaml")
    path.write_text(text)
    name = f"![It](table:{path}#rows)"
    assert page(name) == page(name)
    unseen(path, "one", "two")
    assert "<td>two</td>" in page(name)
    unseen(path, "two", "one")
    assert "<td>one</td>" in page(name)


def test_two_pages_change_nothing_in_each_others_tables(project: Path):
    """A page that leads its links elsewhere has a table of its own."""
    Path("data.json").write_text('{"rows": [{"a": "[it](line:t/shop#aws_vpc.main)"}]}')
    Path("t/shop").mkdir(parents=True)
    Path("t/shop/main.tf").write_text('resource "aws_vpc" "main" {}\n')
    assert "#main.tf-L1" in page("![It](table:data.json#rows)")
    Path("t/shop/main.tf").write_text('\nresource "aws_vpc" "main" {}\n')
    assert "#main.tf-L2" in page("![It](table:data.json#rows)")
