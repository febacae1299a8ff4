"""The image: what it is built from, and that it is pinned."""

import re
import tomllib
from pathlib import Path

FOLDER = Path(__file__).parents[1]


def pinned(name: str) -> dict[str, str]:
    """Package and version of each requirement, all of which carry a hash."""
    requirements = re.split(r"\n(?=[a-z])", (FOLDER / name).read_text(encoding="utf-8"))[1:]
    assert [] == [one for one in requirements if "--hash=sha256:" not in one]
    return dict(re.match(r"([\w.-]+)==([\w.]+)", one).groups() for one in requirements)


def test_what_the_service_imports_is_pinned_and_hashed():
    """Every declared package is there, and tests run with the same versions."""
    declared = tomllib.loads((FOLDER / "pyproject.toml").read_text(encoding="utf-8"))["project"][
        "dependencies"
    ]
    service, tests = pinned("requirements.txt"), pinned("requirements-test.txt")
    assert {re.match(r"[\w-]+", one)[0] for one in declared} <= service.keys()
    assert service == {name: tests.get(name) for name in service}


def test_the_image_is_pinned_and_does_not_run_as_root():
    """Its base is named by digest, a number other than 0 runs it, and only the service is copied."""
    text = (FOLDER / "Dockerfile").read_text(encoding="utf-8")
    first, *others = re.findall(r"^FROM (.+)$", text, re.MULTILINE)
    assert re.fullmatch(r"python:[\w.-]+@sha256:[0-9a-f]{64} AS base", first)
    assert ["base AS packages", "base"] == others
    assert ["10001:10001"] == re.findall(r"^USER (.+)$", text, re.MULTILINE)
    assert "--require-hashes" in text
