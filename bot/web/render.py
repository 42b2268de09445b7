"""Replies as the small Markdown that the pages show: answers with numbered citations, and the source pane beside them.

Every text passes `safe` first, so that no markup but ours reaches the browser.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from textwrap import shorten

import nh3

from bot.export.headings import HEADINGS
from bot.export.sheet import Line, Sheet, Source
from bot.marks import carrying
from bot.web.law import link as law_link
from corpus.citation import CaseCitation

QUOTED = 900  # official characters shown beside a plain paragraph; its page has them all
_SPECIAL = re.compile(r"([\\`*_\[\]#|~$])")


def safe(text: str) -> str:
    """Text with every tag out and every Markdown mark escaped."""
    return _SPECIAL.sub(r"\\\1", nh3.clean(text, tags=set()))


def answer_markdown(sheet: Sheet) -> str:
    """The answer, or the abstention, as Markdown: safety, the short answer, then the sections in the sheet's order."""
    h = HEADINGS[sheet.language]
    lines = [f"### {h['danger']}\n\n**{safe(sheet.safety)}**\n\n---"] if sheet.safety else []
    if sheet.notice:
        lines.append(f"*{safe(sheet.notice)}*")
    refs = f"\n\n{_refs(sheet.first)}{_authority(sheet.first, h)}{_quote(sheet.first)}" if sheet.first.sources else ""
    lines.append(f"## {f'**{sheet.word}.** ' if sheet.word else ''}{safe(sheet.first.text)}{refs}")
    for section in sheet.sections:
        lines.append(f"### {section.title}")
        mark = "- " if section.listed else ""
        indent = " " * len(mark)
        lines.append("\n".join(f"{mark}{safe(s.text)} {_refs(s)}{_authority(s, h)}{_quote(s, indent)}".rstrip() for s in section.lines))
    lines.append(f"### {h['not']}\n\n{safe(sheet.limit)}\n\n{safe(sheet.dated)}")
    return "\n\n".join(lines)


def _refs(line: Line) -> str:
    return " ".join(f"[\\[{n}\\]](#source-{n})" for n in line.sources)


def _quote(line: Line, indent: str = "") -> str:
    """The official words under a statement, with the date of the text and where they stand."""
    if not line.quote or line.quoted_at is None:
        return ""
    place = f"[{safe(str(line.quoted_at))}]({law_link(line.quoted_at).removeprefix('/')})"
    return f"\n\n{indent}> “{safe(line.quote)}” ({safe(line.quoted_from)}, {place})\n"


def _authority(line: Line, h: dict[str, str]) -> str:
    if not line.authority:
        return ""
    return f" ({h['rests']} " + "; ".join(f"[{safe(a.title)}]({a.url})" for a in line.authority) + ")"


def sources_markdown(sheet: Sheet) -> str:
    """The source pane: every cited passage under its number, with the words that carry the statements marked."""
    if not sheet.sources:
        return ""
    h = HEADINGS[sheet.language]
    return f"### {h['sources']}\n\n" + "\n\n".join(_source(s, h) for s in sheet.sources)


def _source(source: Source, h: dict[str, str]) -> str:
    citation, url = source.passage.citations[0], source.passage.url
    if isinstance(citation, CaseCitation):
        links = f"[{h['case_at']} {url.split('/')[2]}]({url})"
    else:
        links = f"[{h['at']}]({url}) · [{h['here']}]({law_link(citation).removeprefix('/')})"
    label = safe(source.label) + (f", **{h['vacated']}**" if source.vacated else "")
    words = safe(shorten(source.official, QUOTED))
    beside = f"\n\n> **{h['official']}, {source.official_date}:** “{words}”" if words else ""
    return f"#### {source.number}. {safe(str(citation))}\n\n*{label}* · {links}\n\n{_marked(source.passage.text, source.carries)}{beside}"


def _marked(text: str, statements: Sequence[str]) -> str:
    """The text with each span that carries a statement between mark tags; overlapping spans run together."""
    spans = sorted({carrying(s, text) for s in statements})
    out, at = [], 0
    for start, end in spans:
        if start < at:
            continue
        out += [safe(text[at:start]), f"<mark>{safe(text[start:end])}</mark>"]
        at = end
    return "".join([*out, safe(text[at:])])
