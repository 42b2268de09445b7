"""What a machine can check of the corpus beyond its schema.

`findings` are faults. `opposite_neighbours` are places to look at: an ask whose nearest wording in another note has the opposite
verdict may be misplaced, or may show two notes that readers will confuse.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

import numpy as np

from corpus.citation import RuleCitation
from corpus.load import Corpus
from corpus.numbers import numbers
from corpus.sources import OPPOSITE, Branch, Note, Point
from ingest.embed import Vectors
from ingest.passages import Wording, verdict_of

HARDEST_GRADE = 13.0  # Flesch-Kincaid, of one note's English sentences together; 8 to 10 is the aim
NEAR = 0.8  # cosine from which two asks are about the same thing


def findings(corpus: Corpus) -> list[str]:
    """Every finding as one line that names the file."""
    return [
        *_numbers_without_law(corpus),
        *_quotes(corpus),
        *_asks_twice(corpus),
        *_half_reversed(corpus),
        *_unknown_neighbours(corpus),
        *_orphan_cases(corpus),
        *_hard_to_read(corpus),
        *_dated_apart(corpus),
    ]


def opposite_neighbours(corpus: Corpus, wordings: Sequence[Wording], vectors: Vectors) -> list[str]:
    """Asks that another note's ask is nearer to than any of their own note, with the opposite verdict; each is one line.

    Args:
        wordings: all of the edition; those that are not asks of notes are left aside.
        vectors: shape (len(wordings), dimensions), rows of length 1.
    """
    notes = {f"note/{n.id}": n for n in corpus.notes}
    rows = [i for i, w in enumerate(wordings) if w.passage_id in notes and w.role != "text"]
    asks, units = [wordings[i] for i in rows], vectors[rows]
    owner = np.array([w.passage_id for w in asks])
    found = []
    for i, ask in enumerate(asks):
        near = units @ units[i]
        near[i] = -1.0
        own = owner == ask.passage_id
        other = int(np.argmax(np.where(own, -1.0, near)))
        if near[other] < NEAR or near[other] <= near[own].max():
            continue
        here, there = verdict_of(ask, notes[ask.passage_id]), verdict_of(asks[other], notes[asks[other].passage_id])
        if OPPOSITE.get(here) == there:
            found.append(
                f"{ask.passage_id}: {ask.text[:80]!r} ({here}) is nearest to {asks[other].passage_id}: "
                f"{asks[other].text[:80]!r} ({there}), {near[other]:.2f}"
            )
    return found


def _law(citations: Sequence[RuleCitation], corpus: Corpus) -> str:
    return " ".join(p.text for c in citations if (p := corpus.provision(c)))


def _numbers_without_law(corpus: Corpus) -> Iterator[str]:
    for note in corpus.notes:
        points: list[Point | Branch] = [
            *note.why,
            *note.exceptions,
            *note.next_steps,
            *note.branches,
            *note.why_es,
            *note.next_steps_es,
        ]
        said = [(p.text if isinstance(p, Point) else f"{p.turns_on} {p.short_answer}", p.citations, p.authority) for p in points]
        said += [(t, note.citations, "*") for t in (note.short_answer, note.short_answer_es) if t]
        for text, citations, named in said:
            says = " ".join(a.says for a in (note.authority if named == "*" else note.authority_of(named)))
            if extra := numbers(text) - numbers(f"{_law(citations, corpus)} {says}"):
                yield f"notes/{note.id}.yaml: number {', '.join(sorted(extra))} is not in {', '.join(map(str, citations))}: {text[:90]!r}"


def _quotes(corpus: Corpus) -> Iterator[str]:
    """Quotation marks go round official words only, and a note holds none."""
    for note in corpus.notes:
        points = [*note.why, *note.exceptions, *note.next_steps, *note.why_es, *note.next_steps_es]
        for text in (
            note.short_answer,
            note.short_answer_es,
            *(f"{b.turns_on} {b.short_answer}" for b in note.branches),
            *(p.text for p in points),
        ):
            if re.search(r"[“\"«][^”\"»]{12,}[”\"»]", text):
                yield f"notes/{note.id}.yaml: words in quotation marks: {text[:90]!r}"


def _asks_of(note: Note) -> list[str]:
    return [note.question, *note.asks, *note.asks_reversed, *note.asks_es, *(a for b in note.branches for a in (*b.asks, *b.asks_reversed))]


def _asks_twice(corpus: Corpus) -> Iterator[str]:
    where: dict[str, set[str]] = defaultdict(set)
    for note in corpus.notes:
        for ask in _asks_of(note):
            where["".join(ch for ch in ask.lower() if ch.isalnum())].add(note.id)
    for ask, ids in where.items():
        if len(ids) > 1:
            yield f"notes {', '.join(sorted(ids))}: the same ask stands in each: {ask[:60]!r}"


def _unknown_neighbours(corpus: Corpus) -> Iterator[str]:
    ids = {n.id for n in corpus.notes}
    for note in corpus.notes:
        for other in sorted(set(note.not_to_confuse_with) - ids):
            yield f"notes/{note.id}.yaml: not_to_confuse_with names no note {other!r}"


def _half_reversed(corpus: Corpus) -> Iterator[str]:
    for note in corpus.notes:
        if note.verdict in ("yes", "no") and not note.asks_reversed:
            yield f"notes/{note.id}.yaml: verdict {note.verdict!r} but no asks_reversed"
        if note.verdict in ("yes", "no") and note.norm is None:
            yield f"notes/{note.id}.yaml: verdict {note.verdict!r} but no norm"


def _orphan_cases(corpus: Corpus) -> Iterator[str]:
    named = {c for n in corpus.notes for c in n.cases}
    for case in corpus.cases:
        if case.id not in named:
            yield f"cases/{case.id}.yaml: no note names it"


def _hard_to_read(corpus: Corpus) -> Iterator[str]:
    import textstat

    for note in corpus.notes:
        points = [*note.why, *note.exceptions, *note.next_steps]
        text = " ".join([note.short_answer, *(p.text for p in points), *(b.short_answer for b in note.branches)])
        if (grade := textstat.flesch_kincaid_grade(text)) > HARDEST_GRADE:
            yield f"notes/{note.id}.yaml: reading grade {grade:.1f}, at most {HARDEST_GRADE:.0f}"


def _dated_apart(corpus: Corpus) -> Iterator[str]:
    """The law is restated as of one month throughout."""
    months = {p.as_of for p in corpus.provisions}
    for p in corpus.provisions:
        if p.as_of != min(months):
            yield f"{p.citation}: as_of {p.as_of}, elsewhere {min(months)}"
