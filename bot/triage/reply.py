"""A reply to the person who wrote an inquiry, drafted for the legal-aid worker: the answer, the dates, what is still needed, where to turn.

What it says of the law are the corpus's own sentences, grounded like those of an answer; the rest are the card's. It is a draft in English,
to be read and changed before it is sent.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from textwrap import fill
from typing import TYPE_CHECKING

from bot.answer import Statement
from bot.compose import Composer
from bot.deadlines import Deadline
from bot.ground import ground
from bot.match import Match
from bot.pipeline import Desk
from bot.reading import read
from bot.retrieve import Found

if TYPE_CHECKING:
    from bot.triage.card import Card

MOST_STEPS = 3
NEAR_BEST = 0.15  # a note this far behind the nearest may lead, if it speaks of the time limit that is running
OPENING = "Thank you for writing to us. This is what the federal health privacy rules (HIPAA) say on what you describe."
NO_ANSWER = "The rules we looked in do not settle what you describe; please call us so that we can look at it together."
CLOSING = (
    "This is general information on the federal privacy rules, not advice on your case, and it does not say whether anybody broke the law. "
    "Every date is counted from what you wrote: please check it against your papers, and keep a copy of what you send."
)
# What the card asks of the client, asked of the person who reads the letter.
_TO_YOU = (
    (re.compile(r"\bwhen the client says\b"), "when you say"),
    (re.compile(r"\bthe client\b"), "you"),
    (re.compile(r"\bThe inquiry\b"), "Your message"),
    (re.compile(r"\bthe inquiry\b"), "your message"),
    (re.compile(r"\bThe person\b"), "You"),
    (re.compile(r"\bthe person\b"), "you"),
)


def reply_to(card: Card, text: str, found: Found, desk: Desk, reason: str = "") -> str:
    """Draft a reply.

    Args:
        card: what was read from the inquiry.
        text: the inquiry.
        found: what was found for it.
        desk: the open edition.
        reason: why another law governs, for a topic outside the rules; else empty.
    """
    parts = ["Hello,"]
    if card.safety:
        parts.append(f"First, your safety. {card.safety}")
    parts.append(OPENING)
    if reason or card.entity_covered == "no":
        parts.append(_to_you(reason or card.why_covered))
    else:
        parts += _answer(card, text, found, desk)
        parts += _section("The last days, in calendar days", [_day(d, card.today) for d in card.deadlines])
    parts += _section("What we still need to know from you", [_to_you(q) for q in card.missing_facts])
    parts.append(f"Where to turn: {card.refer_to}")
    parts += [CLOSING, "[Your name]\n[Your office, telephone]"]
    return "\n\n".join(parts)


def _answer(card: Card, text: str, found: Found, desk: Desk) -> list[str]:
    """The short answer and what to do next, each with its paragraphs; nothing where the evidence is too far away."""
    if found.similarity < desk.settings.min_similarity:
        return [NO_ANSWER]
    for notes in _orders(card, found):
        drafted = Composer(desk.retriever).write(replace(found, notes=notes), read(text), "en").statements
        kept, _ = ground(drafted, card.evidence)
        if short := next((s for s in kept if s.role == "short_answer"), None):
            steps = [s for s in kept if s.role == "next_step"][:MOST_STEPS]
            return [_cited(short), *_section("What you can do", [_cited(s) for s in steps])]
    return [NO_ANSWER]


def _orders(card: Card, found: Found) -> Iterator[tuple[Match, ...]]:
    """The notes with one that speaks of the running time limit first, where one is near; then as they were found."""
    running = [d.rule for d in card.deadlines if d.date and d.whose == "theirs"]
    best = found.notes[0].score if found.notes else 0.0
    near = [m for m in found.notes if m.score >= best - NEAR_BEST]
    if timely := next((m for m in near if any(c.contains(r) or r.contains(c) for c in m.note.citations for r in running)), None):
        yield (timely, *(m for m in found.notes if m is not timely))
    yield found.notes


def _cited(s: Statement) -> str:
    return f"{s.text} ({'; '.join(map(str, s.citations[:3]))})"


def _day(d: Deadline, today: date) -> str:
    told = f"{_to_you(d.what)} ({d.rule})"
    if d.date is None:
        return f"No date yet: {told}. {_to_you(d.note[:1].upper() + d.note[1:])}."
    left = (d.date - today).days
    when = f"{left} days from now" if left > 1 else "tomorrow" if left == 1 else "today" if left == 0 else f"{-left} days ago"
    return f"{d.date:%B} {d.date.day}, {d.date.year} ({when}): {told}. Counted as {_to_you(d.note)}."


def _section(title: str, points: Sequence[str]) -> list[str]:
    return [f"{title}:\n" + "\n".join(f"- {p}" for p in points)] if points else []


def _to_you(text: str) -> str:
    for pattern, yours in _TO_YOU:
        text = pattern.sub(yours, text)
    return text


def wrapped(reply: str, width: int = 100) -> str:
    """The reply for a terminal."""
    return "\n".join(fill(line, width, subsequent_indent="  " if line.startswith("- ") else "") for line in reply.split("\n"))
