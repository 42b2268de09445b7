"""The eCFR versioner's XML -> official paragraphs, each under its citation.

What a reader could not guess: the versioner prints all paragraphs of a section flat, `<P>(i) text</P>`, so the level of each is solved
in `ingest/depth.py`; a defined term is known only by its italics; and what has no place of its own (an unlettered paragraph, a level
deeper than definitions are cited) stands with the paragraph that holds it, marked as continued. Layout: the versioner's own files,
https://www.ecfr.gov/developers/documentation/api/v1.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from corpus.citation import RuleCitation
from corpus.errors import PatientRightsError
from ingest.depth import DEFINITION, PARAGRAPH, Designator, first_below, is_designator, rank, solve

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

MAX_BYTES = 8 * 1024 * 1024  # part 164, the larger of the two, has 0.3 MB
MAX_DEPTH = 100  # elements inside elements


class OfficialTextError(PatientRightsError):
    """Official text that cannot be had, read or trusted."""


@dataclass(frozen=True)
class OfficialParagraph:
    """One printed paragraph of the rule, word for word, with runs of white space as one space.

    Attributes:
        citation: where it stands, or the paragraph, term or section that holds it when it has no place of its own.
        text: as printed, designators included.
        continued: it has no place of its own and goes on from the lettered paragraph it is cited to.
    """

    citation: RuleCitation
    text: str
    continued: bool = False

    def __str__(self) -> str:
        return f"{self.citation}{' (continued)' if self.continued else ''}"


@dataclass(frozen=True)
class Section:
    """One section; `above` are the headings between part and section, `notes` what is printed there that is not law."""

    number: str
    heading: str
    above: tuple[str, ...]
    paragraphs: tuple[OfficialParagraph, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Part:
    """One part; `title` is None when the file does not say, `notes` holds authority, source and appendices."""

    title: int | None
    number: str
    heading: str
    sections: tuple[Section, ...]
    notes: tuple[str, ...] = ()

    @property
    def paragraphs(self) -> tuple[OfficialParagraph, ...]:
        """All paragraphs in the order printed."""
        return tuple(p for s in self.sections for p in s.paragraphs)


def parse(data: bytes, name: str = "XML", max_bytes: int = MAX_BYTES) -> tuple[Part, ...]:
    """Read the parts of a versioner file.

    Args:
        data: the file.
        name: what to call it in an error.
        max_bytes: largest file read.

    Raises:
        OfficialTextError: too large, not XML, with a document type, nested too deep, or without a part.
    """
    root = _root(data, name, max_bytes)
    parts = tuple(_part(e) for e in root.iter("DIV5"))
    if not parts:
        raise OfficialTextError(f"{name}: found <{str(root.tag)[:40]}>, wanted the eCFR versioner's XML with a part (DIV5)")
    return parts


def _root(data: bytes, name: str, max_bytes: int) -> Element:
    """The root element, from a parser that opens nothing, expands nothing and refuses what is built to hurt."""
    from lxml import etree

    if len(data) > max_bytes:
        raise OfficialTextError(f"{name}: {len(data)} bytes, wanted at most {max_bytes}")
    # No entity is ever expanded and no file or address opened; a document type is refused, since the versioner sends none.
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as e:
        raise OfficialTextError(f"{name}: not well-formed XML: {' '.join(str(e).split())[:160]}") from e
    if root.getroottree().docinfo.doctype:  # type: ignore[union-attr]
        raise OfficialTextError(f"{name}: has a document type declaration, wanted plain XML as the eCFR versioner sends it")
    depth = 0
    for event, _ in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        if depth > MAX_DEPTH:
            raise OfficialTextError(f"{name}: elements nested more than {MAX_DEPTH} deep, wanted the eCFR versioner's XML")
    return root


def _text(element: Element) -> str:
    return " ".join("".join(str(t) for t in element.itertext()).split())


def _part(element: Element) -> Part:
    sections: list[Section] = []
    notes: list[str] = []
    _descend(element, (), sections, notes)
    return Part(_title(element), element.get("N", ""), _head(element), tuple(sections), tuple(notes))


def _head(element: Element) -> str:
    head = element.find("HEAD")
    return "" if head is None else _text(head)


def _title(part: Element) -> int | None:
    """The title's number: of the title that holds the part, else from the path that the versioner writes beside a section."""
    for above in part.iterancestors("DIV1"):
        if (above.get("N") or "").isdigit():
            return int(above.get("N", "0"))
    for element in part.iter("DIV5", "DIV8"):
        if found := re.search(r"/title-(\d+)/", element.get("hierarchy_metadata", "")):
            return int(found[1])
    return None


def _descend(element: Element, above: tuple[str, ...], sections: list[Section], notes: list[str]) -> None:
    """Sections of a part, subpart or subject group into `sections`, everything else that has words into `notes`."""
    if text := _stray(element.text):
        notes.append(text)
    for child in element:
        number = re.search(r"\d+\.\d+", child.get("N", ""))
        if child.tag == "DIV8" and number:
            sections.append(_section(child, number.group(), above))
        elif child.tag in ("DIV6", "DIV7"):
            _descend(child, (*above, _head(child)), sections, notes)
        elif child.tag != "HEAD" and (text := _text(child)):
            notes.append(text)
        if text := _stray(child.tail):
            notes.append(text)


def _stray(text: str | None) -> str:
    return " ".join((text or "").split())


@dataclass(frozen=True)
class _Printed:
    """A printed paragraph before its place is known; `lettered` is False inside an extract, whose letters are its own."""

    text: str
    designators: tuple[Designator, ...]
    term: str


def _section(element: Element, number: str, above: tuple[str, ...]) -> Section:
    heading = _head(element)
    notes: list[str] = []
    defines = "definition" in heading.lower()
    printed: list[_Printed] = []
    for block, lettered in _blocks(element):
        if isinstance(block, str):
            printed.append(_Printed(block, (), ""))
        elif block.tag in _NOTES:
            notes.append(_text(block))
        elif text := _text(block):
            read = _read(block, text, defines) if lettered else _Printed(text, (), "")
            printed.append(read)
            defines = defines or bool(re.search(r"\b(?:as used in this|for purposes of this)\b.*:$", read.text, re.IGNORECASE))
    return Section(number, heading, above, tuple(_placed(number, printed)), tuple(notes))


_LEAVES = {"P", "FP", "FP-1", "FP-2", "PSPACE", "HD1", "HD2", "HD3", "HED", "TR", "MATH"}
_NOTES = {"CITA", "SECAUTH", "EDNOTE", "EFFDNOT", "FTNT"}


def _blocks(element: Element, lettered: bool = True) -> Iterator[tuple[Element | str, bool]]:
    """Paragraph-like elements in order, with text that stands bare between them."""
    if text := _stray(element.text):
        yield text, False
    for child in element:
        if child.tag in _LEAVES | _NOTES or (len(child) == 0 and child.tag != "HEAD"):
            yield child, lettered and child.tag in ("P", "FP")
        elif child.tag != "HEAD":
            yield from _blocks(child, lettered=False)
        if text := _stray(child.tail):
            yield text, False


_DESIGNATOR = re.compile(r"\s*\(\s?([A-Za-z]{1,5}|\d{1,3})\s?\)")
_RANGE = re.compile(r"\s?(?:-|–|—|through|and)\s?\(([A-Za-z]{1,5}|\d{1,3})\)\s*\[Reserved\]", re.IGNORECASE)


def _read(element: Element, text: str, defines: bool) -> _Printed:
    """Designators that open the paragraph or follow its italic heading, and the term where it opens with one and terms are defined."""
    raw, italic = _italics(element)
    at = len(raw) - len(raw.lstrip())
    found: list[Designator] = []
    while m := _DESIGNATOR.match(raw, at):
        if not is_designator(m[1]) or (found and not _opens(found[-1].text, m[1])):
            break
        through = _RANGE.match(raw, m.end())
        found.append(Designator(m[1], through[1] if through else "", italic[m.start(1)]))
        at = _past_heading(raw, italic, m.end())
    term = ""
    if not found and defines and raw[at : at + 1] and italic[at]:
        term = " ".join(raw[at : _end_of_italics(raw, italic, at)].split()).rstrip(" ,.:;")
    return _Printed(text, tuple(found), term)


def _italics(element: Element) -> tuple[str, list[bool]]:
    """The element's text and, for each character, whether it is in italics."""
    pieces = list(_pieces(element, slanted=False))
    return "".join(text for text, _ in pieces), [slanted for text, slanted in pieces for _ in text]


def _pieces(element: Element, slanted: bool) -> Iterator[tuple[str, bool]]:
    yield element.text or "", slanted
    for child in element:
        yield from _pieces(child, slanted or child.tag == "I" or (child.tag == "E" and child.get("T") == "03"))
        yield child.tail or "", slanted


def _end_of_italics(raw: str, italic: list[bool], at: int) -> int:
    while at < len(raw) and (italic[at] or raw[at].isspace()):
        at += 1
    return at


def _past_heading(raw: str, italic: list[bool], at: int) -> int:
    """Where the words begin after an italic heading; `at` itself where there is none."""
    start = at + len(raw[at:]) - len(raw[at:].lstrip())
    if start >= len(raw) or not italic[start]:
        return at
    end = _end_of_italics(raw, italic, start)
    return end + len(raw[end:]) - len(raw[end:].lstrip(" \n\t.,:—–-"))


def _opens(holder: str, designator: str) -> bool:
    """A second designator in one paragraph is the first of the level below: (a)(1), (2)(i), (ii)(A)."""
    return any(rank(holder, kind) and first_below(designator, kind) for kind in PARAGRAPH)


def _placed(number: str, printed: list[_Printed]) -> Iterator[OfficialParagraph]:
    """Citations for a section's paragraphs: the section's own run of designators and, apart from it, one run for each term."""
    runs = _runs(printed)
    paths: dict[str, tuple[str, ...]] = {}
    solved = {key: iter(solve(run, DEFINITION if key else PARAGRAPH)) for key, run in _by_run(printed, runs).items()}
    for paragraph, key in zip(printed, runs, strict=True):
        placed = False
        for _ in paragraph.designators:
            place = next(solved[key])
            paths[key], placed = place.path, place.placed
        path = paths.get(key, ())
        yield OfficialParagraph(RuleCitation(number, path, key), paragraph.text, continued=bool(path) and not placed)


def _runs(printed: list[_Printed]) -> list[str]:
    """For each paragraph the run it belongs to: the term it defines or is part of, "" for the section's own."""
    keys: list[str] = []
    term, letters = "", False
    for paragraph in printed:
        first = paragraph.designators[0].text if paragraph.designators else ""
        if paragraph.term:
            term = paragraph.term
        elif term and letters and rank(first, "letter") and not rank(first, "roman"):
            term = ""  # (b) after the terms of paragraph (a): the section's own letters go on
        letters = letters or (not term and bool(rank(first, "letter")))
        keys.append(term)
    return keys


def _by_run(printed: list[_Printed], keys: list[str]) -> dict[str, list[Designator]]:
    runs: dict[str, list[Designator]] = {}
    for paragraph, key in zip(printed, keys, strict=True):
        runs.setdefault(key, []).extend(paragraph.designators)
    return runs
