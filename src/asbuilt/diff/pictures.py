"""Changed pictures before and after, side by side, in one page that needs nothing else."""

import base64
from collections.abc import Sequence
from html import escape
from pathlib import Path

from asbuilt.diff import pairs
from asbuilt.diff.model import Change, Diagram, Snapshot
from asbuilt.errors import UnusableInput
from asbuilt.render.store import picture

_SMALLEST = 0.8  # of its own size: below it labels cannot be read, and the picture scrolls
_STYLE = """
:root{color-scheme:light dark}
body{font:1rem/1.5 Roboto,"Helvetica Neue",Arial,sans-serif;margin:1rem auto;max-width:100rem;padding:0 1rem}
.pair{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,28rem),1fr));gap:1rem}
figure{margin:0;border:1px solid;border-radius:.5rem;padding:.5rem;overflow-x:auto}
img{display:block;max-width:100%;height:auto;margin:auto}
li{overflow-wrap:anywhere}
"""


def page(before: Snapshot, after: Snapshot, changes: Sequence[Change], cache: Path) -> str:
    """The page. It runs the scripts of both revisions, as drawing does.

    A picture that can be drawn no longer is told with its reason in its place.
    """
    parts = []
    for old, new in pairs.diagrams(before.diagrams, after.diagrams):
        name = new.name if new else old.name if old else ""
        texts = [change.text for change in changes if change.place == name]
        sides = _side(before, old, cache), _side(after, new, cache)
        if texts or sides[0] != sides[1]:
            parts.append(_section(name, texts, sides))
    body = "".join(parts) or "<p>No picture changes.</p>"
    title = escape(f"Pictures of {before.name} and {after.name}")
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{title}</title><style>{_STYLE}</style></head>"
        f"<body><main><h1>{title}</h1>{body}</main></body></html>\n"
    )


def _section(name: str, texts: Sequence[str], sides: tuple[str, str]) -> str:
    items = "".join(f"<li>{escape(text)}</li>" for text in texts)
    figures = "".join(
        f"<figure><figcaption>{when}</figcaption>{_shown(side, f'{name} {when.lower()}')}</figure>"
        for when, side in zip(("Before", "After"), sides, strict=True)
    )
    said = f"<ul>{items}</ul>" if items else ""
    return f'<section><h2>{escape(name)}</h2>{said}<div class="pair">{figures}</div></section>'


def _shown(side: str, text: str) -> str:
    """A picture as an image of its own, so that ids and styles of two never meet; or why there is none."""
    if not side.startswith("<svg"):
        return f"<p>{escape(side)}</p>"
    data = base64.b64encode(side.encode()).decode()
    width = float(side.partition(' width="')[2].partition('"')[0])
    style = f"min-width:{width * _SMALLEST:.0f}px"
    return f'<img alt="{escape(text)}" style="{style}" src="data:image/svg+xml;base64,{data}">'


def _side(snapshot: Snapshot, diagram: Diagram | None, cache: Path) -> str:
    if not diagram:
        return "There is no such picture."
    script = snapshot.root / diagram.script
    try:
        return _coloured(picture(script, script.parent, cache), diagram)
    except (UnusableInput, OSError) as error:
        why = error.message if isinstance(error, UnusableInput) else error.strerror
        return f"It cannot be drawn: {why}"


_WORST_FIRST = ("refuted", "unknown", "asserted", "absent", "proven")


def _coloured(svg: str, diagram: Diagram) -> str:
    """The picture with the worst verdict of each arrow's claims as the arrow's class."""
    verdicts: dict[str, str] = {}
    for arrow in sorted(diagram.arrows, key=lambda arrow: _WORST_FIRST.index(arrow.found.verdict)):
        key = "&#9;".join(escape(part) for part in (arrow.source, arrow.target, arrow.label))
        verdicts.setdefault(key, arrow.found.verdict)
    for key, verdict in verdicts.items():
        svg = svg.replace(f'class="arrow" data-arrow="{key}"', f'class="arrow {verdict}" data-arrow="{key}"')
    return svg
