"""What must become of a sample, and what is written of it."""

import pytest

from drills.analysis import Analysis
from drills.executed.samples import SAMPLES, problems, recorded

SOUND, CORRUPT = SAMPLES
RESULTS = {name: {"spectra": 1} for name in SOUND.files}
SUCCEEDED = Analysis("SUCCEEDED", {"status": "succeeded", "analysis": "a"}, RESULTS)
FAILED = Analysis("FAILED", {"status": "failed", "analysis": "b"}, {"a.mzML": {"spectra": 1}})


def test_what_must_happen_is_no_problem():
    """Every sound file has a result, and a corrupt one fails its analysis."""
    assert [] == [*problems(SOUND, SUCCEEDED), *problems(CORRUPT, FAILED)]


@pytest.mark.parametrize(
    ("sample", "run", "count"),
    [
        (SOUND, Analysis("FAILED", SUCCEEDED.outcome, RESULTS), 1),
        (SOUND, Analysis("SUCCEEDED", {}, RESULTS), 1),
        (SOUND, Analysis("SUCCEEDED", SUCCEEDED.outcome, {}), len(SOUND.files)),
        (CORRUPT, SUCCEEDED, 2),
        (CORRUPT, Analysis("FAILED", FAILED.outcome, {"b.mzML": {}}), 1),
    ],
    ids=["failed", "untold", "no results", "succeeded", "result of a corrupt file"],
)
def test_what_must_not_happen_is_a_problem(sample, run, count):
    """Each deviation has its line."""
    assert count == len(list(problems(sample, run)))


def test_nothing_that_changes_between_runs_is_recorded():
    """Neither the analysis's own name, nor what other jobs did while theirs failed."""
    assert {"status": "succeeded"} == recorded(SOUND, SUCCEEDED)["outcome"]
    assert {"b.mzML": None} == recorded(CORRUPT, FAILED)["results"]
