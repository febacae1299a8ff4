"""Samples analysed from the upload to the outcome, and what must become of them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from drills.analysis import Analysis

_SPECTRUM = b'<spectrum id="1"/>'


@dataclass(frozen=True, slots=True)
class Sample:
    """A sample's files; `corrupt` names those that cannot be analysed."""

    name: str
    files: Mapping[str, bytes]
    corrupt: tuple[str, ...] = ()

    @property
    def expected(self) -> tuple[str, str]:
        """How its execution must end, and what the queue must tell."""
        return ("FAILED", "failed") if self.corrupt else ("SUCCEEDED", "succeeded")


SAMPLES = (
    Sample("sound", {f"{name}.mzML": b"<mzML>" + _SPECTRUM * spectra for spectra, name in enumerate("abc")}),
    Sample("one corrupt file", {"a.mzML": b"<mzML>" + _SPECTRUM, "b.mzML": b"corrupt"}, ("b.mzML",)),
)
"""One whose every file becomes a result, and one whose analysis fails and says so."""


def recorded(sample: Sample, run: Analysis) -> dict[str, Any]:
    """One analysis as evidence. Where it fails, what its other jobs still did is a matter of time."""
    outcome = {name: value for name, value in run.outcome.items() if name != "analysis"}
    shown = sample.corrupt or tuple(sample.files)
    return {
        "sample": sample.name,
        "files": sorted(sample.files),
        "corrupt": list(sample.corrupt),
        "status": run.status,
        "results": {name: run.results.get(name) for name in sorted(shown)},
        "outcome": outcome,
    }


def problems(sample: Sample, run: Analysis) -> Iterable[str]:
    """A line for each thing that did not become of the sample as it must."""
    ended = (run.status, str(run.outcome.get("status", "untold")))
    if ended != sample.expected:
        yield f"the analysis of the sample {sample.name!r} ended {ended}, not {sample.expected}"
    for name in sample.files:
        if not sample.corrupt and name not in run.results:
            yield f"{name} of the sample {sample.name!r} has no result"
        if name in sample.corrupt and name in run.results:
            yield f"{name} of the sample {sample.name!r} is corrupt and has a result"
