"""Citations of 45 CFR and of OCR's matters: read as people write them, printed one way.

A paragraph's place is a tuple of designators without brackets, ("c", "4", "i"). What a designator means depends on its depth:
(i) is a letter at the first level and a roman numeral at the third, so order is decided by depth, never by looks.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import total_ordering

from corpus.errors import PatientRightsError


class CitationError(PatientRightsError, ValueError):
    """A text that was to be a citation is none."""


_ROMAN = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}
_LEVELS = ("letter", "number", "roman", "upper", "number", "roman")


def _roman(text: str) -> int:
    values = [_ROMAN.get(ch, 0) for ch in text.lower()]
    return sum(-v if v < max(values[i:]) else v for i, v in enumerate(values))


def _letter(text: str) -> int:
    """a = 1 … z = 26, aa = 27: the Register doubles the letter after z."""
    return (ord(text[0].lower()) - 96) + 26 * (len(text) - 1)


def _rank(designator: str, level: int) -> int:
    """Place of a designator among its siblings at a depth (0 = outermost)."""
    kind = _LEVELS[level % len(_LEVELS)]
    if designator.isdigit():
        return int(designator)
    return _roman(designator) if kind == "roman" and designator.islower() else _letter(designator)


@total_ordering
@dataclass(frozen=True)
class RuleCitation:
    """A section of 45 CFR, a defined term in it, or a paragraph of either.

    Attributes:
        section: "164.524".
        path: designators from the outside in, ("c", "4", "i"); empty for the whole section or term.
        term: the defined term, "Business associate"; empty outside definitions.
    """

    section: str
    path: tuple[str, ...] = ()
    term: str = ""

    def __post_init__(self) -> None:
        if not re.fullmatch(r"\d{1,4}\.\d{1,4}", self.section):
            raise CitationError(f"not a section number: {self.section!r}")
        for designator in self.path:
            if not re.fullmatch(r"[A-Za-z]{1,5}|\d{1,3}", designator):
                raise CitationError(f"not a paragraph designator: {designator!r} in {self.section}")

    def __str__(self) -> str:
        return f"45 CFR {self.section}" + (f' "{self.term}"' if self.term else "") + self.paragraph

    def __lt__(self, other: RuleCitation) -> bool:
        return self._key() < other._key()

    def _key(self) -> tuple[int, int, str, tuple[int, ...]]:
        part, number = self.section.split(".")
        depth = 1 if self.term else 0  # parts of a definition start at the numeral level
        return int(part), int(number), self.term.lower(), tuple(_rank(d, i + depth) for i, d in enumerate(self.path))

    @property
    def paragraph(self) -> str:
        """The designators as printed: "(c)(4)(i)"."""
        return "".join(f"({d})" for d in self.path)

    @property
    def part(self) -> str:
        """The part of title 45: "164"."""
        return self.section.split(".")[0]

    @property
    def parent(self) -> RuleCitation | None:
        """The paragraph, term or section that holds this one; None for a section."""
        if self.path:
            return RuleCitation(self.section, self.path[:-1], self.term)
        return RuleCitation(self.section) if self.term else None

    def contains(self, other: RuleCitation) -> bool:
        """True if `other` is this provision or stands inside it."""
        if self.section != other.section:
            return False
        if not self.term and not self.path:
            return True
        return self.term.lower() == other.term.lower() and other.path[: len(self.path)] == self.path

    def bluebook(self, year: int) -> str:
        """Bluebook form, with the year of the edition shown."""
        term = f' (defining "{self.term}")' if self.term else ""
        return f"45 C.F.R. § {self.section}{self.paragraph} ({year}){term}"


@dataclass(frozen=True)
class CaseCitation:
    """A matter of OCR: a case example by its title, or an enforcement action by entity and year."""

    title: str
    entity: str = ""
    year: int | None = None

    def __str__(self) -> str:
        if not self.entity:
            return f"OCR case example: {self.title}"
        return f"OCR enforcement: {self.entity}" + (f" ({self.year})" if self.year else "")


Citation = RuleCitation | CaseCitation


@dataclass(frozen=True)
class Mention:
    """A citation found in prose; `start` and `end` are character offsets of what was written."""

    start: int
    end: int
    as_written: str
    citation: RuleCitation


_SECTION = r"(?P<section>\d{2,3}\.\d{1,4})"
_PATH = r"(?P<path>(?:\s{0,2}\(\s?[0-9A-Za-z]{1,5}\s?\))*)"
_PREFIX = r"(?:45\s*C\.?\s?F\.?\s?R\.?\s*,?\s*)?(?:§{1,2}|\b[Ss]ec(?:tions?|s?\.)|\b[Pp]aragraphs?)?\s*"
_TERM = r"(?:\s*,?\s*(?:[\"“](?P<term>[^\"”]{2,90}),?[\"”])(?P<term_path>(?:\s?\([0-9A-Za-z]{1,5}\))*))?"
_ONE = re.compile(_PREFIX + r"(?<![\d.])" + _SECTION + _PATH + _TERM)
_DEFINITION = re.compile(
    r"definition of\s+[\"“']?(?P<term>[A-Za-z][\w\s-]{2,50}?)[\"”']?\s+(?:in|at|under)\s+" + _PREFIX + _SECTION, re.IGNORECASE
)
_RANGE_TAIL = re.compile(r"\s*(?:-|–|—|\bto\b|\bthrough\b)\s*(?:§\s*)?(?P<section>(?:\d{3})?\.\d{1,4})\b(?!\()")
_LIST_TAIL = re.compile(
    r"\s*(?:,\s*(?:and|or)?|;|\band\b|\bor\b|&)\s*(?:§{1,2}\s*)?(?P<section>(?:\d{3})?\.\d{1,4})(?P<path>(?:\s?\([0-9A-Za-z]{1,5}\))*)"
)
_SAME_SECTION_TAIL = re.compile(r"\s*(?:,\s*(?:and|or)?|\band\b|\bor\b|&)\s*(?P<path>(?:\([0-9A-Za-z]{1,5}\))+)")


def _split_path(text: str | None) -> tuple[str, ...]:
    return tuple(re.findall(r"[0-9A-Za-z]+", text or ""))


def _sentence_case(term: str) -> str:
    term = term.strip().rstrip(",")
    return term[:1].upper() + term[1:]


def find(text: str, sections: Iterable[str] = ()) -> tuple[Mention, ...]:
    """Find citations of title 45 in prose, in order of appearance.

    Args:
        text: prose as people write it, with `§§` lists, ranges and definitions by term.
        sections: known section numbers; a range is opened out over those that lie in it (else only its ends are given).
    """
    known = sorted(sections, key=lambda s: tuple(map(int, s.split("."))))
    mentions: list[Mention] = []
    for m in _DEFINITION.finditer(text):
        citation = RuleCitation(m["section"], (), _sentence_case(m["term"]))
        mentions.append(Mention(m.start(), m.end(), m.group(), citation))
    for m in _ONE.finditer(text):
        if any(d.start <= m.start("section") < d.end for d in mentions if d.citation.term):
            continue
        marked = text[m.start() : m.start("section")].strip()
        if not marked and not re.fullmatch(r"16[024]\.\d{3}", m["section"]):
            continue  # a bare 37.5 is a number, not a section
        term = _sentence_case(m["term"]) if m["term"] else ""
        path = _split_path(m["term_path"] if term else m["path"])
        start, written = m.end() - len(m.group().lstrip()), m.group().strip()
        mentions.append(Mention(start, start + len(written), written, RuleCitation(m["section"], path, term)))
        if not term:
            mentions.extend(_tails(text, m.end(), mentions[-1].citation, known))
    unique: list[Mention] = []
    for mention in sorted(mentions, key=lambda x: (x.start, -x.end)):
        if not any(u.citation == mention.citation and mention.start < u.end for u in unique):
            unique.append(mention)
    return tuple(unique)


def _tails(text: str, at: int, first: RuleCitation, known: list[str]) -> list[Mention]:
    """What follows a citation in a list or a range: `.528`, `and 164.530(d)`, `and (c)(3)`."""
    found: list[Mention] = []
    last = first
    while True:
        if m := _RANGE_TAIL.match(text, at):
            section = _full(m["section"], last)
            low, high = (tuple(map(int, s.split("."))) for s in (last.section, section))
            inside = [s for s in known if low < tuple(map(int, s.split("."))) < high]
            found += [Mention(m.start(), m.end(), m.group().strip(), RuleCitation(s)) for s in (*inside, section)]
        elif m := _LIST_TAIL.match(text, at):
            section = _full(m["section"], last)
            found.append(Mention(m.start("section"), m.end(), m["section"] + m["path"], RuleCitation(section, _split_path(m["path"]))))
        elif last.path and (m := _SAME_SECTION_TAIL.match(text, at)):
            path = _split_path(m["path"])
            keep = last.path[: _depth_of(path[0], last.path)]
            found.append(Mention(m.start("path"), m.end(), m["path"], RuleCitation(last.section, keep + path)))
        else:
            return found
        last, at = found[-1].citation, m.end()


def _depth_of(designator: str, path: tuple[str, ...]) -> int:
    """Depth at which `designator` continues `path`: (b)(1) then (2) is a sibling of (1); then (c) is a sibling of (b)."""
    for depth in reversed(range(len(path))):
        same_kind = designator.isdigit() == path[depth].isdigit() and designator.isupper() == path[depth].isupper()
        if same_kind and _rank(designator, depth) > _rank(path[depth], depth):
            return depth
    return 0


def _full(section: str, before: RuleCitation) -> str:
    return section if section[0] != "." else before.part + section


def parse(text: str) -> RuleCitation:
    """Read one citation.

    Raises:
        CitationError: the text is not exactly one citation of title 45.
    """
    stripped = text.strip().rstrip(".;,")
    found = find(stripped)
    if len(found) == 1 and (found[0].end - found[0].start) >= len(stripped) - 1 and found[0].start <= 1:
        return found[0].citation
    raise CitationError(f"not one citation of 45 CFR: {text!r}; write it like '45 CFR 164.524(c)(4)'")
