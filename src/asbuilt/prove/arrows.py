"""Is what an arrow claims let through?"""

from asbuilt.claims import Asserted, Claim
from asbuilt.infrastructure import Infrastructure
from asbuilt.prove.verdicts import Finding


class ArrowProver:
    """Judges claims about one infrastructure; each kind of claim has a prover of its own."""

    def __init__(self, infrastructure: Infrastructure) -> None:
        self._infrastructure = infrastructure

    def prove(self, source: str, target: str, claim: Claim | None) -> Finding:
        """The verdict over one claim between two nodes, named as their diagrams name them."""
        if isinstance(claim, Asserted):
            return Finding("asserted", claim.reason)
        return Finding("unproven", "no prover reads this claim yet")
