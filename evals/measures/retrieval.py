"""Recall and reciprocal rank of the gold sections and paragraphs, by ir-measures (MacAvaney, Macdonald, Ounis 2022)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import ir_measures
from ir_measures import RR, R

from corpus.citation import parse

CUTOFFS = (1, 5, 10)


def per_question(qrels: Mapping[str, Mapping[str, int]], runs: Mapping[str, Sequence[str]]) -> dict[str, dict[str, float]]:
    """`R@k` and `RR` of each question.

    Args:
        qrels: question id -> label -> grade.
        runs: question id -> labels, best first; a question that is missing counts 0.
    """
    measures = [*(R @ k for k in CUTOFFS), RR]
    scored = {qid: {label: float(-i) for i, label in enumerate(dict.fromkeys(labels))} for qid, labels in runs.items()}
    graded = {qid: dict(labels) for qid, labels in qrels.items()}
    values: dict[str, dict[str, float]] = {qid: {str(m): 0.0 for m in measures} for qid in qrels}
    for row in ir_measures.iter_calc(measures, graded, scored):
        values[row.query_id][str(row.measure)] = float(row.value)
    return values


def sections(labels: Sequence[str]) -> list[str]:
    """The sections of citations, in order, each once; an OCR matter has none."""
    return list(dict.fromkeys(parse(label).section for label in labels if label.startswith("45 CFR")))
