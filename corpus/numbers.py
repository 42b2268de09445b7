"""The numbers in a text that carry law: days, years, dollars, counts. References to law are no numbers."""

from __future__ import annotations

import re

_WORDS = {
    w: n
    for n, w in enumerate(
        [
            "zero",
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
            "sixteen",
            "seventeen",
            "eighteen",
            "nineteen",
            "twenty",
        ]
    )
} | {"thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "ninety": 90, "hundred": 100}
_WORDS |= {"uno": 1, "dos": 2, "tres": 3, "cuatro": 4, "cinco": 5, "seis": 6, "siete": 7, "ocho": 8, "nueve": 9, "diez": 10}
_UNIT = re.compile(
    r"[\s-]*(?:\(\d+\)\s*)?(?:more\s+|calendar\s+|business\s+|working\s+|full\s+)?"
    r"(?:days?|years?|months?|hours?|percent|dollars?|people|persons?|individuals?|residents?|días?|años?|meses|mes|horas?|personas?)\b",
    re.IGNORECASE,
)
_REFERENCE = re.compile(
    r"§+\s*[\d.]+(?:\([0-9A-Za-z]+\))*|\b\d{2,3}\.\d{3}(?:\([0-9A-Za-z]+\))*|\b102\.3\b|\b\d+\s+(?:U\.?\s?S\.?\s?C\.?|C\.?F\.?R\.?|FR)\s*(?:parts?\s*)?\S+"
    r"|Pub(?:lic|\.)?\s*L(?:aw|\.)?\s*[\d-]+|\b(?:parts?|titles?|sections?|subparts?|paragraphs?|párrafos?|partes?)\s+[0-9A-Z(][0-9A-Za-z()]*"
    r"|\([0-9A-Za-z]{1,5}\)|\bForm\s+\S+|\b988\b|\b911\b|\b1-8\d\d-\d{3}-\d{4}\b",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"\b(\d+(?:\.\d+)?|" + "|".join(_WORDS) + r")\b", re.IGNORECASE)


def numbers(text: str) -> frozenset[str]:
    """Numbers that carry law, as plain figures ("30", "6.50").

    A bare figure counts; a number word, or 1 to 3, counts only with a unit after it ("two days").
    """
    text = re.sub(r"(?<=\d),(?=\d{3})", "", _REFERENCE.sub(" ", text))
    found: set[str] = set()
    for m in _NUMBER.finditer(text):
        word = m.group(1).lower()
        value = str(_WORDS[word]) if word in _WORDS else word.removesuffix(".00")
        if _UNIT.match(text[m.end() :]) or (word[0].isdigit() and value not in {"1", "2", "3"}):
            found.add(value)
    return frozenset(found)
