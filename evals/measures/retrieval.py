"""Recall and reciprocal rank of the gold sections and paragraphs, by ir-measures (MacAvaney, Macdonald, Ounis 2022)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import ir_measures
from ir_measures import RR, R, Success

from corpus.citation import parse

CUTOFFS = (1, 5, 10)
SUCCESS_AT = (1, 5)


def per_question(qrels: Mapping[str, Mapping[str, int]], runs: Mapping[str, Sequence[str]]) -> dict[str, dict[str, float]]:
    """`R@k`, `RR` and `Success@k` (a deciding label, grade 2, among the first k) of each question.

    Args:
        qrels: question id -> label -> grade.
        runs: question id -> labels, best first; a question that is missing counts 0.
    """
    measures = [*(R @ k for k in CUTOFFS), *(Success(rel=2) @ k for k in SUCCESS_AT), RR]
    scored = {qid: {label: float(-i) for i, label in enumerate(dict.fromkeys(labels))} for qid, labels in runs.items()}
    graded = {qid: dict(labels) for qid, labels in qrels.items()}
    values: dict[str, dict[str, float]] = {qid: {_name(m): 0.0 for m in measures} for qid in qrels}
    for row in ir_measures.iter_calc(measures, graded, scored):
        values[row.query_id][_name(row.measure)] = float(row.value)
    return values


def _name(measure: object) -> str:
    """`Success@5` for what ir-measures prints as `Success(rel=2)@5`."""
    return str(measure).replace("(rel=2)", "")


def sections(labels: Sequence[str]) -> list[str]:
    """The sections of citations, in order, each once; an OCR matter has none."""
    return list(dict.fromkeys(parse(label).section for label in labels if label.startswith("45 CFR")))
