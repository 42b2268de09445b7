"""The operating curve of refusals against one counted by hand."""

from __future__ import annotations

import pytest

from evals.calibration import Operating, operating_curve
from evals.questions import Question


def _question(id: str, kind: str) -> Question:
    gold = {"verdicts": ["yes"], "paragraphs": {"45 CFR 164.524(a)(1)": 2}} if kind == "answer" else {"verdicts": [], "paragraphs": {}}
    row = {"id": id, "slice": "lay", "style": "plain", "family": "f", "split": "tune", "turns": ["?"], "language": "en", "kind": kind}
    return Question.model_validate(row | gold)


def test_the_curve_agrees_with_a_count_by_hand() -> None:
    asked = [_question("a", "answer"), _question("b", "answer"), _question("x", "abstention"), _question("y", "abstention")]
    curve = operating_curve(asked, {"a": 0.3, "b": 0.0, "x": -0.1, "y": 0.1})
    assert curve == [
        Operating(-0.1, 0.5, 0.0),
        Operating(0.0, 0.5, 0.5),
        Operating(0.1, 1.0, 0.5),
        Operating(0.3, 1.0, 1.0),
    ]


def test_a_curve_needs_both_kinds() -> None:
    with pytest.raises(ValueError, match="both kinds"):
        operating_curve([_question("a", "answer")], {"a": 0.1})
