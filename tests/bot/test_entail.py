"""A statement that says other than the passage it cites is dropped with its reason, in either language; the corpus's own never is."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from bot.answer import Answer, Evidence, Statement
from bot.ground import ground
from bot.grounding import entail
from bot.grounding.actors import wrong_actor
from bot.grounding.conditions import dropped_exception, invented_remedy, swept, unsaid_sweep, waved_condition
from bot.grounding.entail import NAMES, contradicts, load_weights
from bot.grounding.modality import modes, wrong_mode, wrong_polarity
from bot.grounding.own import OwnTexts
from bot.grounding.quantities import quantities, wrong_quantity
from bot.grounding.words import uncovered
from bot.pipeline import Desk, ask
from corpus.citation import parse
from corpus.load import Corpus
from ingest.passages import Passage

QUANTITIES = [
    ("within thirty days", {(30.0, "day")}),
    ("within 30 (thirty) days", {(30.0, "day")}),
    ("two weeks", {(14.0, "day")}),  # weeks are days
    ("one year", {(12.0, "month")}),  # and years months
    ("a 12-month period", {(12.0, "month")}),
    ("15 business days", {(15.0, "business day")}),  # which are not days
    ("up to $6.50", {(6.5, "dollar")}),
    ("1,500 people", {(1500.0, "person")}),
    ("ten percent", {(10.0, "percent")}),
    ("extend it twice", {(2.0, "time")}),
    ("once you agree", set()),  # a when, no count
    ("two kinds of note", set()),  # counts nothing that law turns on
    ("under 164.524(b)(2) and 5 U.S.C. 552a", set()),  # references
    ("dentro de sesenta días", {(60.0, "day")}),
    ("durante once años", {(132.0, "month")}),  # eleven years
]


@pytest.mark.parametrize(("text", "counted"), QUANTITIES)
def test_numbers_are_read_with_their_units(text: str, counted: set[tuple[float, str]]) -> None:
    assert quantities(text) == counted


MODES = [
    ("They must tell you.", {"must"}),
    ("They have to tell you.", {"must"}),
    ("They do not have to tell you.", {"need not"}),
    ("They need not tell you.", {"need not"}),
    ("The rule does not require it.", {"need not"}),
    ("They may tell you.", {"may"}),
    ("They may not tell you.", {"may not"}),
    ("They can never tell you.", {"may not"}),
    ("They may not refuse.", {"must"}),
    ("Deben decirle.", {"must"}),
    ("No tienen que decirle.", {"need not"}),
    ("Pueden decirle.", {"may"}),
    ("No pueden decirle.", {"may not"}),
]


@pytest.mark.parametrize(("text", "found"), MODES)
def test_must_may_and_their_denials_are_told_apart(text: str, found: set[str]) -> None:
    assert modes(text) == found


ACT = "The covered entity must act within 30 days of receiving the request, unless it uses the extension."
CALLS = "A covered health care provider may tell a family member what is relevant to that person's part in your care."
LIMIT = "A covered entity does not have to agree to a restriction, except as the paragraph on full payment provides."
SAFE = "A covered entity may disclose what is needed if a threat is serious and imminent."
NAMES_IT = "You have the right to a review by a professional whom the covered entity names."

Check = Callable[[str, Sequence[str]], str | None]
FAULTS: list[tuple[Check, str, str, str]] = [
    (wrong_quantity, "They must act within 60 days.", ACT, "60 day"),
    (wrong_quantity, "They must act within 30 business days.", ACT, "30 business day"),
    (wrong_quantity, "They must act within 30 months.", ACT, "30 month"),
    (wrong_quantity, "Deben responder en sesenta días.", ACT, "60 day"),
    (
        wrong_quantity,
        "The breach notice may wait at least 60 days.",
        "The notice must come no later than 60 days after it.",
        "sets a least",
    ),
    (wrong_actor, "Your employer must act within 30 days.", ACT, "employer"),
    (wrong_actor, "Your health plan may tell your family.", CALLS, "plan"),
    (wrong_actor, "HHS must act within 30 days.", ACT, "hhs"),
    (wrong_actor, "You pick the professional who reviews it.", NAMES_IT, "another choose"),
    (wrong_mode, "They may act on the request.", "The covered entity must act on the request.", "'may'"),
    (wrong_mode, "The provider must tell your family what is relevant.", CALLS, "'must'"),
    (wrong_mode, "They do not have to act on the request.", "The covered entity must act on the request.", "'need not'"),
    (wrong_mode, "El proveedor debe hablar con su familia.", CALLS, "'must'"),
    (wrong_polarity, "The disclosures are not counted.", "The disclosures are counted.", "denies"),
    (wrong_polarity, "The requirement applies to an authorization.", "The requirement does not apply to an authorization.", "denies"),
    (swept, "They never have to agree to a restriction.", LIMIT, "'never'"),
    (swept, "Deben responder en todos los casos.", ACT, "'en todos los casos'"),
    (waved_condition, "They may disclose it even if the threat is not imminent.", SAFE, "'even if'"),
    (waved_condition, "It holds if any one of the conditions is met.", "It holds if all four conditions are met.", "asks for one"),
    (invented_remedy, "You may sue them for damages.", ACT, "'sue'"),
    (invented_remedy, "They must then give you the copy at no cost.", ACT, "'at no cost'"),
    (invented_remedy, "Puede demandarla por daños.", ACT, "'demandarla'"),
    (unsaid_sweep, "They may tell anyone.", CALLS, "'anyone'"),
]


@pytest.mark.parametrize(("check", "statement", "passage", "reason"), FAULTS)
def test_each_step_names_the_fault(check: Check, statement: str, passage: str, reason: str) -> None:
    assert reason in str(check(statement, [passage]))


STANDS: list[tuple[Check, str, str]] = [
    (wrong_quantity, "They have thirty days to act.", ACT),
    (wrong_quantity, "Tienen treinta días para responder.", ACT),
    (wrong_actor, "Your doctor must act within 30 days.", ACT),  # a doctor is a covered entity
    (wrong_actor, "Your health plan must act within 30 days.", ACT),
    (wrong_mode, "A hospital has to act on your request.", ACT),
    (wrong_mode, "You may ask for a copy.", "A covered entity must let you ask for a copy."),  # the other side of a duty
    (wrong_mode, "They may not refuse to act on it.", "The covered entity must act on it."),
    (wrong_mode, "Nobody makes them tell; the rule does not require it.", CALLS),
    (wrong_polarity, "The first list costs you nothing.", "Your first list must be free."),
    (swept, "A refusal must always be in writing.", "The covered entity must give you a denial in writing."),  # no exception there
    (waved_condition, "The fee may be charged even if you withdraw.", "The fee may be charged even if you withdraw the request."),
    (invented_remedy, "The first list is free.", "Your first list must be free."),
]


@pytest.mark.parametrize(("check", "statement", "passage"), STANDS)
def test_another_wording_of_the_same_law_stands(check: Check, statement: str, passage: str) -> None:
    assert check(statement, [passage]) is None


def test_a_lost_exception_shows() -> None:
    assert dropped_exception("They must act on your request within 30 days.", [ACT])
    assert not dropped_exception("They must act on your request within 30 days, unless they extend it.", [ACT])


def test_lay_words_meet_the_rules_words_in_both_languages() -> None:
    assert uncovered("The doctor may talk to a relative about your care.", [CALLS]) == ()
    assert uncovered("El proveedor puede hablar con un familiar.", [CALLS]) == ()
    assert uncovered("Your landlord evicts tenants.", [CALLS]) == ("landlord", "evict", "tenant")


def test_faults_add_up_and_the_worst_is_named() -> None:
    assert contradicts("Your provider has 30 days to act on your request, unless it uses the extension.", [ACT]) is None
    assert "60 day" in str(contradicts("Your provider has 60 days to act on your request, unless it uses the extension.", [ACT]))
    assert contradicts("They must act within 30 days.", []) == "cites no passage"


def test_every_finding_has_a_weight_that_speaks_against_a_statement() -> None:
    weights = load_weights()
    assert set(weights.of) == set(NAMES)
    assert min(weights.of.values()) >= 0
    assert json.loads(Path(entail.WEIGHTS).read_text(encoding="utf-8"))["most"] == weights.most


FEE = parse("164.524(b)(2)(i)")
PASSAGE = Passage("regulation/time", "regulation", "Time", ACT, (FEE,))


def _said(text: str) -> Statement:
    return Statement("rule", text, (FEE,), (PASSAGE.id,))


def test_what_a_writer_words_must_say_what_its_passages_say(corpus: Corpus) -> None:
    good, bad = _said("Your doctor has 30 days to act, unless the extension is used."), _said("Your employer must act within 30 days.")
    kept, dropped = ground([good, bad], [Evidence(PASSAGE, 1, 0.9)], own=OwnTexts(corpus))
    assert kept == (good,)
    assert "employer" in dropped[0].reason


def test_the_corpus_s_own_sentence_is_never_dropped_for_its_wording(corpus: Corpus) -> None:
    own = OwnTexts(corpus)
    taken = [_said(p.text) for n in corpus.notes[:40] for p in n.why if not _numbers(p.text)]
    kept, _ = ground(taken, [Evidence(PASSAGE, 1, 0.9)], own=own)
    assert [s.text for s in taken if s not in kept] == []
    assert not own.holds(taken[0].text + " Always.")
    assert not own.holds(taken[0].text[:-10])


def _numbers(text: str) -> bool:
    """True for a text that ground drops here for another reason: a number that the one passage lacks, or a quotation."""
    return any(c.isdigit() for c in text) or bool(quantities(text)) or any(q in text for q in '“"')


QUESTIONS = [
    *(f"Can my {who} {act}?" for who in ("doctor", "health plan", "employer", "therapist", "pharmacy") for act in (
        "share my diagnosis", "refuse me my records", "charge me for a copy", "sell my information", "talk to my wife about my care",
        "keep me waiting for my chart", "give my records to the police", "send me fundraising letters"
    )),
    "How long do they have to give me my records?",
    "Can I get my late father's records?",
    "Can a parent see a teenager's records?",
    "What can I do if my record is wrong?",
    "Who has seen my records?",
    "How do I complain to OCR?",
    "Can they retaliate if I complain?",
    "When must I be told of a breach?",
    "Can a court get my records by subpoena?",
    "Do I have to sign the privacy notice?",
    "Can I see my psychotherapy notes?",
    "¿Me pueden negar mi expediente porque les debo dinero?",
    "¿Cuánto tiempo tienen para darme mis registros?",
    "¿Puede mi jefe ver mi expediente médico?",
    "¿Pueden hablar con mi familia sobre mi salud?",
    "¿Cómo me quejo ante OCR?",
    "¿Pueden cobrarme por una copia?",
    "¿Puede la policía pedir mi información médica?",
    "¿Qué hago si hay un error en mi expediente?",
    "¿Puedo ver los registros de mi hijo?",
]  # fmt: skip


def test_composed_answers_to_sixty_questions_lose_nothing(desk: Desk) -> None:
    assert len(QUESTIONS) == 60
    own = OwnTexts(desk.retriever.edition.corpus)
    answered = 0
    for question in QUESTIONS:
        reply = ask(question, desk)
        if isinstance(reply, Answer):
            answered += 1
            assert ground(reply.statements, reply.evidence, own=own) == (reply.statements, ()), question
    assert answered >= 45
