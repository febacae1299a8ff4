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
