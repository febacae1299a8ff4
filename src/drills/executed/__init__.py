"""Permission arrows tried under their nodes' roles: allowed, and denied without the statement."""

from drills.executed.arrows import Arrow, Place, permission_arrows
from drills.executed.drill import Executed, execute

__all__ = ["Arrow", "Executed", "Place", "execute", "permission_arrows"]
