"""Policies enforced on whoever acts under a role; keys that belong to no role stand for an administrator.

moto's own enforcement ignores conditions, boundaries, session policies and key grants, and knows a
resource's ARN for few services. This one follows the documented evaluation of one account
(https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html) for the
requests that `requests` knows, and refuses to judge every other.
"""

from drills.emulator.enforcement.gate import refusal, take_over

__all__ = ["refusal", "take_over"]
