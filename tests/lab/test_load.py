"""What k6 measured: `lab.load`."""

from lab.load import measured

METRICS = {
    "http_reqs": {"count": 2001, "rate": 200.1},
    "http_req_failed": {"passes": 3, "fails": 1998, "value": 0.0015},
    "http_req_duration": {"p(95)": 4.5},
}


def test_failures_are_not_taken_for_successes():
    """In k6's summary `passes` of http_req_failed are the requests that failed."""
    expected = {"requests": 2001, "rate": 200.1, "failed": 3, "dropped": 0, "p95": 4.5}
    assert expected == measured(METRICS)


def test_what_was_not_sent_in_time_counts():
    """k6 tells of it only where there is any."""
    assert 7 == measured(METRICS | {"dropped_iterations": {"count": 7}})["dropped"]
