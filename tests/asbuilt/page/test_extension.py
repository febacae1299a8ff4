"""The extension under Python-Markdown alone: pictures, and links to the lines that create things."""

import logging
import re
from pathlib import Path

import pytest
from markdown import markdown

OBJECT = "{{apiVersion: v1, kind: Service,\nmetadata: {{name: {}, namespace: n}}}}\n"


def page(text: str) -> str:
    """The HTML of a page."""
    return markdown(text, extensions=["asbuilt"])


def test_a_picture_without_evidence_is_shown_and_warned_of(script, caplog: pytest.LogCaptureFixture):
    """The figure is there with its words, says that nothing is proven, and fails a strict build."""
    script('S3("Uploads", nodeid="aws_s3_bucket.uploads")')
    html = page("![Where files go](diagram:view)")
    assert '<figure class="asbuilt-figure" id="diagram-view">' in html
    assert 'aria-label="Where files go"' in html
    assert "<figcaption><span>Where files go</span></figcaption>" in html
    assert ["diagram:view: nothing is proven here: there is no evidence for this diagram"] == caplog.messages


def test_the_last_good_picture_stays(script, caplog: pytest.LogCaptureFixture):
    """A script that no longer draws leaves its last picture, and says so with file and line."""
    script('S3("Uploads", nodeid="aws_s3_bucket.uploads")')
    page("![It](diagram:view)")
    caplog.clear()
    script("1 / 0")
    html = page("![It](diagram:view)")
    assert 'data-node="aws_s3_bucket.uploads"' in html
    assert "this is the last good picture: error: diagrams/view.py:7: ZeroDivisionError" in caplog.messages[0]


@pytest.mark.parametrize(
    ("image", "said"),
    [
        ("diagram:none", "diagram:none: error: diagrams/none.py"),
        ("source:none", "source:none: error: none holds no file to show"),
        ("table:none.yaml#a", "table:none.yaml#a: error: none.yaml"),
        ("inputs:none", "inputs:none: error: none holds no .tf file"),
        ("outputs:none", "outputs:none: error: none holds no .tf file"),
        ("coverage:none", "coverage:none: error: evidence/none holds no evidence"),
    ],
)
def test_what_cannot_be_shown_says_so(project: Path, caplog: pytest.LogCaptureFixture, image: str, said: str):
    """Each kind of image that has nothing to show leaves a box on the page and a warning, not a traceback."""
    html = page(f"![It]({image})")
    assert '<div class="admonition failure">' in html
    (message,) = caplog.messages
    assert message.startswith(said)


@pytest.mark.parametrize("name", ["broken.json", "broken.yaml"])
def test_a_table_that_cannot_be_read_says_so(project: Path, caplog: pytest.LogCaptureFixture, name: str):
    """A file that is neither JSON nor YAML is named with the line, without a traceback."""
    Path(name).write_text("[{")
    page(f"![It](table:{name}#rows)")
    assert re.match(rf"table:{name}#rows: error: {name}:\d: this data cannot be read", caplog.messages[0])


def test_another_image_is_left_alone(project: Path, caplog: pytest.LogCaptureFixture):
    """An image of anything else is none of the extension's business."""
    assert '<p><img alt="It" src="picture.png" /></p>' == page("![It](picture.png)")
    assert [] == caplog.messages


def test_a_resource_is_linked_to_its_line(project: Path):
    """A Terraform address leads to the line its block starts on."""
    Path("terraform/shop").mkdir(parents=True)
    Path("terraform/shop/main.tf").write_text('\n\nresource "aws_vpc" "main" {\n}\n')
    html = page("[the network](line:terraform/shop#aws_vpc.main)")
    assert '<p><a href="/source/terraform/shop.md#main.tf-L3">the network</a></p>' == html


def test_an_object_is_linked_to_its_line(project: Path):
    """A Kubernetes name leads to the line its document starts on."""
    Path("kubernetes/shop").mkdir(parents=True)
    Path("kubernetes/shop/all.yaml").write_text(OBJECT.format("one") + "---\n" + OBJECT.format("two"))
    html = page("[two](line:kubernetes/shop#n/Service/two)")
    assert '<p><a href="/source/kubernetes/shop.md#all.yaml-L4">two</a></p>' == html


@pytest.mark.parametrize(
    ("link", "said"),
    [
        ("line:terraform/shop#aws_vpc.mian", "there is no aws_vpc.mian; hint: did you mean aws_vpc.main?"),
        ("line:terraform/none#aws_vpc.main", "terraform/none is not a folder"),
    ],
)
def test_a_link_to_nothing_is_a_warning(
    project: Path, caplog: pytest.LogCaptureFixture, link: str, said: str
):
    """A name that does not exist, or a folder, fails a strict build instead of making a dead link."""
    Path("terraform/shop").mkdir(parents=True)
    Path("terraform/shop/main.tf").write_text('resource "aws_vpc" "main" {\n}\n')
    page(f"[it]({link})")
    (record,) = caplog.records
    assert (logging.WARNING, "mkdocs.asbuilt") == (record.levelno, record.name)
    assert said in record.getMessage()


def test_a_picture_holds_no_plain_href(script, caplog: pytest.LogCaptureFixture):
    """The theme's instant navigation assigns to every `href` it finds, which SVG elements refuse."""
    script('S3("Uploads", nodeid="aws_s3_bucket.uploads")')
    html = page("![It](diagram:view)")
    assert ' xlink:href="#' in html
    assert ' href="' not in html


def test_text_after_a_picture_stays(project: Path):
    """What cannot be shown in the middle of a sentence leaves the sentence's end."""
    assert "</div> after it</p>" in page("before ![It](table:none.yaml#a) after it").replace("\n", "")


@pytest.mark.parametrize(
    ("file", "text", "link"),
    [
        ("main.tf", '\nresource "aws_vpc" "one" {}\nresource "aws_vpc" "two" {}\n', "aws_vpc.{}"),
        ("all.yaml", OBJECT.format("one") + "---\n" + OBJECT.format("two"), "n/Service/{}"),
    ],
)
def test_a_link_follows_what_changed(project: Path, unseen, file: str, text: str, link: str):
    """A name that moved in its file is found there, also where the file's size and time tell nothing."""
    path = Path("terraform/shop", file)
    path.parent.mkdir(parents=True)
    path.write_text(text)
    first = page(f"[it](line:terraform/shop#{link.format('one')})")
    assert first == page(f"[it](line:terraform/shop#{link.format('one')})")
    second = page(f"[it](line:terraform/shop#{link.format('two')})")
    unseen(path, "one", "six")
    unseen(path, "two", "one")
    assert second == page(f"[it](line:terraform/shop#{link.format('one')})")
