"""The command `asbuilt`."""

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from asbuilt import files
from asbuilt.ending import ending
from asbuilt.errors import UnusableInput
from asbuilt.progress import progress
from asbuilt.settings import Settings

if TYPE_CHECKING:
    from asbuilt.prove import Proof

CACHE = Path(".cache/asbuilt")
"""Where drawn pictures are kept, below the folder the command runs in."""
_OK, _FINDINGS = 0, 1


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise UnusableInput(message, f"see {self.prog} --help")


@ending
def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns 0 for nothing wrong, 1 for findings, and what `ending` has for the rest."""
    options = parser().parse_args(arguments)
    run: Callable[[argparse.Namespace], int] = options.run
    return run(options)


def parser() -> argparse.ArgumentParser:
    """The command's arguments."""
    top = _Parser(prog="asbuilt", description="Draw architecture diagrams and prove them.")
    commands = top.add_subparsers(metavar="COMMAND", required=True)

    render = commands.add_parser("render", help="draw every script as a self-contained SVG")
    _diagrams(render)
    render.add_argument("--output", metavar="DIR", type=Path, default=Path("build/diagrams"))
    render.add_argument("--png", action="store_true", help="write a PNG beside each SVG")
    render.set_defaults(run=_render)

    prove = commands.add_parser("prove", help="prove the diagrams against what the files create")
    _diagrams(prove)
    _paths(prove, "--terraform", "DIR", "a folder of Terraform; tells file and line")
    _paths(
        prove, "--plan", "FILE", "`terraform show -json` of a plan or a state; Terraform then does not run"
    )
    _paths(prove, "--kubernetes", "DIR", "a folder of manifests, or a Kustomize overlay")
    prove.add_argument("--record", metavar="DIR", type=Path, help="write the evidence there")
    prove.add_argument("--format", choices=["text", "json", "sarif"], default="text")
    prove.set_defaults(run=_prove)

    check = commands.add_parser("check", help="check the recorded evidence: fast, offline, no Terraform")
    _diagrams(check)
    check.add_argument("--evidence", metavar="DIR", type=Path, default=Path("evidence"))
    check.add_argument("--sarif", metavar="FILE", type=Path, help="write what is wrong there, as SARIF")
    check.set_defaults(run=_check)

    diff = commands.add_parser("diff", help="say what a change does to the architecture")
    diff.add_argument("base", metavar="BASE", help="a revision of git")
    diff.add_argument("head", metavar="HEAD", nargs="?", help="another (default: the work tree)")
    diff.add_argument("--evidence", metavar="DIR", type=Path, default=Path("evidence"))
    diff.add_argument("--markdown", action="store_true", help="write it for a pull request")
    diff.add_argument(
        "--html", metavar="FILE", type=Path, help="write changed pictures, before and after, there"
    )
    diff.set_defaults(run=_diff)
    return top


def _diagrams(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--diagrams",
        metavar="DIR",
        type=Path,
        default=Path("diagrams"),
        help="the scripts (default: diagrams)",
    )


def _paths(command: argparse.ArgumentParser, name: str, metavar: str, text: str) -> None:
    command.add_argument(name, metavar=metavar, type=Path, action="append", default=[], help=text)


def _render(options: argparse.Namespace) -> int:
    from asbuilt.render.store import picture
    from asbuilt.scripts import scripts

    for script in scripts(options.diagrams):
        path = (options.output / script.relative_to(options.diagrams)).with_suffix(".svg")
        progress(f"drawing {script.as_posix()}")
        files.write(path, picture(script, options.diagrams, CACHE))
        if options.png:
            files.write(path.with_suffix(".png"), _png(script, options.diagrams))
        print(path.as_posix())
    return _OK


def _png(script: Path, folder: Path) -> bytes:
    from asbuilt.capture import capture
    from asbuilt.render.png import to_png

    return to_png(capture(script, folder))


def _prove(options: argparse.Namespace) -> int:
    from asbuilt import evidence, inputs, report
    from asbuilt.capture import capture
    from asbuilt.prove.proof import prove
    from asbuilt.scripts import scripts

    settings = Settings.read()
    drawings = [capture(script, options.diagrams) for script in scripts(options.diagrams)]
    progress("reading what the files create")
    infrastructure, basis = inputs.read(inputs.Sources(options.terraform, options.plan, options.kubernetes))
    proof = prove(infrastructure, drawings, settings.undrawn)
    if options.record and not _misnamed(proof):
        evidence.record(proof, basis, options.record)
    write = {"text": report.as_text, "json": report.as_json, "sarif": report.as_sarif}[options.format]
    sys.stdout.write(write(proof))
    return _FINDINGS if any(report.problems(proof)) else _OK


def _misnamed(proof: "Proof") -> bool:
    """Whether a diagram names what does not exist: the last good evidence then stays."""
    return any(node.finding.verdict == "missing" for item in proof.diagrams for node in item.nodes)


def _check(options: argparse.Namespace) -> int:
    from asbuilt.check import check

    problems = check(options.diagrams, options.evidence, Settings.read())
    if options.sarif:
        from asbuilt import alerts, sarif

        files.write(options.sarif, sarif.document(alerts.alerts(problems, options.diagrams)))
    for problem in problems:
        print(f"error: {problem}", file=sys.stderr)
    if problems:
        print("hint: correct what is wrong, then prove again: make prove", file=sys.stderr)
        return _FINDINGS
    print("the evidence fits its inputs, and nothing in it is wrong")
    return _OK


def _diff(options: argparse.Namespace) -> int:
    from asbuilt.diff import as_markdown, as_text, compare, opened, same_files

    with opened(options.base, options.evidence) as before, opened(options.head, options.evidence) as after:
        same_files(before, after)
        changes = compare(before, after)
        if options.html:
            from asbuilt.diff.pictures import page

            files.write(options.html, page(before, after, changes, CACHE))
    sys.stdout.write(as_markdown(changes, after) if options.markdown else as_text(changes, after))
    return _OK


if __name__ == "__main__":
    sys.exit(main())
