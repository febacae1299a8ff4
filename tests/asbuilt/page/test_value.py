"""A number in a sentence comes from the file that declares or records it."""

import logging
from pathlib import Path

import pytest
from markdown import markdown

DATA = """\
plain: 1827
ratio: 12.5
word: five years
days: {value: 1827, unit: days}
quoted: {value: 0.4, unit: USD, source: a price list, date: 2026-11-01}
set: {value: 35, unit: days, folder: terraform/shop, address: aws_vpc.main}
flag: true
above: {below: {value: 7}}
"""


@pytest.fixture
def data(project: Path) -> Path:
    """A file of values, and Terraform that one of them is set in."""
    Path("terraform/shop").mkdir(parents=True)
    Path("terraform/shop/main.tf").write_text('\nresource "aws_vpc" "main" {\n}\n')
    path = Path("data.yaml")
    path.write_text(DATA)
    return path


def page(text: str) -> str:
    """The HTML of a page."""
    return markdown(text, extensions=["asbuilt"])


@pytest.mark.parametrize(
    ("key", "shown"),
    [
        ("plain", '<span class="asbuilt-value" title="data.yaml#plain">1,827</span>'),
        ("ratio", '<span class="asbuilt-value" title="data.yaml#ratio">12.5</span>'),
        ("word", '<span class="asbuilt-value" title="data.yaml#word">five years</span>'),
        ("days", '<span class="asbuilt-value" title="data.yaml#days">1,827\xa0days</span>'),
        ("above.below", '<span class="asbuilt-value" title="data.yaml#above.below">7</span>'),
        ("quoted", '<span class="asbuilt-value" title="a price list, 2026-11-01">0.4\xa0USD</span>'),
        ("set", '<a class="asbuilt-value" href="/source/terraform/shop.md#main.tf-L2">35\xa0days</a>'),
    ],
)
def test_a_value_stands_in_its_sentence(data: Path, key: str, shown: str):
    """It is shown with its unit, and says where it was set, found or recorded; the sentence goes on."""
    assert f"<p>It is {shown}, so.</p>" == page(f"It is [](value:{data}#{key}), so.")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("data.yaml#plian", "error: data.yaml: there is no plian; hint: did you mean plain?"),
        (
            "data.yaml#plain.more",
            "error: data.yaml: there is no plain.more; hint: nothing there is called more",
        ),
        ("none.yaml#plain", "error: none.yaml: there is no such file"),
        ("data.yaml#above", "error: data.yaml#above is neither a number nor text"),
        ("data.yaml#flag", "error: data.yaml#flag is neither a number nor text"),
    ],
)
def test_a_value_that_is_not_there_is_a_warning(
    data: Path, caplog: pytest.LogCaptureFixture, name: str, said: str
):
    """It fails a strict build, and the page says so in the same place."""
    html = page(f"It is [](value:{name}).")
    assert f"<p>It is <strong>({name} cannot be shown)</strong>.</p>" == html
    (record,) = caplog.records
    assert (logging.WARNING, "mkdocs.asbuilt") == (record.levelno, record.name)
    assert record.getMessage().startswith(f"value:{name}: {said}")


def test_a_changed_file_is_read_again(data: Path, unseen):
    """While the site is served, a new value is shown at the next build, whatever size and time tell."""
    assert "1,827" in page(f"[](value:{data}#plain)")
    unseen(data, "1827", "1828")
    assert "1,828" in page(f"[](value:{data}#plain)")
    data.write_text("plain: 3\n")
    assert ">3<" in page(f"[](value:{data}#plain)")
