"""The rule as plain pages to browse, link to and print: `/law`, and `/law/164.524#c-4-i` for one paragraph. No script is needed."""

from __future__ import annotations

import html
from collections.abc import Iterator, Sequence
from itertools import groupby
from textwrap import shorten

from bot.official import OfficialWords
from corpus.citation import CaseCitation, CitationError, RuleCitation, parse
from corpus.load import Corpus
from corpus.sources import Provision
from ingest.passages import ecfr_url

SUBPARTS = {
    ("160", "A"): "Part 160, subpart A: who and what the rules cover",
    ("160", "B"): "Part 160, subpart B: state law",
    ("160", "C"): "Part 160, subpart C: complaints and investigations",
    ("160", "D"): "Part 160, subpart D: penalties",
    ("160", "E"): "Part 160, subpart E: hearings",
    ("164", "A"): "Part 164, subpart A: general",
    ("164", "C"): "Part 164, subpart C: security",
    ("164", "D"): "Part 164, subpart D: breaches",
    ("164", "E"): "Part 164, subpart E: privacy",
}


def anchor(citation: RuleCitation) -> str:
    """The fragment of a paragraph's link: "c-4-i", and "business-associate-3" for a definition."""
    term = "".join(ch if ch.isalnum() else "-" for ch in citation.term.lower())
    return "-".join(filter(None, (term, *citation.path)))


def link(citation: RuleCitation) -> str:
    """The stable link of a provision on this site."""
    tail = anchor(citation)
    return f"/law/{citation.section}{'#' + tail if tail else ''}"


def where(asked: str, corpus: Corpus) -> str | None:
    """The link that a search for a citation leads to; None where it is no citation or there is no such section."""
    try:
        citation = parse(asked)
    except CitationError:
        return None
    sections = {p.section for p in corpus.provisions}
    return link(citation) if citation.section in sections else None


def contents_page(corpus: Corpus, official: OfficialWords, asked: str = "", found: Sequence[Provision] = ()) -> str:
    """All sections by subpart, with a search; `found` are the paragraphs nearest to what was asked."""
    parts = []
    if asked:
        rows = "".join(
            f'<li><a href="{link(p.citation)}">{html.escape(str(p.citation))}</a>: {html.escape(shorten(p.text, 220))}</li>' for p in found
        )
        heading = f"Paragraphs nearest to “{html.escape(asked)}”" if found else f"No section is called “{html.escape(asked)}”"
        parts.append(f"<h2>{heading}</h2><ul>{rows}</ul>")
    for (part, subpart), held in groupby(corpus.provisions, key=lambda p: (p.section.split(".")[0], p.subpart)):
        sections = {p.section: p.title for p in held}
        items = "".join(f'<li><a href="/law/{number}">§ {number}</a> {html.escape(title)}</li>' for number, title in sections.items())
        parts.append(f"<h2>{html.escape(SUBPARTS[part, subpart])}</h2><ul>{items}</ul>")
    return _page("The rule, paragraph by paragraph", _which(corpus, official) + "".join(parts), asked)


def section_page(section: str, corpus: Corpus, official: OfficialWords) -> str | None:
    """One section with every paragraph in plain words, the official ones beside them where they are kept; None for no such section."""
    held = [p for p in corpus.provisions if p.section == section]
    if not held:
        return None
    numbers = list(dict.fromkeys(p.section for p in corpus.provisions))
    at = numbers.index(section)
    before, after = numbers[at - 1] if at else "", numbers[at + 1] if at + 1 < len(numbers) else ""
    steps = [f'<a rel="prev" href="/law/{before}">← § {before}</a>' if before else "", '<a href="/law">All sections</a>']
    steps.append(f'<a rel="next" href="/law/{after}">§ {after} →</a>' if after else "")
    nav = f'<nav aria-label="Sections">{" · ".join(filter(None, steps))}</nav>'
    seen: dict[RuleCitation, list[Provision]] = {}
    for p in corpus.provisions:
        for c in p.see:
            seen.setdefault(c, []).append(p)
    rows = "".join(_paragraph(p, corpus, official, seen) for p in held)
    return _page(f"§ {section} {held[0].title}", nav + _which(corpus, official) + rows + nav)


def _which(corpus: Corpus, official: OfficialWords) -> str:
    as_of = html.escape(corpus.provisions[0].as_of)
    said = f"Plain-language text, written by us; law as of {as_of}."
    if official:
        return f"<p>{said} The official text beside it is the publisher's, of {html.escape(official.date)}.</p>"
    return f"<p>{said} The official text is not kept here; each paragraph links to the publisher's.</p>"


def _paragraph(p: Provision, corpus: Corpus, official: OfficialWords, seen: dict[RuleCitation, list[Provision]]) -> str:
    name = html.escape(str(p.citation))
    words = " ".join(o.text for o in official.printed(p.citation) if o.citation == p.citation)
    gone = f" <strong>Vacated on {html.escape(p.vacated_on)} by {html.escape(p.by)}.</strong>" if p.status == "vacated" else ""
    texts = f"<p>{html.escape(p.text)}{gone}</p>"
    if words:
        heading = f"<b>Official text, {html.escape(official.date)}</b><br>"
        texts += f'<blockquote cite="{ecfr_url(p.citation)}">{heading}“{html.escape(words)}”</blockquote>'
    return (
        f'<section class="paragraph" id="{anchor(p.citation)}"><h2><a href="#{anchor(p.citation)}">{name}</a></h2>{texts}'
        f'<p class="about">{" · ".join(_about(p, corpus, seen))}</p></section>'
    )


def _about(p: Provision, corpus: Corpus, seen: dict[RuleCitation, list[Provision]]) -> Iterator[str]:
    yield f'<a href="{ecfr_url(p.citation)}" rel="noreferrer">Official paragraph at eCFR</a>'
    if p.see:
        yield "Refers to " + ", ".join(f'<a href="{link(c)}">{html.escape(str(c).removeprefix("45 CFR "))}</a>' for c in p.see)
    if from_ := seen.get(p.citation):
        yield "Referred to by " + ", ".join(
            f'<a href="{link(o.citation)}">{html.escape(str(o.citation).removeprefix("45 CFR "))}</a>' for o in from_[:8]
        )
    if cases := [c for c in corpus.cases if p.citation in c.provisions]:
        yield "OCR: " + "; ".join(
            f'<a href="{html.escape(str(c.source.url))}" rel="noreferrer">{html.escape(_case_name(c.citation))}</a>' for c in cases[:6]
        )
    if notes := [n for n in corpus.notes if p.citation in n.citations]:
        yield "Answers questions such as: " + " ".join(html.escape(n.question) for n in notes[:3])


def _case_name(citation: CaseCitation) -> str:
    return str(citation).partition(": ")[2] or str(citation)


def _page(title: str, body: str, asked: str = "") -> str:
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{html.escape(title)} · Patient Rights Desk</title>"
        '<link rel="icon" href="/desk/icon.svg" type="image/svg+xml"><link rel="stylesheet" href="/desk/law.css"></head><body>'
        f'<header><a href="/">← Patient Rights Desk</a></header><main><h1>{html.escape(title)}</h1>'
        '<form action="/law" role="search"><label for="q">Find a paragraph</label> '
        f'<input id="q" name="q" maxlength="300" value="{html.escape(asked)}" placeholder="164.524(c)(4), or words">'
        " <button>Find</button></form>"
        f"{body}</main><footer>General information on 45 CFR parts 160 and 164, not legal advice.</footer></body></html>\n"
    )
