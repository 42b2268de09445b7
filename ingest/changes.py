"""What changed between two editions of the official text, word for word, and what in the corpus rests on it."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from corpus.citation import RuleCitation
from corpus.load import Corpus
from corpus.sources import Note
from ingest.ecfr import OfficialParagraph

Kind = Literal["added", "gone", "changed"]
Words = tuple[tuple[Literal["=", "-", "+"], str], ...]
_AROUND = 6  # words shown on each side of a change


@dataclass(frozen=True)
class Change:
    """One paragraph that differs.

    Attributes:
        words: runs of words kept (=), taken out (-) and put in (+), in order.
        notes, paragraphs, cases: ids of notes, citations of plain-language paragraphs, ids of cases that rest on it.
    """

    citation: str
    kind: Kind
    before: str
    after: str
    words: Words
    notes: tuple[str, ...]
    paragraphs: tuple[str, ...]
    cases: tuple[str, ...]

    def lines(self) -> Iterator[str]:
        """The change in plain words, for a terminal."""
        yield f"{self.kind} {self.citation}: {_shown(self.words)}"
        rests = [("notes", self.notes), ("plain-language paragraphs", self.paragraphs), ("cases", self.cases)]
        said = [f"{what} {', '.join(names)}" for what, names in rests if names]
        yield f"  to read again: {'; '.join(said)}" if said else "  nothing in the corpus rests on it"


@dataclass(frozen=True)
class ChangeReport:
    """What a sync changed; `since` is empty when no earlier edition was kept."""

    since: str
    date: str
    changes: tuple[Change, ...]

    def count(self, kind: Kind) -> int:
        return sum(c.kind == kind for c in self.changes)

    def lines(self) -> Iterator[str]:
        """The report in plain words, for a terminal."""
        if not self.since:
            yield f"first official text kept here, dated {self.date}; nothing earlier to compare it with"
            return
        total = f"{self.count('changed')} changed, {self.count('added')} added, {self.count('gone')} gone"
        yield f"from {self.since} to {self.date}: {total if self.changes else 'no paragraph changed'}"
        for change in self.changes:
            yield from change.lines()


def by_citation(paragraphs: Sequence[OfficialParagraph]) -> dict[RuleCitation, str]:
    """The text under each citation; printed paragraphs that share one are put together, a line each, in the order printed."""
    texts: dict[RuleCitation, str] = {}
    for p in paragraphs:
        texts[p.citation] = f"{texts[p.citation]}\n{p.text}" if p.citation in texts else p.text
    return texts


def compare(before: Sequence[OfficialParagraph], after: Sequence[OfficialParagraph], corpus: Corpus, since: str, date: str) -> ChangeReport:
    """Every paragraph that was added, went or changed from one edition to the next, in the rule's order; white space does not count."""
    old, new = by_citation(before), by_citation(after)
    differing = sorted(c for c in old.keys() | new.keys() if old.get(c, "").split() != new.get(c, "").split())
    return ChangeReport(since, date, tuple(_change(c, old.get(c, ""), new.get(c, ""), corpus) for c in differing))


def _change(citation: RuleCitation, before: str, after: str, corpus: Corpus) -> Change:
    kind: Kind = "gone" if not after else "changed" if before else "added"
    return Change(
        citation=str(citation),
        kind=kind,
        before=before,
        after=after,
        words=word_diff(before, after),
        notes=tuple(n.id for n in corpus.notes if _touches(citation, _cited(n))),
        paragraphs=tuple(str(c) for c in _restated(citation, corpus)),
        cases=tuple(c.id for c in corpus.cases if _touches(citation, c.provisions)),
    )


def _touches(citation: RuleCitation, cited: Sequence[RuleCitation]) -> bool:
    """True if one of the cited provisions is this paragraph, holds it, or stands inside it."""
    return any(c.contains(citation) or citation.contains(c) for c in cited)


def _cited(note: Note) -> tuple[RuleCitation, ...]:
    points = (*note.why, *note.exceptions, *note.next_steps, *note.why_es, *note.next_steps_es)
    return (*note.citations, *(c for p in points for c in p.citations), *(c for b in note.branches for c in b.citations))


def _restated(citation: RuleCitation, corpus: Corpus) -> Iterator[RuleCitation]:
    """The plain-language paragraph that speaks for this one (its own or the nearest around it), then those that point to it."""
    at: RuleCitation | None = citation
    while at and at not in corpus.by_citation:
        at = at.parent
    if at:
        yield at
    for p in corpus.provisions:
        if p.citation != at and any(s == citation for s in p.see):
            yield p.citation


def word_diff(before: str, after: str) -> Words:
    """Runs of words kept, taken out and put in."""
    old, new = before.split(), after.split()
    runs: list[tuple[Literal["=", "-", "+"], str]] = []
    for op, a, b, c, d in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if op == "equal":
            runs.append(("=", " ".join(old[a:b])))
            continue
        if b > a:
            runs.append(("-", " ".join(old[a:b])))
        if d > c:
            runs.append(("+", " ".join(new[c:d])))
    return tuple(runs)


def _shown(words: Words) -> str:
    """The runs in one line, `[-out-] {+in+}`, with no more than a few words of what stayed."""
    shown: list[str] = []
    for i, (sign, text) in enumerate(words):
        if sign != "=":
            shown.append(f"[-{text}-]" if sign == "-" else f"{{+{text}+}}")
            continue
        kept = text.split()
        head = kept[:_AROUND] if i else []
        tail = kept[-_AROUND:] if i < len(words) - 1 else []
        shown.append(text if len(kept) <= len(head) + len(tail) else " ".join([*head, "…", *tail]))
    return " ".join(shown)
