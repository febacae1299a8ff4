"""The built site: every link leads somewhere, every picture has a name, and no other host is asked."""

import re
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

import pytest

pytestmark = pytest.mark.xdist_group("site")

ROOT = Path(__file__).parents[2]
_LOADED = {"script": "src", "img": "src", "iframe": "src", "source": "src", "link": "href"}
_NOT_LOADED = {"canonical", "prev", "next"}


class Document(HTMLParser):
    """What matters of a page: its anchors, its links, what it loads, and what has no name."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.anchors, self.links, self.loaded = {""}, list[str](), list[str]()
        self.nameless, self.description = list[str](), ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what one element adds."""
        found = {name: value or "" for name, value in attrs}
        self.anchors |= {found[name] for name in ("id", "name") if name in found}
        self.links += [found[name] for name in ("href", "xlink:href") if tag == "a" and name in found]
        if tag in _LOADED and found.get("rel") not in _NOT_LOADED:
            self.loaded += filter(None, [found.get(_LOADED[tag])])
        if tag == "meta" and found.get("name") == "description":
            self.description = found.get("content", "")
        self._ask_for_a_name(tag, found)

    def _ask_for_a_name(self, tag: str, found: dict[str, str]) -> None:
        """An image and a dialog carry their name; a theme's icon stands in something that has one."""
        lacks = {
            "img": not found.get("alt"),
            "svg": found.get("class") == "asbuilt" and not found.get("aria-label"),
        }
        if lacks.get(tag) or (found.get("role") in {"dialog", "region"} and not found.get("aria-label")):
            self.nameless.append(self.get_starttag_text() or tag)


@pytest.fixture(scope="module")
def pages(site) -> dict[str, Document]:
    """Every page of the site, by its address."""
    return {
        site.url + path.relative_to(site.folder).as_posix().removesuffix("index.html"): Document(
            path.read_text(encoding="utf-8")
        )
        for path in sorted(site.folder.rglob("*.html"))
    }


def dead(pages: dict[str, Document], folder: Path, root: str) -> list[str]:
    """Every internal link that leads to no page, no file, or no anchor of a page."""
    return [
        f"{address}: {link}"
        for address, page in pages.items()
        for link in dict.fromkeys(page.links)
        if not leads_somewhere(urljoin(address, link), pages, folder, root)
    ]


def leads_somewhere(url: str, pages: dict[str, Document], folder: Path, root: str) -> bool:
    """Whether an absolute address is outside the site, or there."""
    if urlsplit(url).netloc != urlsplit(root).netloc:
        return True
    address, _, fragment = url.partition("#")
    if page := pages.get(address):
        return unquote(fragment) in page.anchors
    return address.startswith(root) and (folder / unquote(address.removeprefix(root))).is_file()


def outside(addresses: list[str]) -> list[str]:
    """Those that name another host."""
    return [address for address in addresses if re.match(r"(?:\w+:)?//", address)]


def test_every_link_leads_somewhere(pages, site):
    """No page links to a page, a file or an anchor that does not exist."""
    assert [] == dead(pages, site.folder, site.url)


@pytest.mark.parametrize("link", ["/as-built/none/", "../elsewhere/", "#none", "there/#none", "none.svg"])
def test_a_dead_link_is_seen(tmp_path: Path, link: str):
    """A missing page, file or anchor is found, in a picture's link as well as in the text's."""
    root = "http://127.0.0.1:1/as-built/"
    there = Document('<h2 id="part"></h2>')
    for attribute in ("href", "xlink:href"):
        pages = {root: Document(f'<a {attribute}="{link}"></a>'), root + "there/": there}
        assert [f"{root}: {link}"] == dead(pages, tmp_path, root)


def test_a_live_link_is_left_alone(tmp_path: Path):
    """A page, its anchor, a file and another host are not called dead."""
    root = "http://127.0.0.1:1/as-built/"
    (tmp_path / "a.svg").touch()
    links = ["there/", "there/#part", "a.svg", "https://example.org/", "#"]
    page = Document("".join(f'<a href="{link}"></a>' for link in links))
    assert [] == dead({root: page, root + "there/": Document('<p id="part">')}, tmp_path, root)


def node_links(html: str) -> list[tuple[str, str, int]]:
    """Each linked node of a page's pictures: its name, and the file and the line it leads to."""
    found = re.findall(
        r'<a aria-label="[^"]*: ([^":]+)" xlink:href="[./]*/source/([^"#]+)/#([^"]+)-L(\d+)"', html
    )
    return [(unescape(name), f"{folder}/{file}", int(line)) for name, folder, file, line in found]


def creates(name: str, line: str) -> bool:
    """Whether a line starts the block or the object called `name`."""
    if "/" in name:
        return line.startswith(("apiVersion:", "kind:"))
    kind, label = re.sub(r"\[.*", "", name).split(".")
    return line == f'resource "{kind}" "{label}" {{'


def test_every_node_leads_to_the_line_that_creates_it(pages, site):
    """In every picture, each node's link names the very line that its thing starts on."""
    followed = 0
    for page in sorted((site.folder / "biotech-x").glob("*/index.html")):
        for name, file, number in node_links(page.read_text(encoding="utf-8")):
            line = (ROOT / file).read_text(encoding="utf-8").splitlines()[number - 1]
            assert creates(name, line), (
                f"{page.parent.name}: {name} leads to {file}:{number}: prove again: make prove"
            )
            followed += 1
    assert followed > 30


def test_a_link_to_another_line_is_seen():
    """A neighbouring line, or another resource's first line, does not pass for the right one."""
    assert creates("aws_vpc.main", 'resource "aws_vpc" "main" {')
    assert creates('aws_subnet.public["a"]', 'resource "aws_subnet" "public" {')
    assert not creates("aws_vpc.main", 'resource "aws_vpc" "other" {')
    assert not creates("aws_vpc.main", "  cidr_block = var.vpc_cidr")


def test_no_page_loads_anything_from_another_host(pages, site):
    """Scripts, styles, fonts and images all come with the site."""
    urls = [url for page in pages.values() for url in outside(page.loaded) if not url.startswith(site.url)]
    assert [] == urls
    for style in site.folder.rglob("*.css"):
        assert [] == outside(re.findall(r"url\(\"?([^)\"]+)", style.read_text(encoding="utf-8")))


def test_an_outside_resource_is_seen():
    """A script, a style sheet or a font of another host is found; a link to follow is not one."""
    page = Document(
        '<script src="//a.example/x.js"></script><link rel="stylesheet" href="https://a.example/x.css">'
        '<link rel="canonical" href="https://a.example/"><a href="https://a.example/">a</a>'
    )
    assert ["//a.example/x.js", "https://a.example/x.css"] == outside(page.loaded)


def test_every_picture_and_dialog_has_a_name(pages):
    """Whoever cannot see a picture is told what it shows."""
    assert [] == [f"{address}: {tag}" for address, page in pages.items() for tag in page.nameless]


def test_a_picture_without_a_name_is_seen():
    """An image without a text, a drawing and a dialog without a label are found."""
    tags = ['<img src="a.png">', '<svg class="asbuilt">', '<div role="dialog">']
    assert tags == Document("".join(tags)).nameless


def test_every_page_says_what_it_answers(pages, site):
    """Each page has a description of its own, which search engines show."""
    described = {address: page.description for address, page in pages.items() if "404" not in address}
    assert len(described) == len(set(described.values()))
    assert all(described.values())


def test_the_source_repository_is_linked_and_not_asked(site):
    """The header links to the repository without the theme's requests for its stars."""
    home = (site.folder / "index.html").read_text(encoding="utf-8")
    assert 'href="https://example.org/as-built" title="Go to repository" class="md-source"' in home
    assert 'data-md-component="source"' not in home
