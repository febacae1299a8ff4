"""The picture of a workflow, and its jobs. It is made from the file, so there is nothing to prove."""

import xml.etree.ElementTree as ET
from collections.abc import Mapping
from pathlib import Path

from asbuilt.page.figure import embedded, linked
from asbuilt.page.source import link
from asbuilt.page.table import anchored, grid
from asbuilt.render.store import drawn
from asbuilt.workflows import START, Job, Workflow, draw, load


def pipeline(file: str, text: str, cache: Path) -> ET.Element:
    """The figure of the workflow at `file`; `text` says in words what it shows.

    Raises UnusableInput where that workflow, or one that it calls, cannot be read.
    """
    workflows = load(file)
    picture, workflow = draw(file, workflows), workflows[file]
    name = Path(file).stem
    root = ET.Element("figure", {"class": "asbuilt-figure asbuilt-workflow", "id": f"workflow-{name}"})
    svg = _linked(embedded(drawn(picture.drawing, cache), text), workflow, picture.jobs)
    ET.SubElement(root, "div", {"class": "asbuilt-scroll", "tabindex": "0"}).append(svg)
    ET.SubElement(ET.SubElement(root, "figcaption"), "span").text = text
    origin = ET.SubElement(root, "p", {"class": "asbuilt-origin"})
    origin.text = "drawn from "
    origin.append(anchored(file, file, workflow.line))
    root.append(_details(workflow, picture.jobs))
    return root


def _linked(svg: ET.Element, workflow: Workflow, jobs: Mapping[str, Job]) -> ET.Element:
    """The picture with its nodes linked to the lines they are drawn from."""
    for index, group in enumerate(svg):
        key = group.get("data-node", "")
        if key == START:
            svg[index] = linked(group, f"What starts {workflow.name}", link(workflow.file, workflow.line))
        elif key:
            svg[index] = linked(group, f"{key} in {jobs[key].file}", link(jobs[key].file, jobs[key].line))
    return svg


def _details(workflow: Workflow, jobs: Mapping[str, Job]) -> ET.Element:
    block = ET.Element("details", {"class": "asbuilt-details", "data-search-exclude": ""})
    ET.SubElement(block, "summary").text = "What each job needs, and may do"
    started = "; ".join(event.words for event in workflow.events)
    ET.SubElement(block, "p").text = f"It starts on: {started}."
    head = ["Job", "Needs", "Runs if", "Environment", "Permissions"]
    for file in dict.fromkeys(job.file for job in jobs.values()):
        rows = (_row(key, job) for key, job in jobs.items() if job.file == file)
        block.append(grid(f"Jobs of {file}", head, rows))
    return block


def _row(key: str, job: Job) -> list[str | ET.Element]:
    return [
        anchored(key, job.file, job.line),
        ", ".join(job.needs) or "-",
        _code(job.condition),
        job.environment or "-",
        ", ".join(job.permissions) or "the repository's default",
    ]


def _code(text: str) -> str | ET.Element:
    if not text:
        return "-"
    code = ET.Element("code")
    code.text = text
    return code
