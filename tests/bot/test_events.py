"""Dates and events are read as people tell them; what the words do not settle has no day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.triage.coverage import ENTITIES, coverage
from bot.triage.dates import find_dates
from bot.triage.events import find_events
from corpus.load import Corpus

TODAY = date(2026, 11, 24)  # a Tuesday
TOLD = [
    ("on March 3", "2026-03-03"),  # the last one that is not after today
    ("on December 3", "2025-12-03"),
    ("Mar. 3rd, 2025", "2025-03-03"),
    ("the 3rd of March", "2026-03-03"),
    ("3/4/26", "2026-03-04"),
    ("2026-03-05", "2026-03-05"),
    ("Feb 29", "2024-02-29"),
    ("three weeks ago", "2026-11-03"),
    ("45 days ago", "2026-10-10"),
    ("it's been 40 days since I asked", "2026-10-15"),
    ("yesterday", "2026-11-23"),
    ("last Tuesday", "2026-11-17"),
    ("el 3 de marzo", "2026-03-03"),
    ("hace tres semanas", "2026-11-03"),
    ("February 30", None),
    ("about 3 weeks ago", None),
    ("two months ago", None),  # few people count months to the day
    ("a few days ago", None),
    ("in March", None),
    ("last month", None),
]


@pytest.mark.parametrize(("text", "wanted"), TOLD)
def test_dates_are_read_as_told(text: str, wanted: str | None) -> None:
    found = find_dates(text, TODAY)
    assert [t.day and t.day.isoformat() for t in found] == [wanted]


@pytest.mark.parametrize("text", ["they have 30 days", "164.524(b)(2)", "you may 5 times ask", "$3/4 of it", "a 10 mg dose"])
def test_what_is_no_date_is_left(text: str) -> None:
    assert find_dates(text, TODAY) == ()


@given(st.dates(date(2004, 1, 1), TODAY))
def test_a_full_date_is_read_in_every_form(day: date) -> None:
    for form in (day.isoformat(), f"{day.month}/{day.day}/{day.year}", f"{day:%B} {day.day}, {day.year}", f"{day.day} {day:%b} {day.year}"):
        assert [t.day for t in find_dates(f"I asked on {form}.", TODAY)] == [day]


@given(st.dates(date(2004, 1, 1), date(2099, 12, 31)), st.integers(1, 400))
def test_days_ago_are_exact(today: date, days: int) -> None:
    assert [t.day for t in find_dates(f"{days} days ago", today)] == [today - timedelta(days=days)]


HAPPENED = [
    (
        "On March 3, 2026 I asked my doctor's office for my records and on April 10 they denied it.",
        {"asked": "2026-03-03", "denied": "2026-04-10"},
    ),
    ("I asked for my records and x-rays on March 3 and they denied me on April 1.", {"asked": "2026-03-03", "denied": "2026-04-01"}),
    ("My request of March 3 was denied on April 10", {"asked": "2026-03-03", "denied": "2026-04-10"}),
    ("I found out on May 1 that the hospital sent my records to my boss in March.", {"known": "2026-05-01"}),
    ("The letter says the hospital discovered the breach on August 1, 2026.", {"discovered": "2026-08-01"}),
    ("I had surgery on January 5 and asked for the records on October 30.", {"asked": "2026-10-30"}),
    ("I've been waiting for my records since September 30", {"asked": "2026-09-30"}),
    ("I mailed a request for my records on October 1.", {"mailed": "2026-10-01"}),
    ("They mailed my chart to the wrong house on October 1.", {}),
    ("The office asked me for ID on March 2", {}),
    ("Pedí mi expediente el 3 de octubre y me lo negaron el 20 de octubre", {"asked": "2026-10-03", "denied": "2026-10-20"}),
]


@pytest.mark.parametrize(("text", "wanted"), HAPPENED)
def test_each_date_goes_to_its_event(text: str, wanted: dict[str, str]) -> None:
    found = {e.kind: e.day.isoformat() for e in find_events(text, TODAY) if e.day and e.kind not in ("act", "other")}
    assert found == wanted


BOUND = [
    ("The hospital won't give me my records because I owe money", "yes"),
    ("My insurance company denied me access to my claims file", "yes"),
    ("My dentist bills my insurance and refuses to give me x-rays", "yes"),
    ("My ex works at the hospital and looked up my chart", "yes"),
    ("The university hospital refuses to send my chart", "yes"),
    ("My doctor refuses to give me my chart", "unclear"),  # nothing tells whether it sends standard transactions
    ("My therapist is cash only and won't give me notes", "unclear"),
    ("The clinic told my boss I have HIV", "unclear"),
    ("How long do they have to give me my records?", "unclear"),
    ("My boss told everyone about my cancer", "no"),
    ("The school nurse told my teacher about my ADHD", "no"),
    ("My life insurer wants my records", "no"),
    ("a fitness app sold my data", "no"),
    ("My landlord told the neighbors I am sick", "no"),
    ("My gym posted my weight", "no"),
]


@pytest.mark.parametrize(("text", "wanted"), BOUND)
def test_coverage_is_told_only_as_far_as_the_facts_go(text: str, wanted: str) -> None:
    found = coverage(text)
    assert found.covered == wanted
    assert wanted != "unclear" or found.ask


def test_entities_name_rules_and_topics_that_exist(corpus: Corpus) -> None:
    topics = {o.id for o in corpus.outside}
    for entity in ENTITIES:
        assert corpus.provision(entity.rule), entity.rule
        assert not entity.outside or entity.outside in topics
