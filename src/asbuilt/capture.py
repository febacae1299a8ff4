"""Run a `diagrams` script and keep what it draws, without writing a file.

The library's classes are watched while the script runs, so a script needs no import of
ours and still works by itself. Nothing is kept of a script that fails midway.
"""

import contextlib
import difflib
import io
import ipaddress
import os
import re
import runpy
import sys
import traceback
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

import diagrams

from asbuilt.claims import parse_claims
from asbuilt.drawing import Arrow, Box, Drawing, Node
from asbuilt.errors import UnusableInput

LIBRARY = Path(diagrams.__file__).parent.parent
_UNSHOWN = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def capture(script: Path, folder: Path) -> Drawing:
    """Run `script` and return its drawing, named by its path below `folder`.

    What the script prints goes nowhere. Raises UnusableInput, with file and line, for a script
    that cannot be read or run, that draws no diagram or several, or that breaks the contract.
    """
    recorder = _Recorder(script)
    try:
        with _watching(recorder), _silence(), contextlib.chdir("."):  # a script may go elsewhere
            runpy.run_path(str(script), run_name="__main__")
    except (UnusableInput, KeyboardInterrupt):
        raise
    except BaseException as error:  # whatever a script may raise, SystemExit too
        raise _script_error(script, error) from None
    if not recorder.finished:
        raise recorder.error("the script draws no diagram", "open one: with Diagram(...):")
    return recorder.drawing(script.relative_to(folder).with_suffix("").as_posix())


@dataclass
class _Recorder:
    """What the watched classes report while a script runs."""

    script: Path
    diagram: Any = None
    finished: bool = False
    nodes: dict[str, Node] = field(default_factory=dict)
    boxes: dict[str, Box] = field(default_factory=dict)
    arrows: list[Arrow] = field(default_factory=list)

    def error(self, message: str, hint: str, line: int = 0) -> UnusableInput:
        return UnusableInput(message, hint, self.script.as_posix(), line)

    def line(self) -> int:
        """The line of the script that is running now."""
        frame, name = sys._getframe(1), str(self.script)
        while frame.f_back and frame.f_code.co_filename != name:
            frame = frame.f_back
        return frame.f_lineno if frame.f_code.co_filename == name else 0

    def begin(self, diagram: Any) -> None:
        if self.diagram:
            raise self.error("the script draws a second diagram", "draw one view in one file", self.line())
        self.check(diagram.name, self.line())
        self.diagram = diagram

    def leave(self, _: int) -> None:
        raise self.error("the script ends the whole process", "take os._exit out of it", self.line())

    def check(self, text: str, line: int) -> None:
        """Refuse what no picture can hold. https://www.w3.org/TR/xml/#charsets says what one can."""
        if found := _UNSHOWN.search(text):
            wrong = f"{text[:80]!r} holds the character U+{ord(found[0]):04X}"
            raise self.error(wrong, "no picture can show it: take it out", line)

    def fresh_key(self) -> str:
        return f"unbound/{len(self.nodes) + 1}"

    def node(self, key: str, label: str, attributes: dict[str, str]) -> None:
        line = self.line()
        self.check(f"{key} {label}", line)
        if ":" in key:
            raise self.error(f"the nodeid {key!r} holds a colon", "Graphviz reads it as a port", line)
        if key in self.nodes:
            first = self.nodes[key].line
            raise self.error(f"{key} is drawn twice (first on line {first})", "give each node its own", line)
        cluster = diagrams.getcluster()
        self.nodes[key] = Node(
            key=key,
            id="" if key.startswith("unbound/") else key,
            label=label,
            icon=self.icon(attributes.get("image", ""), line),
            box=cluster.name if cluster else "",
            line=line,
            cidr=self.cidr(key, attributes.get("cidr", ""), line),
        )

    def cidr(self, key: str, cidr: str, line: int) -> str:
        """The addresses that a node outside stands for."""
        if not cidr:
            return ""
        if not key.startswith("external/"):
            raise self.error(f"{key} has a cidr", "only a node outside tells its own addresses", line)
        try:
            ipaddress.ip_network(cidr)
        except ValueError as error:
            raise self.error(f"the cidr of {key}: {error}", 'write a block, as "10.0.0.0/24"', line) from None
        return cidr

    def icon(self, image: str, line: int) -> str:
        """The icon's path below the library, or its own path where the script brings it."""
        if not image:
            return ""
        path = Path(image) if Path(image).is_absolute() else self.script.parent / image
        if not path.is_file():
            raise self.error(f"there is no icon {image}", "a custom icon's path starts at the script", line)
        return path.relative_to(LIBRARY).as_posix() if path.is_relative_to(LIBRARY) else path.as_posix()

    def box(self, cluster: Any) -> None:
        line, parent = self.line(), cluster._parent
        self.check(cluster.label, line)
        if cluster.name in self.boxes:
            hint = (
                f"the library merges them: rename one (the first is on line {self.boxes[cluster.name].line})"
            )
            raise self.error(f"two boxes are named {cluster.label!r}", hint, line)
        bound = cluster.dot.graph_attr.get("id", "")
        self.boxes[cluster.name] = Box(
            cluster.name, bound, " ".join(cluster.label.split()), parent.name if parent else "", line
        )

    def arrow(self, tail: Any, head: Any, edge: Any) -> None:
        line, attributes = self.line(), edge.attrs
        if attributes["dir"] == "none":
            raise self.error("an arrow has no direction", "write a >> b or a << b instead of a - b", line)
        try:
            claims = parse_claims(attributes.get("by", ""))
        except ValueError as error:
            raise self.error(str(error), "see the contract of a diagram script", line) from None
        label = " ".join(attributes.get("label", "").split())
        self.check(label, line)
        if attributes["dir"] in ("forward", "both"):
            self.arrows.append(Arrow(tail.nodeid, head.nodeid, label, claims, line))
        if attributes["dir"] in ("back", "both"):
            self.arrows.append(Arrow(head.nodeid, tail.nodeid, label, claims, line, backward=True))

    def drawing(self, name: str) -> Drawing:
        return Drawing(
            name=name,
            script=self.script.as_posix(),
            title=self.diagram.name,
            direction=self.diagram.dot.graph_attr["rankdir"].upper(),
            nodes=tuple(self.nodes.values()),
            boxes=tuple(self.boxes.values()),
            arrows=tuple(self.arrows),
        )


@contextlib.contextmanager
def _watching(recorder: _Recorder) -> Iterator[None]:
    """Let the library's classes report to `recorder`; they are themselves again afterwards."""

    def begin(diagram: Any) -> Any:
        recorder.begin(diagram)
        return begun(diagram)

    def end(_: Any, kind: Any, *__: object) -> None:
        diagrams.setdiagram(None)
        recorder.finished = kind is None

    def enter(cluster: Any) -> Any:
        recorder.box(cluster)
        return entered(cluster)

    def draw(_: Any, key: str, label: str, **attributes: str) -> None:
        recorder.node(key, label, attributes)

    def join(_: Any, tail: Any, head: Any, edge: Any) -> None:
        recorder.arrow(tail, head, edge)

    begun, entered = diagrams.Diagram.__enter__, diagrams.Cluster.__enter__
    with (
        _replaced(diagrams.Diagram, __enter__=begin, __exit__=end, node=draw, connect=join),
        _replaced(diagrams.Cluster, __enter__=enter, node=draw),
        _replaced(diagrams.Node, _rand_id=staticmethod(recorder.fresh_key)),
        _replaced(os, _exit=recorder.leave),
    ):
        try:
            yield
        finally:
            diagrams.setdiagram(None)  # a script may fail between entering and leaving
            diagrams.setcluster(None)


@contextlib.contextmanager
def _replaced(owner: type | ModuleType, **attributes: Any) -> Iterator[None]:
    """Give a class or module other attributes for a while."""
    before = {name: vars(owner)[name] for name in attributes}
    try:
        for name, value in attributes.items():
            setattr(owner, name, value)
        yield
    finally:
        for name, value in before.items():
            setattr(owner, name, value)


@contextlib.contextmanager
def _silence() -> Iterator[None]:
    nowhere = io.StringIO()
    with contextlib.redirect_stdout(nowhere), contextlib.redirect_stderr(nowhere):
        yield


def _script_error(script: Path, error: BaseException) -> UnusableInput:
    """Say what made the script fail, at the script's own line."""
    if isinstance(error, SyntaxError) and error.filename == str(script):
        return UnusableInput(error.msg, "correct the script", script.as_posix(), error.lineno or 0)
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(script)]
    line = (frames[-1].lineno or 0) if frames else 0
    message = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    return UnusableInput(message, _hint(error, script), script.as_posix(), line)


def _hint(error: BaseException, script: Path) -> str:
    if isinstance(error, OSError) and error.filename == str(script.absolute()):
        return "the script must be a readable file"
    if not isinstance(error, ImportError) or not error.name:
        return "run the script by itself to see the whole traceback"
    if (script.parent / error.name).exists() or (script.parent / f"{error.name}.py").exists():
        return "a script stands alone, so that its picture changes with it only: move the code into it"
    module = sys.modules.get(error.name)
    wanted = str(error).split("'")[1] if "'" in str(error) else ""
    close = difflib.get_close_matches(wanted, dir(module) if module else [], n=1, cutoff=0.5)
    return (
        f"did you mean {close[0]}?" if close else "the library's node classes are listed in its documentation"
    )
