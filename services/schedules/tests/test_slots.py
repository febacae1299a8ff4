"""Appointments: `schedules_api.slots`."""

from datetime import date, timedelta

from schedules_api.slots import DAYS, PROFESSIONALS, Specialty, free

TODAY = date(2026, 2, 27)


def test_the_same_date_gives_the_same_appointments():
    """Nothing is drawn by chance."""
    assert list(free(TODAY)) == list(free(TODAY))


def test_days_ahead_are_shown_and_today_is_not():
    """From tomorrow on, over the end of a month."""
    expected = [TODAY + timedelta(days=ahead) for ahead in range(1, DAYS + 1)]
    assert expected == sorted({slot.day for slot in free(TODAY)})


def test_some_hours_are_taken():
    """Not every professional has the same hours free."""
    hours = {
        name: [slot.starts for slot in free(TODAY) if slot.professional == name] for name in PROFESSIONALS
    }
    assert len({tuple(free_hours) for free_hours in hours.values()}) > 1


def test_a_specialty_shows_only_those_who_treat_it():
    """A filter loses nothing and adds nothing."""
    shown = [slot for name in Specialty for slot in free(TODAY, name)]
    assert sorted(map(str, free(TODAY))) == sorted(map(str, shown))
    assert {Specialty.CARDIOLOGY} == {slot.specialty for slot in free(TODAY, Specialty.CARDIOLOGY)}
