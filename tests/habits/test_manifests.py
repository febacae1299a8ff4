"""Manifests are judged as they are applied, in every overlay."""

from pathlib import Path

import pytest

from asbuilt.errors import UnusableInput
from habits.manifests import faults, findings

BINDING = {
    "apiVersion": "elbv2.k8s.aws/v1beta1",
    "kind": "TargetGroupBinding",
    "spec": {"targetGroupName": "web", "targetType": "ip", "serviceRef": {"name": "web", "port": "http"}},
}
OVERLAY = """\
resources: [../base]
patches:
  - target: {kind: ConfigMap}
    patch: '[{"op": "add", "path": "/KEY", "value": {"a": "b"}}]'
"""
MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings, namespace: shop}\n"


def test_a_custom_resource_is_held_to_its_own_schema():
    """A misspelt field is refused, and a version that nobody serves."""
    wrong = {**BINDING, "spec": {**BINDING["spec"], "targetTypes": "ip"}}
    assert [] == faults(BINDING, "1.35")
    assert "'targetTypes' was unexpected" in faults(wrong, "1.35")[0]
    gone = {**BINDING, "apiVersion": "elbv2.k8s.aws/v1alpha1"}
    assert ["nobody serves elbv2.k8s.aws/v1alpha1 TargetGroupBinding"] == faults(gone, "1.35")


def test_an_object_without_a_version_is_refused():
    """Nobody could serve it."""
    assert ["nobody serves None Pod"] == faults({"kind": "Pod"}, "1.35")


def test_a_version_is_the_one_that_the_namespace_names():
    """What a later Kubernetes took away was valid in an earlier one."""
    body = {"apiVersion": "flowcontrol.apiserver.k8s.io/v1beta3", "kind": "FlowSchema"}
    assert ([], ["nobody serves flowcontrol.apiserver.k8s.io/v1beta3 FlowSchema"]) == (
        faults(body, "1.31"),
        faults(body, "1.35"),
    )


def test_a_changed_file_is_judged_in_every_overlay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """What only staging's patch breaks is found where the object is written, and found once."""
    monkeypatch.chdir(tmp_path)
    for overlay, key in {"production": "data", "staging": "dota"}.items():
        folder = tmp_path / "kubernetes/shop" / overlay
        folder.mkdir(parents=True)
        (folder / "kustomization.yaml").write_text(OVERLAY.replace("KEY", key), encoding="utf-8")
    base = tmp_path / "kubernetes/shop/base"
    base.mkdir()
    (base / "kustomization.yaml").write_text("resources: [settings.yaml]\n", encoding="utf-8")
    (base / "settings.yaml").write_text(MAP, encoding="utf-8")
    (found,) = findings(["kubernetes/shop/base/settings.yaml"])
    expected = "kubernetes/shop/base/settings.yaml:1: shop/ConfigMap/settings: Additional properties"
    assert expected == found[: len(expected)]


def test_a_file_that_is_no_yaml_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """With its line, and what to do."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "kubernetes").mkdir()
    (tmp_path / "kubernetes/a.yaml").write_text("a: [\n", encoding="utf-8")
    with pytest.raises(UnusableInput) as refused:
        list(findings(["kubernetes/a.yaml"]))
    assert "kubernetes/a.yaml" == refused.value.file
