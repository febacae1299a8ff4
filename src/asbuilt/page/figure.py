"""A picture with its evidence: the drawing, its verdicts, and the lines they stand on."""

import functools
import subprocess
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from asbuilt import evidence, files
from asbuilt.errors import UnusableInput
from asbuilt.page import executed
from asbuilt.page.source import link
from asbuilt.page.table import ALLOWED_BY_ABSENCE, anchored, grid
from asbuilt.render.store import picture

_WORST_FIRST = ("refuted", "unknown", "asserted", "absent", "proven")
_SMALLEST = 0.8  # of a picture's own size: below it labels cannot be read, and the picture scrolls
_MEANING = {
    "proven": "proven",
    "absent": ALLOWED_BY_ABSENCE,
    "asserted": "asserted by a person",
    "unknown": "unknown",
    "refuted": "refuted",
}


@dataclass(frozen=True, slots=True)
class Folders:
    """Where scripts, evidence and drawn pictures are."""

    diagrams: Path
    evidence: Path
    cache: Path


def figure(name: str, text: str, folders: Folders, warn: Callable[[str], None]) -> ET.Element:
    """The figure of one diagram; `text` says in words what it shows.

    Evidence that is missing or stale, and a script that no longer draws, are shown as such and
    given to `warn`. Raises UnusableInput where there is no picture at all.
    """
    svg, trouble = _picture(name, folders)
    body, doubts = _evidence(name, folders)
    for problem in trouble + doubts:
        warn(f"diagram:{name}: {problem}")
    root = ET.Element("figure", {"class": "asbuilt-figure", "id": "diagram-" + name.replace("/", "-")})
    ET.SubElement(root, "div", {"class": "asbuilt-scroll", "tabindex": "0"}).append(_drawing(svg, text, body))
    for problem in trouble + doubts:
        ET.SubElement(root, "p", {"class": "asbuilt-stale", "role": "note"}).text = problem
    caption = ET.SubElement(root, "figcaption")
    ET.SubElement(caption, "span").text = text
    if body:
        root.append(_legend(body))
        root.append(_details(body, f"{folders.evidence.as_posix()}/{name}.json"))
    return root


def _picture(name: str, folders: Folders) -> tuple[str, list[str]]:
    """The picture as it is now, or, where the script fails, as it was last, and why."""
    script, last = folders.diagrams / f"{name}.py", folders.cache / "last" / f"{name}.svg"
    if not script.is_file():
        raise UnusableInput(
            "there is no such diagram", "name it by its path below the folder", script.as_posix()
        )
    try:
        svg = picture(script, folders.diagrams, folders.cache)
    except (UnusableInput, OSError) as error:
        if not last.is_file():
            raise
        why = str(error).replace("\n", "; ")
        return last.read_text(encoding="utf-8"), [f"this is the last good picture: {why}"]
    if not last.is_file() or last.read_text(encoding="utf-8") != svg:
        files.write(last, svg)
    return svg, []


def _evidence(name: str, folders: Folders) -> tuple[Mapping[str, Any], list[str]]:
    """What was proven, each arrow with what a drill tried of it; and what speaks against it."""
    try:
        body = evidence.load(folders.evidence / f"{name}.json")
    except UnusableInput as error:
        return {}, [f"nothing is proven here: {error.message}"]
    tried, doubts = executed.tried(folders.evidence, name)
    if changed := evidence.stale(body):
        doubts = [f"this proof is stale: {', '.join(changed)} changed since it was recorded", *doubts]
    arrows = [arrow | {"executed": tried.get(executed.key(arrow))} for arrow in body["arrows"]]
    return body | {"arrows": arrows}, doubts


def embedded(svg: str, text: str) -> ET.Element:
    """The SVG as elements, named `text`, as wide as its page lets it be."""
    root = ET.fromstring(svg.replace(' xmlns="http://www.w3.org/2000/svg"', "", 1))  # noqa: S314 - ours
    root.set("aria-label", text)
    width = float(root.attrib.pop("width"))
    root.set("style", f"min-width:{width * _SMALLEST:.0f}px;max-width:{width:g}px")
    del root.attrib["height"]
    return root


def linked(group: ET.Element, text: str, target: str) -> ET.Element:
    """A node of a picture as a link named `text`; without a target, the node itself."""
    if not target:
        return group
    element = ET.Element("a", {"href": target, "aria-label": text})
    element.append(group)
    return element


def _drawing(svg: str, text: str, body: Mapping[str, Any]) -> ET.Element:
    """The picture with verdicts as classes, and nodes linked to the lines that create them."""
    root = embedded(svg, text)
    nodes = {node["id"]: node for node in body.get("nodes", ())}
    verdicts = _arrow_verdicts(body.get("arrows", ()))
    for index, group in enumerate(root):
        if key := group.get("data-arrow"):
            group.set("class", f"arrow {verdicts.get(key, 'unknown')}")
        elif (key := group.get("data-node")) and key in nodes:
            group.set("class", f"node {nodes[key]['verdict']}")
            place = next(iter(nodes[key]["evidence"]), None)
            target = link(place["file"], place["line"]) if place else ""
            root[index] = linked(group, f"{nodes[key]['label']}: {key}", target)
    return root


def _arrow_verdicts(arrows: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """The worst verdict of each arrow's claims, by tail, head and label."""
    found: dict[str, str] = {}
    for arrow in arrows:
        key = "\t".join((arrow["source"], arrow["target"], arrow["label"]))
        found[key] = min(found.get(key, "proven"), arrow["verdict"], key=_WORST_FIRST.index)
    return found


def _legend(body: Mapping[str, Any]) -> ET.Element:
    """How many arrows are what, each with the line it is drawn with."""
    counts = Counter(arrow["verdict"] for arrow in body["arrows"])
    block = ET.Element("p", {"class": "asbuilt-legend"})
    for verdict in reversed(_WORST_FIRST):
        if counts[verdict]:
            entry = ET.SubElement(block, "span", {"class": verdict})
            entry.text = f"{counts[verdict]} {_MEANING[verdict]}"
    return block


def _details(body: Mapping[str, Any], path: str) -> ET.Element:
    block = ET.Element("details", {"class": "asbuilt-details"})
    ET.SubElement(block, "summary").text = "What each arrow, box and node stands on"
    ET.SubElement(block, "p").text = _basis(body, path)
    labels = {node["id"]: node["label"] for node in body["nodes"]}
    rows = [
        [
            f"{labels[arrow['source']]} → {labels[arrow['target']]}",
            arrow["claim"].partition(":")[0] if arrow["verdict"] == "asserted" else arrow["claim"],
            *_judged(arrow),
        ]
        for arrow in body["arrows"]
    ]
    block.append(_unsearched(grid("Arrows", ["Arrow", "Claim", "Verdict", "Stands on"], rows)))
    if boxes := [
        [f"{labels[member['node']]} in {box['label']}", *_judged(member)]
        for box in body["boxes"]
        for member in box["members"]
    ]:
        block.append(_unsearched(grid("Boxes", ["Member", "Verdict", "Stands on"], boxes)))
    block.append(
        grid("Nodes", ["Node", "Verdict", "Stands on"], [[n["label"], *_judged(n)] for n in body["nodes"]])
    )
    return block


def _unsearched(element: ET.Element) -> ET.Element:
    """What only repeats the names in the picture is kept out of the site's search."""
    element.set("data-search-exclude", "")
    return element


def _judged(item: Mapping[str, Any]) -> list[str | ET.Element]:
    """A verdict with its reason, and the places it stands on."""
    places = ET.Element("span")
    for place in item["evidence"]:
        places.append(anchored(place["address"], place["file"], place["line"]))
        places[-1].tail = " "
    cell = ET.Element("span")
    verdict = ET.SubElement(cell, "span", {"class": f"asbuilt-verdict {item['verdict']}"})
    verdict.text = ALLOWED_BY_ABSENCE if item["verdict"] == "absent" else item["verdict"]
    verdict.tail = f": {item['reason']}" if item["reason"] else ""
    if item["verdict"] == "proven" and (tried := item.get("executed")):
        ET.SubElement(cell, "br")
        cell.append(executed.mark(tried))
    return [cell, places]


def _basis(body: Mapping[str, Any], path: str) -> str:
    kinds = [f"the {item['kind']} of Terraform {item['terraform']}" for item in body["basis"]]
    commit = _commit(path)
    against = " and ".join(dict.fromkeys(kinds)) or "the manifests"
    return (
        f"Proven against {against}, as recorded in {path}{f' at commit {commit}' if commit else ''}. "
        "Terraform did not run to build this page. A change made by hand in a console is outside a plan."
    )


def _commit(path: str) -> str:
    """The commit that holds a file as it is now; nothing where none does."""
    commit, held = _commits(path.partition("/")[0]).get(path, ("", b""))
    return commit if Path(path).read_bytes() == held else ""


@functools.cache
def _commits(folder: str) -> dict[str, tuple[str, bytes]]:
    """The last commit of each file in a folder, and what it holds; nothing outside a repository."""
    logged = _git("log", "--format=:%h", "--name-only", "--relative", "--", folder)
    changed = {*_git("diff", "--name-only", "--relative", "HEAD", "--", folder)}
    found: dict[str, tuple[str, bytes]] = {}
    commit = ""
    for line in filter(None, logged):
        if line.startswith(":"):
            commit = line[1:]
        elif line not in found and line not in changed and Path(line).is_file():
            found[line] = commit, Path(line).read_bytes()
    return found


def _git(*words: str) -> list[str]:
    try:
        done = subprocess.run(["git", *words], capture_output=True, text=True, check=True, timeout=10)
    except (OSError, subprocess.SubprocessError):
        return []
    return done.stdout.splitlines()
