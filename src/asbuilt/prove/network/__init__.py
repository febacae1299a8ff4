"""Judges whether a network lets through what an arrow claims."""

from asbuilt.prove.network.prover import NetworkProver

__all__ = ["NetworkProver"]
