"""What the decisions on biotech-x promise, asked of what its files create.

Each check takes everything that Terraform and the manifests create, with the values of an applied state, and
returns its promises, each with whether it is kept. The decisions are pages in `docs/decisions/`, and
`tests/repository/test_biotech_x_decisions.py` has the test that each of them names.
"""

from drills.decisions.analysis import batch_on_spot, direct_upload, fair_share, outcome, storage_classes
from drills.decisions.operation import own_account, pod_identity, secrets, watching
from drills.decisions.platform import database, ingress, nodes, one_region, sign_in

__all__ = [
    "batch_on_spot",
    "database",
    "direct_upload",
    "fair_share",
    "ingress",
    "nodes",
    "one_region",
    "outcome",
    "own_account",
    "pod_identity",
    "secrets",
    "sign_in",
    "storage_classes",
    "watching",
]
