"""Kubernetes manifests, with file and line."""

from pathlib import Path
from textwrap import dedent

import pytest

from asbuilt import files
from asbuilt.errors import UnusableInput
from asbuilt.infrastructure import manifests


def read(text: str, name: str = "all.yaml"):
    """The manifests of a folder `k` with one file."""
    files.write(Path("k") / name, dedent(text).lstrip())
    return manifests(Path("k"))


def test_objects_are_named_with_the_line_they_start_on(project):
    """Every document of a file is an object with a name and a line; empty ones are none."""
    found = read("""
        apiVersion: v1
        kind: Service
        metadata: {name: api, namespace: shop}
        ---
        ---
        # only a remark
        ---
        kind: ConfigMap
        metadata:
          name: settings
    """)
    assert [(m.name, m.location.file, m.location.line) for m in found] == [
        ("shop/Service/api", "k/all.yaml", 1),
        ("default/ConfigMap/settings", "k/all.yaml", 8),
    ]


def test_a_list_is_its_items(project):
    """An object of kind List stands for the objects in it."""
    found = read("""
        kind: List
        items:
          - {kind: Service, metadata: {name: a}}
          - kind: List
            items: [{kind: Service, metadata: {name: b}}]
    """)
    assert [m.name for m in found] == ["default/Service/a", "default/Service/b"]
    assert read("kind: List\nitems:\n") == ()


@pytest.mark.parametrize("kind", ["Namespace", "ClusterRole", "StorageClass", "CustomResourceDefinition"])
def test_objects_without_a_namespace_stand_in_the_cluster(project, kind):
    """A kind that has no namespace is named `cluster/…`, even where one is written."""
    (found,) = read(f"kind: {kind}\nmetadata: {{name: x, namespace: shop}}\n")
    assert found.name == f"cluster/{kind}/x"


def test_every_file_of_every_folder_is_read_in_order(project):
    """Both endings and all folders count; a kustomization names files and creates nothing itself."""
    files.write(Path("k/sub/b.yml"), "kind: Service\nmetadata: {name: b}\n")
    files.write(Path("k/kustomization.yaml"), "kind: Kustomization\nresources: [all.yaml]\n")
    files.write(Path("k/notes.txt"), "no YAML: [")
    found = read("kind: Service\nmetadata: {name: a}\n")
    assert [m.name for m in found] == ["default/Service/a", "default/Service/b"]


def test_two_objects_of_one_name_are_refused_with_both_places(project):
    """One name stands for one object, over all files."""
    files.write(Path("k/a.yaml"), "kind: Service\nmetadata: {name: a}\n")
    with pytest.raises(UnusableInput) as caught:
        read("---\nkind: Service\nmetadata: {name: a, namespace: default}\n", "b.yaml")
    assert caught.value.message == "default/Service/a is defined twice (first in k/a.yaml:1)"
    assert caught.value.place == "k/b.yaml:2"


@pytest.mark.parametrize(
    ("text", "message", "line"),
    [
        ("a: [1,\nb: }", "this is not YAML", 2),
        ("a: b: c", "this is not YAML", 1),
        ("kind: Service\n\tmetadata: x", "this is not YAML", 2),
        ("kind: Service\nmetadata: {name: 2026-13-01}", "this is not YAML", 0),
        ("a: !!python/object:os.system {}", "this is not YAML", 1),
        ("- kind: Service", "this document is a list", 1),
        ("just text", "this document is no object with a kind", 1),
        ("a: 1", "this document is no object with a kind", 1),
        ("kind: [Service]", "this document is no object with a kind", 1),
        ("kind: List\nitems: [text]", "this document is no object with a kind", 1),
        ("kind: List\nitems: 5", "items is no list", 1),
        ("kind: Service", "this object has no name", 1),
        ("kind: Service\nmetadata: text", "this object has no name", 1),
        ("kind: Service\nmetadata: {namespace: shop}", "this object has no name", 1),
        ("kind: Service\nmetadata: {generateName: a-}", "this object has no name", 1),
        ("---\nkind: A\nmetadata: {name: a}\n---\n- 1", "this document is a list", 5),
    ],
)
def test_what_is_no_manifest_is_refused_with_its_line(project, text, message, line):
    """Broken YAML, a list, and an object without kind or name are errors with file and line."""
    with pytest.raises(UnusableInput) as caught:
        read(text)
    assert caught.value.message.startswith(message)
    assert (caught.value.file, caught.value.line) == ("k/all.yaml", line)


def test_a_file_that_is_not_text_is_refused(project):
    """Bytes that are no UTF-8 are an error of the file."""
    files.write(Path("k/all.yaml"), b"kind: \xff\xfe\x00\n")
    with pytest.raises(UnusableInput) as caught:
        manifests(Path("k"))
    assert caught.value.file == "k/all.yaml"


def test_a_folder_that_is_not_there_is_refused(project):
    """A missing folder is an error, not an empty system."""
    with pytest.raises(UnusableInput, match="none is not a folder"):
        manifests(Path("none"))
