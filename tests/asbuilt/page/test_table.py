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
    assert '<th scope="col">What it is</th>' in html
    link = '<a href="/source/terraform/shop.md#main.tf-L1">a link</a>'
    amount = '<td class="asbuilt-amount">12,000</td>'
    assert f"<td><code>code</code> and {link}</td>\n{amount}\n<td>3\xa0days</td>" in html
    assert '<td>s3:* and s3:Get*</td>\n<td class="asbuilt-amount">null</td>\n<td>a, b</td>' in html


@pytest.mark.parametrize(
    ("cells", "is_amount"),
    [
        ([1, 2.5], True),
        (["-274", "≤ 1,000 ms", "100.0 %"], True),
        ([{"value": 3, "unit": "days"}, None], True),
        (["-", ""], False),
        (["2026-11-21"], False),
        ([1, "none"], False),
        (["2h and 10m"], False),
        (["5 to 60 minutes"], False),
    ],
)
def test_a_column_of_numbers_is_marked(project: Path, cells: list[object], is_amount: bool):
    """So that its digits stand below each other; a column with anything else is text."""
    Path("data.json").write_text(json.dumps({"rows": [{"n": cell} for cell in cells]}))
    html = page("![It](table:data.json#rows)")
    assert (len(cells) + 1 if is_amount else 0) == html.count('class="asbuilt-amount"')


@pytest.mark.parametrize(
    ("key", "shown"),
    [("breaks_first", "Breaks first"), ("vCPUs", "vCPUs"), ("p95_of_all", "p95 of all"), ("", "")],
)
def test_a_heading_begins_with_a_capital(project: Path, key: str, shown: str):
    """Unless its first word is a name that is written otherwise."""
    Path("data.json").write_text(json.dumps({"rows": [{key: "one"}]}))
    assert f'<th scope="col">{shown}</th>' in page("![It](table:data.json#rows)")


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


def test_a_description_in_terraform_may_hold_code(project: Path):
    """What Terraform says of an output is Markdown, as a cell of any other table is."""
    Path("terraform/shop").mkdir(parents=True)
    told = "Hand shop_name to `aws eks`."
    Path("terraform/shop/main.tf").write_text(
        f'output "name" {{\n  description = "{told}"\n  value = 1\n}}\n'
    )
    html = page("![Outputs](outputs:terraform/shop)")
    assert "<td>Hand shop_name to <code>aws eks</code>.</td>" in html
