"""How the versions show appointments: `schedules_api.answers`."""

import json
from datetime import date, time

from schedules_api.answers import body, v1, v2
from schedules_api.slots import Slot, Specialty

FIRST, SECOND = date(2026, 3, 2), date(2026, 3, 3)
SLOTS = [
    Slot("A", Specialty.CARDIOLOGY, FIRST, time(9)),
    Slot("A", Specialty.CARDIOLOGY, FIRST, time(10)),
    Slot("A", Specialty.CARDIOLOGY, SECOND, time(9)),
    Slot("B", Specialty.DERMATOLOGY, FIRST, time(14)),
]


def test_v1_is_a_flat_list():
    """Each appointment stands by itself, in the order that it came."""
    shown = v1(SLOTS)
    assert ("v1", 4) == (shown["version"], len(shown["available"]))
    expected = {"professional": "A", "specialty": "cardiology", "starts": "2026-03-02T09:00"}
    assert expected == shown["available"][0]


def test_v2_groups_by_professional_and_day():
    """The same appointments, by who gives them and when."""
    expected = [
        {
            "name": "A",
            "specialty": "cardiology",
            "days": [
                {"day": "2026-03-02", "times": ["09:00", "10:00"]},
                {"day": "2026-03-03", "times": ["09:00"]},
            ],
        },
        {"name": "B", "specialty": "dermatology", "days": [{"day": "2026-03-02", "times": ["14:00"]}]},
    ]
    assert {"version": "v2", "professionals": expected} == v2(SLOTS)


def test_an_answer_belongs_to_its_version_day_and_specialty():
    """None is mistaken for another that was made before."""
    bodies = {
        body(version, day, specialty)
        for version in ("v1", "v2")
        for day in (FIRST, SECOND)
        for specialty in (None, *Specialty)
    }
    assert 16 == len(bodies)
    assert {"cardiology"} == {
        one["specialty"] for one in json.loads(body("v1", FIRST, Specialty.CARDIOLOGY))["available"]
    }
