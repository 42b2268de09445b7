"""An inquiry in prose -> a triage card: topics, whether the entity is bound, provisions, last days, missing facts, where to send it.

Topics and provisions come from the notes nearest to the inquiry; dates and coverage are read from its words. Where the entity is not
bound no deadline is shown, and where a start day is not settled the date stays empty and the question to ask is named.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal

from bot.answer import Evidence
from bot.deadlines import ASK_EXTENSION, ASK_KNOWN, Deadline, Facts, Matter, limits
from bot.match import Match
from bot.pipeline import Desk
from bot.reading import sentences
from bot.retrieve import Found
from bot.scope import clean, outside, safety
from bot.triage.coverage import Coverage, Covered, coverage
from bot.triage.events import Event, Request, find_events
from bot.triage.reply import reply_to
from corpus.citation import RuleCitation
from corpus.sources import Outside

Route = Literal["privacy office", "OCR", "state agency", "another law"]
Urgency = Literal["danger", "soon", "routine"]
LONGEST = 20_000  # characters of one inquiry
PIECE = 10  # sentences searched together; a retriever reads no more than a dozen for danger
NEAR_THEIRS, NEAR_YOURS = 14, 30  # days before a last day from which it is near: theirs to act, the person's to act
MOST_PROVISIONS, MOST_TOPICS = 10, 6
_ACCESS_TOPICS = {"access", "denial", "fees", "third-party", "form", "bills"}
_STATE_TOPICS = {"state-law", "retention"}
_PRIVACY_OFFICE = "The provider's or plan's privacy office, in writing; its notice of privacy practices names whom to write to."
_OCR = (
    "The privacy office of the provider or plan, and the HHS Office for Civil Rights (OCR): complaint portal ocrportal.hhs.gov, "
    "telephone 1-800-368-1019."
)
_STATE = "The state health department, the licensing board or the state attorney general; state law may give more than these rules do."
_ELSEWHERE = "Legal aid, or a lawyer through the bar's referral service."


@dataclass(frozen=True)
class Card:
    """A triaged inquiry; `safety` is what to do now if somebody seems in danger, `reply` the draft of a reply to the client."""

    id: str
    topics: tuple[str, ...]
    entity_covered: Covered
    why_covered: str
    provisions: tuple[RuleCitation, ...]
    deadlines: tuple[Deadline, ...]
    missing_facts: tuple[str, ...]
    route: Route
    refer_to: str
    urgency: Urgency
    why_urgent: str
    safety: str | None
    evidence: tuple[Evidence, ...]
    today: date
    as_of: str
    edition: str
    reply: str = ""

    def to_json(self) -> dict[str, Any]:
        """The card as the contract's JSON."""
        return {
            "id": self.id,
            "topics": list(self.topics),
            "entity_covered": self.entity_covered,
            "why_covered": self.why_covered,
            "provisions": [str(c) for c in self.provisions],
            "deadlines": [d.to_json(self.today) for d in self.deadlines],
            "missing_facts": list(self.missing_facts),
            "route": self.route,
            "refer_to": self.refer_to,
            "urgency": self.urgency,
            "why_urgent": self.why_urgent,
            "safety": self.safety,
            "evidence": [_evidence(e) for e in self.evidence],
            "today": self.today.isoformat(),
            "as_of": self.as_of,
            "edition": self.edition,
            "reply": self.reply,
            "error": None,
        }


def failed(id: str, error: str) -> dict[str, Any]:
    """A row that could not be triaged, with the same keys as a card."""
    empty: dict[str, Any] = {"id": id, "topics": [], "entity_covered": "unclear", "why_covered": "", "provisions": [], "deadlines": []}
    more: dict[str, Any] = {
        "missing_facts": [],
        "route": "",
        "refer_to": "",
        "urgency": "",
        "why_urgent": "",
        "safety": None,
        "evidence": [],
    }
    return empty | more | {"today": "", "as_of": "", "edition": "", "reply": "", "error": error}


def _evidence(e: Evidence) -> dict[str, Any]:
    p = e.passage
    cited = [str(c) for c in p.citations]
    return {"rank": e.rank, "kind": p.kind, "title": p.title, "citations": cited, "score": round(e.score, 4), "text": p.text, "url": p.url}


def triage(inquiry: str, desk: Desk, today: date, id: str = "") -> Card:
    """Make a card of one inquiry, as seen from `today`.

    Raises:
        QuestionError: the inquiry is empty or longer than 20,000 characters.
        DatesError: dates that leave the calendar.
    """
    text = clean(inquiry, LONGEST)
    with desk.held() as held:
        return _card(text, held, today, id)


def _card(text: str, desk: Desk, today: date, id: str) -> Card:
    """Make a card of a cleaned inquiry from one edition."""
    found = _search(text, desk)
    events = find_events(text, today)
    bound = coverage(text)
    topic = _outside(found, events, desk)
    matters = () if bound.covered == "no" or topic else _matters(found, events)
    deadlines, asks = _deadlines(matters, events, today)
    urgent = safety(text, "en", found.dangers)
    urgency, why_urgent = _urgency(urgent, deadlines, today)
    route, refer_to = _route(bound, topic, found, events, deadlines, today, desk)
    rules = tuple(dict.fromkeys((*(d.rule for d in deadlines), *bound.rules)))
    near = () if topic else tuple(c for m in found.notes[:2] for c in _rests_on(m))
    provisions = tuple(dict.fromkeys((*near[:6], *rules, *near[6:])))[:MOST_PROVISIONS]
    manifest = desk.retriever.edition.manifest
    card = Card(
        id,
        (topic.id,) if topic else _topics(found, matters),
        bound.covered,
        bound.why,
        provisions,
        deadlines,
        _missing(bound, asks, text, topic),
        route,
        refer_to,
        urgency,
        why_urgent,
        urgent,
        _with_rules(found, provisions, desk),
        today,
        manifest.as_of,
        manifest.edition,
    )
    return replace(card, reply=reply_to(card, text, found, desk, topic.reason if topic else ""))


def _search(text: str, desk: Desk) -> Found:
    """Search an inquiry; a long one piece by piece, the nearest piece leading."""
    told = sentences(text)
    pieces = [" ".join(told[i : i + PIECE]) for i in range(0, len(told), PIECE)] or [text]
    found = sorted((desk.retriever.search(p) for p in pieces), key=lambda f: -f.similarity)
    notes: dict[str, Match] = {}
    for match in sorted((m for f in found for m in f.notes), key=lambda m: -m.score) if len(found) > 1 else found[0].notes:
        notes.setdefault(match.note.id, match)
    dangers = frozenset(d for f in found for d in f.dangers)
    return replace(found[0], notes=tuple(notes.values()), dangers=dangers)


def _rests_on(match: Match) -> tuple[RuleCitation, ...]:
    chosen = match.note.branches[match.branch].citations if match.branch >= 0 else ()
    return tuple(dict.fromkeys((*chosen, *match.note.citations)))


def _with_rules(found: Found, provisions: Sequence[RuleCitation], desk: Desk) -> tuple[Evidence, ...]:
    """What was found, and the passage of every provision on the card besides."""
    held = {e.passage.id for e in found.evidence}
    passages = [p for c in provisions if (p := desk.retriever.provision(c)) and p.id not in held]
    more = [Evidence(p, len(found.evidence) + n, 0.0) for n, p in enumerate(dict.fromkeys(passages), 1)]
    return (*found.evidence, *more)


def _outside(found: Found, events: Sequence[Event], desk: Desk) -> Outside | None:
    """The topic outside these rules, unless a request for records, a correction or an accounting is told."""
    if any(e.request and e.kind in ("asked", "mailed", "received") for e in events):
        return None
    return outside(found, {o.id: o for o in desk.retriever.edition.corpus.outside})


def _topics(found: Found, matters: Sequence[Matter]) -> tuple[str, ...]:
    """Topics of the nearest three notes, the most shared first, after what was asked for."""
    weight: dict[str, float] = defaultdict(float)
    best = found.notes[0].score if found.notes else 0.0
    for share, match in zip((1.0, 0.6, 0.4), found.notes, strict=False):
        for topic in match.note.topics if match.score >= best - 0.15 else ():
            weight[topic] += share
    known = [m for m in matters if m in ("access", "amendment", "accounting", "breach")]
    return tuple(dict.fromkeys((*known, *sorted(weight, key=lambda t: -weight[t]))))[:MOST_TOPICS]


def _matters(found: Found, events: Sequence[Event]) -> tuple[Matter, ...]:
    """Which time limits bear: of what was asked for, else of what the nearest note is about."""
    topics = set(found.notes[0].note.topics) if found.notes else set()
    near: list[Matter] = [m for m in ("amendment", "accounting", "breach") if m in topics]
    if not near and topics & _ACCESS_TOPICS:
        near = ["access"]
    asked: list[Matter] = [e.request for e in events if e.request and e.kind in ("asked", "mailed", "received", "denied")]
    if any(e.kind == "discovered" for e in events):
        asked.append("breach")
    if not asked and any(e.kind == "act" for e in events):  # somebody's act is complained of, no request is told
        return ("breach",) if "breach" in near else ("complaint",)
    if asked or near:
        return tuple(dict.fromkeys(asked or near))
    return ("complaint",) if any(e.kind in ("act", "denied", "known") for e in events) or "complaint" in topics else ()


def _deadlines(matters: Sequence[Matter], events: Sequence[Event], today: date) -> tuple[tuple[Deadline, ...], tuple[str, ...]]:
    """The last days of every matter, and what to ask about the days they are counted from."""
    rows: list[Deadline] = []
    asks: list[str] = []
    for matter in matters:
        for facts, questions in _facts(matter, events, today):
            rows += limits(facts)
            asks += questions
    late = any(r.whose == "theirs" and (r.days_left(today) or 0) < 0 for r in rows)
    complained = late or "complaint" in matters or "breach" in matters or any(e.kind in ("denied", "dated", "act") for e in events)
    rows = [r for r in dict.fromkeys(rows) if not _said_better(r, rows) and (complained or r.date or r.missing != ASK_KNOWN)]
    return tuple(sorted(rows, key=lambda d: (d.date is None, d.date or date.max))), tuple(
        dict.fromkeys((*(r.missing for r in rows if r.missing), *asks))
    )


def _said_better(row: Deadline, rows: Sequence[Deadline]) -> bool:
    """True for an undated complaint limit where another has its date, or says more of how to count it."""
    if row.date or row.missing != ASK_KNOWN:
        return False
    others = [r for r in rows if r.rule == row.rule and r is not row]
    return any(r.date or len(r.note) > len(row.note) for r in others)


def _facts(matter: Matter, events: Sequence[Event], today: date) -> Iterable[tuple[Facts, list[str]]]:
    """The dates of one matter, once for each request told, and what to ask about them."""
    past = [e for e in events if not e.day or e.day <= today]
    if matter in ("access", "amendment", "accounting"):
        yield from _request_facts(matter, past)
        return
    discovered = min((e.day for e in past if e.kind == "discovered" and e.day), default=None)
    chosen = [e for e in past if e.kind in ("discovered", "known", "denied")]
    yield Facts(matter, known=_known(past), discovered=discovered), _loose(chosen)


def _known(events: Sequence[Event]) -> date | None:
    """The first day the person is told to have known, not before what is complained of was done."""
    done = min((e.day for e in events if e.kind == "act" and e.day), default=date.min)
    return min((e.day for e in events if e.kind in ("known", "denied") and e.day and e.day >= done), default=None)


def _request_facts(matter: Request, events: Sequence[Event]) -> Iterable[tuple[Facts, list[str]]]:
    ours = [e for e in events if e.kind in ("asked", "mailed", "received") and e.request in (matter, None)]
    arrived = [e for e in ours if e.kind == "received"] or [e for e in ours if e.kind == "asked" and not _is_mailed(e, ours)]
    dated = list({e.day: e for e in arrived if e.day}.values())
    vague = [f"What day exactly was it when the client says: {e.words!r} {e.when.words!r}?" for e in ours if e.when and not e.day]
    if ours and not any(e.request == matter for e in ours):  # a request is told, but not for what: no day can be counted
        yield Facts(matter), ["What did the client ask for: the records, a correction, or a list of who was given them?", *vague]
        return
    if not dated:
        yield Facts(matter, extension_told=any(e.kind == "extended" for e in events)), vague
        return
    dated.sort(key=lambda e: e.day or date.min)
    for n, event in enumerate(dated):
        start, end = event.day or date.min, (dated[n + 1].day or date.max) if n + 1 < len(dated) else date.max
        later = [e for e in events if e.day and start <= e.day < end]
        questions = _loose([event])
        if event.kind == "asked":
            questions.append(f"Did they receive the request on the day it was made ({start})? The time runs from receipt.")
        yield _dated_facts(matter, start, later, events), questions


def _is_mailed(event: Event, ours: Sequence[Event]) -> bool:
    """True for the asking that a mailing is told of: the day of mailing is not that of receipt."""
    return any(m.kind == "mailed" and (m.day is None or m.day == event.day) for m in ours)


def _dated_facts(matter: Request, start: date, later: Sequence[Event], events: Sequence[Event]) -> Facts:
    notices = [e for e in later if e.kind == "extended"]
    written = next((e for e in notices if e.written), None)
    undated = any(e.kind == "extended" and not e.day for e in events)
    answered = [e for e in events if e.kind in ("denied", "dated", "answered") and (not e.day or e.day >= start)]
    by_letter = any(e.kind == "dated" for e in answered)
    kinds = ("known",) if by_letter else ("known", "denied") if any(e.kind == "denied" for e in answered) else ()
    known = min((e.day for e in later if e.kind in kinds and e.day), default=None)
    until = written.until if written and written.until and written.day and written.until >= written.day else None
    told = bool(notices or undated) and not written
    came = min((e.day for e in later if e.kind in ("answered", "denied") and e.day), default=None) or (known if by_letter else None)
    return Facts(matter, start, written.day if written else None, until, told, came, bool(answered) and not came, known)


def _loose(events: Sequence[Event]) -> list[str]:
    """Days to confirm, because people often say them loosely."""
    return [
        f"Is {e.day} the exact day? The inquiry says {e.when.words!r}."
        if e.day
        else f"What day exactly was it when the inquiry says: {e.words!r} {e.when.words!r}?"
        for e in events
        if e.when and (not e.day or not e.when.sure)
    ]


_AUTHORITY = re.compile(
    r"power of attorney|\bpoa\b|guardian|executor|administrator of|proxy|conservator|poder notarial|tutor", re.IGNORECASE
)
_PROXY = (
    "mother",
    "father",
    "mom",
    "dad",
    "son",
    "daughter",
    "child",
    "husband",
    "wife",
    "parent",
    "brother",
    "sister",
    "grandmother",
    "madre",
    "hijo",
)


def _missing(bound: Coverage, asks: Sequence[str], text: str, topic: Outside | None) -> tuple[str, ...]:
    """What to ask the client, the days first; nothing more where another law governs."""
    if topic:
        return ()
    questions = [*asks] if bound.covered != "no" else []
    if bound.ask:
        questions.append(bound.ask)
    words = set(text.lower().replace("'", " ").replace("’", " ").split())
    for_another = any(f"my {p}" in " ".join(text.lower().split()) for p in _PROXY)
    if for_another and not _AUTHORITY.search(text) and words & {"records", "record", "chart", "copies", "file"}:
        questions.append(
            "For whom is the record, and what gives the client authority (parent, guardian, health care power of attorney, executor)?"
        )
    return tuple(dict.fromkeys(q for q in questions if q and q != ASK_EXTENSION)) + ((ASK_EXTENSION,) if ASK_EXTENSION in questions else ())


def _urgency(danger: str | None, deadlines: Sequence[Deadline], today: date) -> tuple[Urgency, str]:
    """Danger first, then a last day that is near, past, or turns on a delay that was told and not dated; else routine."""
    if danger:
        return "danger", "Words in the inquiry point to danger; see to that before any law."
    for d in deadlines:
        left = d.days_left(today)
        if left is None or d.whose == "none" or left > (NEAR_YOURS if d.whose == "yours" else NEAR_THEIRS):
            continue
        when = f"{left} days left" if left > 0 else "today" if left == 0 else f"{-left} days ago"
        return "soon", f"Last day {d.date} ({when}): {d.what} [{d.rule}]"
    if unsettled := next((d for d in deadlines if d.date is None and d.whose == "theirs" and d.missing == ASK_EXTENSION), None):
        return "soon", f"A last day is not settled and may be near or past: {unsettled.note} [{unsettled.rule}]"
    return "routine", "No danger is told and no last day is near."


def _route(
    bound: Coverage, topic: Outside | None, found: Found, events: Sequence[Event], deadlines: Sequence[Deadline], today: date, desk: Desk
) -> tuple[Route, str]:
    """Where the inquiry goes first, and who that is."""
    if topic:
        return "another law", topic.refer_to
    if bound.covered == "no":
        elsewhere = {o.id: o.refer_to for o in desk.retriever.edition.corpus.outside}
        return "another law", elsewhere.get(bound.outside, _ELSEWHERE)
    late = any(d.whose == "theirs" and (d.days_left(today) or 0) < 0 for d in deadlines)
    if late or any(e.kind in ("denied", "dated", "act", "discovered") for e in events):
        return "OCR", _OCR
    topics = found.notes[0].note.topics if found.notes else ()
    if topics and topics[0] in _STATE_TOPICS:
        return "state agency", _STATE
    return ("OCR", _OCR) if topics and topics[0] in ("complaint", "breach") else ("privacy office", _PRIVACY_OFFICE)
