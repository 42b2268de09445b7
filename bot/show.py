"""python -m bot show: a paragraph of the rule, in plain words and in the publisher's, with what refers to it and rests on it."""

from __future__ import annotations

import argparse
import json
import textwrap
from typing import Any

from bot.official import OfficialWords, open_official
from corpus.citation import CitationError, RuleCitation, parse
from corpus.load import Corpus, load
from corpus.sources import Provision
from ingest.passages import ecfr_url
from ingest.settings import IngestSettings

_WIDTH = 100


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `show`."""
    parser.add_argument("citation", help="for example 164.524(c)(4)")
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(args: argparse.Namespace) -> int:
    """Print a provision and all that stands inside it.

    Raises:
        CitationError: it is no citation, or names no paragraph of parts 160 and 164; says the nearest.
    """
    rows = show(parse(args.citation), load(), open_official(IngestSettings().home))
    print(json.dumps(rows, ensure_ascii=False, indent=1) if args.json else "\n\n".join(map(_told, rows)))
    return 0


def show(citation: RuleCitation, corpus: Corpus, official: OfficialWords) -> list[dict[str, Any]]:
    """One row for the provision and each inside it, as the contract's JSON.

    Raises:
        CitationError: no such paragraph; says the nearest.
    """
    found = [p for p in corpus.provisions if citation.contains(p.citation)]
    if not found:
        near = sorted({str(p.citation) for p in corpus.provisions if p.section == citation.section})[:3]
        raise CitationError(f"no such paragraph: {citation}; nearest: {', '.join(near) or 'none, the section is not in the corpus'}")
    return [_row(p, corpus, official) for p in found]


def _row(p: Provision, corpus: Corpus, official: OfficialWords) -> dict[str, Any]:
    own = " ".join(o.text for o in official.printed(p.citation) if o.citation == p.citation) or official.get(p.citation)
    return {
        "citation": str(p.citation),
        "bluebook": p.citation.bluebook(int(p.as_of[:4])),
        "status": p.status,
        "plain": p.text,
        "official": own,
        "official_date": official.date or None,
        "as_of": p.as_of,
        "url": ecfr_url(p.citation),
        "see": [str(c) for c in p.see],
        "seen_from": [str(o.citation) for o in corpus.provisions if any(c.contains(p.citation) for c in o.see)],
        "notes": [n.id for n in corpus.notes if p.citation in n.citations],
        "cases": [str(c.citation) for c in corpus.cases if p.citation in c.provisions],
    }


def _told(row: dict[str, Any]) -> str:
    lines = [f"{row['citation']} (plain language, law as of {row['as_of']})", _wrap(row["plain"])]
    if row["official"]:
        lines += [f"Official text, {row['official_date']}:", _wrap(f"\u201c{row['official']}\u201d")]
    for what, name in (("Refers to", "see"), ("Referred to by", "seen_from"), ("OCR matters", "cases")):
        if row[name]:
            lines.append(_wrap(f"{what}: " + "; ".join(row[name])))
    return "\n".join(lines)


def _wrap(text: str) -> str:
    return textwrap.fill(text, width=_WIDTH)
