"""Numbers with their units in a statement that no cited passage has: days, months, people, dollars, times, in figures or words."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.grounding.words import clean

_SMALL = (
    "zero one two three four five six seven eight nine ten eleven twelve"
    " thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty"
)
_SPANISH_SMALL = "cero uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince"
_VALUES = {w: float(n) for n, w in enumerate(_SMALL.split())} | {
    "thirty": 30.0,
    "forty": 40.0,
    "fifty": 50.0,
    "sixty": 60.0,
    "seventy": 70.0,
    "eighty": 80.0,
    "ninety": 90.0,
    "hundred": 100.0,
    "half": 0.5,
}
_VALUES |= {w: float(n) for n, w in enumerate(_SPANISH_SMALL.split())}
_VALUES |= {"un": 1.0, "una": 1.0, "veinte": 20.0, "treinta": 30.0, "cuarenta": 40.0, "cincuenta": 50.0, "sesenta": 60.0}
_VALUES |= {"setenta": 70.0, "ochenta": 80.0, "noventa": 90.0, "cien": 100.0, "ciento": 100.0}
# Unit -> (what is counted, how many of it): a year is twelve months, a week seven days; business days are no calendar days.
_UNITS: tuple[tuple[str, str, float], ...] = (
    (r"(?:business|working)[ -]days?|días (?:hábiles|laborables)", "business day", 1),
    (r"(?:calendar[ -]|full[ -]|more[ -])?days?|días?(?: naturales| calendario)?", "day", 1),
    (r"weeks?|semanas?", "day", 7),
    (r"(?:more |full )?months?|meses|mes", "month", 1),
    (r"(?:calendar |more |full )?years?|años?", "month", 12),
    (r"hours?|horas?", "hour", 1),
    (r"percent|%|por ciento", "percent", 1),
    (r"dollars?|dólares", "dollar", 1),
    (r"times|veces|vez", "time", 1),
    (r"(?:or more )?(?:people|persons?|individuals?|residents?|patients?|members?|personas?|pacientes?)", "person", 1),
)
_NUMBER = r"(?:\d+(?:\.\d+)?|" + "|".join(sorted(_VALUES, key=len, reverse=True)) + r")"
_QUANTITY = re.compile(
    rf"(\$\s*)?(?<![\w.])({_NUMBER})(?:[ -](hundred|thousand|million|mil))?\b(?:\s*\((?:\d+|[a-z]+)\))?[ -]*", re.IGNORECASE
)
_TIMES = (("once", 1.0), ("twice", 2.0), ("thrice", 3.0))
_MULTIPLE = {"hundred": 100.0, "thousand": 1000.0, "mil": 1000.0, "million": 1_000_000.0}
_FORM = re.compile(
    r"\bPub(?:lic|\.)?\s*L\S*\s*[\d-]+|\b\d+ (?:U\.?S\.?C\.?|CFR)\b(?: part)?[ \d\w()-]*"
    r"|\bsubparts? [A-E]\b|\bparts? \d+(?:, \d+)* ?(?:and \d+)?"
)


def quantities(text: str) -> frozenset[tuple[float, str]]:
    """What is counted in a text: (value, unit), the unit empty for a bare figure; a bare number word below four counts nothing."""
    low = _FORM.sub(" ", re.sub(r"(?<=\d),(?=\d{3})", "", clean(text))).lower()
    found: set[tuple[float, str]] = set()
    for word, times in _TIMES:
        if re.search(rf"\b{word}\b(?! (?:a|an|the|you|they|it|he|she|your|días?|años?|mes(?:es)?|horas?|personas?)\b)", low):
            found.add((times, "time"))
    for m in _QUANTITY.finditer(low):
        word = m.group(2)
        value = _VALUES[word] if word in _VALUES else float(word)
        value *= _MULTIPLE.get(m.group(3) or "", 1.0)
        rest = low[m.end() :]
        unit = next(((u, n) for pattern, u, n in _UNITS if re.match(rf"(?:{pattern})(?!\w)", rest)), None)
        if word == "once" and not unit:
            continue  # eleven in Spanish only, and only of something counted
        if m.group(1):
            found.add((value, "dollar"))
        elif unit and not (value == 1.0 and unit[0] in {"time", "person"}):
            found.add((value * unit[1], unit[0]))
        elif word[0].isdigit() or value > 3:
            found.add((value, ""))
    return frozenset(found)


_BOUNDS: tuple[tuple[str, str], ...] = (
    (r"\b(?:at least|no less than|no fewer than|minimum of|or more|al menos|por lo menos|como mínimo|more than|over|más de)\b", "floor"),
    (r"\b(?:at most|no more than|no later than|never later than|not later than|up to|within|fewer than|less than"
     r"|a lo sumo|hasta|como máximo|menos de)\b", "ceiling"),
)  # fmt: skip


def _bounds(text: str) -> frozenset[str]:
    """Which bounds a text sets right before or behind a number."""
    low = clean(text).lower()
    near = [low[max(0, m.start() - 22) : m.end() + 12] for m in _QUANTITY.finditer(low) if m.group(2) != "once"]
    return frozenset(side for pattern, side in _BOUNDS for n in near if re.search(pattern, n))


def wrong_quantity(statement: str, passages: Sequence[str]) -> str | None:
    """Say which number of the statement no passage has with its unit, or which bound is turned round; None if all agree."""
    wanted = quantities(statement)
    held = frozenset(q for p in passages for q in quantities(p))
    for value, unit in sorted(wanted):
        if (value, unit) in held or (not unit and any(v == value for v, _ in held)) or (unit in {"person", "time"} and (value, "") in held):
            continue
        if unit == "time" and value == 1.0:
            continue  # "once" may be "when"; what it counts shows in the passage only
        return f"number {value:g} {unit} stands in no cited passage".replace("  ", " ")
    if wanted:
        mine, theirs = _bounds(statement), frozenset(b for p in passages for b in _bounds(p))
        if len(mine) == 1 and len(theirs) == 1 and mine != theirs:
            return f"sets a {'least' if 'floor' in mine else 'most'} where the passage sets a {'most' if 'floor' in mine else 'least'}"
    return None
