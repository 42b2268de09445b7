"""One HTML page of a run: tables with intervals, plots by slice, and every wrong tune question with what was found, said and wanted."""

from __future__ import annotations

import html
import io
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bot.scope import LESS_NEAR
from evals.agreement import agreement, load_readings
from evals.calibration import Operating, operating_curve
from evals.questions import Question
from evals.run import Interval, Values, intervals, ranked

PLOTTED = ("section Success@1", "section Success@5", "verdict right", "verdict opposite", "nuggets present")
STYLE = """
body{font:16px/1.5 system-ui,sans-serif;max-width:72rem;margin:2rem auto;padding:0 1rem;color:#1d2733;background:#fff}
table{border-collapse:collapse;margin:1rem 0;width:100%}
th,td{border-bottom:1px solid #d5dce3;padding:.35rem .6rem;text-align:left;vertical-align:top}
th{background:#f2f5f8}td.n{font-variant-numeric:tabular-nums;white-space:nowrap}
details{border:1px solid #d5dce3;border-radius:6px;padding:.5rem .8rem;margin:.5rem 0}svg{max-width:100%;height:auto}
"""


def _esc(text: object) -> str:
    return html.escape(str(text))


def _table(columns: Mapping[str, Mapping[str, Interval]]) -> str:
    names = dict.fromkeys(n for c in columns.values() for n in c)
    head = "".join(f"<th scope=col>{_esc(c)}</th>" for c in ("measure", *columns))
    rows = []
    for name in names:
        cells = "".join(
            f"<td class=n>{i.mean:.3f} <small>[{i.low:.2f}, {i.high:.2f}] n={i.n}</small></td>" if (i := c.get(name)) else "<td></td>"
            for c in columns.values()
        )
        rows.append(f"<tr><th scope=row>{_esc(name)}</th>{cells}</tr>")
    return f"<table><tr>{head}</tr>{''.join(rows)}</table>"


def _svg(figure: Any) -> str:
    import matplotlib.pyplot as plt

    out = io.StringIO()
    figure.savefig(out, format="svg", bbox_inches="tight")
    plt.close(figure)
    return out.getvalue()[out.getvalue().index("<svg") :]


def _by_slice(questions: Sequence[Question], values: Values) -> str:
    """Bars of a few measures for each slice, with intervals."""
    import matplotlib.pyplot as plt

    slices = defaultdict(set)
    for q in questions:
        slices[q.slice].add(q.id)
    names = sorted(slices)
    figure, axes = plt.subplots(1, len(PLOTTED), figsize=(3 * len(PLOTTED), 0.35 * len(names) + 1), sharey=True)
    for axis, measure in zip(axes, PLOTTED, strict=True):
        found = [intervals({measure: values.get(measure, {})}, slices[s]).get(measure) for s in names]
        means = [i.mean if i else 0.0 for i in found]
        spread = [[i.mean - i.low if i else 0.0 for i in found], [i.high - i.mean if i else 0.0 for i in found]]
        axis.barh(names, means, xerr=spread, color="#2c6e9b", ecolor="#7d8a97")
        axis.set_xlim(0, 1)
        axis.set_title(measure, fontsize=9)
    return _svg(figure)


def risk_coverage(questions: Sequence[Question], rows: Mapping[str, dict[str, Any]]) -> list[tuple[float, float, int]]:
    """(share of questions with Yes or No said, share of those that are wrong, how many), from the surest down.

    Wrong is a Yes or No that is none of the acceptable verdicts (El-Yaniv & Wiener 2010).
    """
    said = sorted(
        (
            (row["certainty"], row["verdict"] in q.verdicts)
            for q in questions
            if q.kind == "answer" and (row := rows[q.id])["verdict"] in ("yes", "no")
        ),
        key=lambda pair: -pair[0],
    )
    total = sum(q.kind == "answer" for q in questions)
    wrong, curve = 0, []
    for i, (_, right) in enumerate(said, 1):
        wrong += not right
        curve.append((i / total, wrong / i, i))
    return curve


def _curve(curves: Mapping[str, list[tuple[float, float, int]]]) -> str:
    import matplotlib.pyplot as plt

    figure, axis = plt.subplots(figsize=(6, 3.5))
    for name, points in curves.items():
        axis.plot([p[0] for p in points], [p[1] for p in points], label=name)
    axis.set_xlabel("share of answerable questions with Yes or No said")
    axis.set_ylabel("share of those wrong")
    axis.set_ylim(0, 0.5)
    axis.legend()
    return _svg(figure)


def _refusals(curves: Mapping[str, list[Operating]]) -> str:
    import matplotlib.pyplot as plt

    figure, axis = plt.subplots(figsize=(6, 3.5))
    for name, points in curves.items():
        (line,) = axis.plot([p.answerable for p in points], [p.unanswerable for p in points], label=name)
        chosen = [p for p in points if p.allowance <= LESS_NEAR][-1:]
        axis.plot([p.answerable for p in chosen], [p.unanswerable for p in chosen], "o", color=line.get_color())
    axis.set_xlabel("share refused of what can be answered")
    axis.set_ylabel("share refused of what cannot")
    axis.set_xlim(0, 0.5)
    axis.legend()
    return _svg(figure)


def _wrong(question: Question, row: dict[str, Any], values: Values) -> str:
    """Why a question counts as wrong; empty for one that does not."""
    low = {
        "wrong verdict": values["verdict opposite"].get(question.id, 0.0) == 1,
        "deciding section not among the first five": values["section Success@5"].get(question.id, 1.0) == 0,
        "refused": values["refuses answerable"].get(question.id, 0.0) == 1,
        "answered what it cannot": values["refuses unanswerable"].get(question.id, 1.0) == 0,
        "danger missed": values["danger met"].get(question.id, 1.0) == 0,
        "false alarm": values["false alarm"].get(question.id, 0.0) == 1,
        "says what it must not": values["must-not stated"].get(question.id, 0.0) == 1,
    }
    return ", ".join(name for name, is_so in low.items() if is_so)


def _worst(questions: Sequence[Question], rows: Mapping[str, dict[str, Any]], values: Values) -> str:
    parts = []
    for q in questions:
        row = rows[q.id]
        if q.split != "tune" or not (why := _wrong(q, row, values)):
            continue
        asked = "<br>".join(_esc(t) for t in q.turns)
        said = row["short_answer"] or (row["abstention"] or {}).get("reason", "")
        parts.append(
            f"<details><summary><b>{_esc(q.id)}</b> ({_esc(q.slice)}): {_esc(why)}</summary><p>{asked}</p>"
            f"<p>Wanted: {_esc('/'.join(q.verdicts) or q.kind)}; {_esc('; '.join(q.paragraphs))}</p>"
            f"<p>Found: {_esc('; '.join(ranked(row)[:6]))}</p><p>Said: {_esc(row['verdict'] or row['kind'])}. {_esc(said)}</p></details>"
        )
    return "".join(parts)


def _agreement(questions: Sequence[Question]) -> str:
    a = agreement(questions, load_readings())
    return (
        f"<p>{a.questions} questions, drawn by lot, were answered twice more from the official text alone, the gold unseen. The first "
        f"reader agrees with the gold in {a.first_with_gold:.0%}, the second in {a.second_with_gold:.0%}; they agree with each other in "
        f"{a.between:.0%} (Cohen's kappa {a.kappa:.2f}). For {len(a.differ)} neither agrees with the gold.</p>"
    )


def write(
    path: Path,
    questions: Sequence[Question],
    rows: Mapping[str, dict[str, Any]],
    values: Values,
    others: Mapping[str, Values],
    margin: Mapping[str, float],
    heading: str,
) -> None:
    """Write the page.

    Args:
        values: this desk's, per measure and question.
        others: rivals and variants, by name.
        margin: by how much the law is nearer to each question than topics outside it.
        heading: date, edition and number of questions, in words.
    """
    splits = {s: {q.id for q in questions if q.split == s} for s in ("test", "tune")}
    parts = [f"<h1>How well it answers</h1><p>{_esc(heading)}</p>"]
    for split, ids in splits.items():
        columns = {"this desk": intervals(values, ids)} | {n: intervals(v, ids) for n, v in others.items()}
        parts.append(f"<h2>{split}: {len(ids)} questions</h2>{_table(columns)}")
    parts.append(f"<h2>By slice, test</h2>{_by_slice([q for q in questions if q.split == 'test'], values)}")
    curves = {s: risk_coverage([q for q in questions if q.split == s], rows) for s in splits}
    parts.append(f"<h2>Yes and No: how often said, how often wrong</h2>{_curve(curves)}")
    refusals = {s: operating_curve([q for q in questions if q.split == s], margin) for s in splits}
    parts.append(f"<h2>Refusals: right and wrong</h2><p>The dot is the allowance in use, {LESS_NEAR}.</p>{_refusals(refusals)}")
    parts.append(f"<h2>Gold verdicts read twice more</h2>{_agreement(questions)}")
    parts.append(f"<h2>Wrong on tune</h2><p>Test questions are looked at in totals only.</p>{_worst(questions, rows, values)}")
    page = "".join(parts)
    path.write_text(
        f"<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content='width=device-width'>"
        f"<title>How well it answers</title><style>{STYLE}</style><body>{page}</body></html>",
        encoding="utf-8",
    )
