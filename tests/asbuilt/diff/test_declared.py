"""The names that files declare: an object's own, not those of what it speaks of."""

from pathlib import Path

import pytest

from asbuilt.diff.declared import declared

BLOCK = """\
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  labels:
    app.kubernetes.io/name: gateway
  # who may ask
  name: "gateway"
  namespace: banking
spec:
  podSelector:
    matchLabels:
      app.kubernetes.io/name: core
"""
FLOW = """\
kind: NetworkPolicy
spec: {podSelector: {matchLabels: {name: core}}}
metadata: {namespace: banking, name: gateway}
"""


@pytest.mark.parametrize("text", [BLOCK, FLOW, f"---\n{BLOCK}", f"{FLOW}--- # next\nkind: List\n"])
def test_an_object_declares_its_own_name_alone(tmp_path: Path, text: str):
    """A policy that selects pods called core does not keep the deleted policy `core` alive."""
    (tmp_path / "policy.yaml").write_text(text, encoding="utf-8")
    assert {"NetworkPolicy/gateway"} == declared(tmp_path, ["policy.yaml"])
