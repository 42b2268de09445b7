"""Replies as the small Markdown that the pages show: answers with numbered citations, and the source pane beside them.

Every text passes `safe` first, so that no markup but ours reaches the browser.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from textwrap import shorten

import nh3

from bot.answer import Abstention, Answer, Language, Reply, Statement
from bot.language import PHRASES
from bot.marks import carrying
from bot.official import OfficialWords
from bot.web.law import link as law_link
from corpus.citation import CaseCitation
from ingest.passages import Passage

_HEADINGS: dict[Language, dict[str, str]] = {
    "en": {
        "rule": "Why: the rule",
        "case": "What OCR did in a case like this",
        "limit": "Exceptions and limits",
        "next_step": "What you can do",
        "not": "What this does not tell you",
        "sources": "Sources",
        "plain": "Plain-language text, written by us",
        "official": "Official text",
        "as_of": "law as of",
        "at": "Read the official paragraph at eCFR",
        "here": "In its section",
        "case_at": "Published at",
        "unconfirmed": "unconfirmed",
        "vacated": "no longer in force",
        "related": "Not what you meant? People also ask",
        "help": "Who can help",
        "searched": "What was searched",
        "nearest": "The nearest provisions",
        "danger": "First, your safety",
        "beside": "See also",
        "rests": "Resting besides on",
    },
    "es": {
        "rule": "Por qué: la norma",
        "case": "Lo que hizo OCR en un caso parecido",
        "limit": "Excepciones y límites",
        "next_step": "Lo que puede hacer",
        "not": "Lo que esto no le dice",
        "sources": "Fuentes",
        "plain": "Texto en lenguaje sencillo, escrito por nosotros (en inglés)",
        "official": "Texto oficial",
        "as_of": "norma vigente a",
        "here": "En su sección",
        "at": "Lea el párrafo oficial en eCFR",
        "case_at": "Publicado en",
        "unconfirmed": "sin confirmar",
        "vacated": "ya no está vigente",
        "related": "¿No era eso? También se pregunta",
        "help": "Quién puede ayudar",
        "searched": "Qué se buscó",
        "nearest": "Las disposiciones más cercanas",
        "danger": "Primero, su seguridad",
        "beside": "Véase también",
        "rests": "Se apoya además en",
    },
}
QUOTED = 900  # official characters shown beside a plain paragraph; its page has them all
_SPECIAL = re.compile(r"([\\`*_\[\]#|~$])")


def safe(text: str) -> str:
    """Text with every tag out and every Markdown mark escaped."""
    return _SPECIAL.sub(r"\\\1", nh3.clean(text, tags=set()))


def numbered(reply: Answer) -> dict[str, int]:
    """Source numbers of the passages cited, in the order of citing."""
    numbers: dict[str, int] = {}
    for s in reply.statements:
        for passage_id in s.passage_ids:
            numbers.setdefault(passage_id, len(numbers) + 1)
    return numbers


def answer_markdown(reply: Reply) -> str:
    """The answer, or the abstention, as Markdown."""
    h = _HEADINGS[reply.language]
    head = f"### {h['danger']}\n\n**{safe(reply.safety)}**\n\n---\n\n" if reply.safety else ""
    return head + (_abstention(reply) if isinstance(reply, Abstention) else _answer(reply))


def _answer(reply: Answer) -> str:
    h, phrases = _HEADINGS[reply.language], PHRASES[reply.language]
    numbers = numbered(reply)
    first = next(s for s in reply.statements if s.role == "short_answer")
    word = phrases.get(reply.verdict or "", "") if reply.verdict in ("yes", "no", "depends") else ""
    lines = [f"## {f'**{word}.** ' if word else ''}{safe(first.text)}\n\n{_refs(first, numbers)}"]
    for role in ("rule", "case", "limit", "next_step"):
        statements = [s for s in reply.statements if s.role == role]
        if statements:
            lines.append(f"### {h[role]}")
            lines += [f"- {safe(s.text)} {_refs(s, numbers)}{_authority(s, h)}" for s in statements]
    lines.append(f"### {h['not']}\n\n{safe(phrases['limit'])}")
    if reply.notice:
        lines.insert(0, f"*{safe(reply.notice)}*")
    return "\n\n".join(lines).replace("\n\n- ", "\n- ")


def _refs(s: Statement, numbers: dict[str, int]) -> str:
    return " ".join(f"[\\[{numbers[i]}\\]](#source-{numbers[i]})" for i in s.passage_ids)


def _authority(s: Statement, h: dict[str, str]) -> str:
    if not s.authority:
        return ""
    return f" ({h['rests']} " + "; ".join(f"[{safe(a.title)}]({a.url})" for a in s.authority) + ")"


def _abstention(reply: Abstention) -> str:
    h = _HEADINGS[reply.language]
    lines = [
        f"## {safe(reply.reason)}",
        f"### {h['help']}\n\n{safe(reply.refer_to)}",
        f"### {h['searched']}\n\n{safe(reply.searched)}",
    ]
    if reply.nearest:
        lines.append(f"### {h['nearest']}\n\n" + "; ".join(safe(str(c)) for c in reply.nearest))
    return "\n\n".join(lines)


def sources_markdown(reply: Reply, official: OfficialWords) -> str:
    """The source pane: every cited passage under its number, with the words that carry the statements marked."""
    h = _HEADINGS[reply.language]
    if isinstance(reply, Abstention):
        passages: list[tuple[int, Passage, list[str]]] = [
            (i, e.passage, []) for i, e in enumerate([e for e in reply.evidence if e.passage.kind == "regulation"][:3], 1)
        ]
    else:
        by_id = {e.passage.id: e.passage for e in reply.evidence}
        carried: dict[str, list[str]] = {}
        for s in reply.statements:
            for i in s.passage_ids:
                carried.setdefault(i, []).append(s.text)
        passages = [(n, by_id[i], carried[i]) for i, n in numbered(reply).items()]
    if not passages:
        return ""
    return f"### {h['sources']}\n\n" + "\n\n".join(_source(n, p, texts, h, reply, official) for n, p, texts in passages)


def _source(number: int, passage: Passage, statements: Sequence[str], h: dict[str, str], reply: Reply, official: OfficialWords) -> str:
    citation, words = passage.citations[0], ""
    if isinstance(citation, CaseCitation):
        label = h["unconfirmed"] if not passage.confirmed else "OCR"
        link = f"[{h['case_at']} {passage.url.split('/')[2]}]({passage.url})"
    else:
        label = f"{h['plain']}, {h['as_of']} {reply.as_of}"
        link = f"[{h['at']}]({passage.url}) · [{h['here']}]({law_link(citation)})"
        words = " ".join(p.text for p in official.printed(citation) if p.citation == citation)
    if passage.status == "vacated":
        label += f", **{h['vacated']}**"
    beside = f"\n\n> **{h['official']}, {official.date}:** “{safe(shorten(words, QUOTED))}”" if words else ""
    return f"#### {number}. {safe(str(citation))}\n\n*{safe(label)}* · {link}\n\n{_marked(passage.text, statements)}{beside}"


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
