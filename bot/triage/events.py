"""What an inquiry says happened and when: asked, received, delayed, denied, learned, discovered; in English and basic Spanish.

Each date goes to the event it stands with: the next one when it opens its clause ("On March 3 I asked"), else the one before it. What is said
without a date is kept too, so that the day can be asked for.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Literal

from bot.triage.dates import Told, find_dates, next_such_day

Kind = Literal["asked", "mailed", "received", "extended", "denied", "known", "discovered", "dated", "answered", "act", "other"]
Request = Literal["access", "amendment", "accounting"]
_WE = r"(?:i|we|she|he|my \w+|(?:the |our |my )?(?:client|caller|patient|tenant|mother|mom|father|dad|daughter|son|wife|husband|sister|brother|parent|parents|family|attorney|lawyer|office|paralegal))"
_THEM = r"(?:they|it|(?:the |my |his |her |our |a )?(?:[\w'’-]+ ){0,3}?(?:hospital|clinic|office|practice|plan|insurer|insurance|company|provider|pharmacy|lab|doctor|dr\.? \w+|letter|notice|vendor|system|center|nurse|therapist|dentist))"
_REQUEST = r"(?:(?:written|records?|access|amendment|correction|accounting|medical|formal|signed|online|portal|hipaa|release|chart|new|first|second) ){0,4}(?:request|release form|request form|records request)"
_DATE_NEXT = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\b|\d{1,2}/|(?:19|20)\d\d"
_PATTERNS: tuple[tuple[Kind, str], ...] = (
    (
        "received",
        rf"\b(?:(?:they|{_THEM})\s+(?:\w+\s+)?(?:received|got|signed for|stamped)\s+(?:it|my request|the request|her request|his request|our request|my letter|the letter from)\b|(?:request|it|letter) (?:was|had been) (?:delivered|received|signed for|stamped)|(?:certified mail )?(?:receipt|delivery) (?:is |was )?(?:dated|on|shows?)|(?:handed|hand-delivered|dropped|gave|turned) (?:it |in |off )?(?:my|the|a|her|his)? ?{_REQUEST})",
    ),
    (
        "mailed",
        rf"\b(?:{_WE} (?:\w+ ){{0,2}}?mailed|mailed (?=(?:a|the|my|her|his|our|another|in) (?:\w+ ){{0,2}}?(?:{_REQUEST}|letter|form))|request (?:was )?mailed|sent (?:it |(?:a|the|my|her|his|our|another) (?:{_REQUEST}|letter) )?(?:by|via|through) (?:\w+ )?mail|{_WE} sent (?:them |the \w+ )?a letter)\b",
    ),
    (
        "extended",
        rf"\b(?:(?:{_THEM})\s+(?:[\w'’]+\s+){{0,4}}?(?:need(?:ed|s)?|asked for|want(?:ed)?|tak(?:e|ing)|took|extend(?:ed)?|required?|have|claim(?:ed)?)\s+(?:\w+\s+){{0,2}}?(?:(?:another|additional|extra|more) (?:\d+|thirty|30)?[- ]?(?:days?|time)|(?:\d+|thirty) (?:more|extra|additional)(?: days)?|more time|extra time|extension|longer|until\b)|(?:notice|letter|statement|email) (?:of|about|saying|that says?|explaining) (?:\w+ ){{0,3}}(?:delay|extension|more time|30 more days|they need(?:ed)? more time|late)|extended (?:the|their|its) (?:time|deadline)|(?:sent|gave|got|received) (?:me |us |her |him )?(?:a |an |the )?(?:written |formal )?(?:extension|notice of delay|delay (?:letter|notice)))",
    ),
    ("dated", r"\b(?:denial|refusal|letter|notice|it)(?: letter)?,? (?:is |was )?dated\b"),
    (
        "denied",
        r"\b(?:denied|refused|turned (?:me|us|him|her|it|my request)?\s?down|rejected|said no\b|declined|told (?:me|us|him|her) no\b|would(?:n['’]?t| not) (?:give|release|let|send|hand|change|fix|correct)|won['’]?t (?:give|release|let|send|hand|change|fix|correct)|(?:got|received|sent|gave) (?:me |us |her |him )?(?:a |an |the |their |its )?(?:written )?(?:denial|refusal)|(?:denial|refusal)(?: letter)? (?:came|arrived|of|on)|(?:me |le |nos )?(?:negaron|negó|rechazaron|rechazó)|no (?:me|le) (?:quieren|quisieron|quiso) dar)",
    ),
    (
        "answered",
        rf"\b(?:{_THEM}\s+(?:(?:finally|then|only|just|has|have|did)\s+)*(?:gave|sent|released|provided|delivered|mailed|emailed)\s+(?:me|us|her|him)\s+(?:(?:the|my|her|his|all|some|only|part|a|of|copy|copies|about|half)\s+)*(?:\w+\s+)?(?:records?|chart|copies|file|x-?rays|accounting)\b|{_WE}\s+(?:(?:finally|only|then|just)\s+)*(?:got|received)\s+(?:(?:the|my|her|his|all|some|only|part|a|of|copy|copies|our)\s+)*(?:\w+\s+)?(?:records|chart|copies|file|x-?rays|accounting)\b)",
    ),
    (
        "discovered",
        r"\b(?:(?:they|it|which|(?:the )?(?:\w+ ){0,3}?(?:hospital|clinic|company|practice|plan|insurer|provider|pharmacy|lab|vendor|system))\s+(?:had )?(?:first )?(?:discovered|detected|became aware|found (?:out about )?the (?:breach|hack|attack)|identified|learned of)|(?:breach|hack|attack|intrusion|incident|theft) (?:was|had been) (?:first )?(?:discovered|detected|found|identified)|date of discovery|discovery date)",
    ),
    (
        "known",
        rf"\b(?:received (?:it )?(?:on )?(?={_DATE_NEXT})|(?:{_WE})\s+(?:only |just |first |then |finally )*(?:found out|learned|discovered|noticed|realized|heard|saw|was told|were told|got (?:a |the |this )?(?:\w+ )?(?:letter|notice|call)|received (?:a |the |this )?(?:\w+ )?(?:letter|notice))|found out|learned (?:about|of|that)|(?:told|informed|notified) (?:me|us|her|him)|(?:me enter[eé]|supe|se enter[oó]|descubr[ií]))",
    ),
    (
        "asked",
        rf"\b(?:(?:{_WE})\s+(?:\w+\s+){{0,2}}?(?:asked|requested|applied|demanded|wrote|emailed|faxed)(?! (?:me|us) )|(?:sent|submitted|filed|faxed|emailed|made|signed|put|uploaded|completed|filled)\s+(?:it |in |out )?(?:a|an|the|my|her|his|our|another|two|written)?\s*{_REQUEST}|(?:been )?waiting (?:for|on|since)|(?<!they )(?<!office )(?<!hospital )(?<!clinic )(?<!they've )requested|{_REQUEST}\s+(?:was |were )?(?:made|sent|submitted|dated|filed|of|on|from|in)\b|(?:records|copies|chart) (?:was|were) requested|asked (?:for|them|the|my|in|on|to (?:see|get|have|fix|correct|amend|change))|(?:ped[ií]|solicit[eé]|pidi[oó]|solicit[oó])(?!\w))",
    ),
    (
        "act",
        rf"\b(?:(?:{_THEM}|{_WE}|who|boss|ex|someone|a|an)\s+(?:\w+\s+){{0,3}}?(?:posted|shared|told(?! (?:me|us)\b)|disclosed|leaked|gave|looked (?:at|up|in)|accessed|snooped|sent|faxed|emailed|mailed|lost|sold|texted|showed|read)\s+(?:my|her|his|our|the client|their|\w+['’]s|everyone|everybody|a|an|the|them|out)|(?:records?|chart|data|results|information|laptop) (?:was|were|got) (?:stolen|hacked|leaked|posted|shared|sent|lost|accessed|faxed|mailed))",
    ),
    (
        "other",
        rf"\b(?:(?:from|between|through|covering|dates? of service) (?={_DATE_NEXT})|was born|admitted|discharged|hospitalized|surgery|operation|treated|visited|appointment|seen (?:at|by|there)|died|passed away|visit|injured|accident|mri|x-?ray|lab work|exam|hired|fired)\b",
    ),
)
_EVENT = tuple((kind, re.compile(pattern, re.IGNORECASE)) for kind, pattern in _PATTERNS)
_BREAK = re.compile(r"(?<!\bDr)(?<!\bMr)(?<!\bMrs)(?<!\bMs)(?<!\bSt)(?<!\bvs)(?<!\bNo)[.!?]+(?=\s|$)|[;\n]+")
_CLAUSE = re.compile(r",?\s+(?:and|but|then|so|y|pero)\s+(?:then\s+)?|,\s+(?=(?:they|i|we|he|she|it|who|which|on|the)\b)", re.IGNORECASE)
_OPENS = re.compile(
    r"^[\s,]*(?:(?:and|then|but|so|well|hi|hello|also|el|la)\b[\s,]*)*(?:(?:on|since|by|back|as of|starting|from|around|in|until|it['’]?s been)\s*)?[\s,(]*$",
    re.IGNORECASE,
)
_UNTIL = re.compile(r"\b(?:until|till|by|before|no later than|hasta)\s+(?:the\s+)?$", re.IGNORECASE)
_IN_WRITING = re.compile(
    r"\b(?:wrote|written|in writing|letter|e-?mail(?:ed)?|mailed|notice|statement|portal message|sent|por escrito)\b", re.IGNORECASE
)
_AMEND = re.compile(
    r"\b(?:amend\w*|correct(?:ed|ion|ions|ing)?\b|(?:fix|change|remove|delete|edit|take out|update)\w* (?:\w+ ){0,5}(?:record|chart|note|notes|file|error|mistake|diagnosis|entry|wrong|it)|enmendar|corregir|corrij\w+|correcci[oó]n)",
    re.IGNORECASE,
)
_ACCOUNT = re.compile(
    r"\b(?:accounting|(?:list|log|report|record) of (?:\w+ ){0,3}(?:disclosures?|who|everyone|people)|who (?:has |have |had |all )?(?:seen|got|gotten|received|looked at|accessed|been given)|informe de divulgaciones)\b",
    re.IGNORECASE,
)
_RECORDS = re.compile(
    r"\b(?:records?|chart|cop(?:y|ies)|files?|results|labs?|x-?rays?|mri|scans?|images|imaging|notes|reports?|bills?|billing|portal|expediente|historial|r[eé]cords?|copias?)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Event:
    """Something that is told to have happened.

    Attributes:
        when: the date that goes with it; None where none is told.
        request: what was asked for, where it was a request.
        written: True where the words say it was put in writing.
        until: the later day named with it ("until May 1"), for a notice of delay.
    """

    kind: Kind
    words: str
    start: int
    when: Told | None = None
    request: Request | None = None
    written: bool = False
    until: date | None = None

    @property
    def day(self) -> date | None:
        """The day it happened, where the words settle one."""
        return self.when.day if self.when else None


@dataclass(frozen=True)
class _Span:
    start: int
    end: int


def _spans(text: str, pattern: re.Pattern[str], within: _Span, skip: tuple[Told, ...]) -> list[_Span]:
    """The pieces of a stretch of text between breaks; a break inside a date ("Mar. 3") is none."""
    spans, at = [], within.start
    for m in pattern.finditer(text, within.start, within.end):
        if not any(t.start < m.end() and m.start() < t.end for t in skip):
            spans.append(_Span(at, m.end()))
            at = m.end()
    return [*spans, _Span(at, within.end)]


def request_kind(text: str) -> Request | None:
    """What is asked for in a sentence: records, a correction, or a list of disclosures."""
    if _ACCOUNT.search(text):
        return "accounting"
    if _AMEND.search(text):
        return "amendment"
    return "access" if _RECORDS.search(text) else None


def _mentions(text: str, span: _Span) -> list[tuple[Kind, int, int]]:
    """Events named in a stretch of text; where two overlap, the kind that stands first in the table."""
    found: list[tuple[Kind, int, int]] = []
    for kind, pattern in _EVENT:
        for m in pattern.finditer(text, span.start, span.end):
            if not any(a < m.end() and m.start() < b for _, a, b in found):
                found.append((kind, m.start(), m.end()))
    return sorted(found, key=lambda f: f[1])


def find_events(text: str, today: date) -> tuple[Event, ...]:
    """What happened, in the order told, as seen from `today`."""
    dates = find_dates(text, today)
    events: list[Event] = []
    for sentence in _spans(text, _BREAK, _Span(0, len(text)), dates):
        here = tuple(t for t in dates if sentence.start <= t.start < sentence.end)
        named = _mentions(text, sentence)
        given = _give(text, sentence, here, named)
        words = text[sentence.start : sentence.end]
        for kind, start, end in named:
            when = given.get(start)
            until = next((t for t in here if kind == "extended" and _UNTIL.search(text[sentence.start : t.start])), None)
            request = request_kind(words) if kind in ("asked", "mailed", "received", "denied") else None
            events.append(
                Event(kind, text[start:end], start, when, request, bool(_IN_WRITING.search(words)), _later(until, when) if until else None)
            )
    return tuple(events)


def _later(until: Told, when: Told | None) -> date | None:
    """The day a notice names: a date without a year lies after the notice."""
    if until.day is None or not until.no_year:
        return until.day
    return next_such_day(until.day.month, until.day.day, (when.day if when and when.day else until.day))


def _give(text: str, sentence: _Span, dates: tuple[Told, ...], named: list[tuple[Kind, int, int]]) -> dict[int, Told]:
    """Which date belongs to which event, by the event's start."""
    clauses = _spans(text, _CLAUSE, sentence, dates)
    given: dict[int, Told] = {}
    for told in dates:
        before_words = text[sentence.start : told.start]
        if _UNTIL.search(before_words) and any(k == "extended" for k, _, _ in named):
            continue
        clause = next(c for c in clauses if c.start <= told.start < c.end)
        inside = [n for n in named if clause.start <= n[1] < clause.end]
        opens = bool(_OPENS.match(text[clause.start : told.start])) or told.words.lower().endswith("since")
        ahead = [n for n in inside if n[1] >= told.end]
        behind = [n for n in inside if n[1] < told.start]
        if opens and not behind:
            following = ahead or [n for n in named if n[1] >= told.end]
            chosen = following[0] if following else None
        else:
            earlier = [n for n in named if n[1] < told.start]
            chosen = behind[-1] if behind else (earlier[-1] if earlier else (ahead[0] if ahead else None))
        if chosen and chosen[1] not in given:
            given[chosen[1]] = told
    return given
