"""From the dates somebody tells to the last days the rule sets: calendar days, counted from the day after the event.

The rule counts from receipt, discovery or knowledge. Where that day is not told there is no date, only what to ask. A last day that falls
on a weekend or a holiday stays where it is: parts 160 and 164 do not move it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from typing import Any, Literal

from dateutil.relativedelta import relativedelta

from bot.errors import DatesError
from corpus.citation import RuleCitation, parse

Matter = Literal["access", "amendment", "accounting", "denial-review", "disagreement", "breach", "complaint"]
Day = date  # a name that the field `date` of a deadline does not hide
Whose = Literal["theirs", "yours", "none"]
ASK_RECEIVED = "On what day did they receive the request for {what}?"
ASK_EXTENSION = "Did they send a written reason for delay with a new date, and on what day did it come?"
ASK_KNOWN = "On what day did the client learn of what is complained of, or when should the client have known?"
ASK_DISCOVERED = "On what day did they discover the breach? A breach letter should say so if they know it."


@dataclass(frozen=True)
class Facts:
    """The dates told in one matter; None is not told.

    Attributes:
        received: the day they received the request.
        extended: the day a written notice of delay, with reasons and a new date, was given.
        extended_to: the day that notice names.
        extension_told: a delay was announced, but not on which day or not how.
        answered: the day they granted or denied the request.
        answered_told: an answer is told, but not on which day.
        known: the day the person knew, or should have known, of what is complained of.
        discovered: the first day the breach was known to them, or would have been with reasonable diligence.
    """

    matter: Matter
    received: date | None = None
    extended: date | None = None
    extended_to: date | None = None
    extension_told: bool = False
    answered: date | None = None
    answered_told: bool = False
    known: date | None = None
    discovered: date | None = None

    def __post_init__(self) -> None:
        """Refuse dates that cannot stand together."""
        if self.received and self.extended and self.extended < self.received:
            raise DatesError(f"notice of delay on {self.extended} comes before the request of {self.received}; wanted a later day")
        if self.extended and self.extended_to and self.extended_to < self.extended:
            raise DatesError(f"notice of delay of {self.extended} names {self.extended_to}; wanted a day after the notice")


@dataclass(frozen=True)
class Deadline:
    """A last day, or why there is none.

    Attributes:
        what: who must or may do what, in plain words.
        rule: the paragraph that sets the time.
        date: the last day; None where the start is not told or the rule sets no day.
        whose: "theirs" while the provider or plan must still act, "yours" when the person must, "none" when nobody need: they have
            answered, or the rule sets no day.
        missing: what to ask so that the day can be counted, or that could move it; empty when nothing is.
        note: how it was counted.
    """

    what: str
    rule: RuleCitation
    date: date | None
    whose: Whose
    missing: str = ""
    note: str = ""

    def days_left(self, today: Day) -> int | None:
        """Days from `today` to the last day: 0 on that day, negative after it."""
        return (self.date - today).days if self.date else None

    def to_json(self, today: Day) -> dict[str, Any]:
        """The deadline as the contract's JSON."""
        day = self.date.isoformat() if self.date else None
        return {"what": self.what, "rule": str(self.rule), "date": day, "days_left": self.days_left(today), "note": self.note}


@dataclass(frozen=True)
class _Limit:
    """A time to act on a request: `days`, and once `more` with a written notice inside them."""

    days: int
    more: int
    rule: RuleCitation
    more_rule: RuleCitation
    what: str


_LIMITS: dict[Matter, _Limit] = {
    "access": _Limit(30, 30, parse("164.524(b)(2)(i)"), parse("164.524(b)(2)(ii)"), "access to records"),
    "amendment": _Limit(60, 30, parse("164.526(b)(2)(i)"), parse("164.526(b)(2)(ii)"), "amendment of records"),
    "accounting": _Limit(60, 30, parse("164.528(c)(1)"), parse("164.528(c)(1)(ii)"), "an accounting of disclosures"),
}
_COMPLAINT_DAYS, _COMPLAINT = 180, parse("160.306(b)(3)")
_BREACH_DAYS, _BREACH = 60, parse("164.404(b)")
_REVIEW, _DISAGREEMENT = parse("164.524(d)(4)"), parse("164.526(d)(2)")


def _after(start: date, days: int) -> date:
    """The last of `days` calendar days after `start`; the day of the event is not counted.

    Raises:
        DatesError: the calendar ends before that.
    """
    try:
        return start + timedelta(days=days)
    except OverflowError as e:
        raise DatesError(f"the day {days} days after {start} is past the end of the calendar; wanted a date of our time") from e


def answer_due(facts: Facts) -> Deadline:
    """The last day to act on a request for access, amendment or an accounting, and whether an answer came by then.

    A notice of delay counts only when it came within the first time limit, and only once (45 CFR 164.524(b)(2)(ii),
    164.526(b)(2)(ii), 164.528(c)(1)(ii)). A notice without its day leaves the date open.

    Raises:
        DatesError: the matter has no such limit, or the dates leave the calendar.
    """
    due = _due(facts)
    if facts.answered is None:
        return replace(due, whose="none", note=f"{due.note}; an answer is told without its day") if facts.answered_told else due
    when = "" if due.date is None else ", after that day" if facts.answered > due.date else ", in time"
    return replace(due, whose="none", note=f"{due.note}; they answered on {facts.answered}{when}")


def _due(facts: Facts) -> Deadline:
    limit = _LIMITS.get(facts.matter)
    if limit is None:
        raise DatesError(f"no time to act on a request in the matter {facts.matter!r}; wanted one of {', '.join(_LIMITS)}")
    what = f"The provider or plan must act on the request for {limit.what}"
    if facts.received is None:
        note = f"{limit.days} days after they receive it; up to {limit.more} more with a written notice of delay inside that time"
        return Deadline(what, limit.rule, None, "theirs", ASK_RECEIVED.format(what=limit.what), note)
    first = _after(facts.received, limit.days)
    longest = _after(facts.received, limit.days + limit.more)
    counted = f"{limit.days} days after receipt on {facts.received}"
    if facts.extended and facts.extended <= first:
        due = min(facts.extended_to, longest) if facts.extended_to else longest
        note = f"{counted}, and up to {limit.more} more by the written notice of {facts.extended}"
        return Deadline(f"{what} (time extended once)", limit.more_rule, max(due, first), "theirs", "", note)
    if facts.extended:
        return Deadline(what, limit.rule, first, "theirs", "", f"{counted}; the notice of {facts.extended} came after that time")
    if facts.extension_told:
        note = f"{counted} is {first}; with a written notice by then that gives reasons and a date, {longest} at the latest"
        return Deadline(what, limit.rule, None, "theirs", ASK_EXTENSION, note)
    return Deadline(what, limit.rule, first, "theirs", "", f"{counted}; {longest} at the latest with a written notice of delay by then")


def complaint_due(known: date | None, late: date | None = None) -> Deadline:
    """The last day for a complaint to OCR (45 CFR 160.306(b)(3)).

    Args:
        known: the day the person knew or should have known of the act or omission.
        late: where an answer did not come, the last day for it; used in the note only, because knowledge is not told.
    """
    what = "The person may file a complaint with the HHS Office for Civil Rights (HHS may waive the limit for good cause)"
    if known:
        note = f"{_COMPLAINT_DAYS} days after {known}, when the person knew or should have known"
        return Deadline(what, _COMPLAINT, _after(known, _COMPLAINT_DAYS), "yours", "", note)
    note = f"{_COMPLAINT_DAYS} days after the person knew or should have known"
    if late:
        day = _after(late, 1)
        last = _after(day, _COMPLAINT_DAYS)
        note += f"; if what is complained of is that no answer came by {late}, {_COMPLAINT_DAYS} days after {day} is {last}"
    return Deadline(what, _COMPLAINT, None, "yours", ASK_KNOWN, note)


def breach_notice_due(discovered: date | None) -> Deadline:
    """The outer limit for the letter on a breach (45 CFR 164.404(b)); it is due earlier when a delay is unreasonable."""
    what = "The provider or plan must send notice of the breach, without unreasonable delay and by this day at the latest"
    if discovered is None:
        return Deadline(what, _BREACH, None, "theirs", ASK_DISCOVERED, f"{_BREACH_DAYS} calendar days after discovery")
    note = f"{_BREACH_DAYS} calendar days after discovery on {discovered}; police may ask for a delay (45 CFR 164.412)"
    return Deadline(what, _BREACH, _after(discovered, _BREACH_DAYS), "theirs", "", note)


def limits(facts: Facts) -> tuple[Deadline, ...]:
    """Every time limit of one matter, the nearest kind of act first.

    Raises:
        DatesError: dates that leave the calendar.
    """
    if facts.matter in _LIMITS:
        answer = answer_due(facts)
        return answer, complaint_due(facts.known, None if facts.known else answer.date)
    if facts.matter == "breach":
        return breach_notice_due(facts.discovered), complaint_due(facts.known)
    if facts.matter == "denial-review":
        what = "The reviewing official must decide on the denial within a reasonable time; the person may ask for the review"
        return Deadline(what, _REVIEW, None, "none", "", "the rule sets no number of days"), complaint_due(facts.known)
    if facts.matter == "disagreement":
        what = "The person may send a statement of disagreement with a denied amendment"
        return Deadline(what, _DISAGREEMENT, None, "none", "", "the rule sets no last day"), complaint_due(facts.known)
    return (complaint_due(facts.known),)


def accounting_from(asked: date) -> date:
    """The first day an accounting asked for on `asked` reaches back to: six years (45 CFR 164.528(a)(1))."""
    return asked - relativedelta(years=6)


def to_ics(deadlines: Iterable[Deadline], *, stamp: datetime | None = None, remind_days: int = 7) -> bytes:
    """The dated deadlines as an iCalendar file (RFC 5545): whole-day events with a reminder; nobody's name stands in it.

    Args:
        deadlines: those without a date are left out.
        stamp: when the file was made; now unless given.
        remind_days: days before the last day on which to remind.
    """
    from icalendar import Alarm, Calendar, Event

    calendar = Calendar()
    calendar.add("prodid", "-//Patient Rights Desk//deadlines//EN")
    calendar.add("version", "2.0")
    for d in (d for d in deadlines if d.date):
        assert d.date
        event = Event()
        event.add("uid", sha256(f"{d.rule}|{d.date}|{d.what}".encode()).hexdigest()[:32] + "@patient-rights-desk")
        event.add("dtstamp", stamp or datetime.now(UTC))
        event.add("summary", f"Last day: {d.what}")
        event.add("description", f"{d.rule}. {d.note}")
        event.add("dtstart", d.date)
        event.add("dtend", _after(d.date, 1))
        event.add("transp", "TRANSPARENT")
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", f"In {remind_days} days: {d.what}")
        alarm.add("trigger", timedelta(hours=9) - timedelta(days=remind_days))
        event.add_component(alarm)
        calendar.add_component(event)
    return bytes(calendar.to_ical())
