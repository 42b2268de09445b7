"""From an answer to a letter and to the next question: by the paragraphs cited, and with nothing filled in that was not told plainly."""

from __future__ import annotations

from datetime import date

import pytest

from bot.letters.facts import KINDS
from bot.letters.pointed import letter_for, pointed
from bot.letters.told import told
from bot.onward import onward
from bot.pipeline import Desk, ask
from corpus.citation import CaseCitation, parse

TODAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("citation", "kind"),
    [
        ("164.524(b)(1)", "access"),
        ("164.524(a)(1)", "access"),
        ("164.524(c)(2)(ii)", "access"),
        ("164.524(c)(3)(ii)", "access-third-party"),
        ("164.524(c)(4)(i)", "fee-objection"),
        ("164.524(a)(3)(i)", "denial-review"),
        ("164.524(a)(4)", "denial-review"),
        ("164.524(d)(2)", "denial-review"),
        ("164.524(d)(3)", None),
        ("164.524(a)(2)", None),
        ("164.526(b)(1)", "amendment"),
        ("164.526(d)(2)", "disagreement"),
        ("164.528(a)(1)", "accounting"),
        ("164.522(a)(1)(vi)(B)", "restriction-cash"),
        ("164.522(a)(1)(i)", None),
        ("164.522(b)(1)(i)", "confidential"),
        ("160.306(b)(3)", "ocr-complaint"),
        ("160.203(b)", None),
    ],
)
def test_a_paragraph_leads_to_its_letter(citation: str, kind: str | None) -> None:
    assert letter_for(parse(citation)) == kind


def test_a_matter_of_ocr_leads_to_no_letter() -> None:
    assert letter_for(CaseCitation("Some title")) is None


@pytest.mark.parametrize(
    ("question", "kinds"),
    [
        ("can they withhold my records if I owe money?", ("access", "denial-review", "ocr-complaint")),
        ("They want $90 to copy my chart. Is that allowed?", ("fee-objection", "access", "ocr-complaint")),
        ("They refused to correct my record. Now what?", ("disagreement", "ocr-complaint")),
        ("¿Me pueden negar mi expediente porque debo dinero?", ("access", "denial-review", "ocr-complaint")),
        ("How do I appeal a Medicare coverage denial?", ()),
    ],
)
def test_an_answer_points_to_the_letters_of_its_steps(question: str, kinds: tuple[str, ...], desk: Desk) -> None:
    assert pointed(ask(question, desk)) == kinds


@pytest.mark.parametrize(
    ("kind", "questions", "facts"),
    [
        ("access", ["Can I get my lab results from March 2024 to June 2025?"], {"records": "Lab results from March 2024 to June 2025"}),
        ("access", ["can I get my records"], {}),  # which ones is for the person to say
        ("access", ["I want my mother's MRI results"], {}),  # they are somebody else's
        ("access", ["They lost my X-ray films"], {}),  # not asked for
        ("access", ["I want my lab results.", "And can I get my MRI images?"], {}),  # two, so neither
        ("fee-objection", ["They want $1.50 per page for my chart"], {"fee": "$1.50 per page"}),
        ("fee-objection", ["They want 90 dollars", "Is 90 dollars allowed?"], {"fee": "90 dollars"}),
        ("fee-objection", ["I owe $300 and they won't give me my records"], {}),  # a debt, not a fee
        ("fee-objection", ["They said $20 then $40"], {}),
        (
            "denial-review",
            ["I asked for my chart on 3/2/2026.", "They refused on 4/1/2026 in a letter"],
            {"asked_on": "2026-03-02", "denied_on": "2026-04-01"},
        ),
        ("denial-review", ["I asked three weeks ago and they denied it on November 20"], {"denied_on": "2026-11-20"}),
        ("denial-review", ["I asked for my chart on January 5 and they refused"], {}),  # which January is worth asking
        ("denial-review", ["They denied my request on May 40, 2026"], {}),
        (
            "disagreement",
            ["I asked them to correct my record on May 4, 2026 and they denied it on June 1, 2026"],
            {"asked_on": "2026-05-04", "denied_on": "2026-06-01"},
        ),
        ("amendment", ["I asked them to correct my record on May 4, 2026"], {}),
    ],
)
def test_only_what_was_told_plainly_is_filled_in(kind: str, questions: list[str], facts: dict[str, str]) -> None:
    assert told(kind, questions, TODAY) == facts


@pytest.mark.parametrize("kind", KINDS)
def test_a_fact_that_is_filled_in_is_one_of_its_letter(kind: str) -> None:
    everything = "I asked for my lab results on 9/1/2026. They refused on 10/1/2026. They want $5. I found out on 10/2/2026."
    assert set(told(kind, [everything], TODAY)) <= set(KINDS[kind].model_fields)


def test_what_comes_next_is_what_the_steps_rest_on(desk: Desk) -> None:
    ahead = onward(ask("can they withhold my records if I owe money?", desk), desk.retriever.edition.corpus)
    assert ahead.following == (
        "How do I ask for my medical records?",
        "Can they turn down my request for records just by telling me no?",
        "How do I file a HIPAA complaint with the government, and by when?",
    )
    assert not set(ahead.meant) & set(ahead.following)
    assert 0 < len(ahead.meant) <= 3


def test_an_abstention_offers_what_else_was_meant_and_nothing_next(desk: Desk) -> None:
    ahead = onward(ask("How do I appeal a Medicare coverage denial?", desk), desk.retriever.edition.corpus)
    assert ahead.following == ()
