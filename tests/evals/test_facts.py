"""Measures read from an answer's own JSON, on rows written by hand."""

from __future__ import annotations

from typing import Any

import pytest

from evals.measures import facts, plainness, support
from evals.questions import Fact
from evals.report import risk_coverage
from evals.run import paired
from tests.evals.test_measures import _question

ROW: dict[str, Any] = {
    "safety": None,
    "language": "en",
    "verdict": "no",
    "abstention": None,
    "statements": [
        {"role": "short_answer", "text": "They may not keep your records. They have 30 days.", "citations": ["45 CFR 164.524(b)(2)(i)"]},
        {"role": "rule", "text": "They have 99 days.", "citations": ["45 CFR 164.524(b)(2)(i)"]},
        {"role": "limit", "text": "A fee may be asked.", "citations": ["45 CFR 164.999"]},
    ],
    "evidence": [{"citations": ["45 CFR 164.524(b)(2)(i)"], "text": "The covered entity must act within 30 days."}],
}


def test_nuggets_are_the_share_of_facts_whose_every_pattern_is_found() -> None:
    wanted = (
        Fact(fact="30 days", words=("30 days|thirty days",)),
        Fact(fact="may not keep because of a bill", words=("may not keep", "bill")),
        Fact(fact="for people only"),
    )
    values = facts.per_question(_question(nuggets=wanted, must_not=(Fact(fact="may keep", words=("(?<!not )may keep",)),)), ROW)
    assert values == {"nuggets present": 0.5, "must-not stated": 0.0}


def test_a_pattern_that_does_not_compile_is_refused() -> None:
    with pytest.raises(ValueError, match="is no pattern"):
        Fact(fact="x", words=("(",))


def test_a_statement_with_no_evidence_or_a_number_of_its_own_is_unsupported() -> None:
    assert support.per_question(_question(), ROW) == {"unsupported statements": pytest.approx(2 / 3)}


def test_spanish_and_reading_grade_are_measured_apart() -> None:
    assert plainness.per_question(_question(language="es"), ROW) == {"answers in Spanish": 0.0}
    assert -2 < plainness.per_question(_question(), ROW)["reading grade"] < 6


def test_a_paired_change_is_of_the_questions_both_runs_answered() -> None:
    change = paired({"a": 1.0, "b": 1.0, "c": 0.0}, {"a": 0.0, "b": 1.0, "d": 1.0})
    assert (change.mean, change.n) == (0.5, 2)


def test_the_risk_coverage_curve_goes_from_the_surest_down() -> None:
    questions = [_question(id=i) for i in "abcd"]
    rows = {
        "a": {"verdict": "no", "certainty": 0.9},
        "b": {"verdict": "yes", "certainty": 0.7},
        "c": {"verdict": "no", "certainty": 0.8},
        "d": {"verdict": None, "certainty": 0.0},
    }
    assert risk_coverage(questions, rows) == [(0.25, 0.0, 1), (0.5, 0.0, 2), (0.75, pytest.approx(1 / 3), 3)]
