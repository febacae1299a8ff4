"""Overlays: what they build, and where each object comes from."""

import os
import shutil
from pathlib import Path
from textwrap import dedent

import pytest

from asbuilt import files, inputs
from asbuilt.errors import UnusableInput
from asbuilt.infrastructure import kustomize

BASE = """
    kind: Kustomization
    resources: [all.yaml]
"""
OBJECTS = """
    apiVersion: v1
    kind: Service
    metadata: {name: api}
    spec: {ports: [{port: 80}]}
    ---
    apiVersion: v1
    kind: Service
    metadata: {name: api-metrics}
    spec: {ports: [{port: 90}]}
"""


def _patched(patch: str) -> str:
    return f"resources: [../base]\npatches:\n  - target: {{name: api}}\n    patch: '{patch}'\n"


@pytest.fixture
def write(project):
    """Writes the files of a base `k/base` and of an overlay `k/live`."""
    if not (shutil.which("kubectl") or shutil.which("kustomize")):
        (pytest.fail if os.environ.get("CI") else pytest.skip)("kubectl is not installed")

    def put(overlay: str = "resources: [../base]", base: str = BASE, **more: str) -> Path:
        texts = {"live/kustomization.yaml": overlay, "base/kustomization.yaml": base}
        texts["base/all.yaml"] = OBJECTS
        for name, text in (texts | more).items():
            files.write(Path("k") / name, dedent(text).lstrip())
        return Path("k/live")

    return put


def lines(folder: Path) -> dict[str, str]:
    """Where each built object is written."""
    return {one.name: f"{one.location.file}:{one.location.line}" for one in kustomize.build(folder)}


def test_what_an_overlay_changes_is_what_is_read(write):
    """The patched object, at the line of the base's document."""
    folder = write(_patched('[{"op": "replace", "path": "/spec/ports/0/port", "value": 81}]'))
    found = {one.name: one for one in kustomize.build(folder)}
    assert [81, 90] == [one.body["spec"]["ports"][0]["port"] for one in found.values()]
    assert {
        "default/Service/api": "k/base/all.yaml:1",
        "default/Service/api-metrics": "k/base/all.yaml:6",
    } == lines(folder)
    assert "annotations" not in found["default/Service/api"].body["metadata"]


def test_other_names_and_namespaces_keep_their_lines(write):
    """A prefix, a suffix and a namespace are put to a name whose document is still told apart."""
    folder = write("resources: [../base]\nnamePrefix: x-\nnameSuffix: -y\nnamespace: shop\n")
    assert {
        "shop/Service/x-api-y": "k/base/all.yaml:1",
        "shop/Service/x-api-metrics-y": "k/base/all.yaml:6",
    } == lines(folder)


def test_one_name_in_two_namespaces_has_two_lines(write):
    """Two objects of one file that differ in their namespace alone."""
    text = """
        apiVersion: v1
        kind: Service
        metadata: {name: api, namespace: shop}
        ---
        apiVersion: v1
        kind: Service
        metadata: {name: api, namespace: bank}
    """
    folder = write(**{"base/all.yaml": text})
    assert {"shop/Service/api": "k/base/all.yaml:1", "bank/Service/api": "k/base/all.yaml:5"} == lines(folder)


def test_what_is_generated_stands_where_it_is_asked_for(write):
    """A generated object has no document: the kustomization's line makes it."""
    folder = write("resources: [../base]\n\nconfigMapGenerator:\n  - {name: c, literals: [a=b]}\n")
    (place,) = (place for name, place in lines(folder).items() if "/ConfigMap/c-" in name)
    assert "k/live/kustomization.yaml:3" == place


def test_an_overlay_stands_on_every_file_that_it_is_built_from(write):
    """Base, patches and generated files are inputs; another file in the base is one too."""
    overlay = """
        resources: [../base]
        patches: [{path: one.yaml}]
        configMapGenerator: [{name: c, files: [nginx.conf=web.conf]}]
    """
    patch = "apiVersion: v1\nkind: Service\nmetadata: {name: api}\nspec: {type: ClusterIP}\n"
    write(overlay, **{"live/one.yaml": patch, "live/web.conf": "x"})
    found, basis = inputs.read(inputs.Sources(kubernetes=[Path("k/live")]))
    assert 3 == len(found.manifests)
    assert {
        "k/live",
        "k/live/kustomization.yaml",
        "k/live/web.conf",
        "k/base",
        "k/base/kustomization.yaml",
        "k/base/all.yaml",
        "k/live/one.yaml",
    } == {path.as_posix() for path in basis.inputs}


BROKEN = {
    "a file that is not there": (
        {"base": "\nkind: Kustomization\nresources:\n  - all.yaml\n  - gone.yaml\n"},
        "gone.yaml is not there",
        "k/base/kustomization.yaml:4",
    ),
    "a patch of something that is not there": (
        {"overlay": _patched('[{"op": "remove", "path": "/x"}]')},
        "this does not build",
        "k/live/kustomization.yaml:4",
    ),
    "one object twice": (
        {"base/all.yaml": OBJECTS.replace("api-metrics", "api")},
        "default/Service/api is defined twice (first in k/base/all.yaml:1)",
        "k/base/all.yaml:6",
    ),
    "a manifest that is not YAML": ({"base/all.yaml": "kind: [\n"}, "this is not YAML", "k/base/all.yaml:2"),
    "a list for a manifest": (
        {"base/all.yaml": "- kind: Service\n"},
        "this document is a list",
        "k/base/all.yaml:1",
    ),
    "a kustomization that is a list": (
        {"overlay": "- ../base\n"},
        "this is no kustomization",
        "k/live/kustomization.yaml:1",
    ),
    "resources that are no list": (
        {"overlay": "kind: Kustomization\nresources: ../base\n"},
        "resources is no list",
        "k/live/kustomization.yaml:2",
    ),
    "a base without a kustomization": (
        {"overlay": "resources: [../other]", "other/a.yaml": "{}"},
        "k/other has no kustomization.yaml",
        "",
    ),
}


@pytest.mark.parametrize("what", BROKEN)
def test_what_does_not_build_is_refused_with_its_line(write, what: str):
    """Each error names the file and the line that a person has to correct."""
    texts, message, place = BROKEN[what]
    folder = write(**texts)
    with pytest.raises(UnusableInput) as caught:
        kustomize.build(folder)
    assert (True, place) == (caught.value.message.startswith(message), caught.value.place), caught.value
    assert caught.value.hint


def test_without_kubectl_an_overlay_is_refused(write, monkeypatch):
    """What to install is said; hashing the inputs needs no kubectl."""
    folder = write()
    monkeypatch.setenv("PATH", "")
    with pytest.raises(UnusableInput) as caught:
        kustomize.build(folder)
    assert "kubectl, which builds this, is not installed" == caught.value.message
    assert "k/live/kustomization.yaml" == caught.value.place
    assert Path("k/base/all.yaml") in {*kustomize.sources(folder), *files.below(Path("k/base"), ".yaml")}
