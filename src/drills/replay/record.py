"""The months' verdicts as a page shows them."""

from collections.abc import Callable, Mapping, Sequence
from statistics import median
from typing import Any

from drills.replay.engine import AFTER, BEFORE, RATIOS, Key, Replayed
from drills.replay.events import kinds
from drills.replay.faults import counts, missed, pages, wrong
from drills.replay.judge import Verdict
from drills.replay.rules import Rule
from drills.replay.traffic import expected

_STATES = {BEFORE: "before", AFTER: "now", RATIOS: "by ratios"}
_WHEN = {
    "any": "at any time",
    "office": "in office hours",
    "load": "the likelier the more traffic",
    "nightly": "every night",
}


def figures(
    declared: Mapping[str, Any], rules: Mapping[Key, Rule], found: Sequence[Replayed]
) -> dict[str, Any]:
    """What the page shows."""
    return {
        "months": len(found),
        "requests": round(round(expected(declared)), -5),
        "kinds": [_kind(kind, shape, found) for kind, shape in kinds(declared).items()],
        "quoted": _quoted(declared, rules, found),
        "alerts": [_row(key, rule, found) for key, rule in rules.items()],
        "together": [_together(name, keys, found) for name, keys in _groups(rules).items()],
        "seeds": [_seed(one, rules) for one in found],
        "missed": list(missed(rules, found)),
        "wrong": list(wrong(rules, found)),
        "chart": _chart(rules, found),
    }


def precision(verdicts: Sequence[Verdict]) -> float:
    """The share of activations that were right; 1 where there were none."""
    activations = sum(len(one.activations) for one in verdicts)
    return 1 - sum(len(one.wrong) for one in verdicts) / activations if activations else 1.0


def recall(keys: Sequence[Key], found: Sequence[Replayed]) -> tuple[int, int]:
    """How many troubles any of these alerts noticed, and how many there were for the objectives of them."""
    noticed = troubles = 0
    for one in found:
        for slo in dict.fromkeys(slo for _, _, slo in keys):
            names = {name for key in keys if key[2] == slo for name in one.verdicts[key].noticed}
            noticed, troubles = noticed + len(names), troubles + len(one.troubles[slo])
    return noticed, troubles


def _kind(kind: str, shape: Mapping[str, Any], found: Sequence[Replayed]) -> dict[str, Any]:
    names = {f"{kind} {index + 1}" for index in range(shape["count"])}
    mattering = sum(
        len({one.event.name for all_ in month.troubles.values() for one in all_} & names) for month in found
    )
    low, high = shape["minutes"]
    return {
        "what": kind,
        "a month": shape["count"],
        "lasts": f"{low} to {high} minutes",
        "fails": _shares(shape.get("failed")),
        "slow": _shares(shape.get("slow")),
        "of": "probes" if shape.get("probes") else " and ".join(shape.get("versions", ["both versions"])),
        "when": _WHEN[shape["when"]],
        "matters, in all months": mattering,
    }


def _shares(bounds: Sequence[float] | None) -> str:
    return "" if bounds is None else " to ".join(f"{100 * one:g}" for one in bounds) + " %"


def _quoted(
    declared: Mapping[str, Any], rules: Mapping[Key, Rule], found: Sequence[Replayed]
) -> dict[str, Any]:
    """Counts that sentences quote."""
    groups = dict(zip(("before", "pages", "burn_rate", "ratios"), _groups(rules).items(), strict=True))
    return {
        **{name: _together(*group, found) for name, group in groups.items()},
        **counts(rules, found),
        "matters": {"value": round(100 * declared["matters"]), "unit": "%"},
    }


def _row(key: Key, rule: Rule, found: Sequence[Replayed]) -> dict[str, Any]:
    state, alert, slo = key
    verdicts = [one.verdicts[key] for one in found]
    noticed = [one for verdict in verdicts for one in verdict.noticed.values()]
    count = sum(len(one.activations) for one in verdicts)
    return {
        "alert": f"`{alert}`, {_STATES[state]}",
        "objective": slo,
        "told": "a ticket" if rule.severity == "ticket" else "a call",
        "times a month": _round(count / len(found)),
        "of them at night": _round(sum(one.at_night for one in verdicts) / len(found)),
        "precision": round(precision(verdicts), 2),
        "recall": round(len(noticed) / recall([key], found)[1], 2),
        "detection": _middle([one.minutes for one in noticed], _minutes),
        "budget spent by then": _middle([one.spent for one in noticed], lambda spent: f"{100 * spent:.1f} %"),
        "reset": _middle([one.reset for one in noticed], _minutes),
    }


def _groups(rules: Mapping[Key, Rule]) -> dict[str, list[Key]]:
    return {
        "the two noisy alerts": [key for key in rules if key[0] == BEFORE],
        "the pages": pages(rules),
        "pages and tickets of the burn rate": [
            key for key in rules if key[0] == AFTER and key[1].startswith("ErrorBudgetBurn")
        ],
        "the page by ratios": [key for key in rules if key[0] == RATIOS],
    }


def _together(name: str, keys: Sequence[Key], found: Sequence[Replayed]) -> dict[str, Any]:
    verdicts = [one.verdicts[key] for one in found for key in keys]
    noticed, troubles = recall(keys, found)
    return {
        "alerts": name,
        "times_a_month": _round(sum(len(one.activations) for one in verdicts) / len(found)),
        "at_night": _round(sum(one.at_night for one in verdicts) / len(found)),
        "precision": round(precision(verdicts), 3),
        "noticed": noticed,
        "of": troubles,
        "recall": round(noticed / troubles, 3),
    }


def _seed(one: Replayed, rules: Mapping[Key, Rule]) -> dict[str, Any]:
    groups = _groups(rules)
    before, page, _, ratios = ([one.verdicts[key] for key in keys] for keys in groups.values())
    return {
        "month": one.seed,
        "incidents that matter": sum(map(len, one.troubles.values())),
        "calls before": sum(len(verdict.activations) for verdict in before),
        "precision before": round(precision(before), 2),
        "pages now": sum(len(verdict.activations) for verdict in page),
        "precision now": round(precision(page), 2),
        "precision by ratios": round(precision(ratios), 2),
    }


def _chart(rules: Mapping[Key, Rule], found: Sequence[Replayed]) -> dict[str, Any]:
    groups = _groups(rules)
    names = {"the two noisy alerts": "calls before", "the pages": "pages now"}
    return {
        "kind": "line",
        "x": {"label": "month", "unit": "", "scale": "linear", "values": [one.seed for one in found]},
        "y": {"label": "times somebody is called", "unit": "", "scale": "log"},
        "series": [
            {
                "name": name,
                "values": [sum(len(one.verdicts[key].activations) for key in groups[group]) for one in found],
            }
            for group, name in names.items()
        ],
    }


def _middle(values: Sequence[float], show: Callable[[float], str]) -> str:
    return show(median(values)) if values else ""


def _minutes(value: float) -> str:
    return f"{value:g} minute" if value == 1 else f"{value:g} minutes"


def _round(value: float) -> float:
    return round(value, 1) if value < 10 else round(value)
