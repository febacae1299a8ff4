"""The provers: each reads an infrastructure and says what it can prove, and nothing else."""

from asbuilt.prove.verdicts import FINDINGS, Evidence, Finding, Proof

__all__ = ["FINDINGS", "Evidence", "Finding", "Proof"]
