"""What a person has told plainly enough to stand in a letter: days, a fee, the records asked for. What is told loosely is left out."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from bot.triage.events import Event, Kind, Request, find_events

# A day told without its year is the last such day; further back than this the year is worth asking.
_RECENT = timedelta(days=183)
_SENTENCE = re.compile(r"(?<=[.!?;\n])\s+")
_SUM = re.compile(
    r"\$\s?\d[\d,]*(?:\.\d\d?)?(?:\s+(?:per|a|por)\s+(?:page|sheet|copy|disc|cd|página|hoja)\b)?"
    r"|\b\d[\d,]*(?:\.\d\d?)?\s+(?:dollars|dólares)\b",
    re.IGNORECASE,
)
_OWED = re.compile(r"\b(?:ow(?:e|ed|es|ing)|bills?|billed|balance|debts?|co-?pays?|deductible|debo|deuda|cuenta)\b", re.IGNORECASE)
_ASKING = re.compile(
    r"\b(?:ask(?:ed|ing)?|request(?:ed|ing)?|want(?:ed)?|get(?:ting)?|need|cop(?:y|ies)|see|give|send|have|pedir|pedí|quiero|solicité)\b",
    re.IGNORECASE,
)
_PART = (
    r"(?:mris?|ct|cat scan|x-?rays?|ultrasound|mammogram|labs?|lab(?:oratory)?|blood|test|biopsy|pathology|imaging|radiology"
    r"|dental|vision|eye"
    r"|vaccin(?:e|ation)|immunization|shot|prescription|pharmacy|billing|therapy|surgery|surgical|operative|discharge|emergency room|er"
    r"|maternity|birth|physical therapy|genetic)"
)
_RECORDS = re.compile(
    rf"\bmy\s+((?:(?:recent|last|full|complete)\s+)?{_PART}(?:\s+(?:and\s+)?{_PART})*"
    r"(?:\s+(?:test|scan|visit))?\s+(?:results?|records?|images?|reports?|scans?|films?|notes|summary|tests?|work)"
    r"(?:\s+(?:from|since|for)\s+(?:(?:january|february|march|april|may|june|july|august|september|october|november|december)\s+)?(?:19|20)\d\d"
    r"(?:\s+(?:to|through|until)\s+(?:(?:january|february|march|april|may|june|july|august|september|october|november|december)\s+)?(?:19|20)\d\d)?)?)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class _Conversation:
    text: str
    events: tuple[Event, ...]
    today: date

    def day(self, kind: Kind, request: Request | None = None) -> str | None:
        """The one day told for an event; None where none, several or an unsure one is told."""
        told = [e for e in self.events if e.kind == kind and (request is None or e.request in (request, None))]
        days = {e.day for e in told if e.when}
        if len(days) != 1 or not all(_sure(e, self.today) for e in told if e.when):
            return None
        day = next(iter(days))
        return day.isoformat() if day else None


def _sure(event: Event, today: date) -> bool:
    when = event.when
    if when is None or when.day is None or not when.sure or when.day > today:
        return False
    return not when.no_year or today - when.day <= _RECENT


def _only(found: list[str]) -> str | None:
    """The one thing found; None where there are two that differ."""
    return found[0] if found and len({f.lower() for f in found}) == 1 else None


def _fee(c: _Conversation) -> str | None:
    """The sum asked for copies; a sum in a sentence about a debt is not one."""
    sums = [(s, m.group()) for s in _SENTENCE.split(c.text) for m in _SUM.finditer(s)]
    return _only([" ".join(words.split()) for _, words in sums]) if not any(_OWED.search(s) for s, _ in sums) else None


def _records(c: _Conversation) -> str | None:
    """The records asked for, where they are named more closely than "my records"."""
    asked = [s for s in _SENTENCE.split(c.text) if _ASKING.search(s)]
    found = _only([" ".join(m[1].split()) for s in asked for m in _RECORDS.finditer(s)])
    return found and found[0].upper() + found[1:]


_Read = Callable[[_Conversation], str | None]
_FACTS: dict[str, dict[str, _Read]] = {
    "access": {"records": _records},
    "access-third-party": {"records": _records},
    "denial-review": {"asked_on": lambda c: c.day("asked", "access"), "denied_on": lambda c: c.day("denied", "access")},
    "fee-objection": {"asked_on": lambda c: c.day("asked", "access"), "fee": _fee},
    "disagreement": {"asked_on": lambda c: c.day("asked", "amendment"), "denied_on": lambda c: c.day("denied", "amendment")},
    "ocr-complaint": {"known_on": lambda c: c.day("known"), "happened_on": lambda c: c.day("act")},
}


def told(kind: str, questions: Sequence[str], today: date) -> dict[str, str]:
    """Facts of a letter of this kind as its form takes them, from what one person asked in a conversation.

    Args:
        kind: a kind of letter.
        questions: what the person typed, oldest first.
        today: dates without a year and "yesterday" are read from here.
    """
    text = "\n".join(questions)
    conversation = _Conversation(text, find_events(text, today), today)
    return {name: value for name, read in _FACTS.get(kind, {}).items() if (value := read(conversation))}
