"""Dates as people tell them: "March 3", "3/4/26", "three weeks ago", "last Tuesday", in English and Spanish.

A day is given only where the words settle one. "In March", "about two weeks ago" and "two months ago" do not, so they are found but have no
day; a date without a year is the last such day that is not after `today`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from dateutil.relativedelta import relativedelta

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan enero",
            "february feb febrero",
            "march mar marzo",
            "april apr abril",
            "may mayo",
            "june jun junio",
            "july jul julio",
            "august aug agosto",
            "september sept sep septiembre setiembre",
            "october oct octubre",
            "november nov noviembre",
            "december dec diciembre",
        ),
        1,
    )
    for name in names.split()
}
_DAYS = {
    name: number
    for number, names in enumerate(
        (
            "monday lunes",
            "tuesday martes",
            "wednesday miércoles miercoles",
            "thursday jueves",
            "friday viernes",
            "saturday sábado",
            "sunday domingo",
        )
    )
    for name in names.split()
}
_COUNTS = {
    name: number
    for names, number in (
        ("a an one un una", 1),
        ("two dos", 2),
        ("three tres", 3),
        ("four cuatro", 4),
        ("five cinco", 5),
        ("six seis", 6),
        ("seven siete", 7),
        ("eight ocho", 8),
        ("nine nueve", 9),
        ("ten diez", 10),
        ("eleven once", 11),
        ("twelve doce", 12),
        ("twenty veinte", 20),
        ("thirty treinta", 30),
        ("forty cuarenta", 40),
        ("forty-five", 45),
        ("sixty sesenta", 60),
        ("ninety noventa", 90),
    )
    for name in names.split()
}
_UNITS = {"day": "days", "día": "days", "dia": "days", "week": "weeks", "semana": "weeks"} | {
    "month": "months",
    "mes": "months",
    "year": "years",
    "año": "years",
}
_M = r"(?P<month>" + "|".join(sorted(_MONTHS, key=len, reverse=True)) + r")\b\.?"
_N = (
    r"(?P<count>\d{1,4}|"
    + "|".join(sorted(_COUNTS, key=len, reverse=True))
    + r"|couple(?: of)?|few|several|some|many|unos?|unas|varios|varias)"
)
_U = r"(?P<unit>day|week|month|year|d[ií]a|semana|mes(?=es)|mes|año)(?:e?s)?\b"
_YEAR = r"(?:,?\s+(?:de[l]?\s+)?(?P<year>(?:19|20)\d\d))?\b"
_HEDGE = (
    r"(?P<hedge>(?:about|around|almost|nearly|over|under|more than|less than|at least|roughly|approximately|maybe|like|perhaps|some|probably|close to"
    r"|mid-?|early|late|como|casi|más de|mas de|alrededor de)\s*(?:the\s+)?(?:a\s+(?=couple|few))?)?"
)
_WEEKDAY = r"(?P<weekday>" + "|".join(_DAYS) + r")"
_PATTERNS: tuple[tuple[str, str], ...] = (
    ("iso", r"(?<![\d-])(?P<year>(?:19|20)\d\d)-(?P<m>\d{1,2})-(?P<d>\d{1,2})(?![\d-])"),
    ("us", r"(?<![\d/.-])(?P<m>\d{1,2})(?P<sep>[/.-])(?P<d>\d{1,2})(?P=sep)(?P<year>\d{4}|\d\d)(?![\d/-])"),
    ("us", r"(?<=\bon )(?P<m>\d{1,2})/(?P<d>\d{1,2})(?![\d/])|(?<=\bdated )(?P<m2>\d{1,2})/(?P<d2>\d{1,2})(?![\d/])"),
    ("named", _HEDGE + r"(?<!\w)" + _M + r"\s+(?:the\s+)?(?P<d>\d{1,2})(?:st|nd|rd|th)?\b(?!:|\s*(?:a\.?m|p\.?m)\b)" + _YEAR),
    ("named", _HEDGE + r"(?<![\w$.])(?P<d>\d{1,2})(?:st|nd|rd|th|º)?\s+(?:of\s+|de\s+)?" + _M + _YEAR),
    ("ago", _HEDGE + r"(?:\ba\s+(?=couple|few))?(?<!\w)" + _N + r"\s+(?P<half>and a half\s+)?" + _U + r"\s+(?:ago|back)\b"),
    ("ago", r"\bhace\s+(?:ya\s+)?" + _HEDGE + _N + r"\s+" + _U),
    ("ago", r"\b(?:it['’]?s|it has|its) been\s+" + _HEDGE + r"(?:a\s+(?=couple|few))?" + _N + r"\s+" + _U + r"(?:\s+since\b)?"),
    ("later", _HEDGE + r"(?<!\w)" + _N + r"\s+" + _U + r"\s+(?:later|after that|después|despues)\b"),
    ("today", r"\b(?:today|this morning|this afternoon|hoy)\b"),
    ("yesterday", r"\b(?<!day before )(?:yesterday|last night|ayer)\b"),
    ("two", r"\b(?:the )?day before yesterday\b|\banteayer\b"),
    ("weekday", r"\b(?:last|on|this past|past|el)\s+" + _WEEKDAY + r"(?:\s+pasado)?\b(?!\s+(?:next|mornings|of next))"),
    ("vague", r"\b(?:last|this|past|earlier this)\s+(?:week|month|year|spring|summer|fall|autumn|winter)\b"),
    (
        "vague",
        r"\b(?:in|since|last|this past|during|early|mid|late|back in|en)[ -](?:early |late |mid-?)?" + _M.replace(r"\.?", "") + _YEAR,
    ),
    ("vague", r"\b(?:la semana|el mes|el año)\s+pasad[oa]\b|\b(?:recently|a while (?:ago|back)|the other day|long ago|a long time ago)\b"),
)
_FIND = tuple((kind, re.compile(pattern, re.IGNORECASE)) for kind, pattern in _PATTERNS)


@dataclass(frozen=True)
class Told:
    """A date told in a text.

    Attributes:
        start, end: character offsets of the words.
        words: as written.
        day: the day they settle; None where they settle none.
        sure: False where people often speak loosely ("three weeks ago", "last Tuesday"), so that the day is worth asking again.
        near: about when, where no day is settled but the words say.
        no_year: month and day were told without a year.
    """

    start: int
    end: int
    words: str
    day: date | None
    sure: bool = True
    near: date | None = None
    no_year: bool = False


def find_dates(text: str, today: date) -> tuple[Told, ...]:
    """Every date told in `text`, in order of appearance, as seen from `today`."""
    found: list[Told] = []
    for kind, pattern in _FIND:
        for m in pattern.finditer(text):
            if (
                m.groupdict().get("month") == "may"
                and kind == "named"
                and not text[: m.start()].endswith(("on ", "de ", "del ", "since ", "the ", "of "))
            ):
                continue  # "you may 5 times" is no date
            if not any(t.start < m.end() and m.start() < t.end for t in found):
                found.append(_told(kind, m, today))
    found.sort(key=lambda t: t.start)
    return tuple(_chained(found, text))


def _told(kind: str, m: re.Match[str], today: date) -> Told:
    g = m.groupdict()
    told = Told(m.start(), m.end(), m.group().strip(), None)
    if kind in ("iso", "us", "named"):
        return _calendar_day(told, g, today)
    if kind == "ago":
        return _ago(told, g, today)
    days = {"today": 0, "yesterday": 1, "two": 2}.get(kind)
    if days is not None:
        return _at(told, today - timedelta(days=days))
    if kind == "weekday":
        back = (today.weekday() - _DAYS[g["weekday"].lower()] - 1) % 7 + 1
        return _at(told, today - timedelta(days=back), sure=False)
    return told


def _at(told: Told, day: date | None, *, sure: bool = True, near: date | None = None, no_year: bool = False) -> Told:
    return Told(told.start, told.end, told.words, day, sure, near, no_year)


def _calendar_day(told: Told, g: dict[str, str | None], today: date) -> Told:
    month = _MONTHS[(g.get("month") or "").lower()] if g.get("month") else int(g.get("m") or g.get("m2") or 0)
    number = int(g.get("d") or g.get("d2") or 0)
    day: date | None
    if year := g.get("year"):
        day = _day(int(year) + (2000 if len(year) == 2 else 0), month, number)
    else:
        day = last_such_day(month, number, today)
    if g.get("hedge"):
        return _at(told, None, near=day)
    return _at(told, day, no_year=not year)


def _day(year: int, month: int, number: int) -> date | None:
    try:
        return date(year, month, number)
    except ValueError:
        return None  # February 30 is no day


def last_such_day(month: int, number: int, today: date) -> date | None:
    """The latest month and day that is not after `today`; None for a day no year has."""
    days = (_day(today.year - back, month, number) for back in range(9))
    return next((d for d in days if d and d <= today), None)


def next_such_day(month: int, number: int, start: date) -> date | None:
    """The first month and day that is not before `start`; None for a day no year has."""
    days = (_day(start.year + on, month, number) for on in range(9))
    return next((d for d in days if d and d >= start), None)


def _count(g: dict[str, str | None]) -> int | None:
    word = (g.get("count") or "").lower()
    return int(word) if word.isdigit() else _COUNTS.get(word)


def _span(g: dict[str, str | None]) -> tuple[str, int | None]:
    return _UNITS[(g.get("unit") or "").lower()], None if g.get("half") else _count(g)


def _ago(told: Told, g: dict[str, str | None], today: date) -> Told:
    unit, count = _span(g)
    if count is None:
        return told
    try:
        day = today - relativedelta(**{unit: count})  # type: ignore[arg-type]
    except (ValueError, OverflowError):
        return told
    if g.get("hedge") or unit in ("months", "years"):
        return _at(told, None, near=day)
    return _at(told, day, sure=unit == "days")


def _chained(found: list[Told], text: str) -> Iterator[Told]:
    """Dates told from the one before: "ten days later"."""
    last: date | None = None
    later = next(p for kind, p in _FIND if kind == "later")
    for told in found:
        if m := later.fullmatch(text[told.start : told.end]):
            unit, count = _span(m.groupdict())
            exact = last is not None and count is not None and unit in ("days", "weeks") and not m["hedge"]
            day = last + relativedelta(**{unit: count}) if exact and last and count else None  # type: ignore[arg-type]
            told = _at(told, day, sure=unit == "days")  # noqa: PLW2901 - the chained day takes the place of the words
        last = told.day
        yield told
