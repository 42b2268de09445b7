"""The written forms of a citation, as patterns over an even text, and the small arithmetic of paragraph designators."""

from __future__ import annotations

import re
from itertools import pairwise

from ingest.depth import roman

_DOUBLED = "|".join(f"{c}{c}" for c in "abcdefghijklmnopqrstuvwxyz")
# No "(the)", "(OCR)" or "(2013)": what stands in brackets after a section is a designator only if it can be one.
_DESIGNATOR = rf"(?:\d{{1,3}}|[ivxl]{{2,6}}|{_DOUBLED}|[a-z]|{_DOUBLED.upper()}|[A-Z])"
_STEP = rf" ?\( ?{_DESIGNATOR} ?\)"
_PATH = rf"(?:{_STEP}){{0,8}}"
_PATH1 = rf"\( ?{_DESIGNATOR} ?\)(?:{_STEP}){{0,7}}"
_MARK = r"(?:(?:§ ?){1,3}|\b[Ss]ec(?:tions?|s?\.) ?|\bSEC(?:TIONS?|S?\.) ?|\b[Pp]aragraphs? |\b[Rr]eg(?:ulation)?s?\.? )"
_CFR = r"(?<![\d.])(?P<title>\d{1,2}) ?C\.? ?F\.? ?R\.?,? ?"
_CODE = r"(?:\b[Tt]itle (?P<title_first>\d{1,2}),?(?: of the)? (?:Code of Federal Regulations|C\.?F\.?R\.?),? (?:at )?)"
_SECTION = r"(?P<section>(?<![\d$])(?<!\d[.,])\d{1,4}\.(?:\d{1,4}|(?<=16[024]\.) \d{3}))(?![\d%]|\.\d)"
_YEAR = r"(?: ?\((?:rev\. |ed\. )?(?P<year>(?:19|20)\d\d)\))?"
_JOIN = r"(?: ?[,;]? ?(?:and/or|and|or|&) ?| ?[,;/] ?)"
_THROUGH = r" ?(?P<joint>- ?|(?<= )(?P<word>to|through|thru) )"
_PLAIN_THROUGH = r"(?: ?- ?| (?:to|through|thru) )"

HEAD = re.compile(rf"(?<!\w)(?:{_CODE}|{_CFR})?(?P<mark>{_MARK})?{_SECTION}(?P<path>{_PATH}){_YEAR}")
TERM = re.compile(rf',? ?(?:"(?P<quoted>[^"\n]{{2,90}}?),?"|\(defin(?:ing|ition of) ?"?(?P<defined>[^"\n)]{{2,90}}?)"?\))(?P<path>{_PATH})')
DEFINITION = re.compile(
    r"\b[Dd]efinition of (?:the term )?"
    rf"[\"']?(?P<term>[A-Za-z][\w '-]{{2,60}}?),?[\"']? (?:in|at|under|of) (?:{_CFR})?(?:{_MARK})?{_SECTION}"
)
PART = re.compile(
    rf"(?:{_CFR})?\b[Pp](?:arts?|ts?\.) (?P<part>\d{{1,4}})(?!\d|\.\d|\()"
    r"(?:,? ?[Ss]ub(?:parts?|pts?\.) (?P<subpart>[A-Z])\b"
    r"|(?P<more>(?:(?: ?, ?(?:and )?| ?& ?| and )(?:[Pp]art )?\d{1,4}(?!\d|\.\d|[(%]| ?[CUF]\.? ?[FSR]))+))?"
)
_STATUTE = r"\d{1,5}[a-z]{0,3}(?:-\d{1,3}(?!\d)[a-z]{0,2})?"
USC = re.compile(
    rf"(?<![\d.])(?P<title>\d{{1,2}}) ?U\.? ?S\.? ?C\.?(?: ?A\.| ?S\.)?,? ?(?:{_MARK})?(?P<section>{_STATUTE})(?![\w-])(?P<path>{_PATH})"
)
_NEXT_STATUTE = r"(?:\d{1,5}[a-z]{1,3}(?:-\d{1,3}(?!\d)[a-z]{0,2})?|(?!(?:19|20)\d\d\b)\d{3,5}(?:-\d{1,3}(?!\d))?)"
USC_NEXT = re.compile(
    rf"(?:(?P<range>{_PLAIN_THROUGH})|{_JOIN})(?P<cited>(?:§ ?){{0,2}}(?P<section>{_NEXT_STATUTE}(?![\w-]|\.\d| ?[CUF]\.? ?[FSR]))?"
    rf"(?P<path>(?(section){_PATH}|{_PATH1})))"
)
ID = re.compile(
    r"\b(?P<id>[Ii](?:d|bid)\.)(?:,? ?at (?P<page>\d[\d,-]*)(?![\w(]|\.\d)|,?(?: ?at)? ?"
    r"(?:(?:45 ?C\.? ?F\.? ?R\.?,? ?)?(?:§ ?){0,2}(?P<section>16[024]\.\d{3})(?!\d)|§ ?(?:§ ?)?(?P<other_section>\d{1,4}\.\d{1,4})(?!\d)"
    rf"|§ ?(?:§ ?)?(?P<statute>{_STATUTE})(?![\w-]|\.\d))?(?P<path>{_PATH}))?"
)
PARAGRAPH = re.compile(
    rf"\b(?:[Ss]ub)?(?:[Pp]ara(?:graph)?|[Ss]ection|[Cc]lause)s?\.? (?P<path>{_PATH1})(?P<rest>(?:(?:{_JOIN}|{_PLAIN_THROUGH}){_PATH1})*)"
    r"(?:,? of (?:(?:this|that|the same|such) (?:section|statute|paragraph)|(?P<of_term>(?:this|that|the same) definition)"
    rf"|(?:{_CFR})?(?:(?:§ ?){{1,2}}|[Ss]ection )?{_SECTION}))?"
)
RANGE = re.compile(rf"{_THROUGH}(?:§ ?){{0,2}}")
LIST = re.compile(rf"{_JOIN}(?:§ ?){{0,2}}(?:[Ss]ections? )?")
NEXT_SECTION = re.compile(rf"(?:(?P<part>\d{{0,4}})(?P<dot>\.))?(?P<number>\d{{1,4}})(?![\d%]|\.\d)(?P<path>{_PATH})")
NEXT_PATH = re.compile(rf"(?P<path>{_PATH1})")

_ROMAN = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}
_WIDEST = 60


def split_path(text: str | None) -> tuple[str, ...]:
    """The designators of "(c)(4)(i)"."""
    return tuple(re.findall(r"[0-9A-Za-z]+", text or ""))


def sentence_case(term: str) -> str:
    """A defined term as the rule prints it."""
    term = term.strip().rstrip(",")
    return term[:1].upper() + term[1:]


def _roman(text: str) -> int:
    values = [_ROMAN.get(ch, 0) for ch in text]
    return sum(-a if a < b else a for a, b in pairwise([*values, 0]))


def _is_roman_level(level: int) -> bool:
    return level % 6 in (2, 5)


def _place(designator: str, level: int) -> int:
    if designator.isdigit():
        return int(designator)
    if _is_roman_level(level) and designator.islower():
        return _roman(designator)
    return ord(designator[0].lower()) - 96 + 26 * (len(designator) - 1)


def continue_path(last: tuple[str, ...], tail: tuple[str, ...], level: int = 0) -> tuple[str, ...]:
    """The path that a tail means after the last one: (b)(1) then (2) is (b)(2), then (c) is (c).

    Args:
        last: the path cited last.
        tail: the designators that follow it in a list or a range.
        level: depth at which `last` begins: 1 inside a definition, else 0.
    """
    for depth in reversed(range(len(last))):
        a, b = tail[0], last[depth]
        if a.isdigit() == b.isdigit() and a.isupper() == b.isupper() and _place(a, depth + level) > _place(b, depth + level):
            return last[:depth] + tail
    return tail


def opened(first: tuple[str, ...], last: tuple[str, ...], level: int = 0) -> tuple[tuple[str, ...], ...]:
    """What lies between two siblings, without them; nothing where they are no siblings in order."""
    if len(first) != len(last) or first[:-1] != last[:-1] or first[-1].isdigit() != last[-1].isdigit():
        return ()
    depth = level + len(first) - 1
    low, high = _place(first[-1], depth), _place(last[-1], depth)
    if not 0 < high - low <= _WIDEST:
        return ()
    return tuple((*first[:-1], _named(n, first[-1], depth)) for n in range(low + 1, high))


def _named(number: int, like: str, level: int) -> str:
    if like.isdigit():
        return str(number)
    if _is_roman_level(level) and like.islower():
        return roman(number)
    letter = chr(97 + (number - 1) % 26) * (1 + (number - 1) // 26)
    return letter.upper() if like.isupper() else letter
