"""Permission claims: may a node perform an IAM action on another?"""

from asbuilt.prove.permission.prover import PermissionProver

__all__ = ["PermissionProver"]
