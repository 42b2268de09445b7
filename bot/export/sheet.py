"""A reply laid out for reading: what stands first, the sections in order, the numbered sources. Page and files print the same sheet."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from bot.answer import Abstention, Answer, Language, Reply, Role, Statement
from bot.export.headings import HEADINGS
from bot.language import PHRASES
from bot.official import OfficialWords
from corpus.citation import CaseCitation, RuleCitation
from corpus.sources import Authority
from ingest.passages import Passage

# What to do follows the rule and the case. Where no yes or no is said, what it depends on has to be read before acting on it.
_SURE: tuple[Role, ...] = ("rule", "case", "next_step", "limit")
_UNSURE: tuple[Role, ...] = ("rule", "limit", "case", "next_step")


@dataclass(frozen=True)
class Line:
    """One statement with the numbers of its sources and the law outside parts 160 and 164 that it leans on.

    Attributes:
        quote: official words that say the same, verbatim, or "".
        quoted_from: whose words they are, and of when.
        quoted_at: the paragraph where they stand.
    """

    text: str
    sources: tuple[int, ...] = ()
    authority: tuple[Authority, ...] = ()
    quote: str = ""
    quoted_from: str = ""
    quoted_at: RuleCitation | None = None


@dataclass(frozen=True)
class Section:
    """Lines under one heading; `listed` where each is a point of a list."""

    title: str
    lines: tuple[Line, ...]
    listed: bool = True


@dataclass(frozen=True)
class Source:
    """A cited passage under its number.

    Attributes:
        bluebook: how it is cited in a brief; an OCR matter by its title.
        label: whose words `passage.text` is, and of when.
        official: the publisher's words for this paragraph, or "".
        carries: the statements that rest on it.
    """

    number: int
    passage: Passage
    bluebook: str
    label: str
    vacated: bool
    official: str
    official_date: str
    carries: tuple[str, ...] = ()

    @property
    def is_case(self) -> bool:
        """Whether it is a matter of OCR rather than a paragraph of the rule."""
        return isinstance(self.passage.citations[0], CaseCitation)


@dataclass(frozen=True)
class Sheet:
    """A reply in reading order; `word` is "Yes", "No", "It depends" or "" before the first line."""

    language: Language
    question: str
    safety: str
    notice: str
    word: str
    first: Line
    sections: tuple[Section, ...]
    limit: str
    sources: tuple[Source, ...]
    as_of: str
    edition: str

    @property
    def dated(self) -> str:
        """The line that says of when the law is and which edition answered."""
        return HEADINGS[self.language]["dated"].format(as_of=self.as_of, edition=self.edition)


def lay_out(reply: Reply, official: OfficialWords) -> Sheet:
    """The sheet of an answer or an abstention; `official` may hold nothing."""
    h, phrases = HEADINGS[reply.language], PHRASES[reply.language]
    if isinstance(reply, Abstention):
        found = [e.passage for e in reply.evidence if e.passage.kind == "regulation"][:3]
        numbers = {p.id: n for n, p in enumerate(found, 1)}
        word, first, sections, carried = "", Line(reply.reason), tuple(_told_instead(reply)), {}
    else:
        numbers = _numbered(reply)
        word = phrases[reply.verdict] if reply.verdict in ("yes", "no", "depends") else ""
        first = _line(next(s for s in reply.statements if s.role == "short_answer"), numbers, h)
        sections, carried = tuple(_sections(reply, numbers)), _carried(reply)
    by_id = {e.passage.id: e.passage for e in reply.evidence}
    sources = tuple(_source(n, by_id[i], tuple(carried.get(i, ())), h, reply.as_of, official) for i, n in numbers.items())
    notice = reply.notice or "" if isinstance(reply, Answer) else ""
    return Sheet(
        reply.language,
        reply.question,
        reply.safety or "",
        notice,
        word,
        first,
        sections,
        phrases["limit"],
        sources,
        reply.as_of,
        reply.edition,
    )


def _numbered(reply: Answer) -> dict[str, int]:
    """Source numbers of the passages cited, in the order of reading."""
    numbers: dict[str, int] = {}
    order = ("short_answer", *_order(reply))
    for s in sorted(reply.statements, key=lambda s: order.index(s.role)):
        for passage_id in _plain(s):
            numbers.setdefault(passage_id, len(numbers) + 1)
    return numbers


def _order(reply: Answer) -> tuple[Role, ...]:
    return _UNSURE if reply.verdict in (None, "depends") else _SURE


def _plain(s: Statement) -> tuple[str, ...]:
    """The passages that a statement is numbered with; an official one stands beside its plain paragraph."""
    return tuple(i for i in s.passage_ids if not i.startswith("official/"))


def _line(s: Statement, numbers: dict[str, int], h: dict[str, str]) -> Line:
    line = Line(s.text, tuple(numbers[i] for i in _plain(s)), s.authority)
    if not s.quote or s.quote_citation is None:
        return line
    return replace(line, quote=s.quote, quoted_from=f"{h['official']}, {s.quote_date}", quoted_at=s.quote_citation)


def _sections(reply: Answer, numbers: dict[str, int]) -> Iterator[Section]:
    for role in _order(reply):
        lines = tuple(_line(s, numbers, HEADINGS[reply.language]) for s in reply.statements if s.role == role)
        if lines:
            yield Section(HEADINGS[reply.language][role], lines)


def _told_instead(reply: Abstention) -> Iterator[Section]:
    h = HEADINGS[reply.language]
    yield Section(h["help"], (Line(reply.refer_to),), listed=False)
    yield Section(h["searched"], (Line(reply.searched),), listed=False)
    if reply.nearest:
        yield Section(h["nearest"], (Line("; ".join(map(str, reply.nearest))),), listed=False)


def _carried(reply: Answer) -> dict[str, list[str]]:
    carried: dict[str, list[str]] = {}
    for s in reply.statements:
        for i in _plain(s):
            carried.setdefault(i, []).append(s.text)
    return carried


def _source(number: int, passage: Passage, carries: tuple[str, ...], h: dict[str, str], as_of: str, official: OfficialWords) -> Source:
    citation, words = passage.citations[0], ""
    if isinstance(citation, CaseCitation):
        bluebook, label = str(citation), "OCR" if passage.confirmed else h["unconfirmed"]
    else:
        bluebook, label = citation.bluebook(int(as_of[:4])), f"{h['plain']}, {h['as_of']} {as_of}"
        words = " ".join(p.text for p in official.printed(citation) if p.citation == citation)
    return Source(number, passage, bluebook, label, passage.status == "vacated", words, official.date if words else "", carries)
