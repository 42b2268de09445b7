"""Sets beside a plain statement the one official clause that says the same, word for word, where there is one; else nothing.

A plain sentence and an official clause share few words, so the plain-language paragraph is the bridge: the statement is near to a
sentence of it, and that sentence to the clause it restates. Nearness is the cosine of stems weighed by how rare they are in the rule
(Spärck Jones 1972), because "rebuttal" says more of what a clause is about than "individual".
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from bot.answer import Evidence, Statement
from bot.clauses import clauses
from corpus.citation import Citation, RuleCitation, find
from corpus.numbers import numbers
from ingest.index import Edition
from ingest.passages import Passage

MOST_RULES = 2  # rule statements with a quotation, besides the short answer
NEAR = 0.40  # of 22 quotations between this and .45 one was beside the point; below it every third
NEAR_ITEM = 0.55  # for one of several conditions or items, which says less than the whole of them
BRIDGED, SHARED = 0.6, 0.4  # weights of the way over the plain paragraph and of the words shared with the clause
# Paragraphs whose wording the 2024 rule on reproductive health care (89 FR 32976) replaced, and a court restored on 18 June 2025. A text
# that still prints what was vacated prints these as they were then, so they are not quoted from it.
REPLACED = (
    RuleCitation("160.103", (), "Person"),
    RuleCitation("164.502", ("a", "1", "vi")),
    RuleCitation("164.502", ("g", "5")),
    RuleCitation("164.512", ("f", "1", "ii", "C")),
)
REPLACED_OPENING = RuleCitation("164.512")
_COMMON = frozenset(
    [
        "a",
        "an",
        "the",
        "of",
        "to",
        "in",
        "for",
        "or",
        "and",
        "that",
        "is",
        "be",
        "by",
        "it",
        "its",
        "as",
        "on",
        "at",
        "with",
        "from",
        "this",
        "such",
        "any",
        "may",
        "must",
        "you",
        "your",
        "they",
        "their",
        "them",
        "he",
        "she",
        "his",
        "her",
        "we",
        "i",
        "our",
        "are",
        "was",
        "has",
        "have",
        "if",
        "when",
        "which",
        "who",
        "whom",
        "section",
        "paragraph",
    ]
)
_ITEM = re.compile(r";(?:\s+(?:and|or))?$")
_SENTENCE = re.compile(r"(?<=[.;:])\s+")
Weights = Mapping[str, float]


@dataclass(frozen=True)
class Quotable:
    """A clause with the passage it stands in; `item` where that is one of several in a list.

    Attributes:
        bridge: the plain sentences of its paragraph, and how near each is to the clause.
    """

    passage: Passage
    citation: RuleCitation
    text: str
    item: bool
    words: Weights
    bridge: tuple[tuple[Weights, float], ...]


@dataclass(frozen=True)
class Quotation:
    """A clause chosen for a statement; `nearness` runs from 0 to 1."""

    nearness: float
    clause: Quotable


class Quoter:
    """Quotes from the official text that an edition holds; without one it changes nothing."""

    def __init__(self, edition: Edition) -> None:
        self._corpus = edition.corpus
        self._date = edition.manifest.official_date
        self._sections: dict[str, list[Passage]] = {}
        self._clauses: dict[str, tuple[Quotable, ...]] = {}
        self._found: dict[tuple[str, tuple[Citation, ...]], Quotation | None] = {}
        official = [p for p in edition.passages.values() if p.kind == "official"]
        self._as_of_2024 = any(p.status == "vacated" for p in official)
        for p in official:
            self._sections.setdefault(_place(p).section, []).append(p)
        texts = [p.text for p in edition.passages.values() if p.kind in ("official", "regulation")] if official else []
        self._spread = Counter(stem for text in texts for stem in set(_stems(text)))
        self._texts = len(texts)

    def quote(self, statements: Sequence[Statement], evidence: Sequence[Evidence]) -> tuple[tuple[Statement, ...], tuple[Evidence, ...]]:
        """Give the short answer and the rule statements nearest to a clause their quotation.

        Returns:
            The statements, and the evidence with the official passages quoted after all else.
        """
        if not self._sections:
            return tuple(statements), tuple(evidence)
        chosen = self._chosen(statements)
        quoted = tuple(self._with(s, chosen[i].clause) if i in chosen else s for i, s in enumerate(statements))
        held = {e.passage.id for e in evidence}
        passages = {q.clause.passage.id: q for q in chosen.values() if q.clause.passage.id not in held}
        added = [Evidence(q.clause.passage, len(evidence) + n, min(1.0, q.nearness)) for n, q in enumerate(passages.values(), 1)]
        return quoted, (*evidence, *added)

    def _chosen(self, statements: Sequence[Statement]) -> dict[int, Quotation]:
        """Quotations by the statement's place: no clause twice, the nearest statements first."""
        near = {i: q for i, s in enumerate(statements) if s.role in ("short_answer", "rule") and (q := self.best(s))}
        chosen: dict[int, Quotation] = {}
        for i in sorted(near, key=lambda i: -near[i].nearness):
            rules = sum(statements[j].role == "rule" for j in chosen)
            again = any(near[i].clause.text == q.clause.text for q in chosen.values())
            if not again and (statements[i].role == "short_answer" or rules < MOST_RULES):
                chosen[i] = near[i]
        return dict(sorted(chosen.items()))

    def _with(self, s: Statement, clause: Quotable) -> Statement:
        ids = tuple(dict.fromkeys((*s.passage_ids, clause.passage.id)))
        return replace(s, passage_ids=ids, quote=clause.text, quote_citation=clause.citation, quote_date=self._date)

    def best(self, s: Statement) -> Quotation | None:
        """The clause of the cited paragraphs that says what a statement says; None where none is near enough."""
        key = (s.text, s.citations)
        if key not in self._found:  # a composed answer's sentences are the corpus's, so they come again
            self._found[key] = self._search(s)
        return self._found[key]

    def _search(self, s: Statement) -> Quotation | None:
        said = [self._weights(t) for t in dict.fromkeys((s.text, *_SENTENCE.split(s.text)[:1]))]
        found = [Quotation(max(_nearness(w, c) for w in said), c) for c in self._cited(s) if not _at_odds(s.text, c.text)]
        near = [q for q in found if q.nearness >= (NEAR_ITEM if q.clause.item else NEAR)]
        return max(near, key=lambda q: q.nearness, default=None)

    def _cited(self, s: Statement) -> Iterator[Quotable]:
        cited = [c for c in s.citations if isinstance(c, RuleCitation)]
        for section in dict.fromkeys(c.section for c in cited):
            yield from (q for q in self._of_section(section) if any(c.contains(q.citation) for c in cited))

    def _of_section(self, section: str) -> tuple[Quotable, ...]:
        if section not in self._clauses:
            held = [p for p in self._sections.get(section, ()) if self._stands(p)]
            self._clauses[section] = tuple(q for p in held for q in self._quotable(p))
        return self._clauses[section]

    def _quotable(self, passage: Passage) -> Iterator[Quotable]:
        citation = _place(passage)
        entry = self._corpus.provision(citation)
        plain = _SENTENCE.split(entry.text) if entry and entry.citation.contains(citation) else []
        restated = [self._weights(t) for t in plain]
        item = bool(_ITEM.search(passage.text))
        for text in clauses(passage.text):
            if not self._names_vacated(text):
                words = self._weights(text)
                yield Quotable(passage, citation, text, item, words, tuple((w, _cosine(w, words)) for w in restated))

    def _stands(self, passage: Passage) -> bool:
        """True if its words are the law: neither vacated nor, in a text that prints the vacated ones, replaced by them."""
        citation = _place(passage)
        replaced = citation == REPLACED_OPENING or any(c.contains(citation) for c in REPLACED)
        return passage.status == "in force" and not (self._as_of_2024 and replaced)

    def _names_vacated(self, text: str) -> bool:
        entries = (self._corpus.provision(m.citation) for m in find(text))
        return any(e is not None and e.status == "vacated" for e in entries)

    def _weights(self, text: str) -> Weights:
        """Stems with their weights, a vector of length 1."""
        weights = {stem: math.log(1 + self._texts / (1 + self._spread[stem])) for stem in set(_stems(text))}
        length = math.sqrt(sum(w * w for w in weights.values())) or 1.0
        return {stem: w / length for stem, w in weights.items()}


def _place(passage: Passage) -> RuleCitation:
    citation = passage.citations[0]
    assert isinstance(citation, RuleCitation)
    return citation


def _stems(text: str) -> list[str]:
    return [_stem(w) for w in re.findall(r"[a-z]+|\d+", text.lower()) if w not in _COMMON]


@lru_cache(maxsize=20_000)
def _stem(word: str) -> str:
    import Stemmer

    return str(Stemmer.Stemmer("english").stemWord(word))


def _cosine(one: Weights, other: Weights) -> float:
    return sum(w * other[stem] for stem, w in one.items() if stem in other)


def _nearness(said: Weights, clause: Quotable) -> float:
    """The geometric mean of both steps over the best plain sentence, with the words that statement and clause share."""
    bridged = max((math.sqrt(_cosine(said, plain) * near) for plain, near in clause.bridge), default=0.0)
    return BRIDGED * bridged + SHARED * _cosine(said, clause.words)


_NO = re.compile(r"\b(?:not|no|never|nor|neither|without|unless|except|only|cannot)\b", re.IGNORECASE)
_FORBIDS = re.compile(r"\b(?:may|must|can) not\b|\bcannot\b|\bno right\b|\bforbids?\b", re.IGNORECASE)


def _at_odds(statement: str, clause: str) -> bool:
    """True if one forbids and the other only permits, or if each gives a number and they share none."""
    said, official = numbers(statement), numbers(_without_citations(clause))
    other_numbers = bool(said and official and not said & official)
    permits = " may " in clause and not _NO.search(clause)
    return other_numbers or bool(_FORBIDS.search(statement) and permits)


def _without_citations(text: str) -> str:
    return re.sub(r"§+\s*[\d.]+|\(\w{1,5}\)", " ", text)
