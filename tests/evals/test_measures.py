"""Measures agree with examples worked by hand; questions are apart from the notes' asks."""

from __future__ import annotations

import pytest
from rapidfuzz import fuzz, process

from corpus.load import Corpus
from evals.agreement import agreement, kappa, load_readings
from evals.measures import retrieval
from evals.measures.verdicts import per_question
from evals.questions import Question, load
from evals.run import bootstrap, fallen


def test_recall_and_reciprocal_rank_as_worked_by_hand() -> None:
    qrels = {"a": {"x": 2, "y": 1}, "b": {"z": 2}, "c": {"w": 2}}
    runs = {"a": ["q", "x", "y"], "b": ["z", "q"]}  # c is missing, and counts 0
    values = retrieval.per_question(qrels, runs)
    assert values["a"] == {"R@1": 0.0, "R@5": 1.0, "R@10": 1.0, "RR": 0.5, "Success@1": 0.0, "Success@5": 1.0}
    assert values["b"] == {"R@1": 1.0, "R@5": 1.0, "R@10": 1.0, "RR": 1.0, "Success@1": 1.0, "Success@5": 1.0}
    assert values["c"] == {"R@1": 0.0, "R@5": 0.0, "R@10": 0.0, "RR": 0.0, "Success@1": 0.0, "Success@5": 0.0}
    assert retrieval.per_question({"d": {"x": 1, "z": 2}}, {"d": ["x", "y"]})["d"]["Success@5"] == 0.0, "x only helps"


def _question(**given: object) -> Question:
    base = {
        "id": "q",
        "slice": "lay",
        "style": "plain",
        "family": "f",
        "split": "tune",
        "turns": ("Can they?",),
        "language": "en",
        "kind": "answer",
        "verdicts": ("no",),
        "paragraphs": {"45 CFR 164.524(a)(1)": 2},
    }
    return Question.model_validate(base | given)


VERDICTS = [("no", 1.0, 0.0), ("yes", 0.0, 1.0), (None, 0.0, 0.0), ("depends", 0.0, 0.0)]


@pytest.mark.parametrize(("said", "right", "opposite"), VERDICTS)
def test_an_opposite_verdict_is_told_from_none(said: str | None, right: float, opposite: float) -> None:
    values = per_question(_question(), {"verdict": said})
    assert (values["verdict right"], values["verdict opposite"]) == (right, opposite)


def test_a_question_that_cannot_be_scored_is_refused() -> None:
    with pytest.raises(ValueError, match="needs paragraphs"):
        _question(paragraphs={})
    with pytest.raises(ValueError, match="printed our way"):
        _question(paragraphs={"164.524(a)(1)": 2})


def test_the_bootstrap_holds_the_mean() -> None:
    interval = bootstrap([0.0, 1.0] * 50)
    assert interval.low < interval.mean == 0.5 < interval.high
    assert 0.08 < interval.high - interval.mean < 0.12  # 1.96 * 0.05 = 0.098


def test_a_fall_beyond_the_interval_is_named() -> None:
    baseline = {
        "measures": {"section R@1": {"mean": 0.9, "low": 0.8, "high": 0.95}, "verdict opposite": {"mean": 0.1, "low": 0.0, "high": 0.2}}
    }
    assert fallen({"section R@1": bootstrap([0.8] * 9), "verdict opposite": bootstrap([0.2] * 9)}, baseline) == []
    lines = fallen({"section R@1": bootstrap([0.7] * 9), "verdict opposite": bootstrap([0.3] * 9)}, baseline)
    assert [line.split(":")[0] for line in lines] == ["section R@1", "verdict opposite"]


def test_there_are_questions_of_each_kind_and_families_keep_to_one_split() -> None:
    questions = load()
    assert len(questions) >= 520
    assert sum(q.split == "test" for q in questions) >= 200
    assert {q.slice for q in questions} >= {"lay", "reversed", "false_premise", "multi_turn", "out_of_scope", "danger", "spanish"}
    splits: dict[str, set[str]] = {}
    for q in questions:
        splits.setdefault(q.family, set()).add(q.split)
    assert [f for f, s in splits.items() if len(s) > 1] == []


def test_gold_paragraphs_exist(corpus: Corpus) -> None:
    known = {str(p.citation) for p in corpus.provisions}
    missing = {c for q in load() for c in q.paragraphs} - known
    assert missing == set()


def test_no_question_is_a_notes_ask(corpus: Corpus) -> None:
    """rapidfuzz token set ratio below 90 to every wording the index holds."""
    asks = [
        a.lower()
        for n in corpus.notes
        for a in (n.question, *n.asks, *n.asks_reversed, *n.asks_es, *(x for b in n.branches for x in b.asks))
    ]
    asks += [a.lower() for p in corpus.provisions for a in p.asks]
    leaked = []
    for q in load():
        words = len(q.turns[-1].split())
        alike = [a for a in asks if words * 0.6 <= len(a.split()) <= words * 1.6]  # a set of few words is in any long story
        best = process.extractOne(q.turns[-1].lower(), alike, scorer=fuzz.token_set_ratio, score_cutoff=90)
        leaked += [(q.id, best[0])] if best else []
    assert leaked == []


def test_kappa_of_a_table_worked_by_hand() -> None:
    # 10 items, 7 agreed: one says yes 6 times, the other 5; chance (.6*.5 + .4*.5) = .5, so (.7 - .5) / .5 = .4
    one = ["yes"] * 6 + ["no"] * 4
    other = ["yes"] * 4 + ["no"] * 2 + ["yes"] + ["no"] * 3
    assert kappa(one, other) == pytest.approx(0.4)
    assert kappa(["yes"], ["yes"]) == 1


def test_the_gold_verdicts_hold_when_read_again() -> None:
    found = agreement(load(), load_readings())
    assert found.questions == 40
    assert min(found.first_with_gold, found.second_with_gold) >= 0.9
