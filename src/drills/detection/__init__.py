"""When burn-rate alerts start and end: by formula, and by Prometheus."""

from drills.detection.shapes import SHAPES, Piece, Shape, repeated, steady
from drills.detection.theory import Fired, detection, fired, reset, threshold

__all__ = [
    "SHAPES",
    "Fired",
    "Piece",
    "Shape",
    "detection",
    "fired",
    "repeated",
    "reset",
    "steady",
    "threshold",
]
