"""Last days are counted in calendar days from the day after the event, and never guessed."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from bot.deadlines import Deadline, Facts, Matter, accounting_from, answer_due, breach_notice_due, complaint_due, limits, to_ics
from bot.errors import DatesError
from corpus.load import Corpus

DAYS = st.dates(date(2003, 4, 14), date(2100, 1, 1))
# (matter, received, notice of delay, day named in it, last day), each counted from the rule on a calendar, apart from the code
COUNTED: list[tuple[Matter, str, str, str, str]] = [
    ("access", "2026-01-31", "", "", "2026-03-02"),  # February has 28 days
    ("access", "2024-01-31", "", "", "2024-03-01"),  # a leap year
    ("access", "2024-01-30", "", "", "2024-02-29"),  # the leap day itself
    ("access", "2023-01-30", "", "", "2023-03-01"),  # the year before has none
    ("access", "2026-02-28", "", "", "2026-03-30"),
    ("access", "2024-02-29", "", "", "2024-03-30"),  # asked on the leap day
    ("access", "2100-01-30", "", "", "2100-03-01"),  # 2100 is no leap year
    ("access", "2000-01-30", "", "", "2000-02-29"),  # 2000 was one
    ("access", "2026-03-31", "", "", "2026-04-30"),  # a month of 31 days, then one of 30
    ("access", "2026-04-30", "", "", "2026-05-30"),  # a Saturday stays where it is
    ("access", "2026-05-31", "", "", "2026-06-30"),
    ("access", "2026-12-02", "", "", "2027-01-01"),  # and so does a holiday
    ("access", "2026-12-15", "", "", "2027-01-14"),  # over the turn of the year
    ("access", "2025-12-31", "", "", "2026-01-30"),
    ("access", "2026-06-04", "", "", "2026-07-04"),  # the fourth of July, a holiday on a Saturday
    ("access", "2026-11-26", "", "", "2026-12-26"),  # Thanksgiving, to the day after Christmas
    ("access", "2026-01-03", "", "", "2026-02-02"),  # received on a Saturday
    ("access", "2026-10-09", "", "", "2026-11-08"),  # a Sunday stays where it is
    ("access", "2026-03-01", "2026-03-31", "", "2026-04-30"),  # notice on the last day of the first time
    ("access", "2026-03-01", "2026-04-01", "", "2026-03-31"),  # one day late: no extension
    ("access", "2026-03-01", "2026-03-20", "2026-04-15", "2026-04-15"),  # the day they named
    ("access", "2026-03-01", "2026-03-20", "2026-06-01", "2026-04-30"),  # never more than thirty days more
    ("access", "2024-01-01", "2024-01-31", "", "2024-03-01"),  # over the leap day
    ("access", "2025-01-01", "2025-01-31", "", "2025-03-02"),  # and without one
    ("access", "2026-01-01", "2026-01-01", "", "2026-03-02"),  # notice on the day it came
    ("access", "2026-07-02", "2026-08-01", "", "2026-08-31"),
    ("access", "2026-07-02", "2026-08-02", "", "2026-08-01"),  # late by a day, on a Sunday
    ("access", "2026-12-01", "2026-12-31", "", "2027-01-30"),
    ("access", "2026-12-01", "2026-12-20", "2027-01-15", "2027-01-15"),
    ("access", "2026-05-15", "2026-06-14", "2026-07-14", "2026-07-14"),  # the last day that may be named
    ("amendment", "2026-01-01", "", "", "2026-03-02"),
    ("amendment", "2024-01-01", "", "", "2024-03-01"),  # over the leap day
    ("amendment", "2026-12-31", "", "", "2027-03-01"),
    ("amendment", "2026-06-30", "", "", "2026-08-29"),
    ("amendment", "2026-07-01", "", "", "2026-08-30"),
    ("amendment", "2023-12-31", "", "", "2024-02-29"),  # to the leap day itself: sixty days
    ("amendment", "2026-08-02", "", "", "2026-10-01"),
    ("amendment", "2026-01-01", "2026-02-01", "", "2026-04-01"),  # sixty, and thirty more
    ("amendment", "2026-01-01", "2026-03-02", "", "2026-04-01"),  # notice on the sixtieth day
    ("amendment", "2026-01-01", "2026-03-03", "", "2026-03-02"),  # notice on the sixty-first
    ("amendment", "2026-01-01", "2026-02-15", "2026-03-15", "2026-03-15"),
    ("amendment", "2026-01-01", "2026-02-15", "2026-12-31", "2026-04-01"),
    ("amendment", "2023-12-01", "2024-01-15", "", "2024-02-29"),
    ("accounting", "2027-12-31", "", "", "2028-02-29"),  # to the leap day
    ("accounting", "2026-01-01", "", "", "2026-03-02"),
    ("accounting", "2026-02-28", "", "", "2026-04-29"),
    ("accounting", "2026-09-15", "", "", "2026-11-14"),
    ("accounting", "2026-01-01", "2026-03-03", "", "2026-03-02"),  # too late
    ("accounting", "2026-01-01", "2026-03-02", "", "2026-04-01"),
    ("accounting", "2026-09-15", "2026-10-01", "2026-12-01", "2026-12-01"),
]


def _date(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


@pytest.mark.parametrize(("matter", "received", "extended", "until", "wanted"), COUNTED)
def test_the_time_to_answer_is_counted_by_the_calendar(matter: Matter, received: str, extended: str, until: str, wanted: str) -> None:
    facts = Facts(matter, _date(received), extended=_date(extended), extended_to=_date(until))
    assert answer_due(facts).date == date.fromisoformat(wanted)


# (day of knowledge or discovery, last day): 180 days to complain, 60 at most to tell of a breach
COMPLAINTS = [
    ("2026-01-01", "2026-06-30"),
    ("2023-09-03", "2024-03-01"),  # over the leap day
    ("2025-08-31", "2026-02-27"),
    ("2026-02-28", "2026-08-27"),
    ("2024-02-29", "2024-08-27"),
    ("2026-07-04", "2026-12-31"),
]
BREACHES = [
    ("2024-01-01", "2024-03-01"),
    ("2026-08-01", "2026-09-30"),
    ("2023-12-31", "2024-02-29"),  # to the leap day
    ("2026-12-31", "2027-03-01"),
]


@pytest.mark.parametrize(("known", "wanted"), COMPLAINTS)
def test_a_complaint_is_due_on_the_180th_day(known: str, wanted: str) -> None:
    assert complaint_due(date.fromisoformat(known)).date == date.fromisoformat(wanted)


@pytest.mark.parametrize(("discovered", "wanted"), BREACHES)
def test_notice_of_a_breach_is_due_on_the_60th_day_at_the_latest(discovered: str, wanted: str) -> None:
    assert breach_notice_due(date.fromisoformat(discovered)).date == date.fromisoformat(wanted)


def test_sixty_dates_are_worked() -> None:
    assert len(COUNTED) + len(COMPLAINTS) + len(BREACHES) == 60


@given(DAYS, st.sampled_from([("access", 30), ("amendment", 60), ("accounting", 60)]), DAYS)
def test_days_left_agrees_with_the_calendar(received: date, rule: tuple[Matter, int], today: date) -> None:
    due = answer_due(Facts(rule[0], received))
    assert due.date is not None
    assert (due.date - received).days == rule[1]
    left = due.days_left(today)
    assert left is not None
    assert today + timedelta(days=left) == due.date


@given(DAYS, st.integers(0, 400), st.integers(0, 400))
def test_an_extension_never_gives_less_than_the_first_time_nor_more_than_once(received: date, after: int, named: int) -> None:
    notice = received + timedelta(days=after)
    due = answer_due(Facts("access", received, extended=notice, extended_to=notice + timedelta(days=named))).date
    assert due is not None
    assert 30 <= (due - received).days <= (60 if after <= 30 else 30)


def test_what_is_not_told_has_no_date_but_a_question() -> None:
    for facts in (Facts("access"), Facts("access", date(2026, 1, 1), extension_told=True), Facts("breach"), Facts("complaint")):
        first = limits(facts)[0]
        assert first.date is None
        assert first.days_left(date(2026, 1, 1)) is None
        assert first.missing.endswith(("?", "it."))


def test_an_answer_that_came_is_no_longer_awaited() -> None:
    on_time = answer_due(Facts("access", date(2026, 1, 1), answered=date(2026, 1, 31)))
    late = answer_due(Facts("access", date(2026, 1, 1), answered=date(2026, 2, 1)))
    assert (on_time.whose, late.whose) == ("none", "none")
    assert on_time.note.endswith("in time")
    assert late.note.endswith("after that day")


def test_a_statement_of_disagreement_has_no_last_day() -> None:
    first = limits(Facts("disagreement"))[0]
    assert (first.date, first.missing) == (None, "")
    assert "no last day" in first.note


def test_dates_that_cannot_stand_together_are_refused() -> None:
    with pytest.raises(DatesError, match="comes before the request"):
        Facts("access", date(2026, 3, 1), extended=date(2026, 2, 1))
    with pytest.raises(DatesError, match="a day after the notice"):
        Facts("access", date(2026, 3, 1), extended=date(2026, 3, 5), extended_to=date(2026, 3, 4))
    with pytest.raises(DatesError, match="end of the calendar"):
        answer_due(Facts("access", date.max))


@pytest.mark.parametrize("matter", ["access", "amendment", "accounting", "denial-review", "disagreement", "breach", "complaint"])
def test_every_rule_named_is_in_the_corpus(matter: Matter, corpus: Corpus) -> None:
    day = date(2026, 1, 1)
    for facts in (Facts(matter), Facts(matter, day, extended=day, known=day, discovered=day)):
        for d in limits(facts):
            assert corpus.provision(d.rule), d.rule


def test_an_accounting_reaches_back_six_years() -> None:
    assert accounting_from(date(2026, 11, 24)) == date(2020, 11, 24)
    assert accounting_from(date(2024, 2, 29)) == date(2018, 2, 28)


def test_the_calendar_file_holds_whole_days_with_a_reminder() -> None:
    rows: list[Deadline] = [*limits(Facts("access", date(2026, 1, 31))), *limits(Facts("complaint", known=date(2026, 1, 1)))]
    data = to_ics(rows, stamp=datetime(2026, 2, 1, tzinfo=UTC))
    events = Calendar.from_ical(data).walk("VEVENT")
    assert [e["DTSTART"].dt for e in events] == [date(2026, 3, 2), date(2026, 6, 30)]
    assert all(len(e.walk("VALARM")) == 1 for e in events)
    assert "45 CFR 164.524(b)(2)(i)" in str(events[0]["DESCRIPTION"])
    assert len({str(e["UID"]) for e in events}) == 2
    assert to_ics(rows, stamp=datetime(2026, 2, 1, tzinfo=UTC)) == data
