"""Outages, each as the share of bad requests over time."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Piece:
    """From minute `start` to minute `end` the share of bad requests goes in a line from `first` to `last`."""

    start: float
    end: float
    first: float
    last: float

    def bad(self, until: float) -> float:
        """Minutes of total outage that the piece is worth up to the minute `until`."""
        lasted = min(max(until - self.start, 0), self.end - self.start)
        rise = (self.last - self.first) * lasted / (self.end - self.start)
        return lasted * (self.first + rise / 2)


@dataclass(frozen=True, slots=True)
class Shape:
    """An outage that starts at minute 0; before its first piece and after its last one, nothing is bad."""

    name: str
    pieces: tuple[Piece, ...]

    @property
    def end(self) -> float:
        """The minute at which the last piece ends."""
        return self.pieces[-1].end

    def bad(self, until: float) -> float:
        """Minutes of total outage that it is worth up to the minute `until`."""
        return sum(piece.bad(until) for piece in self.pieces)

    def mean(self, minute: float, window: float) -> float:
        """The share of bad requests over the `window` minutes before `minute`, at an even pace."""
        return (self.bad(minute) - self.bad(minute - window)) / window


def steady(name: str, share: float, minutes: float) -> Shape:
    """An outage that starts, stays, and ends."""
    return Shape(name, (Piece(0, minutes, share, share),))


def repeated(name: str, share: float, minutes: float, pause: float, times: int) -> Shape:
    """The same outage several times, with a pause between."""
    starts: Sequence[float] = [index * (minutes + pause) for index in range(times)]
    return Shape(name, tuple(Piece(start, start + minutes, share, share) for start in starts))


SHAPES = (
    steady("everything for an hour", 1, 60),
    steady("everything for 5 minutes", 1, 5),
    steady("everything for 3 minutes", 1, 3),
    steady("half for an hour", 0.5, 60),
    steady("22 % for 2 hours", 0.22, 120),
    steady("11 % for 3 hours", 0.11, 180),
    steady("5.2 % for 6 hours", 0.052, 360),
    steady("3.2 % for 10 hours", 0.032, 600),
    steady("1.3 % for 2 days", 0.013, 2880),
    steady("1.3 % for a day", 0.013, 1440),
    repeated("everything for 2 minutes in 20, six times", 1, 2, 18, 6),
    repeated("8.2 % for half an hour, twice in 2 hours", 0.082, 30, 60, 2),
    Shape("from nothing to 21 % in 2 hours", (Piece(0, 120, 0, 0.21),)),
    Shape("0.4 % for 6 hours, then 8 % for 2", (Piece(0, 360, 0.004, 0.004), Piece(360, 480, 0.08, 0.08))),
)
"""What is tried: long and short, steep and slow, once and again.

None starts an alert at a whole minute, where a rounding would decide.
"""
