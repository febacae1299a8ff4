"""What a command says when it is done."""

from collections.abc import Callable, Mapping

Tell = Callable[[str], None]
"""Takes what is going on; shown on a terminal only."""


def say(head: str, addresses: Mapping[str, str], following: str) -> str:
    """What is now, the addresses to look at with what is there, and the command that follows."""
    width = max(map(len, addresses))
    looks = [f"  {url:<{width}}  {what}" for url, what in addresses.items()]
    return "\n".join([head, "Look at:", *looks, f"Next: {following}"])
