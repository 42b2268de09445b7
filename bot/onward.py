"""Where a person may go from an answer: what else they may have meant, and what they are likely to ask next.

The questions near theirs are what they may have meant. What comes next is read from the answer's own next steps: the note that speaks of
the very paragraphs a step rests on.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from bot.answer import Reply
from corpus.citation import RuleCitation
from corpus.load import Corpus
from corpus.sources import Note

MOST = 3


@dataclass(frozen=True)
class Onward:
    """Questions to offer: `meant` instead of the one asked, `following` after it."""

    meant: tuple[str, ...]
    following: tuple[str, ...]


def onward(reply: Reply, corpus: Corpus) -> Onward:
    """The questions to offer below a reply, at most three of each and none twice."""
    meant = tuple(q for q in reply.related if q != reply.question)[:MOST]
    told = _note_told(reply, corpus)
    if told is None:
        return Onward(meant, ())
    following: list[str] = []
    for step in told.next_steps:
        if note := _speaks_of(step.citations, corpus.notes, told, {*meant, *following, reply.question}):
            following.append(note.question)
    return Onward(meant, tuple(following[:MOST]))


def _note_told(reply: Reply, corpus: Corpus) -> Note | None:
    """The note the answer was written from: its own short answer, or a branch's, stands first."""
    first = next((s.text for s in getattr(reply, "statements", ()) if s.role == "short_answer"), "")
    found = next((e.passage.id for e in reply.evidence if e.passage.kind == "note"), "")
    note = next((n for n in corpus.notes if f"note/{n.id}" == found), None)
    if note is None or not first:
        return None
    own = (note.short_answer, note.short_answer_es, *(b.short_answer for b in note.branches))
    return note if any(text and first.startswith(text) for text in own) else None


def _speaks_of(cited: Collection[RuleCitation], notes: Collection[Note], told: Note, offered: set[str]) -> Note | None:
    """The note that is about the paragraphs cited and about little else; None where none leads with one of them."""
    wanted = set(cited)

    def about(note: Note) -> tuple[float, float, str]:
        within = sum(any(w.section == c.section for w in wanted) for c in note.citations) / len(note.citations)
        alike = len(set(note.topics) & set(told.topics)) / len({*note.topics, *told.topics})
        return (-len(wanted & set(note.citations)) / len(wanted) - within, -alike, note.id)

    leading = [n for n in notes if n is not told and n.citations[0] in wanted and n.question not in offered]
    return min(leading, key=about, default=None)
