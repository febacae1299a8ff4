"""Draw a chart with Matplotlib: text stays text, and every colour is one of the page's own variables."""

import functools
import io
import json
import re
from collections.abc import Mapping
from importlib import metadata
from itertools import cycle
from pathlib import Path
from typing import Any

from asbuilt import files
from asbuilt.errors import UnusableInput
from asbuilt.render.text import FONT_FOLDER

_INK, _GRID = "#010101", "#020202"
_SERIES = ("#030301", "#030302", "#030303", "#030304", "#030305", "#030306")
_VARIABLES = {_INK: "--md-default-fg-color--light", _GRID: "--md-default-fg-color--lightest"} | {
    color: f"--ab-series-{number}" for number, color in enumerate(_SERIES, 1)
}
_DASHES = ("-", (0, (5, 2)), (0, (1.5, 1.5)), (0, (6, 2, 1, 2)), (0, (9, 3)), (0, (3, 1, 1, 1, 1, 1)))
_INCHES, _POINTS = (6.9, 3.3), 8.5
_ROTATED = 8  # characters of a bar's name above which bars lie on their side
_STYLE = {
    "axes.edgecolor": _GRID,
    "axes.grid": True,
    "axes.labelcolor": _INK,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.axisbelow": True,
    "font.family": "Roboto",
    "font.size": _POINTS,
    "grid.color": _GRID,
    "grid.linewidth": 0.7,
    "legend.frameon": False,
    "lines.linewidth": 1.8,
    "svg.fonttype": "none",
    "text.color": _INK,
    "xtick.color": _INK,
    "ytick.color": _INK,
    "xtick.major.size": 0,
    "ytick.major.size": 0,
    "xtick.minor.size": 0,
    "ytick.minor.size": 0,
}


def shape(described: Mapping[str, Any]) -> str:
    """Hash of everything that shapes the drawing of a chart."""
    versions = [_version(name) for name in ("matplotlib", "font-roboto")]
    told = json.dumps(described, sort_keys=True)
    return files.digest(told.encode(), " ".join(versions).encode(), Path(__file__).read_bytes())


@functools.cache
def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        raise UnusableInput(f"{name} is missing", "install asbuilt[charts]") from None


def plot(described: Mapping[str, Any]) -> str:
    """The SVG of a chart; its colours are CSS variables of the page."""
    import matplotlib as mpl
    from matplotlib import font_manager
    from matplotlib.figure import Figure

    for weight in ("Regular", "Medium"):
        font_manager.fontManager.addfont(FONT_FOLDER / f"Roboto-{weight}.ttf")
    style: Any = _STYLE | {"svg.hashsalt": shape(described)}
    with mpl.rc_context(style):
        figure = Figure(figsize=_INCHES, layout="constrained")
        axes: Any = figure.subplots()
        if described["kind"] == "bar":
            _bars(axes, described)
        else:
            _lines(axes, described)
        if len(described["series"]) > 1:
            figure.legend(loc="outside upper left", ncols=3, handlelength=2.4)
        written = io.StringIO()
        figure.savefig(written, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    return _clean(written.getvalue())


def _lines(axes: Any, described: Mapping[str, Any]) -> None:
    x = described["x"]
    style = "steps-post" if described["kind"] == "step" else "default"
    for series, color, dash in zip(described["series"], cycle(_SERIES), cycle(_DASHES), strict=False):
        values = [float("nan") if value is None else value for value in series["values"]]
        axes.plot(x["values"], values, color=color, linestyle=dash, drawstyle=style, label=series["name"])
    _axis(axes, "x", x)
    _axis(axes, "y", described["y"])
    if described["y"].get("scale") != "log":
        axes.set_ylim(bottom=min(0, axes.get_ylim()[0]))
    axes.grid(visible=False, axis="x")


def _bars(axes: Any, described: Mapping[str, Any]) -> None:
    """Bars side by side or stacked; they lie on their side where their names are long."""
    names = [str(value) for value in described["x"]["values"]]
    lying = max(map(len, names)) > _ROTATED
    count = 1 if described.get("stacked") else len(described["series"])
    thick, base = 0.75 / count, [0.0] * len(names)
    for number, series in enumerate(described["series"]):
        shift = 0 if count == 1 else (number - (count - 1) / 2) * thick
        places = [place + shift for place in range(len(names))]
        color = _SERIES[number % len(_SERIES)]
        if lying:
            axes.barh(places, series["values"], thick, left=base, color=color, label=series["name"])
        else:
            axes.bar(places, series["values"], thick, bottom=base, color=color, label=series["name"])
        if described.get("stacked"):
            base = [low + value for low, value in zip(base, series["values"], strict=True)]
    across, along = ("y", "x") if lying else ("x", "y")
    _axis(axes, along, described["y"])
    getattr(axes, f"set_{across}ticks")(range(len(names)), names)
    axes.grid(visible=False, axis=across)
    if lying:
        axes.invert_yaxis()
    else:
        axes.set_xlabel(_title(described["x"]))


def _axis(axes: Any, which: str, axis: Mapping[str, Any]) -> None:
    from matplotlib.ticker import FuncFormatter

    getattr(axes, f"set_{which}label")(_title(axis))
    if axis.get("scale") == "log":
        getattr(axes, f"set_{which}scale")("log")
    getattr(axes, f"{which}axis").set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.10g}"))


def _title(axis: Mapping[str, Any]) -> str:
    return f"{axis['label']} ({axis['unit']})" if axis.get("unit") else str(axis["label"])


def _clean(svg: str) -> str:
    """The `svg` element alone, its colours as variables, without the names that every drawing repeats."""
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    svg = re.sub(r'(<(?:g|text)) id="[^"]+"', r"\1", svg)
    svg = re.sub(r' (?:width|height)="[\d.]+pt"', "", svg)
    for color, variable in _VARIABLES.items():
        svg = svg.replace(color, f"var({variable})")
    return svg
