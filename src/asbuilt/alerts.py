"""What a check found, at the lines that drew it: what code scanning shows beside a change."""

from collections.abc import Iterable
from pathlib import Path

from asbuilt import sarif
from asbuilt.check import Problem
from asbuilt.errors import UnusableInput


def alerts(problems: Iterable[Problem], diagrams: Path) -> list[sarif.Result]:
    """What a check found, each at the line that draws it, with the lines it stands on beside it.

    Reads the scripts of diagrams with findings; where one cannot be run, its first line stands for all.
    """
    drawings: dict[str, dict[tuple[str, ...], int]] = {}
    results = []
    for problem in problems:
        if problem.found and problem.rule != "undrawn" and problem.file not in drawings:
            drawings[problem.file] = _lines(Path(problem.file), diagrams)
        results.append(_checked(problem, drawings.get(problem.file, {})))
    return results


def _checked(problem: Problem, lines: dict[tuple[str, ...], int]) -> sarif.Result:
    subject = problem.found.subject if problem.found else ()
    entries = problem.found.places if problem.found else ()
    places = tuple(
        sarif.Place(item["file"], item["line"], item["address"]) for item in entries if item["file"]
    )
    if problem.rule == "undrawn" and places:
        return sarif.Result(problem.rule, str(problem), places[0])
    return sarif.Result(problem.rule, str(problem), sarif.Place(problem.file, lines.get(subject, 1)), places)


def _lines(script: Path, folder: Path) -> dict[tuple[str, ...], int]:
    """Where each node, box and arrow is drawn, by the names that evidence has for it."""
    from asbuilt.capture import capture  # the library is loaded only where there is something to find

    try:
        drawing = capture(script, folder)
    except UnusableInput:
        return {}
    found: dict[tuple[str, ...], int] = {(node.key,): node.line for node in drawing.nodes}
    found |= {(box.id or box.label,): box.line for box in drawing.boxes}
    for arrow in drawing.arrows:
        found.setdefault((arrow.source, arrow.target, arrow.label), arrow.line)
    return found
