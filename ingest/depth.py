"""Paragraph designators -> places: which level each (a), (1), (i), (A) stands on, solved from what comes before and after it.

The Code prints a designator without its parents, and one sign serves two levels: (i) is the ninth letter and the first numeral, (2)
stands on the second level and the fifth. No single designator tells; the run of them does. Every reading of a section is carried
along with its cost, and the cheapest at the end is taken.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

PARAGRAPH = ("letter", "number", "roman", "upper", "number", "roman")
DEFINITION = ("number", "roman", "upper")  # parts of a defined term are cited no deeper; what lies deeper goes with its holder
_ITALIC_FROM = 4  # the Code prints the fifth and sixth level in italics
_NUMERALS = ((10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))

# Costs. Anything that breaks the order is dearer than any number of doubtful but orderly steps.
_GAP, _LATE_START, _SKIPPED, _WRONG_TYPE, _LONE, _OUTWARD, _NO_PLACE = 10.0, 15.0, 12.0, 5.0, 1.0, 0.01, 60.0
_KEPT = 24  # readings carried along; the right one is never far from the cheapest


@dataclass(frozen=True)
class Designator:
    """One printed designator without its brackets.

    Attributes:
        through: the last of a range such as (b)-(d); empty for a single designator.
        italic: printed in italics, as the fifth and sixth levels are.
    """

    text: str
    through: str = ""
    italic: bool = False


@dataclass(frozen=True)
class Place:
    """A solved place: path from the outside in; `placed` is False when the last designator fits on no level and stays with its holder."""

    path: tuple[str, ...]
    placed: bool = True


def roman(number: int) -> str:
    """A number from 1 to 39 as a small numeral."""
    text = ""
    for value, sign in _NUMERALS:
        while number >= value:
            text, number = text + sign, number - value
    return text


_ROMAN = {roman(n): n for n in range(1, 40)}


def rank(text: str, kind: str) -> int | None:
    """Place of a designator among its siblings on a level of this kind, from 1; None when it cannot stand there."""
    if kind == "number":
        return int(text) if text.isdigit() else None
    if kind == "roman":
        return _ROMAN.get(text)
    if re.fullmatch(r"([a-z])\1{0,2}" if kind == "letter" else r"([A-Z])\1{0,2}", text):
        return ord(text[0].lower()) - 96 + 26 * (len(text) - 1)
    return None


def is_designator(text: str) -> bool:
    """True when the text can stand on some level."""
    return any(rank(text, kind) for kind in ("letter", "number", "roman", "upper"))


def first_below(designator: str, parent_kind: str, levels: Sequence[str] = PARAGRAPH) -> bool:
    """True when the designator opens the level below one of this kind."""
    return any(rank(designator, levels[i + 1]) == 1 for i, kind in enumerate(levels[:-1]) if kind == parent_kind)


@dataclass(frozen=True)
class _Reading:
    """One way to read the run so far; `path` is what the next designator continues (the end of a range), `on` the level of each step."""

    cost: float
    path: tuple[str, ...]
    on: tuple[int, ...]
    last: Place | None = None
    before: _Reading | None = None  # a chain, so that a step costs the same in a long section as in a short one


def solve(run: Sequence[Designator], levels: Sequence[str] = PARAGRAPH) -> tuple[Place, ...]:
    """Place every designator of one section or one definition, in the order printed.

    Args:
        run: the designators, n of them.
        levels: the kind of sign each level takes, outermost first.

    Returns:
        n places. A designator that fits nowhere keeps the path before it, with `placed` False.
    """
    marked = any(d.italic for d in run)
    readings = [_Reading(0.0, (), ())]
    for designator in run:
        best: dict[tuple[tuple[str, ...], tuple[int, ...]], _Reading] = {}
        for step in (s for r in readings for s in _steps(r, designator, levels, marked)):
            known = best.get((step.path, step.on))
            if known is None or step.cost < known.cost:
                best[step.path, step.on] = step
        readings = sorted(best.values(), key=lambda r: r.cost)[:_KEPT]
    at: _Reading | None = min(readings, key=lambda r: r.cost + _lone(r, 0, levels))
    places: list[Place] = []
    while at and at.last:
        places.append(at.last)
        at = at.before
    return tuple(reversed(places))


def _steps(reading: _Reading, designator: Designator, levels: Sequence[str], marked: bool) -> Iterator[_Reading]:
    """The ways to go on: the next on this level or on one further out, one level in, or two where a level is left out."""
    path, on = reading.path, reading.on
    deepest = on[-1] if on else -1
    for depth, level in [*enumerate(on), (len(path), deepest + 1), (len(path), deepest + 2)]:
        place = rank(designator.text, levels[level]) if level < len(levels) else None
        before = rank(path[depth], levels[level]) or 0 if depth < len(path) else 0
        if place is None or place <= before:
            continue
        cost = reading.cost + (len(path) - depth) * _OUTWARD + _lone(reading, depth + 1, levels)
        if place > before + 1:
            cost += (_GAP if before else _LATE_START) + 0.1 * (place - before)
        if depth == len(path) and level > deepest + 1:
            cost += _SKIPPED
        if marked and designator.italic != (level >= _ITALIC_FROM):
            cost += _WRONG_TYPE
        last = designator.through if rank(designator.through, levels[level]) else designator.text
        here = path[:depth]
        yield _Reading(cost, (*here, last), (*on[:depth], level), Place((*here, designator.text)), reading)
    yield _Reading(reading.cost + _NO_PLACE, path, on, Place(reading.last.path if reading.last else (), placed=False), reading)


def _lone(reading: _Reading, depth: int, levels: Sequence[str]) -> float:
    """Cost of leaving levels that hold a single paragraph: drafters do not write an (i) without a (ii)."""
    steps = zip(reading.path[depth:], reading.on[depth:], strict=True)
    return sum(_LONE for sign, level in steps if level and rank(sign, levels[level]) == 1)
