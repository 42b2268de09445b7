"""Prose made even for reading, with the way back: every character of the even text knows where it stands in the text as given.

Word processors and PDFs put ligatures, soft hyphens, odd spaces, five kinds of dash and line breaks inside a citation. The grammar
reads the even text; offsets that leave this package are always those of the text as given.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

_SAME = str.maketrans(dict.fromkeys("‐‑‒–—―−﹘﹣－", "-") | dict.fromkeys("“”„‟«»″＂", '"') | dict.fromkeys("‘’‚‛′＇", "'"))
_ABBREVIATION = re.compile(
    r"(?:\b(?:[A-Za-z]|[Ii]d|[Nn]os?|[Ss]ecs?|[Ss]ubsec|vs?|Cir|Fed|Reg|Supp|Stat|Ann|Rev|Inc|Corp|Co|Ltd|Ctr|Univ|Dr|Mr|Mrs|Ms|Jan|Feb|Mar"
    r"|Apr|Aug|Sept|Oct|Nov|Dec|cf|Cf|seq|e\.g|i\.e|pt|pts|para|Dep't|Dist|App|Pub|Cal|Tex|al)|\.)\.$"
)
_STOP = re.compile(r"[.!?][\"')\]]{0,3}(?= )|\n")
_OPENS_A_SENTENCE = re.compile(r" ?[\"'(\[]{0,2}(?:[A-Z§]|\d{1,2} (?:C\.?F|U\.?S))")


@lru_cache(maxsize=4096)
def _even(ch: str) -> str:
    """One character as the grammar wants it: "" for an invisible one, " " for any space."""
    if ch.isspace():
        return " "
    category = unicodedata.category(ch)
    if category in ("Cf", "Mn") or ch == "\xad":
        return ""
    if unicodedata.decomposition(ch).startswith(("<super>", "<sub>")):
        return "^"  # a footnote mark after 164.524 is not one more digit of it
    return unicodedata.normalize("NFKC", ch).translate(_SAME) if ord(ch) > 126 else ch


@dataclass(frozen=True)
class EvenText:
    """Prose with even spaces, dashes and quotation marks.

    Attributes:
        raw: the text as given.
        text: the even text; a blank line is a newline, any other run of spaces and line breaks one space.
        origin: for each character of `text`, its offset in `raw`.
    """

    raw: str
    text: str
    origin: tuple[int, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Offsets in `raw` of a non-empty stretch of `text`."""
        return self.origin[start], self.origin[end - 1] + 1


def even(raw: str) -> EvenText:
    """Make prose even."""
    out: list[str] = []
    origin: list[int] = []
    breaks = 0
    for at, ch in enumerate(raw):
        new = _even(ch)
        if new == " ":
            breaks += ch in "\n\u2029\x0c"
            if not out or out[-1] not in " \n":
                out.append(" ")
                origin.append(at)
            if breaks > 1 and out[-1] == " ":
                out[-1] = "\n"
        elif new:
            breaks = 0
            out += new
            origin += [at] * len(new)
    return EvenText(raw, "".join(out), tuple(origin))


def sentences(text: str, citations: Sequence[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Offsets of the sentences of an even text; a full stop inside one of `citations` (offsets too) ends none."""
    inside = sorted(citations)
    bounds, start, at = [], 0, 0
    for m in _STOP.finditer(text):
        while at < len(inside) and inside[at][1] <= m.start():
            at += 1
        if at < len(inside) and inside[at][0] <= m.start() < inside[at][1] - 1:
            continue
        if m.group() != "\n" and not (_OPENS_A_SENTENCE.match(text, m.end()) and not _abbreviated(text, m.start(), inside, at)):
            continue
        bounds.append((start, m.end()))
        start = m.end()
    bounds.append((start, len(text)))
    return tuple((a, b) for a, b in bounds if text[a:b].strip())


def _abbreviated(text: str, stop: int, inside: Sequence[tuple[int, int]], at: int) -> bool:
    if text[stop] != "." or (at < len(inside) and inside[at][0] <= stop < inside[at][1]):
        return False  # the last stop of a citation, as in "Id. Then", ends its sentence
    return bool(_ABBREVIATION.search(text[max(0, stop - 8) : stop + 1]))
