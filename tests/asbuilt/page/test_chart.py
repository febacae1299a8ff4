"""Charts of recorded numbers."""

import copy
import json
import re
from pathlib import Path
from typing import Any

import pytest
from markdown import markdown

LINE: dict[str, Any] = {
    "kind": "line",
    "x": {"label": "users", "scale": "log", "values": [10, 100, 1000]},
    "y": {"label": "stored", "unit": "GB"},
    "series": [
        {"name": "uploads", "values": [1, 20, 3000]},
        {"name": "results", "values": [2, 30, None]},
    ],
}
BAR: dict[str, Any] = {
    "kind": "bar",
    "x": {"label": "lever", "values": ["Spot instances", "one"]},
    "y": {"label": "saves", "unit": "USD"},
    "series": [{"name": "effect", "values": [3, -1]}],
}


def page(described: dict[str, Any]) -> str:
    """The HTML of a page with one chart."""
    Path("data.json").write_text(json.dumps({"a": described}))
    return markdown("![How much is stored](chart:data.json#a)", extensions=["asbuilt"])


@pytest.mark.parametrize("described", [LINE, LINE | {"kind": "step"}, BAR, BAR | {"stacked": True}])
def test_a_chart_reads_in_both_schemes(project: Path, described: dict[str, Any]):
    """Its words are text, its colours are the page's variables, and its numbers stand below it."""
    html = page(described)
    assert '<figure class="asbuilt-figure asbuilt-chart">' in html
    assert 'aria-label="How much is stored"' in html
    svg = html[html.index("<svg") : html.index("</svg>")]
    assert [] == re.findall(r"#0[0-9a-f]{5}\b", svg)
    assert "var(--ab-series-1)" in svg
    assert f">{described['y']['label']} ({described['y']['unit']})</text>" in svg
    assert "<summary>The numbers</summary>" in html


def test_every_number_of_a_chart_can_be_read(project: Path):
    """The table below a chart holds what is drawn, and says where there is nothing."""
    html = page(LINE)
    html = html.replace(' class="asbuilt-amount"', "")
    assert "<td>1,000</td>\n<td>3,000</td>\n<td>-</td>" in html
    assert '<th scope="col">users</th>\n<th scope="col">uploads (GB)</th>' in html


def test_two_charts_of_a_page_share_no_name(project: Path):
    """An id that stands twice on a page leads one chart to the parts of another."""
    html = page(LINE) + page(BAR)
    names = re.findall(r' id="([^"]+)"', html)
    assert len(names) == len(set(names))


def test_a_chart_is_drawn_once(project: Path):
    """The same description gives the same bytes, from the store and drawn anew."""
    first = page(LINE)
    (stored,) = Path(".cache/asbuilt").glob("*.svg")
    assert first == page(LINE)
    stored.unlink()
    assert first == page(LINE)


@pytest.mark.parametrize("path", [("kind",), ("x", "label"), ("x", "values"), ("y", "label"), ("series",)])
def test_half_a_description_is_no_chart(
    project: Path, caplog: pytest.LogCaptureFixture, path: tuple[str, ...]
):
    """What is missing is told; nothing is drawn by guess."""
    described = copy.deepcopy(LINE)
    *above, last = path
    place = described
    for key in above:
        place = place[key]
    del place[last]
    page(described)
    assert "chart:data.json#a: error: data.json#a does not describe a chart" in caplog.messages[0]


def test_a_series_of_another_length_is_no_chart(project: Path, caplog: pytest.LogCaptureFixture):
    """Every series has a value for each place on the axis."""
    page(LINE | {"series": [{"name": "short", "values": [1]}]})
    assert "does not describe a chart" in caplog.messages[0]
