"""Question -> Evidence: dense and lexical search over wordings, fused by reciprocal rank, and what the best note rests on.

A passage is as near as its nearest wording. Notes lead the way, because each answers one ordinary question: the paragraphs that the
near notes cite come first, each note voting for its own; then the best note with all it rests on, and what the searches found besides.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever

from bot.answer import Evidence
from bot.match import Match, rank_notes
from bot.reading import read, sentences
from corpus.citation import RuleCitation
from corpus.sources import Branch, Note, Point
from ingest.embed import Vectors
from ingest.index import Edition, Hit
from ingest.passages import Passage

STATE_LAW = RuleCitation("160.203", ("b",))  # every answer says that state law may give more
RRF_K = 30  # Cormack et al. 2009 use 60 over long lists; ours are short
DEPTH = 300  # wordings; three or more of a near note are among them
MOST_NOTES = 8
MOST_SENTENCES = 12
# The first passages are the paragraphs that the near notes vote for. On the tune questions that brings a deciding paragraph among the
# first five for 88%, against 76% with the best note's alone, and a deciding section for 97%, against 91%; half or twice any of the three
# numbers below changes either by a point.
LEADING = 10
VOTE_SHARPNESS = 0.06  # difference of rank score by which a note's vote weighs e times less
VOTE_LATER = 0.3  # each place in a note's list of paragraphs takes a quarter of its weight
VOTE_NEAR = 2.0  # how much a paragraph's own cosine adds, in powers of e
NEAREST = 12  # wordings looked at to see whether anything but danger is as near
# Of the tune questions these, with the words of `scope.py`, meet 13 of the 15 in danger, with 7.5% false alarms.
DANGER_NEAR = 0.55  # cosine to what people in danger say
DANGER_BEHIND = 0.05  # how much nearer anything else known may be
DANGER_APART = 0.1  # how much nearer that must be than what only sounds like danger


@dataclass(frozen=True)
class Found:
    """All that a search found, best first.

    Attributes:
        evidence: passages, ranked.
        notes: nearest notes, best first.
        outside: cosine and id of the nearest ask that these rules do not answer.
        similarity: cosine of the nearest wording of law.
        dangers: kinds of danger that a sentence is near to.
    """

    evidence: tuple[Evidence, ...]
    notes: tuple[Match, ...]
    outside: tuple[float, str]
    similarity: float
    dangers: frozenset[str] = frozenset()


class Retriever:
    """Finds evidence in one edition."""

    def __init__(self, edition: Edition, passages: int = 14) -> None:
        self.edition = edition
        self._passages = passages

    @cached_property
    def _notes(self) -> dict[str, Note]:
        return {f"note/{n.id}": n for n in self.edition.corpus.notes}

    @cached_property
    def _glossary(self) -> list[tuple[re.Pattern[str], str]]:
        entries = []
        for g in self.edition.corpus.glossary:
            words = "|".join(re.escape(w) for w in sorted((*g.lay, *g.es), key=len, reverse=True))
            entries.append((re.compile(rf"(?<!\w)(?:{words})(?!\w)", re.IGNORECASE), g.term))
        return entries

    def expand(self, question: str) -> str:
        """The question followed by the rule's terms for the lay words in it."""
        terms = [term for pattern, term in self._glossary if pattern.search(question)]
        return f"{question} {' '.join(terms)}".strip()

    def queries(self, question: str, context: Sequence[str] = ()) -> list[str]:
        """What is searched: the question, with what was asked before it, and the asking sentence of a long story."""
        whole = " ".join([*context, question])
        reading = read(question)
        texts = [question, whole]
        if reading.before and len(reading.focus.split()) >= 6:
            texts.append(reading.focus)
        return list(dict.fromkeys(texts))

    def find(self, question: str, context: Sequence[str] = ()) -> tuple[Evidence, ...]:
        """Evidence for a question, best first."""
        return self.search(question, context).evidence

    def search(self, question: str, context: Sequence[str] = ()) -> Found:
        """Search with everything known of the question.

        Args:
            question: the question to answer.
            context: earlier turns of the same person, oldest first, when the question leans on them.
        """
        texts = self.queries(question, context)
        told = sentences(question)[:MOST_SENTENCES]
        vectors = self.edition.embed([*texts, *told])
        dense = [_asked(self.edition.nearest(v, DEPTH)) for v in vectors[: len(texts)]]
        lexical = _asked(self.edition.lexical(self.expand(" ".join(dict.fromkeys([*context, question]))), DEPTH))
        cosine = _best(h for hits in dense for h in hits)
        fused: dict[str, float] = defaultdict(float)
        for hits in [*dense, lexical]:
            for rank, passage_id in enumerate(_best(hits), 1):
                fused[passage_id] += 1 / (RRF_K + rank) / (len(dense) if hits is not lexical else 1.5)
        ranked = sorted(fused, key=lambda i: (-fused[i], i))
        matches = rank_notes(self._notes, dense, lexical)[:MOST_NOTES]
        outside = max(((s, i) for i, s in cosine.items() if i.startswith("outside/")), default=(0.0, ""))
        law = max((s for i, s in cosine.items() if not i.startswith("outside/")), default=0.0)
        return Found(self._assemble(ranked, matches, cosine), matches, outside, law, self._dangers(vectors))

    @cached_property
    def _sayings(self) -> dict[str, Vectors]:
        """What people in each kind of danger say: passage id -> vectors, shape (n, dimensions)."""
        ids, known = self.edition.vectors("danger")
        return {kind: known[[i for i, k in enumerate(ids) if k == kind]] for kind in dict.fromkeys(ids)}

    def _dangers(self, vectors: Vectors) -> frozenset[str]:
        """Kinds of danger whose sayings a sentence is about as near to as to anything else known, and nearer than to mere likeness."""
        found = set()
        for vector in vectors:
            best = {kind: float((known @ vector).max()) for kind, known in self._sayings.items()}
            calm = best.pop("danger/none", 0.0)
            kind = max(best, key=best.__getitem__, default="")
            if not kind or best[kind] < max(DANGER_NEAR, calm + DANGER_APART):
                continue
            other = next((h.score for h in self.edition.nearest(vector, NEAREST) if h.wording.role != "danger"), 0.0)
            if best[kind] >= other - DANGER_BEHIND:
                found.add(kind.removeprefix("danger/").replace("-", "_"))
        return frozenset(found)

    def _assemble(self, ranked: list[str], matches: tuple[Match, ...], cosine: dict[str, float]) -> tuple[Evidence, ...]:
        """The paragraphs that the near notes vote for, the notes, what the best rests on, then what else was found; each passage once."""
        passages: list[tuple[Passage, int]] = [(p, -1) for p in self._voted(matches, cosine)]
        for match in matches[:1]:
            passages.append((_note_passage(self.edition.passages[f"note/{match.note.id}"], match), match.branch))
            passages += [(p, -1) for p in self.rests_on(match)]
        for match in matches[1:3]:
            passages.append((self.edition.passages[f"note/{match.note.id}"], match.branch))
            passages += [(p, -1) for c in match.note.citations if (p := self.provision(c))]
        keep = len(passages) + max(4, self._passages - len(passages))
        passages += [(self.edition.passages[i], -1) for i in ranked if not i.startswith(("note/", "outside/"))]
        unique: dict[str, tuple[Passage, int]] = {}
        for passage, branch in passages:
            unique.setdefault(passage.id, (passage, branch))
        return tuple(
            Evidence(p, rank, max(0.0, min(1.0, cosine.get(p.id, 0.0))), branch)
            for rank, (p, branch) in enumerate(list(unique.values())[:keep], 1)
        )

    def _voted(self, matches: tuple[Match, ...], cosine: dict[str, float]) -> list[Passage]:
        """The paragraphs that the near notes name first and together, each note's vote by how near it is; the most telling first."""
        votes: dict[str, float] = defaultdict(float)
        known: dict[str, Passage] = {}
        for match in matches:
            weight = (match.rank_score - matches[0].rank_score) / VOTE_SHARPNESS
            for place, passage in enumerate(self.named(match)):
                known[passage.id] = passage
                votes[passage.id] += math.exp(weight - VOTE_LATER * place + VOTE_NEAR * cosine.get(passage.id, 0.0))
        return [known[i] for i in sorted(votes, key=lambda i: (-votes[i], i))[:LEADING]]

    def named(self, match: Match) -> list[Passage]:
        """The paragraphs that a note cites as it answers this question, its branch's first."""
        chosen = match.note.branches[match.branch].citations if match.branch >= 0 else ()
        return [p for c in dict.fromkeys([*chosen, *match.note.citations]) if (p := self.provision(c))]

    def rests_on(self, match: Match) -> list[Passage]:
        """Passages of every paragraph and matter that a note cites, the most telling first."""
        note = match.note
        chosen = note.branches[match.branch].citations if match.branch >= 0 else ()
        points: tuple[Point | Branch, ...] = (
            *note.why,
            *note.exceptions,
            *note.next_steps,
            *note.branches,
            *note.why_es,
            *note.next_steps_es,
        )
        citations = [*chosen, *note.citations, *(c for p in points for c in p.citations), STATE_LAW]
        found = [p for c in dict.fromkeys(citations) if (p := self.provision(c))]
        first = len(dict.fromkeys([*chosen, *note.citations]))
        cases = [self.edition.passages[f"case/{c}"] for c in note.cases]
        return [*found[:first], *cases, *found[first:]]

    def provision(self, citation: RuleCitation) -> Passage | None:
        """The passage that speaks for a citation."""
        entry = self.edition.corpus.provision(citation)
        return self.edition.passages[f"regulation/{entry.citation}"] if entry else None


def _note_passage(passage: Passage, match: Match) -> Passage:
    """The note as it answers this question: the chosen branch's answer and paragraphs first."""
    if match.branch < 0:
        return passage
    branch = match.note.branches[match.branch]
    return replace(
        passage,
        text=f"{branch.short_answer} {passage.text}",
        citations=tuple(dict.fromkeys((*branch.citations, *passage.citations))),
    )


def _asked(hits: list[Hit]) -> list[Hit]:
    """Hits that lead to a passage; what people in danger say leads to none."""
    return [h for h in hits if h.wording.role != "danger"]


def _best(hits: Iterable[Hit]) -> dict[str, float]:
    """Best score of each passage, in order of first appearance (hits come best first)."""
    best: dict[str, float] = {}
    for h in hits:
        best[h.wording.passage_id] = max(best.get(h.wording.passage_id, 0.0), h.score)
    return best


class EvidenceRetriever(BaseRetriever):
    """The retriever as LangChain knows one: documents that carry the passage's id."""

    retriever: Any

    def _get_relevant_documents(self, query: str, *, run_manager: CallbackManagerForRetrieverRun) -> list[Document]:
        return [
            Document(
                id=e.passage.id,
                page_content=e.passage.text,
                metadata={
                    "kind": e.passage.kind,
                    "citations": [str(c) for c in e.passage.citations],
                    "rank": e.rank,
                    "score": e.score,
                },
            )
            for e in self.retriever.find(query)
        ]
