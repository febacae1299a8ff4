"""What arrived at the receivers: pure functions over the receiver's list."""

from collections.abc import Sequence
from pathlib import Path

from lab.receiver import Arrival

PAGE, TICKET = "ErrorBudgetBurnPage", "ErrorBudgetBurnTicket"
_SITE = "https://as-built.example/runbooks/"


def told(arrived: Sequence[Arrival], receiver: str, status: str) -> set[tuple[str, str]]:
    """Alert and objective of each that a receiver was told of, `firing` or `resolved`."""
    return {
        (line["alert"], line["slo"])
        for line in arrived
        if (line["receiver"], line["status"]) == (receiver, status)
    }


def without_runbook(arrived: Sequence[Arrival], runbooks: Path) -> list[str]:
    """Alerts whose link leads to no page of the folder, or to another alert's."""
    links = {line["alert"]: line["runbook"] for line in arrived}
    return sorted(
        alert
        for alert, link in links.items()
        if link.partition("#")[0] != f"{_SITE}{alert}/" or not (runbooks / f"{alert}.md").is_file()
    )
