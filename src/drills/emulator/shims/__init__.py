"""One module a service: the requests that moto lacks, kept in memory and given back."""

from drills.emulator.shims import budgets, cloudfront, eks, s3, states

__all__ = ["budgets", "cloudfront", "eks", "s3", "states"]
