"""Files on a page: every line has an anchor, and is highlighted once."""

from pathlib import Path

import pytest

from asbuilt.errors import UnusableInput
from asbuilt.page.source import anchor, link, listing

CACHE = Path(".cache")


def lines(folder: str) -> dict[str, str]:
    """Each line's HTML by its anchor."""
    block = listing(Path(folder), "Files", lambda html: html, CACHE)
    texts = {span.get("id", ""): span.text or "" for span in block.iter("span") if span.get("id")}
    return {name: text.partition("<span>")[2].removesuffix("</span>") for name, text in texts.items()}


@pytest.fixture
def file(project: Path) -> Path:
    """A small Terraform file."""
    path = Path("terraform/shop/main.tf")
    path.parent.mkdir(parents=True)
    path.write_text('# <first>\n\nresource "a" "b" {}\n')
    return path


def test_every_line_has_its_anchor(file: Path):
    """Lines are counted from 1, empty ones included, and what HTML would read is escaped."""
    found = lines("terraform/shop")
    assert ["main.tf-L1", "main.tf-L2", "main.tf-L3"] == list(found)
    assert "&lt;first&gt;" in found["main.tf-L1"]
    assert "\n" == found["main.tf-L2"]


def test_a_changed_file_is_highlighted_again(file: Path):
    """What is kept of a file is found by its content, so that nobody sees an old one."""
    lines("terraform/shop")
    file.write_text("# second\n")
    assert "second" in lines("terraform/shop")["main.tf-L1"]
    assert 2 == len(list(CACHE.iterdir()))


def test_an_unchanged_file_is_highlighted_once(file: Path):
    """The second page of the same file comes from what is kept."""
    lines("terraform/shop")
    (stored,) = CACHE.iterdir()
    stored.write_text("kept\n\n\n")
    assert "kept\n" == lines("terraform/shop")["main.tf-L1"]


def test_a_text_over_several_lines_keeps_its_lines(project: Path):
    """A docstring of three lines is three lines, each with markup of its own."""
    Path("diagrams/shop").mkdir(parents=True)
    Path("diagrams/shop/view.py").write_text('"""One\ntwo\nthree."""\n')
    found = lines("diagrams/shop")
    assert 3 == len(found)
    assert all(html.count("<span") == html.count("</span") for html in found.values())


def test_a_folder_below_is_shown_with_its_path(project: Path):
    """A file further down has its path in its anchors."""
    Path("kubernetes/shop/base").mkdir(parents=True)
    Path("kubernetes/shop/base/web.yaml").write_text("kind: Service\n")
    assert ["base/web.yaml-L1"] == list(lines("kubernetes/shop"))


@pytest.mark.parametrize("folder", ["none", "empty"])
def test_a_folder_with_nothing_to_show_is_refused(project: Path, folder: str):
    """A folder that is not there, or holds only other files, is named."""
    Path("empty").mkdir()
    Path("empty/picture.png").touch()
    with pytest.raises(UnusableInput, match=f"{folder} holds no file to show"):
        lines(folder)


def test_a_link_meets_its_anchor():
    """What evidence links to is what a listing calls the line."""
    assert "/source/terraform/shop.md#main.tf-L3" == link("terraform/shop/main.tf", 3)
    assert "main.tf-L3" == anchor("terraform/shop/main.tf", 3)


def test_a_file_that_is_on_no_page_is_not_linked():
    """A file less deep than a page's folder has no page."""
    assert "" == link("terraform/main.tf", 3)


def test_a_hidden_folder_is_shown_without_its_dot():
    """A site leaves out what is hidden, so its page has another name."""
    assert "/source/github/workflows.md#a.yml-L3" == link(".github/workflows/a.yml", 3)
