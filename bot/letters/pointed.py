"""Which letters an answer points to, read from the paragraphs its next steps rest on and never from the words of the question."""

from __future__ import annotations

from collections.abc import Sequence

from bot.answer import Answer, Reply
from corpus.citation import Citation, RuleCitation, parse

MOST = 3
# The first row that contains a citation decides; None where the paragraph leads to no letter.
_LETTERS: tuple[tuple[RuleCitation, str | None], ...] = tuple(
    (parse(citation), kind)
    for citation, kind in (
        ("164.524(a)(3)", "denial-review"),
        ("164.524(a)(4)", "denial-review"),
        ("164.524(a)(2)", None),  # grounds that no review meets
        ("164.524(c)(3)(ii)", "access-third-party"),
        ("164.524(c)(4)", "fee-objection"),
        ("164.524(d)(3)", None),  # who else holds the records
        ("164.524(d)", "denial-review"),
        ("164.524", "access"),
        ("164.526(d)", "disagreement"),
        ("164.526", "amendment"),
        ("164.528", "accounting"),
        ("164.522(a)(1)(vi)", "restriction-cash"),
        ("164.522(b)", "confidential"),
        ("160.306", "ocr-complaint"),
    )
)


def letter_for(citation: Citation) -> str | None:
    """The kind of letter that asks for what a paragraph gives; None where there is none."""
    if not isinstance(citation, RuleCitation):
        return None
    return next((kind for row, kind in _LETTERS if row.contains(citation)), None)


def pointed(reply: Reply) -> tuple[str, ...]:
    """Kinds of letter: that of the short answer first, then in the order of the steps, a complaint to OCR last; at most three.

    A step points to one letter, that of the first of its paragraphs that has one. Where an answer has no steps its short answer points.
    """
    if not isinstance(reply, Answer):
        return ()
    steps = [s.citations for s in reply.statements if s.role == "next_step"]
    short = [s.citations for s in reply.statements if s.role == "short_answer"]
    about = _first(short[0])
    kinds = sorted(dict.fromkeys(k for step in steps or short if (k := _first(step))), key=lambda k: k != about)
    others = [k for k in kinds if k != "ocr-complaint"]
    return (*others[: MOST - 1], "ocr-complaint") if "ocr-complaint" in kinds else tuple(others[:MOST])


def _first(citations: Sequence[Citation]) -> str | None:
    return next((k for c in citations if (k := letter_for(c))), None)
