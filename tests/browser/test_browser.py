"""The site as a reader meets it, in a browser."""

import contextlib
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

pytestmark = pytest.mark.xdist_group("site")

ROOT = Path(__file__).parents[2]
EVIDENCE = ROOT / "evidence/biotech-x"
VIEWS = [path.stem for path in sorted((ROOT / "diagrams/biotech-x").glob("*.py"))]
PAGES = ["", "delivery/", *(f"biotech-x/{view}/" for view in VIEWS)]
WIDE = ["start/", "biotech-x/", "biotech-x/coverage/", "source/terraform/biotech-x/", "reference/python/"]
SIZES = {"desk": {"width": 1440, "height": 900}, "phone": {"width": 390, "height": 844}}
SHOWN = sorted(  # each view with the kinds of files that its nodes lead to
    {
        (view, place["file"].partition("/")[0])
        for view in VIEWS
        for node in json.loads((EVIDENCE / f"{view}.json").read_text(encoding="utf-8"))["nodes"]
        for place in node["evidence"][:1]
    }
)

# The theme clips what is too wide for the page, so its width says nothing: what sticks out is looked for.
_STICKS_OUT = """
() => {
  const scrolls = (element) => ['auto', 'scroll'].includes(getComputedStyle(element).overflowX);
  const inside = (element) => element && (scrolls(element) || inside(element.parentElement));
  return [...document.querySelectorAll('.md-content *, .md-footer *')]
    .filter((element) => element.getBoundingClientRect().right > innerWidth + 1 && !inside(element))
    .map((element) => element.outerHTML.slice(0, 80));
}
"""
# What is written in a picture, on the screen: over other words, over a node, or on the rim of a box.
_COVERED = """
() => [...document.querySelectorAll('svg.asbuilt')].flatMap((svg) => {
  const place = (element) => element.getBoundingClientRect();
  const meets = (a, b) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1
    && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 1;
  const within = (a, b) => a.left >= b.left && a.right <= b.right && a.top >= b.top && a.bottom <= b.bottom;
  const texts = [...svg.querySelectorAll('text')];
  const labels = texts.filter((text) => text.closest('.arrow'));
  const found = (kind, text, hit) => hit ? [`${kind}: ${text.textContent.trim()}`] : [];
  return [
    ...texts.flatMap((text, index) => found('words', text,
      texts.slice(index + 1).some((other) => meets(place(text), place(other))))),
    ...labels.flatMap((text) => found('node', text,
      [...svg.querySelectorAll('.tile')].some((tile) => meets(place(text), place(tile))))),
    ...labels.flatMap((text) => found('rim', text,
      [...svg.querySelectorAll('.box rect')].some((box) =>
        meets(place(text), place(box)) && !within(place(text), place(box))))),
  ];
})
"""
_SCROLLS = "(element) => element.scrollWidth > element.clientWidth"
_IS_ON_SCREEN = """
(element) => {
  const box = element.getBoundingClientRect();
  return box.top > 0 && box.bottom < innerHeight;
}
"""


class Visit:
    """A page, and what a reader would not want to happen on it."""

    def __init__(self, page: Page, site: str) -> None:
        self.page, self.site, self.faults = page, site, list[str]()
        page.on("console", lambda said: said.type == "error" and self.faults.append(said.text))
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("request", lambda request: self._asked(request.url))
        page.on("response", lambda got: got.status >= 400 and self.faults.append(f"{got.status} {got.url}"))

    def _asked(self, url: str) -> None:
        if not url.startswith((self.site, "data:", "blob:")):
            self.faults.append(f"outside request: {url}")

    def open(self, address: str) -> Page:
        """Go to an address below the site's own, and wait until nothing more is asked for."""
        self.page.goto(self.site + address, wait_until="networkidle")
        return self.page

    def too_wide(self) -> list[str]:
        """What is cut off at the screen's edge and cannot be scrolled to."""
        return self.page.evaluate(_STICKS_OUT)


@contextlib.contextmanager
def visit(browser: Browser, site: str, **settings: object) -> Iterator[Visit]:
    """A reader's visit, with nothing left over from another's."""
    context = browser.new_context(**settings)
    context.set_default_timeout(10_000)
    try:
        yield Visit(context.new_page(), site)
    finally:
        context.close()


@pytest.fixture
def desk(browser: Browser, site) -> Iterator[Visit]:
    """A visit on a desk's screen."""
    with visit(browser, site.url, viewport=SIZES["desk"]) as opened:
        yield opened


@pytest.fixture
def phone(browser: Browser, site) -> Iterator[Visit]:
    """A visit on a phone."""
    with visit(browser, site.url, viewport=SIZES["phone"]) as opened:
        yield opened


@pytest.mark.parametrize("address", PAGES)
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(("prefers", "scheme"), [("light", "default"), ("dark", "slate")])
def test_a_page_opens_without_a_fault(browser, site, prefers: str, scheme: str, size: str, address: str):
    """A page shows its picture in the reader's scheme, fits the screen, and asks no other host."""
    with visit(browser, site.url, color_scheme=prefers, viewport=SIZES[size]) as opened:
        page = opened.open(address)
        expect(page.locator("figure.asbuilt-figure svg.asbuilt").first).to_be_visible()
        assert scheme == page.locator("body").get_attribute("data-md-color-scheme")
        assert [] == opened.too_wide()
        assert [] == page.evaluate(_COVERED)
        assert [] == opened.faults


@pytest.mark.parametrize("address", WIDE)
def test_a_wide_page_fits_a_phone(phone: Visit, address: str):
    """Tables and listings scroll by themselves instead of being cut off."""
    phone.open(address)
    assert [] == phone.too_wide()
    assert [] == phone.faults


def test_what_is_too_wide_is_seen(desk: Visit):
    """An element that sticks out is named."""
    page = desk.open("start/")
    page.evaluate("document.querySelector('.md-content h1').style.width = '9000px'")
    assert desk.too_wide()[0].startswith("<h1")


def test_what_is_covered_in_a_picture_is_seen(desk: Visit):
    """Words over words, over a node and on a rim are each named."""
    page = desk.open("biotech-x/upload/")
    move = "(text, to) => { const at = to.getBBox(), its = text.getBBox();" + (
        "text.setAttribute('transform', `translate(${at.x - its.x - 10} ${at.y - its.y + 30})`); }"
    )
    label = page.locator("svg.asbuilt .arrow text").filter(has_text="record sample")
    for target, kind in (("svg.asbuilt .box rect", "rim"), ("svg.asbuilt .tile", "node")):
        label.evaluate(move, page.locator(target).first.element_handle())
        assert f"{kind}: record sample" in page.evaluate(_COVERED)
    page.evaluate("document.querySelectorAll('svg.asbuilt .node text')[1].innerHTML += ' very'.repeat(60)")
    assert any(fault.startswith("words: ") for fault in page.evaluate(_COVERED))


def test_sentences_in_a_table_need_no_scrolling_on_a_phone(phone: Visit, desk: Visit):
    """Their cells stand below each other, each with its column's name; figures stay in columns and scroll."""
    address, cells = "biotech-x/capacity/", "tbody tr:first-child td:nth-child(2)"
    page = phone.open(address)
    sentences, figures = (
        page.locator(".md-typeset__scrollwrap", has=page.locator(f"caption:text-is('{caption}')"))
        for caption in (
            "What breaks first at each size",
            "What the busiest hour needs, from ten users to a million",
        )
    )
    assert not sentences.evaluate(_SCROLLS)
    assert figures.evaluate(_SCROLLS)
    label = "(cell) => getComputedStyle(cell, '::before').content"
    assert "Breaks first" in sentences.locator(cells).evaluate(label)
    assert "none" == figures.locator(cells).evaluate(label)
    desk.open(address)
    assert "none" == desk.page.locator("table[data-sentences]").first.locator(cells).evaluate(label)


def test_an_outside_request_is_seen(desk: Visit):
    """A request to another host is noticed, and so is one for what is not there."""
    page = desk.open("start/")
    page.route("https://example.org/**", lambda route: route.abort())
    page.evaluate("fetch('https://example.org/x').catch(() => 0).then(() => fetch('none'))")
    page.wait_for_load_state("networkidle")
    assert "outside request: https://example.org/x" in desk.faults
    assert any(fault.startswith("404 ") for fault in desk.faults)


@pytest.mark.parametrize(
    ("address", "kind"), [*((f"biotech-x/{view}/", kind) for view, kind in SHOWN), ("delivery/", "github")]
)
def test_a_nodes_link_opens_its_line(desk: Visit, address: str, kind: str):
    """A node leads to its line, which is marked and on the screen, without loading the whole site again."""
    page = desk.open(address)
    page.evaluate("window.sameVisit = true")
    page.locator(f'svg.asbuilt a[*|href*="source/{kind}/"]').last.click()
    line = page.locator(".asbuilt-line:target")
    line.wait_for()
    assert line.evaluate(_IS_ON_SCREEN)
    assert page.url.endswith("#" + line.get_attribute("id"))
    assert page.evaluate("window.sameVisit")
    assert [] == desk.faults


def test_a_nodes_label_is_found_by_search(desk: Visit):
    """Searching for a label in a picture leads to the page that shows it."""
    page = desk.open("start/")
    page.locator(".md-search__input").click()
    page.keyboard.type("PostgreSQL", delay=20)
    found = page.locator('.md-search-result__link[href*="biotech-x/upload/"]').first
    expect(found).to_contain_text("PostgreSQL")
    found.click()
    expect(page.locator("svg.asbuilt")).to_be_visible()
    assert "biotech-x/upload/" in page.url
    assert [] == desk.faults


def test_a_reader_switches_the_scheme(desk: Visit):
    """The toggle changes the page and the picture in it, and the next page keeps the choice."""
    page = desk.open("biotech-x/upload/")
    label = page.locator("svg.asbuilt .node text").first
    before = label.evaluate("element => getComputedStyle(element).fill")
    page.locator("label.md-header__button:visible[for^=__palette]").click()
    expect(page.locator("body")).to_have_attribute("data-md-color-scheme", "slate")
    assert before != label.evaluate("element => getComputedStyle(element).fill")
    desk.open("biotech-x/analysis/")
    expect(page.locator("body")).to_have_attribute("data-md-color-scheme", "slate")


def test_a_dark_page_is_printed_light(browser: Browser, site):
    """Paper is white whatever the screen shows, and the screen keeps its scheme."""
    with visit(browser, site.url, color_scheme="dark") as opened:
        page = opened.open("start/")
        for media, scheme in (("print", "default"), ("screen", "slate")):
            page.emulate_media(media=media)
            expect(page.locator("body")).to_have_attribute("data-md-color-scheme", scheme)


def test_no_command_is_out_of_sight(phone: Visit):
    """A long line of a shell is wrapped, so that it is read whole in the middle of the night."""
    page = phone.open("runbooks/DatabaseUnreachable/")
    wide = (
        "(all) => all.filter((code) => code.scrollWidth > code.clientWidth).map((code) => code.textContent)"
    )
    assert [] == page.locator(".language-bash.highlight pre > code").evaluate_all(wide)


def test_a_link_in_a_picture_opens_in_a_new_tab(desk: Visit):
    """With the reader's own key, a node's link opens beside the page instead of replacing it."""
    page = desk.open("biotech-x/upload/")
    with page.context.expect_page() as beside:
        page.locator("svg.asbuilt a").first.click(modifiers=["ControlOrMeta"])
    assert "/source/" in beside.value.url
    assert page.url.endswith("biotech-x/upload/")
