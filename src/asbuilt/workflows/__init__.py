"""Workflows of GitHub Actions, read from their YAML and turned into drawings."""

from asbuilt.workflows.calls import FOLDER, load, places
from asbuilt.workflows.model import Event, Job, Workflow
from asbuilt.workflows.picture import MOST_NODES, START, Picture, draw
from asbuilt.workflows.reader import parse

__all__ = [
    "FOLDER",
    "MOST_NODES",
    "START",
    "Event",
    "Job",
    "Picture",
    "Workflow",
    "draw",
    "load",
    "parse",
    "places",
]
