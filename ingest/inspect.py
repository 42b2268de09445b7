"""What a machine can check of the corpus beyond its schema: numbers stand in the cited law, asks stand once."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

from corpus.citation import RuleCitation
from corpus.load import Corpus
from corpus.numbers import numbers
from corpus.sources import Branch, Note, Point


def findings(corpus: Corpus) -> list[str]:
    """Every finding as one line that names the file."""
    return [*_numbers_without_law(corpus), *_quotes(corpus), *_asks_twice(corpus), *_half_reversed(corpus), *_unknown_neighbours(corpus)]


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
    return [note.question, *note.asks, *note.asks_reversed, *note.asks_es, *(a for b in note.branches for a in b.asks)]


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
