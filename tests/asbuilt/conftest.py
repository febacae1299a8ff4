"""Scripts, drawings and small Terraform documents for the tests of the engine."""

import os
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent, indent
from typing import Any

import pytest

from asbuilt.capture import capture
from asbuilt.drawing import Drawing
from asbuilt.infrastructure import Infrastructure, Location, Manifest, Resource

HEAD = """\
from diagrams import Cluster, Diagram, Edge
from diagrams.aws.database import RDS
from diagrams.aws.storage import S3
from diagrams.custom import Custom

with Diagram("View", show=False, direction="TB"):
"""
"""What `script` puts before a diagram's body, which so starts on line 7."""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder, which the test runs in."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def script(project: Path) -> Callable[..., Path]:
    """Writes a script into `diagrams/`, from a diagram's body or as a whole."""

    def write(body: str = "", name: str = "view.py", whole: str = "") -> Path:
        path = Path("diagrams") / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(whole or HEAD + indent(dedent(body or "pass"), "    ") + "\n", encoding="utf-8")
        return path

    return write


@pytest.fixture
def draw(script: Callable[..., Path]) -> Callable[..., Drawing]:
    """Captures a script made of a diagram's body."""
    return lambda *arguments, **named: capture(script(*arguments, **named), Path("diagrams"))


@pytest.fixture
def resource() -> Callable[..., Resource]:
    """Makes a resource from its address, its values, and its arguments' references."""

    def make(address: str, references: dict[str, tuple[str, ...]] | None = None, **values: Any) -> Resource:
        kind = address.removeprefix("data.").partition(".")[0]
        return Resource(address, kind, values, references or {}, Location("main.tf", 7))

    return make


@pytest.fixture
def manifest() -> Callable[..., Manifest]:
    """Makes a Kubernetes object from its name and its spec."""
    return lambda name, **spec: Manifest(name, {"spec": spec}, Location("all.yaml", 3))


@pytest.fixture
def system() -> Callable[..., Infrastructure]:
    """Makes an infrastructure of resources and objects."""

    def make(*things: Resource | Manifest) -> Infrastructure:
        return Infrastructure(
            tuple(thing for thing in things if isinstance(thing, Resource)),
            tuple(thing for thing in things if isinstance(thing, Manifest)),
        )

    return make


@pytest.fixture
def plan() -> Callable[..., dict[str, Any]]:
    """Makes the document of a plan that creates the named resources with their values.

    `unknown` and `expressions` are by address; what they leave out is known and has none.
    """

    def make(
        created: dict[str, dict[str, Any]],
        unknown: dict[str, Any] | None = None,
        expressions: dict[str, Any] | None = None,
    ) -> dict[str, Any]:
        changes = [
            {
                "address": address,
                "change": {"actions": ["create"], "after_unknown": (unknown or {}).get(address, {})},
            }
            for address in created
        ]
        blocks = [
            {"address": address, "expressions": expression}
            for address, expression in (expressions or {}).items()
        ]
        return {
            "format_version": "1.2",
            "terraform_version": "1.11.4",
            "planned_values": {"root_module": {"resources": [_item(*pair) for pair in created.items()]}},
            "resource_changes": changes,
            "configuration": {"root_module": {"resources": blocks}},
        }

    return make


@pytest.fixture
def state() -> Callable[..., dict[str, Any]]:
    """Makes the document of a state that holds the named resources with their values."""

    def make(existing: dict[str, dict[str, Any]]) -> dict[str, Any]:
        resources = [_item(*pair) for pair in existing.items()]
        return {
            "format_version": "1.0",
            "terraform_version": "1.11.4",
            "values": {"root_module": {"resources": resources}},
        }

    return make


def _item(address: str, values: dict[str, Any]) -> dict[str, Any]:
    kind, _, rest = address.removeprefix("data.").partition(".")
    mode = "data" if address.startswith("data.") else "managed"
    return {
        "address": address,
        "mode": mode,
        "type": kind,
        "name": rest.partition("[")[0],
        "values": values,
    }


@pytest.fixture
def unseen() -> Callable[[Path, str, str], None]:
    """Put other text in place of some, and leave the file's size and time as they were."""

    def replace(path: Path, old: str, new: str) -> None:
        before = path.stat()
        path.write_text(path.read_text().replace(old, new))
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
        assert (before.st_size, before.st_mtime_ns) == (path.stat().st_size, path.stat().st_mtime_ns)

    return replace
