"""How a proof ends early."""


class Refuted(Exception):
    """The claim does not hold; the message says what stops it."""


class Unresolved(Exception):
    """The files do not tell; the message says what is open."""
