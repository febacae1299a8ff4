"""What an arrow claims: the `by` attribute of an edge, parsed."""

import re
from dataclasses import dataclass

_NETWORK = re.compile(r"(tcp|udp)/(\d{1,5})(?:-(\d{1,5}))?")
_ACTION = re.compile(r"[a-z][a-z0-9-]*:[A-Za-z][A-Za-z0-9]*")
_VERBS = ("scales", "protects", "runs as", "selects")


@dataclass(frozen=True, slots=True)
class Network:
    """Packets of one protocol to the ports `first` to `last`, both included."""

    protocol: str
    first: int
    last: int

    def __str__(self) -> str:
        ports = str(self.first) if self.first == self.last else f"{self.first}-{self.last}"
        return f"{self.protocol}/{ports}"


@dataclass(frozen=True, slots=True)
class Permission:
    """One IAM action, as `s3:PutObject`."""

    action: str

    def __str__(self) -> str:
        return self.action


@dataclass(frozen=True, slots=True)
class Relation:
    """What one Kubernetes object does to another, as `scales`."""

    verb: str

    def __str__(self) -> str:
        return self.verb


@dataclass(frozen=True, slots=True)
class Asserted:
    """A person vouches for the arrow and says why."""

    reason: str

    def __str__(self) -> str:
        return f"asserted: {self.reason}"


Claim = Network | Permission | Relation | Asserted


def parse_claims(by: str) -> tuple[Claim, ...]:
    """Read the comma-separated claims of a `by` attribute; nothing written gives no claim.

    Raises ValueError, with words for the author, where a claim cannot be read.
    """
    if by.strip().startswith("asserted"):
        return (_asserted(by.strip()),)
    return tuple(_claim(part.strip()) for part in by.split(",")) if by.strip() else ()


def _asserted(text: str) -> Asserted:
    reason = text.removeprefix("asserted").removeprefix(":").strip()
    if not reason:
        raise ValueError('an asserted arrow needs its reason: by="asserted: why it is so"')
    return Asserted(reason)


def _claim(text: str) -> Network | Permission | Relation:
    if match := _NETWORK.fullmatch(text):
        first, last = int(match[2]), int(match[3] or match[2])
        if 1 <= first <= last <= 65535:
            return Network(match[1], first, last)
    elif _ACTION.fullmatch(text):
        return Permission(text)
    elif text in _VERBS:
        return Relation(text)
    known = f"tcp/5432, udp/53, s3:PutObject, {', '.join(_VERBS)}, asserted: reason"
    raise ValueError(f"the claim {text!r} is none of {known}")
