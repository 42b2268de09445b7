"""Check every citation of a draft: does the provision exist, is it in force, are its words quoted right, does it bear on the sentence."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from bot.cite.bearing import Bearing, Bears
from bot.cite.cases import find_cases
from bot.cite.cited import Cited
from bot.cite.even import EvenText, even, sentences
from bot.cite.grammar import find_even
from bot.cite.quotes import Difference, Quotation, compare, is_verbatim, likeness, quotations
from bot.cite.rulebook import Rulebook, Standing
from bot.official import OfficialWords
from corpus.citation import RuleCitation

NEAR_BY = 240  # characters between a quotation and the citation sentence that follows it
FEWEST_WORDS = 4  # a sentence with fewer words besides its citations says too little to be weighed
_LEANS = re.compile(r"(?:\W|\b(?:see|accord|id|ibid|supra)\b)*", re.IGNORECASE)  # a citation sentence: it speaks of the sentence before
NO_OFFICIAL = "its quotations could not be checked: there is no official text here; run `python -m ingest sync`"


@dataclass(frozen=True)
class CheckedQuote:
    """A quotation beside a citation; `verbatim` is None where there is no official text to hold it against."""

    text: str
    start: int
    end: int
    verbatim: bool | None
    differences: tuple[Difference, ...] = ()
    found_at: tuple[RuleCitation, ...] = ()


@dataclass(frozen=True)
class Checked:
    """One citation, checked; offsets point into the draft as given. `text` is the plain-language edition."""

    cited: Cited
    as_written: str
    bluebook: str
    status: Standing
    nearest: tuple[RuleCitation, ...] = ()
    text: str = ""
    bears_on: Bears = "unsure"
    better: RuleCitation | None = None
    quotes: tuple[CheckedQuote, ...] = ()
    notes: tuple[str, ...] = field(default=())
    other_year: bool = False

    @property
    def faulty(self) -> bool:
        """True for what a reader of the draft should look at."""
        wrong = self.status in ("no_such_paragraph", "no_such_section", "vacated") or bool(self.cited.problem)
        return wrong or self.other_year or self.better is not None or any(q.verbatim is False for q in self.quotes)


def check(
    raw: str,
    rulebook: Rulebook,
    official: OfficialWords,
    bearing: Bearing | None = None,
    each: Callable[[int, int], None] = lambda done, of: None,
) -> tuple[Checked, ...]:
    """Check every citation of a draft, in order.

    Args:
        raw: the draft as given.
        rulebook: parts 160 and 164.
        official: the publisher's words, for quotations.
        bearing: None leaves every `bears_on` at "unsure".
        each: told how many citations are looked up, and of how many.
    """
    draft = even(raw)
    found = find_even(draft, rulebook, find_cases(draft.text))
    bounds = sentences(draft.text, [(c.start, c.end) for c in found])
    quoted = _assign(draft.text, found, bounds, rulebook, official)
    checked = []
    for i, c in enumerate(found):
        each(i, len(found))
        checked.append(_standing(c, draft, rulebook, official, quoted.get(i, [])))
    each(len(found), len(found))
    return tuple(_weigh(draft.text, found, bounds, checked, rulebook, bearing) if bearing else checked)


def _standing(c: Cited, draft: EvenText, rulebook: Rulebook, official: OfficialWords, quotes: Sequence[Quotation]) -> Checked:
    start, end = draft.span(c.start, c.end)
    raw = draft.raw[start:end]
    moved = replace(c, start=start, end=end)
    notes = [n for n in (c.problem, c.remark) if n]
    year = int(rulebook.corpus.provisions[0].as_of[:4])
    if not c.ours or c.problem or c.rule is None:
        if c.kind == "part" and c.ours:
            return Checked(moved, raw, c.bluebook(year), "exists", notes=("a whole part; a pinpoint citation says more",))
        notes.append("named, not checked: only 45 CFR parts 160 and 164 are held here")
        return Checked(moved, raw, c.bluebook(year), "outside_corpus", notes=tuple(notes))
    status = rulebook.standing(c.rule)
    nearest = rulebook.nearest(c.rule) if status.startswith("no_such") else ()
    entry = rulebook.entry(c.rule) if status in ("exists", "vacated") else None
    if status == "vacated" and entry:
        notes.append(f"vacated on {entry.vacated_on} by {entry.by}")
    elif nearest:
        notes.append(f"no {'section' if status == 'no_such_section' else 'paragraph'} {c.rule}; nearest: {'; '.join(map(str, nearest))}")
    elif gone := rulebook.vacated_inside(c.rule):
        notes.append("vacated inside it: " + "; ".join(map(str, gone[:3])))
    if status == "exists" and rulebook.told_whole(c.rule) and not rulebook.has(c.rule) and not official.get(c.rule):
        notes.append(f"§ {c.section} is told here as a whole; whether it has {c.rule.paragraph} was not checked")
    other_year = bool(c.year and c.year != year)
    if other_year:
        notes.append(f"the draft cites the edition of {c.year}; what is shown is that of {year}")
    checked_quotes = tuple(_quote(q, c.rule, draft, rulebook, official) for q in quotes)
    if any(q.verbatim is None for q in checked_quotes):
        notes.append(NO_OFFICIAL)
    if put_in := re.findall(r"\[[^\[\]]{2,80}\]", " ".join(q.text for q in quotes)):
        notes.append("the words in brackets are the writer's: " + ", ".join(put_in[:5]))
    text = rulebook.text(c.rule) if entry else ""
    return Checked(moved, raw, c.bluebook(year), status, nearest, text, quotes=checked_quotes, notes=tuple(notes), other_year=other_year)


def _quote(q: Quotation, cited: RuleCitation, draft: EvenText, rulebook: Rulebook, official: OfficialWords) -> CheckedQuote:
    start, end = draft.span(q.start, q.end)
    text = draft.raw[start + 1 : end - 1]
    words = official.get(rulebook.printed(cited))
    if words is not None and is_verbatim(q.text, words):
        return CheckedQuote(text, start, end, True, (), (rulebook.printed(cited),))
    elsewhere = _elsewhere(q.text, rulebook, official)
    if words is None:
        known = official.get(RuleCitation(cited.section)) is not None or bool(elsewhere)
        return CheckedQuote(text, start, end, False if known else None, (), elsewhere)
    return CheckedQuote(text, start, end, False, compare(q.text, words), elsewhere)


def _elsewhere(quote: str, rulebook: Rulebook, official: OfficialWords) -> tuple[RuleCitation, ...]:
    """The innermost provisions whose official words hold the quotation; at most three."""

    def holds(c: RuleCitation) -> bool:
        words = official.get(c)
        return words is not None and is_verbatim(quote, words)

    out: list[RuleCitation] = []
    for section in map(RuleCitation, rulebook.sections):
        at, inner = section, section if holds(section) else None
        while inner:
            at = inner
            inner = next((c for c in rulebook.inside(at) if holds(c)), None)
            if inner is None:
                out.append(at)
        if len(out) == 3:
            break
    return tuple(out)


def _assign(
    text: str, found: Sequence[Cited], bounds: Sequence[tuple[int, int]], rulebook: Rulebook, official: OfficialWords
) -> dict[int, list[Quotation]]:
    """Quotations by the index of the citation they go with: the one right after, else in the same sentence, else opening the next."""
    out: dict[int, list[Quotation]] = {}
    for q in quotations(text):
        if any(c.start <= q.start < c.end for c in found):
            continue  # a defined term, part of the citation itself
        sentence = next(((a, b) for a, b in bounds if a <= q.start < b), (q.start, q.end))
        after = [i for i, c in enumerate(found) if c.start >= q.end and c.start - q.end <= NEAR_BY]
        before = [i for i, c in enumerate(found) if sentence[0] <= c.start < q.start]
        at = after[0] if after else None
        gap = text[q.end : found[after[0]].start] if after else ""
        follows = at is not None and "\n" not in gap and len(re.findall(r"[A-Za-z]{2,}", gap)) <= 3
        inside = at is not None and found[at].start < sentence[1]
        leans = at is not None and not inside and bool(_LEANS.fullmatch(text[sentence[1] : found[at].start]))  # the next one only cites
        chosen = at if follows and not (before and '"' in gap) else (before[-1] if before else at if inside or leans else None)
        if chosen is None:
            continue
        group = [i for i, c in enumerate(found) if c.group == found[chosen].group and c.rule]
        if not group:
            continue
        likely = max(group, key=lambda i: likeness(q.text, official.get(rulebook.printed(r)) or "") if (r := found[i].rule) else 0.0)
        out.setdefault(likely, []).append(q)
    return out


def _weigh(
    text: str, found: Sequence[Cited], bounds: Sequence[tuple[int, int]], checked: Sequence[Checked], rulebook: Rulebook, bearing: Bearing
) -> list[Checked]:
    """Add what the nearness of sentence and paragraph says."""
    out = list(checked)
    at = {i: _sentence(c, bounds) for i, c in enumerate(found)}
    todo = [i for i, c in enumerate(checked) if c.status in ("exists", "vacated") and c.cited.rule]
    said = {n: _words(text, bounds, found, n) for n in {at[i] for i in todo}}
    order = sorted(n for n, words in said.items() if words)
    near = dict(zip(order, bearing.nearness([said[n] for n in order]), strict=True))
    for i in todo:
        rule, row = checked[i].cited.rule, near.get(at[i])
        entry = rulebook.entry(rule) if rule else None
        if rule is None or row is None or entry is None:
            continue
        speaks = rulebook.printed(rule) if rulebook.has(rule) else entry.citation
        beside = [c.rule for k, c in enumerate(found) if at[k] == at[i] and c.rule]
        judged = bearing.judge(row, speaks, beside)
        alone = all(c.group == found[i].group for k, c in enumerate(found) if at[k] == at[i])  # else its words are shared out
        better = judged.better if alone and judged.better and rulebook.standing(judged.better) == "exists" else None
        out[i] = replace(checked[i], bears_on=judged.bears, better=better)
    return out


def _sentence(c: Cited, bounds: Sequence[tuple[int, int]]) -> int:
    return next((n for n, (a, b) in enumerate(bounds) if a <= c.start < b), 0)


def _words(text: str, bounds: Sequence[tuple[int, int]], found: Sequence[Cited], n: int) -> str:
    """A sentence without its citations; the one before it where it is nothing but citations; "" where there is too little to weigh."""
    for k in (n, n - 1):
        if k < 0:
            break
        a, b = bounds[k]
        kept = "".join(ch if not any(c.start <= i < c.end for c in found) else " " for i, ch in enumerate(text[a:b], a))
        if len(re.findall(r"[A-Za-z]{2,}", kept)) >= FEWEST_WORDS:
            return " ".join(kept.split())
        if not _LEANS.fullmatch(kept):
            break
    return ""


def to_json(checked: Sequence[Checked]) -> dict[str, Any]:
    """The contract's JSON."""
    return {"citations": [_row(c) for c in checked]}


def _row(c: Checked) -> dict[str, Any]:
    return {
        "as_written": c.as_written,
        "start": c.cited.start,
        "end": c.cited.end,
        "kind": c.cited.kind,
        "through": c.cited.through,
        "normalized": c.cited.normalized,
        "bluebook": c.bluebook,
        "status": c.status,
        "nearest": [str(n) for n in c.nearest],
        "text": c.text,
        "text_is": "plain-language edition",
        "bears_on": c.bears_on,
        "better": str(c.better) if c.better else None,
        "quotes": [
            {
                "text": q.text,
                "start": q.start,
                "end": q.end,
                "verbatim": q.verbatim,
                "differences": [{"kind": d.kind, "written": d.written, "official": d.official, "duty": d.duty} for d in q.differences],
                "found_at": [str(f) for f in q.found_at],
            }
            for q in c.quotes
        ],
        "note": "; ".join(c.notes),
    }
