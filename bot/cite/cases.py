"""Cases, Federal Register pages and state codes in a draft, found by eyecite; sections of the CFR and the U.S.C. are not its to find.

eyecite misses `45 CFR 164.524(c)(4)(i)`, `§§` lists and `42 U.S.C. § 1320d-5`, which `bot/citegrammar.py` reads.
"""

from __future__ import annotations

import logging
import re
from typing import Any

from bot.cite.cited import Cited, Kind

_OURS = re.compile(r"C\. ?F\. ?R\.|CFR|U\. ?S\. ?C|USC")


def find_cases(text: str) -> tuple[Cited, ...]:
    """Cases, Federal Register pages and other codes, with offsets into `text` (an even text).

    Short forms and `supra` are resolved against the case cited before them.
    """
    from eyecite import get_citations
    from eyecite.models import CaseCitation, FullCaseCitation, FullLawCitation, SupraCitation

    logging.getLogger("eyecite").setLevel(logging.ERROR)  # its warnings quote the draft
    if not text.strip():
        return ()
    found: list[Cited] = []
    cases: list[tuple[str, Cited]] = []
    for c in get_citations(text):
        if isinstance(c, FullCaseCitation):
            cited = _case(c, text)
            cases.append((f"{c.metadata.plaintiff or ''} {c.metadata.defendant or ''}".lower(), cited))
            found.append(cited)
        elif isinstance(c, CaseCitation):
            volume = next((k for _, k in reversed(cases) if str(c.groups.get("volume")) in k.section), None)
            found.append(_short(_span(c), volume))
        elif isinstance(c, SupraCitation):
            name = str(c.metadata.antecedent_guess or "").lower().strip(" .,")
            named = next((k for parties, k in reversed(cases) if len(name) > 2 and name in parties), None)
            if named:
                found.append(_short(_span(c), named))
        elif isinstance(c, FullLawCitation) and not _OURS.search(str(c.groups.get("reporter"))):
            found.append(_law(c))
    return tuple(found)


def _span(c: Any) -> tuple[int, int]:
    start, end = c.span()
    return int(start), int(end)


def _case(c: Any, text: str) -> Cited:
    start, end = c.span()
    full_start, full_end = c.full_span()
    name = " v. ".join(n for n in (c.metadata.plaintiff, c.metadata.defendant) if n)
    at = text.find(c.metadata.plaintiff or "\0", full_start, start)
    tail = text[end:full_end].rstrip() if full_end > end else ""
    printed = f"{name + ', ' if name else ''}{c.corrected_citation()}{tail}"
    return Cited(at if at >= 0 else start, max(end, end + len(tail)), "case", 0, printed, year=int(c.metadata.year or 0) or None)


def _short(span: tuple[int, int], named: Cited | None) -> Cited:
    if named is None:
        return Cited(*span, "case", 0, through="supra", problem="the case it shortens is not cited before it")
    return Cited(*span, "case", 0, named.section, through="supra")


def _law(c: Any) -> Cited:
    start, end = c.span()
    reporter = str(c.groups.get("reporter"))
    kind: Kind = "register" if re.fullmatch(r"F(?:ed)?\.? ?R(?:eg)?\.?", reporter) else "other"
    title = int(c.groups["volume"]) if kind == "register" and str(c.groups.get("volume")).isdigit() else 0
    return Cited(start, end, kind, title, c.matched_text())
