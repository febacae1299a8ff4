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
        apiVersion: v1
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
          - {apiVersion: v1, kind: Service, metadata: {name: a}}
          - kind: List
            items: [{apiVersion: v1, kind: Service, metadata: {name: b}}]
    """)
    assert [m.name for m in found] == ["default/Service/a", "default/Service/b"]
    assert read("kind: List\nitems:\n") == ()
    assert ["default/A/a"] == [
        m.name for m in read("kind: AList\nitems:\n- {kind: A, metadata: {name: a}}\n")
    ]


@pytest.mark.parametrize("kind", ["Namespace", "ClusterRole", "StorageClass", "CustomResourceDefinition"])
def test_objects_without_a_namespace_stand_in_the_cluster(project, kind):
    """A kind that has no namespace is named `cluster/…`, even where one is written."""
    (found,) = read(f"apiVersion: v1\nkind: {kind}\nmetadata: {{name: x, namespace: shop}}\n")
    assert found.name == f"cluster/{kind}/x"


def test_every_file_of_every_folder_is_read_in_order(project):
    """Both endings and all folders count; a kustomization names files and creates nothing itself."""
    files.write(Path("k/sub/b.yml"), "apiVersion: v1\nkind: Service\nmetadata: {name: b}\n")
    files.write(Path("k/kustomization.yaml"), "kind: Kustomization\nresources: [all.yaml]\n")
    files.write(Path("k/notes.txt"), "no YAML: [")
    found = read("apiVersion: v1\nkind: Service\nmetadata: {name: a}\n")
    assert [m.name for m in found] == ["default/Service/a", "default/Service/b"]


def test_a_file_of_json_is_read_too(project):
    """What `kubectl apply` takes from a folder counts: a policy that denies may be in it."""
    files.write(
        Path("k/deny.json"),
        '{"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": {"name": "deny"}}',
    )
    found = read("apiVersion: v1\nkind: Service\nmetadata: {name: a}\n")
    assert ["default/Service/a", "default/NetworkPolicy/deny"] == [m.name for m in found]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("kind: Service\nmetadata: {name: a}\nspec:\n  type: ClusterIP\n  type: ExternalName\n", 5),
        ("kind: Service\nmetadata: {name: a, name: b}\n", 2),
        ("kind: List\nitems:\n- {kind: A, metadata: {name: a}}\n- kind: B\n  kind: C\n", 5),
    ],
)
def test_a_key_that_is_written_twice_is_refused(project, text, line):
    """Which of the two a cluster gets depends on who reads the file."""
    with pytest.raises(UnusableInput, match="is written twice") as caught:
        read(text)
    assert ("k/all.yaml", line) == (caught.value.file, caught.value.line)


def test_what_an_anchor_names_again_is_not_written_twice(project):
    """A mapping that two places share, and one that takes over another's keys."""
    text = "kind: A\nmetadata: {name: a}\nx: &x {b: 1}\ny: *x\nz: {<<: *x, b: 2}\n"
    assert {"b": 2} == read(text)[0].body["z"]


def test_two_objects_of_one_name_are_refused_with_both_places(project):
    """One name stands for one object, over all files."""
    files.write(Path("k/a.yaml"), "apiVersion: v1\nkind: Service\nmetadata: {name: a}\n")
    with pytest.raises(UnusableInput) as caught:
        read("---\napiVersion: v1\nkind: Service\nmetadata: {name: a, namespace: default}\n", "b.yaml")
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


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("80", 80),
        ("-1", -1),
        ("0", 0),
        ("0x1F", 31),
        ("010", 8),
        ("1_000", 1000),
        ("1.5", 1.5),
        ("1e3", 1000.0),
        ("10:30", "10:30"),
        ("1.2.3", "1.2.3"),
        ("0d", "0d"),
        ("=", "="),
        ("yes", True),
        ("'80'", "80"),
    ],
)
def test_numbers_are_those_that_kubectl_reads(project, text, expected):
    """A commit of digits around an e is a number, and a time of day is a text."""
    (found,) = read(f"kind: A\nmetadata: {{name: a}}\nvalue: {text}\n")
    assert expected == found.body["value"]
