"""Corpus records -> passages (what is shown and cited) and wordings (what is searched).

A passage is found by its own text and by each way people ask for it; a wording remembers which, because a question near a
reversed ask has the opposite verdict, and one near a branch's ask has the branch's.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from corpus.citation import Citation, RuleCitation
from corpus.load import Corpus
from corpus.sources import OPPOSITE, CaseSummary, Note, Provision, Verdict

CHUNKER_VERSION = "1"
Kind = Literal["regulation", "official", "case", "note", "outside"]
WordingRole = Literal["text", "ask", "reversed", "branch", "spanish", "danger"]


@dataclass(frozen=True)
class Passage:
    """What an answer may rest on: one paragraph, one matter, one note.

    Attributes:
        id: "regulation/45 CFR 164.524(c)(4)", "note/unpaid-bill-no-withholding".
        text: as shown to a reader.
        citations: the most telling first; empty only for what lies outside the rules.
    """

    id: str
    kind: Kind
    title: str
    text: str
    citations: tuple[Citation, ...]
    url: str = ""
    status: str = "in force"
    confirmed: bool = True


@dataclass(frozen=True)
class Wording:
    """One searchable text that leads to a passage; `branch` is the index of the note's branch it belongs to, -1 for none."""

    id: str
    passage_id: str
    text: str
    role: WordingRole
    branch: int = -1


def ecfr_url(citation: RuleCitation) -> str:
    """The publisher's page for a paragraph."""
    anchor = f"#p-{citation.section}{citation.paragraph}" if citation.path and not citation.term else ""
    return f"https://www.ecfr.gov/current/title-45/section-{citation.section}{anchor}"


def passages(corpus: Corpus) -> Iterator[Passage]:
    """Every passage of the corpus, in a stable order."""
    for p in corpus.provisions:
        yield Passage(
            f"regulation/{p.citation}",
            "regulation",
            f"{p.plain_title} ({p.title})",
            p.text,
            (p.citation,),
            ecfr_url(p.citation),
            p.status,
        )
    for c in corpus.cases:
        text = f"{c.what_happened} {c.what_ocr_did} {c.outcome}"
        yield Passage(f"case/{c.id}", "case", c.title, text, (c.citation, *c.provisions), str(c.source.url), confirmed=c.confirmed)
    for n in corpus.notes:
        yield Passage(f"note/{n.id}", "note", n.question, n.short_answer, n.citations)
    for o in corpus.outside:
        yield Passage(f"outside/{o.id}", "outside", o.title, o.reason, ())


def wordings(corpus: Corpus) -> Iterator[Wording]:
    """Every text to embed, with unique ids, in a stable order."""
    for p in corpus.provisions:
        yield from _of_provision(p, corpus)
    for c in corpus.cases:
        yield from _of_case(c)
    for n in corpus.notes:
        yield from _of_note(n)
    for o in corpus.outside:
        yield from _asks(f"outside/{o.id}", "ask", o.asks)
    for d in corpus.danger:
        yield from _asks(f"danger/{d.id}", "danger", d.says)


def _asks(passage_id: str, role: WordingRole, asks: tuple[str, ...], branch: int = -1) -> Iterator[Wording]:
    tag = role if branch < 0 else f"{role}{branch}"
    for i, ask in enumerate(asks):
        yield Wording(f"{passage_id}#{tag}.{i}", passage_id, ask, role, branch)


def _of_provision(p: Provision, corpus: Corpus) -> Iterator[Wording]:
    """The paragraph under its section's heading and the opening of the paragraph that holds it."""
    passage_id = f"regulation/{p.citation}"
    parent = p.citation.parent
    above = corpus.by_citation.get(parent) if parent and parent.path else None
    place = f" {above.text[:160]}" if above else (f" {p.term}:" if p.term else "")
    yield Wording(f"{passage_id}#text", passage_id, f"{p.plain_title}. {p.title}, {p.section}{p.paragraph}.{place} {p.text}", "text")
    yield from _asks(passage_id, "ask", p.asks)


def _of_case(c: CaseSummary) -> Iterator[Wording]:
    passage_id = f"case/{c.id}"
    yield Wording(f"{passage_id}#text", passage_id, f"{c.title}. {c.what_happened} {c.what_ocr_did} {c.outcome}", "text")
    yield from _asks(passage_id, "ask", c.asks)


def _of_note(n: Note) -> Iterator[Wording]:
    passage_id = f"note/{n.id}"
    yield Wording(f"{passage_id}#text", passage_id, f"{n.question} {n.short_answer}", "text")
    yield from _asks(passage_id, "ask", (n.question, *n.asks))
    yield from _asks(passage_id, "reversed", n.asks_reversed)
    yield from _asks(passage_id, "spanish", n.asks_es)
    for i, branch in enumerate(n.branches):
        yield from _asks(passage_id, "branch", branch.asks, i)
        yield from _asks(passage_id, "reversed", branch.asks_reversed, i)


def verdict_of(wording: Wording, note: Note) -> Verdict:
    """The verdict on an ask of a note as that ask is worded."""
    verdict = note.branches[wording.branch].verdict if wording.branch >= 0 else note.verdict
    return OPPOSITE.get(verdict, verdict) if wording.role == "reversed" else verdict
