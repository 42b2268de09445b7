"""Quotations in a draft, compared with the official words they claim to be.

What the Bluebook allows is allowed: ellipses for words left out, square brackets for a changed letter or put-in words, the writer's
own full stop or comma before the closing mark, double marks turned single inside a quotation. Anything else is a difference.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from bot.cite.even import even

MIN_WORDS = 4  # fewer words between quotation marks are a term or a title, not a quotation
MAX_QUOTE = 6000  # characters
MAX_BRACKETS = 12
UNLIKE = 45.0  # of 100: below this no stretch of the official text is worth setting beside the quotation
WORDS_FOR_A_BRACKET = 12  # the most official words that one pair of square brackets may stand for
Kind = Literal["changed", "added", "left_out", "case", "punctuation"]
DUTY = frozenset(
    ["may", "must", "shall", "should", "can", "will", "cannot", "not", "no", "unless", "except", "only", "and", "or", "all", "any"]
)

_QUOTED = re.compile(r'"([^"\n]+)"')
_ELLIPSIS = re.compile(r"(?:\. ?){3,4}|(?:\* ?){3,}")
_TOKEN = re.compile(r"\[[^\[\]]{0,80}\]\w*|\w+(?:['\-]\w+)*\[[^\[\]]{0,20}\]|\w+(?:['\-]\w+)*|[^\w\s]")
_CASE = re.compile(r"\[(\w)\](\w*)$")
_ENDING = re.compile(r"(\w+)\[(\w*)\]$")


@dataclass(frozen=True)
class Quotation:
    """Words between quotation marks; `start` and `end` are offsets, marks included, in the even text."""

    start: int
    end: int
    text: str


@dataclass(frozen=True)
class Difference:
    """One place where a quotation departs from the official words; `duty` where it changes who may or must do what."""

    kind: Kind
    written: str
    official: str

    @property
    def duty(self) -> bool:
        """True for may against must, a lost "not", "and" for "or"."""
        one, other = ({*re.findall(r"\w+", t.lower())} for t in (self.written, self.official))
        return bool((one ^ other) & DUTY)


def quotations(text: str) -> tuple[Quotation, ...]:
    """The quotations of an even text, terms and titles left out; marks are paired within a paragraph."""
    found = (Quotation(m.start(), m.end(), m.group(1).strip()) for m in _QUOTED.finditer(text))
    return tuple(q for q in found if len(re.findall(r"\w+", q.text)) >= MIN_WORDS)


def _tokens(text: str) -> list[str]:
    return _TOKEN.findall(even(text).text.replace('"', "'").replace("\n", " "))


def _official_tokens(official: str) -> list[str]:
    return re.findall(r"\w+(?:['\-]\w+)*|[^\w\s]", even(official).text.replace('"', "'").replace("\n", " "))


def _pattern(token: str) -> str:
    """A token of a quotation as a pattern over official tokens, each of which ends with a space."""
    if m := _CASE.match(token):
        letter = m[1]
        return f"(?:{re.escape(letter.lower() + m[2])}|{re.escape(letter.upper() + m[2])}) "
    if m := _ENDING.match(token):  # "disclos[ing]" stands for another form of the word
        return rf"{re.escape(m[1])}[\w'\-]{{0,12}} "
    if token.startswith("["):
        return rf"(?:[^ ]{{1,40}} ){{0,{WORDS_FOR_A_BRACKET}}}?"
    return re.escape(token) + " "


def _pieces(quote: str) -> list[list[str]]:
    """The tokens between ellipses; "[sic]" is no word."""
    parts = _ELLIPSIS.split(even(quote).text.replace('"', "'"))
    return [t for t in (_tokens(p.replace("[sic]", "")) for p in parts) if t]


def is_verbatim(quote: str, official: str) -> bool:
    """True if the quotation is the official words, with what the Bluebook allows."""
    pieces = _pieces(quote[:MAX_QUOTE])
    if not pieces or len(quote) > MAX_QUOTE or quote.count("[") > MAX_BRACKETS:
        return False
    words = " " + " ".join(_official_tokens(official)) + " "
    return _stand_in_order(pieces, words) or (pieces[-1][-1] in (".", ",") and _stand_in_order(_without_stop(pieces), words))


def _without_stop(pieces: Sequence[list[str]]) -> list[list[str]]:
    return [p for p in (*pieces[:-1], pieces[-1][:-1]) if p]


def _stand_in_order(pieces: Sequence[list[str]], words: str) -> bool:
    at = 0
    for piece in pieces:
        m = re.compile("(?<= )" + "".join(map(_pattern, piece))).search(words, at)
        if not m:
            return False
        at = max(m.end(), at)
    return bool(pieces)


def compare(quote: str, official: str) -> tuple[Difference, ...]:
    """Where a quotation departs from the official words; empty if it is verbatim.

    Alignment is by word, with rapidfuzz: the stretch of the official text most like each piece between ellipses.
    """
    if is_verbatim(quote, official):
        return ()
    if len(quote) > MAX_QUOTE:
        return (Difference("added", f"{quote[:60]}…", f"(longer than {MAX_QUOTE} characters; not compared)"),)
    if likeness(quote, official) < UNLIKE:
        return (Difference("added", quote, ""),)
    words = _official_tokens(official)
    pieces = _pieces(quote)
    if pieces and len(pieces[-1]) > 1 and pieces[-1][-1] in (".", ","):
        pieces = _without_stop(pieces)
    found = [d for piece in pieces for d in _differences(piece, words)]
    return tuple(found) or (Difference("changed", quote, "(its pieces stand in another order in the official text)"),)


def likeness(quote: str, official: str) -> float:
    """How much of a quotation stands in the official words, 0 to 100."""
    from rapidfuzz import fuzz

    tokens, words = [t for p in _pieces(quote[:MAX_QUOTE]) for t in p], _official_tokens(official)
    return float(fuzz.partial_ratio(tokens, words)) if tokens and words else 0.0


def _differences(piece: list[str], words: list[str]) -> list[Difference]:
    from rapidfuzz import fuzz
    from rapidfuzz.distance import Levenshtein

    plain = [_plain(t) for t in piece]
    window = fuzz.partial_ratio_alignment([t.lower() for t in plain], [w.lower() for w in words]) if words else None
    if window is None:
        return [Difference("added", " ".join(piece), "")]
    slack = max(3, len(piece) // 5)
    low = window.dest_start if len(plain) <= len(words) else 0
    high = window.dest_end if len(plain) <= len(words) else len(words)
    official = words[max(0, low - slack) : high + slack]
    out = []
    codes = list(Levenshtein.opcodes(plain, official))
    for n, code in enumerate(codes):
        written, there = piece[code.src_start : code.src_end], official[code.dest_start : code.dest_end]
        if code.tag == "equal" or (code.tag == "insert" and n in (0, len(codes) - 1)):
            continue  # what stands before and after the quoted stretch is not left out of it
        if all(t.startswith("[") for t in written) and written and len(there) <= WORDS_FOR_A_BRACKET:
            continue
        out += _pairs(written, there, piece)
    return out


def _plain(token: str) -> str:
    m = _CASE.match(token)
    return m[1] + m[2] if m else token


def _pairs(written: list[str], there: list[str], piece: list[str]) -> list[Difference]:
    if len(written) == len(there):
        pairs = [(w, t) for w, t in zip(written, there, strict=True) if not _allowed(w, t)]
        return [Difference(_kind(w, t), w, t) for w, t in pairs]
    kind: Kind = "added" if not there else "left_out" if not written else "changed"
    if not any(ch.isalnum() for ch in "".join((*written, *there))):
        kind = "punctuation"
    return [Difference(kind, " ".join(written), " ".join(there))]


def _allowed(written: str, there: str) -> bool:
    return bool(re.fullmatch(_pattern(written), there + " ")) or written.startswith("[")


def _kind(written: str, there: str) -> Kind:
    if written.lower() == there.lower():
        return "case"
    return "changed" if any(ch.isalnum() for ch in written + there) else "punctuation"
