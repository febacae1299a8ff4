"""Commands and their outputs on a Markdown page.

    ```bash                          what is typed, in every environment
    ```bash title="production"       what is typed in one
    ```text                          what came out, right below; none where nothing is printed
    ```text title="production"       where it differs between environments, one a name

Commands that are not executed stand, indented, in an admonition titled `Not executed: ` and the reason.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from asbuilt.errors import UnusableInput

_FENCE = re.compile(r"^(?P<indent> *)```(?P<language>\w*)(?: title=\"(?P<title>[^\"]+)\")?$")
_REASON = re.compile(r"^!!! \w+ \"Not executed: (?P<reason>.+)\"$")


@dataclass(frozen=True, slots=True)
class Step:
    """Commands of one block, from line `line` of the page, counted from 1, to `end`, its last output's last.

    `outputs` holds what the page says that they print, by environment; `reason` is why nothing executes them.
    """

    page: str
    line: int
    end: int
    commands: str
    environments: tuple[str, ...]
    outputs: Mapping[str, str] = field(default_factory=dict)
    reason: str = ""

    @property
    def place(self) -> str:
        """`page:line`."""
        return f"{self.page}:{self.line}"


@dataclass(frozen=True, slots=True)
class _Block:
    line: int
    end: int
    indent: int
    language: str
    title: str
    body: str


def steps(page: str, text: str, environments: Sequence[str]) -> list[Step]:
    """Every step of the page `text`. Raises UnusableInput for a block that nobody would follow."""
    lines = text.splitlines()
    found: list[Step] = []
    for block in _blocks(page, lines):
        if block.language == "bash":
            found.append(_step(page, block, lines, environments))
        elif block.language == "text" and found and _right_below(found[-1].end, block.line, lines):
            found[-1] = _with_output(found[-1], block)
        else:
            hint = "commands stand in ```bash, what they print right below in ```text"
            raise UnusableInput(f"nobody follows this block: ```{block.language}", hint, page, block.line)
    return found


def with_outputs(text: str, printed: Mapping[int, Mapping[str, str]], environments: Sequence[str]) -> str:
    """The page with other outputs, given by the line of their step and by environment."""
    lines = text.splitlines()
    for step in reversed(steps("", text, environments)):
        if step.line in printed:
            closed = step.line + step.commands.count("\n") + 1
            lines[closed : step.end] = _output_lines(printed[step.line])
    return "\n".join(lines) + "\n"


def record(found: Iterable[Step]) -> dict[str, Any]:
    """What a run leaves in the repository: the commands it executed. Their outputs stand on the pages."""
    executed = [step for step in found if not step.reason]
    return {
        "executed": len(executed),
        "commands": [
            {"page": step.page, "environments": list(step.environments), "commands": step.commands}
            for step in executed
        ],
    }


def _output_lines(printed: Mapping[str, str]) -> list[str]:
    """One output where all environments print the same, or one a name."""
    same = len(set(printed.values())) == 1
    named = {"": next(iter(printed.values()))} if same else dict(printed)
    lines: list[str] = []
    for name, output in named.items():
        if output:
            title = f' title="{name}"' if name else ""
            lines += ["", f"```text{title}", *output.splitlines(), "```"]
    return lines


def _right_below(end: int, line: int, lines: Sequence[str]) -> bool:
    return not "".join(lines[end : line - 1])


def _blocks(page: str, lines: Sequence[str]) -> Iterator[_Block]:
    opened: re.Match[str] | None = None
    start = 0
    for number, line in enumerate(lines, 1):
        if opened is None and line.lstrip().startswith("```"):
            opened, start = _FENCE.match(line), number
            if opened is None:
                raise UnusableInput(
                    "this fence is not understood", '```bash title="production"', page, number
                )
        elif opened and line == f"{opened['indent']}```":
            indent = len(opened["indent"])
            body = "".join(f"{inner[indent:]}\n" for inner in lines[start : number - 1])
            yield _Block(start, number, indent, opened["language"], opened["title"] or "", body)
            opened = None
    if opened:
        raise UnusableInput("this block has no end", "close it with ```", page, start)


def _step(page: str, block: _Block, lines: Sequence[str], environments: Sequence[str]) -> Step:
    if block.title and block.title not in environments:
        hint = f"the title of commands is one of: {', '.join(environments)}"
        raise UnusableInput(f"no such environment: {block.title}", hint, page, block.line)
    where = (block.title,) if block.title else tuple(environments)
    return Step(page, block.line, block.end, block.body, where, reason=_reason(page, block, lines))


def _reason(page: str, block: _Block, lines: Sequence[str]) -> str:
    """Why an indented block is not executed; empty for a block at the margin, which is."""
    if not block.indent:
        return ""
    above = next((line for line in reversed(lines[: block.line]) if line and not line.startswith(" ")), "")
    said = _REASON.match(above)
    if not said:
        hint = 'an indented block stands under !!! note "Not executed: reason"'
        raise UnusableInput("nobody says why this is not executed", hint, page, block.line)
    return said["reason"]


def _with_output(step: Step, block: _Block) -> Step:
    names = (block.title,) if block.title else step.environments
    taken = [name for name in names if name in step.outputs or name not in step.environments]
    if taken or step.reason:
        raise UnusableInput(
            "an output of nothing", "one output a step and environment", step.page, block.line
        )
    outputs = {**step.outputs, **dict.fromkeys(names, block.body)}
    return replace(step, end=block.end, outputs=outputs)
