"""The look of every picture, in one place: a light and a dark palette over the same shapes."""

_LIGHT = {
    "ink": "#1d2733",
    "soft": "#4c5a69",
    "page": "#ffffff",
    "tile": "#ffffff",
    "edge": "#d5dde5",
    "line": "#5d6d7e",
    "box": "#f3f6fa",
    "box2": "#e9eff6",
    "rim": "#c3cedb",
    "good": "#17784a",
    "bad": "#c62828",
    "doubt": "#a15c00",
    "halo": "#f3f6fa",
}
_DARK = {
    "ink": "#e8edf3",
    "soft": "#aebccb",
    "page": "#1e2129",
    "tile": "#2a2f3a",
    "edge": "#3f4857",
    "line": "#93a4b7",
    "box": "#242934",
    "box2": "#2b3240",
    "rim": "#46526a",
    "good": "#5fd39b",
    "bad": "#ff8a80",
    "doubt": "#ffb74d",
    "halo": "#242934",
}

_RULES = """
.asbuilt text{font-family:Roboto,"Helvetica Neue",Arial,sans-serif;fill:V(ink)}
.asbuilt .node text{font-size:13px;font-weight:500;text-anchor:middle}
.asbuilt .tile{fill:V(tile);stroke:V(edge)}
.asbuilt .box rect{fill:V(box);stroke:V(rim)}
.asbuilt .box.odd rect{fill:V(box2)}
.asbuilt .box text{font-size:12px;font-weight:500;fill:V(soft);\
paint-order:stroke;stroke:V(halo);stroke-width:5px;stroke-linejoin:round}
.asbuilt .arrow path{fill:none;stroke:V(line);stroke-width:1.5}
.asbuilt .arrow .tip{fill:V(line);stroke:none}
.asbuilt .arrow text{font-size:12px;text-anchor:middle;fill:V(soft);\
paint-order:stroke;stroke:V(halo);stroke-width:5px;stroke-linejoin:round}
.asbuilt .proven path{stroke:V(good)}
.asbuilt .proven .tip{fill:V(good);stroke:none}
.asbuilt .absent path{stroke-dasharray:9 3 2 3}
.asbuilt .asserted path{stroke-dasharray:6 4}
.asbuilt .unknown path{stroke:V(doubt);stroke-dasharray:2 4}
.asbuilt .unknown .tip{fill:V(doubt);stroke-dasharray:none}
.asbuilt .refuted path{stroke:V(bad);stroke-width:2.5}
.asbuilt .refuted .tip{fill:V(bad)}
.asbuilt .refuted text,.asbuilt .missing text,.asbuilt .unbound text{fill:V(bad)}
.asbuilt .missing .tile,.asbuilt .unbound .tile{stroke:V(bad);stroke-width:2}
.asbuilt a:hover .tile,.asbuilt a:focus .tile{stroke:V(line);stroke-width:2}
"""


def stylesheet() -> str:
    """Rules whose colours follow the page's scheme, or the reader's system where there is no page."""
    scheme = '[data-md-color-scheme="{}"] .asbuilt'.format
    return (
        f".asbuilt{{{_variables(_LIGHT)}}}"
        f"@media(prefers-color-scheme:dark){{.asbuilt{{{_variables(_DARK)}}}"
        ".asbuilt .icon.dark{filter:invert(1) hue-rotate(180deg)}}"
        f"{scheme('default')}{{{_variables(_LIGHT)}}}{scheme('slate')}{{{_variables(_DARK)}}}"
        f"{scheme('default')} .icon.dark{{filter:none}}"
        f"{scheme('slate')} .icon.dark{{filter:invert(1) hue-rotate(180deg)}}"
        f"{scheme('slate')} .icon.light{{filter:none}}" + _RULES.replace("V(", "var(--ab-").strip()
    )


def flat_stylesheet() -> str:
    """The light look without variables, for programs that know none."""
    rules = _RULES
    for name, colour in _LIGHT.items():
        rules = rules.replace(f"V({name})", colour)
    return rules.strip()


def _variables(palette: dict[str, str]) -> str:
    return ";".join(f"--ab-{name}:{colour}" for name, colour in palette.items())
