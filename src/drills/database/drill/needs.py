"""What a whole drill takes, and what of it is not here."""

import os
import shutil

from asbuilt.errors import UnusableInput
from drills.database.drill.cluster import programs, translated

NOTHING = "PostgreSQL"
"""Without it nothing can be drilled; without the rest some ways are skipped."""
_PROGRAMS = ("ip", "mount", "nft", "setpriv", "umount", "unshare")


def missing() -> list[str]:
    """All that is not here."""
    try:
        programs()
    except UnusableInput:
        return [NOTHING]
    found = [name for name in _PROGRAMS if not shutil.which(name)]
    return found + ["root"] * bool(os.getuid()) + ["PostgreSQL's translations"] * (not translated())


def own_network() -> bool:
    """Whether namespaces can be made here."""
    return os.getuid() == 0 and all(shutil.which(name) for name in _PROGRAMS)
