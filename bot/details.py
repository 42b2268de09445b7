"""Personal details that have a form: numbers, addresses, dates of birth, links. Names are found in names.py.

What the law needs is set aside first: citations, sums of money, spans of days and every date that no word nearby makes a date of birth.
A number that nothing explains is taken for a detail from seven digits on, because no citation or sum has so many in a row.
"""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple


class Found(NamedTuple):
    """A detail at text[start:end]; `kind` is the word in its placeholder."""

    start: int
    end: int
    kind: str


_I = re.IGNORECASE
_STATE_NAMES = (
    "Alabama|Alaska|Arizona|Arkansas|California|Colorado|Connecticut|Delaware|Florida|Georgia|Hawaii|Idaho|Illinois|Indiana|Iowa|Kansas|"
    "Kentucky|Louisiana|Maine|Maryland|Massachusetts|Michigan|Minnesota|Mississippi|Missouri|Montana|Nebraska|Nevada|New Hampshire|"
    "New Jersey|New Mexico|New York|North Carolina|North Dakota|Ohio|Oklahoma|Oregon|Pennsylvania|Rhode Island|South Carolina|"
    "South Dakota|Tennessee|Texas|Utah|Vermont|Virginia|Washington|West Virginia|Wisconsin|Wyoming|Puerto Rico"
)
_STATE_CODES = "A[KLRZ]|C[AOT]|D[CE]|FL|GA|HI|I[ADLN]|K[SY]|LA|M[ADEINOST]|N[CDEHJMVY]|O[HKR]|P[AR]|RI|S[CD]|T[NX]|UT|V[AIT]|W[AIVY]"
_STATE = rf"(?:{_STATE_NAMES}|{_STATE_CODES})"

# What is never altered, whatever else looks like a number of somebody's.
_LAW = re.compile(
    r"""\b\d{1,3}\s*(?:C\.?\s?F\.?\s?R\.?|U\.?\s?S\.?\s?C\.?|Fed\.?\s?Reg\.?|F\.?\s?R\.?)\s*(?:parts?\s*)?(?:§+\s*)?[\d.,]+\w*(?:\s?[-–]\s?[\da-z]+)*(?:\([a-z0-9]{1,5}\))*
      | §+\s*\d[\w.–-]*(?:\([a-z0-9]{1,5}\))*
      | (?<![\d.\-])1(?:60|62|64)\.\d{3}(?!\d|[-.]\d)(?:\([a-z0-9]{1,5}\))*
      | \bparts?\s+(?:2|160|162|164)\b
      | \$\s?\d[\d,]*(?:\.\d\d)?
      | \b\d{1,4}\s*-?\s*(?:days?|weeks?|months?|years?|hours?|d[ií]as?|semanas?|meses|años?|pages?|cents?|percent)\b""",
    _I | re.VERBOSE,
)

_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?|"
    r"enero|febrero|marzo|abril|mayo|junio|julio|agosto|se[pt]tiembre|octubre|noviembre|diciembre)"
)
_DATE = re.compile(
    rf"""(?<![\w/.-])(?:
        (?:19|20)\d\d[-/.]\d{{1,2}}[-/.]\d{{1,2}}
      | \d{{1,2}}(?P<sep>[-/.])\d{{1,2}}(?P=sep)(?:\d{{4}}|\d\d)
      | {_MONTH}\.?\s+\d{{1,2}}(?:st|nd|rd|th)?(?:,?\s+(?:19|20)\d\d)?
      | \d{{1,2}}(?:st|nd|rd|th)?\s+(?:of\s+|de\s+)?{_MONTH}\.?(?:,?\s+(?:de(?:l)?\s+)?(?:19|20)\d\d)?
      )(?![\w/-])""",
    _I | re.VERBOSE,
)
_YEAR = re.compile(r"(?<![\w/.-])(?:19|20)\d\d(?![\w/-])")
_BIRTH_WORD = (
    r"(?:born|birth\s?da(?:y|te)|b-?day|d\.?\s?o\.?\s?b\b\.?|date\s+of\s+birth|birth|nacid[oa]|nac[ií]|naci[oó]|naciste|fecha\s+de\s+nac(?:imiento)?\.?|"
    r"cumpleaños|turned\s+\d+|cumpl\w+\s+\d+)"
)
_BIRTH_BEFORE = re.compile(
    rf"\b{_BIRTH_WORD}(?:[\s:;,=#()\"'’–-]|\b(?:is|was|on|the|its|s|in(?:\s+[A-Z]\w+)?|es|fue|el|d[ií]a|del?|at|listed|as|que|year|año)\b)*$",
    _I,
)
_BIRTH_AFTER = re.compile(
    r"^[\s,)]*(?:is|was|es)\s+(?:my|his|her|their|our|the|mi|su)\s+(?:\w+'s\s+)?(?:birth|b-?day|dob|date of birth|cumplea|fecha de nac)", _I
)
_CHILD_BEFORE = re.compile(r"\b(?:sons?|daughters?|child|kids?|baby|boy|girl|twins?|hij[oa]s?|niñ[oa]s?|beb[eé])\b[^.;()\d]{0,40}\($", _I)
# The rules began in 1996: an earlier day is a person's, not a request's.
_FIRST_YEAR_OF_LAW = 1996

_EMAIL = re.compile(
    r"[\w.+%'’-]{0,64}[\w+%-]@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}"
    r"|\b[\w.+-]{1,64}\s{0,3}(?:\(at\)|\[at\]|\s+at\s+|\s+arroba\s+)\s*[\w-]+\s*(?:\(dot\)|\[dot\]|\s+dot\s+|\s+punto\s+|\.)\s*(?:com|net|org|edu|gov)\b",
    _I,
)
_LINK = re.compile(r"\b(?:https?://)?(?P<host>(?:[\w-]{1,63}\.){1,8}[a-z]{2,24})(?::\d+)?[/?#](?P<path>[^\s<>\"')\]]*[\w=/-])", _I)
_USER_OF_LINK = re.compile(r"https?://(?P<path>[^\s/@]+)(?=@)", _I)
_PUBLIC_HOSTS = (".gov", "cornell.edu", "lawhelp.org")
_HANDLE = re.compile(r"(?<![\w@.])@(?P<path>[A-Za-z_][\w.]{2,})")
_IP4 = re.compile(r"(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?![\d.]\d)")
_IP6 = re.compile(r"(?<![\w:])[0-9a-f:]*:[0-9a-f:]*:[0-9a-f:]*(?![\w:])", _I)

_D = r"[\s.\-–/]"
_SSN = re.compile(r"(?<![\d-])\d{3}\s?[-–—. ]\s?\d{2}\s?[-–—. ]\s?\d{4}(?![\d-])|(?<![\w-])[*x]{3}-?[*x]{2}-?\d{4}\b", _I)
_SSN_CUE = re.compile(
    r"\b(?:ssn|ss\s?#|ss\s?no|s\.s\.n\.|soc(?:ial)?(?:\s+sec(?:urity)?)?(?:\s+(?:number|num|no\.?|card))?|(?:n[uú]mero\s+de\s+)?seguro\s+social)"
    r"(?:[\s:#,=]|\b(?:number|is|was|es|no|ends?|ending|in|with|last|four|4|digits|are|termina|en|mi)\b)*(?P<value>\d[\d .–-]{2,12}\d)(?!\d)",
    _I,
)
_PHONE = re.compile(
    rf"""(?<![\w.-])(?:
        \+\d{{1,3}}[\s.-]?\(?\d[\d\s().-]{{6,16}}\d
      | (?:\+?1{_D}*)?(?:\(\d{{3}}\)\s*[-–]?\s*|\d{{3}}\s?{_D}\s?)\d{{3}}\s*{_D}?\s*\d{{4}}
      | \+?1?\d{{10}}
      | \d{{3}}-\d{{4}}
      )(?![\d-])(?:\s*(?:ext\.?|extension|x)\s*\d{{1,6}})?""",
    _I | re.VERBOSE,
)
_PHONE_CUE = re.compile(
    r"\b(?:phone|tel|cell|mobile|fax|tel[eé]fono|celular|call(?:\s+me)?|text(?:\s+me)?)\b(?:[\s:#.]|\b(?:at|on|me|number|no|is|es|n[uú]mero)\b)*"
    r"(?P<value>\(?\d[\d\s().–-]{5,14}\d)",
    _I,
)
_FAX_BEFORE = re.compile(r"\bfax(?:ed|es)?\b[^.;\n]{0,40}$", _I)
# The lines that anybody may call, which an answer names.
_PUBLIC_LINES = frozenset({"8003681019", "8005377697", "8007997233", "8776966775", "8006334227", "8002738255"})
_CARD = re.compile(r"(?<![\w-])\d(?:[ -]?\d){12,18}(?![\w-])")
_LONG = re.compile(r"(?<![\w.$/-])(?:[A-Z]{0,5}-?)?\d[\d-]{5,40}\d(?:-?[A-Z]{1,3})?(?![\w/])", _I)
_MIXED = re.compile(r"(?<![\w.-])(?=[\w-]*[A-Za-z])(?=(?:[\w-]*?\d){5})[A-Za-z0-9][A-Za-z0-9-]{5,60}(?![\w-])")
_DOCKET = re.compile(r"\b\d:\d\d-[a-z]{2}-\d{3,6}\b", _I)
_MBI = re.compile(r"\b\d[A-Z][A-Z0-9]\d[ -]?[A-Z][A-Z0-9]\d[ -]?[A-Z]{2}\d\d\b", _I)

# A token with a digit in it; up to three more that hold digits, or one leading group of letters.
_CODE = r"[A-Z0-9](?:[A-Z0-9:./–-]*[A-Z0-9])?"
_VALUE = rf"(?P<value>(?:[A-Z]{{1,4}}\s)?(?=[A-Z:./–-]*\d){_CODE}(?:\s(?=[A-Z-]*\d)[A-Z0-9-]+(?![/.]\d)){{0,4}})"
_MARK = r"(?:numbers?|nums?|nos?\b\.?|nr|\#|ids?\b|i\.d\.|identification|identifier|n[uú]mero|nº|n[uú]m\.?)"
_IS = r"(?:[\s:#=,(]|\b(?:is|was|es|are|of|ending|in|that|on|it|called)\b)*"
_WHAT = (
    r"(?:mrn|m\.r\.n\.?|med(?:ical)?\s+rec(?:ord)?s?|records?|charts?|patient|pt|accounts?|acct\.?|members?(?:ship)?|subscriber|policy|group|claims?|"
    r"case|files?|ref(?:erence)?\.?|invoice|complaint|confirmation|visit|encounter|plan|insurance|insured(?:['’]s)?|medicare|medicaid|medi-cal|"
    r"passport|student|employee|rx|prescription|sheet|docket|beneficiary|certificate|ticket|tracking|order|badge|hicn|mbi|csn|bill|"
    r"expediente|cuenta|miembro|p[oó]liza|reclamo|caso|r[eé]cord|historia|afiliado|paciente|seguro|pasaporte)"
)
_RECORD_MARKED = re.compile(rf"\b{_WHAT}\s*(?:\#|\b){_MARK}{_IS}{_VALUE}|\b(?:n[uú]mero|no\.|number)\s+(?:de\s+|of\s+)?(?:(?:my|mi|the|el|la)\s+)?"
                            rf"{_WHAT}{_IS}{_VALUE.replace('value', 'after')}", _I)  # fmt: skip
_RECORD_BARE = re.compile(rf"\b{_WHAT}{_IS}{_VALUE}", _I)
_NUMBER_BARE = re.compile(rf"(?:\b{_MARK}|\#)\s*{_IS}{_VALUE}", _I)
_LICENCE = re.compile(
    rf"\b(?:driver[’']?s?\s+licen[cs]e|drivers?\s+lic\.?|dl|d\.l\.|licen[cs]e|licencia(?:\s+de\s+(?:conducir|manejar))?|state\s+id)\b(?:\s*\#|\s*{_MARK})*{_IS}{_VALUE}",
    _I,
)
_PLATE = re.compile(
    rf"\b(?:plates?|placas?|tag)\b(?:\s*{_MARK})*{_IS}(?P<value>(?=[A-Z -]*\d)[A-Z0-9]{{1,4}}[ -]\d[A-Z0-9]{{1,5}}|(?=[A-Z]*\d)[A-Z0-9]{{4,8}})\b",
    _I,
)

_WORD = r"[A-Z][\w.'’-]*"
_STREET = (
    r"(?:street|avenue|ave|boulevard|blvd|road|rd|drive|dr|lane|ln|court|ct|circle|cir|place|pl|way|terrace|ter|parkway|pkwy|highway|hwy|"
    r"trail|trl|run|loop|square|sq|st|alley|plaza|crossing|ridge|row|path|pike)"
)
_UNIT = r"(?:,?\s*(?:apt|apartment|unit|suite|ste|apto|depto|room|rm|floor|fl|lot|bldg)\b\.?\s*\#?\s*\w+|,?\s*\#\s?\w+)?"
_CITY = rf"(?:[\s,]+(?-i:[A-Z][\w.'’-]*(?:\s[A-Z][\w.'’-]*){{0,3}})[\s,]+{_STATE}\b\.?(?:,?\s*\d{{5}}(?:-\d{{4}})?)?|,\s*[a-z.' ]{{2,25}},?\s+{_STATE},?\s+\d{{5}}|,?\s+\d{{5}}(?!\d)|,\s+(?-i:{_WORD}(?:\s{_WORD})?)(?=[.,;)\n]|$))?"
_ADDRESS = re.compile(
    rf"""(?<![\w.$-])(?:
        \d{{1,6}}(?:-\d{{1,4}})?[A-Z]?\s+(?:[NSEW]\.?\s|north\s|south\s|east\s|west\s)?(?-i:(?:{_WORD}|\d+(?:st|nd|rd|th))\s+){{1,4}}?(?<!County\s)(?<!District\s)(?<!Superior\s){_STREET}\b\.?(?:\s+(?-i:Rd|St|Ave|Dr|Ln|Ct|Road|Street|Lane|Drive)\b\.?)?(?:\s+\d{{1,4}}(?=,|\s+(?-i:[NSEW])\b))?(?:\s+(?-i:[NSEW]{{1,2}})\b\.?)?
      | \d{{1,6}}\s+(?-i:Broadway|Bowery)\b
      | \d{{1,6}}\s+(?:county\s+r(?:oa)?d\.?|hwy\.?|state\s+route|highway|route|rural\s+route)\s+\d+
      | \d{{1,6}}\s+(?:[nsew]\.?\s+)?(?!(?:days?|pages?|weeks?|years?|months?|hours?|minutes?|miles?|county|federal|state|district|family|cfr|usc)\b)[a-z'’-]+\s+(?:street|avenue|ave|boulevard|blvd|road|rd|lane|ln|parkway|pkwy|hwy|st|terrace|drive|court|trail|circle)\b\.?
      | \d{{1,6}}\s+(?:calle|avenida|av\.|camino|paseo|v[ií]a|callej[oó]n)\s+(?-i:{_WORD})(?:\s(?-i:{_WORD})){{0,2}}
      | (?:calle|avenida|av\.|camino|paseo)\s+(?-i:{_WORD})(?:\s(?-i:{_WORD})){{0,2}},?\s+(?:n[uú]m(?:ero)?\.?\s*|\#)?\d+
      | p\.?\s?o\.?\s*box\s+\d+
      | apartado(?:\s+postal)?\s+\d+
      | (?:rural\s+route|rr|r\.r\.|hc)\s*\d+,?\s*box\s*\d+\w*
      ){_UNIT}{_CITY}""",
    _I | re.VERBOSE,
)
_TOWN = re.compile(
    rf"\b(?-i:{_WORD}(?:\s{_WORD}){{0,2}}),?\s+{_STATE}\b\.?,?\s+\d{{5}}(?:-\d{{4}})?(?!\d)|\b(?!(?:in|at|to|from|en|of|near)\b)(?-i:[a-z]+(?:\s[a-z]+)?),\s*{_STATE},?\s+\d{{5}}(?!\d)",
    _I,
)
_ZIP = re.compile(r"\b(?:zip(?:\s?code)?|c[oó]digo\s+postal)(?:[\s:#]|\b(?:is|es|de)\b)*(?P<value>\d{5}(?:-\d{4})?)(?!\d)", _I)


def _luhn(digits: str) -> bool:
    """The check digit of payment cards (ISO/IEC 7812-1)."""
    doubled = [int(d) if i % 2 == 0 else sum(divmod(2 * int(d), 10)) for i, d in enumerate(reversed(digits))]
    return sum(doubled) % 10 == 0


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)


def _year(date: str) -> int | None:
    """The year of a date, two digits read as the last hundred years to 2029; None where it has none."""
    if m := re.search(r"(?:19|20)\d\d", date):
        return int(m[0])
    if m := re.search(r"\d[-/.]\d{1,2}[-/.](\d\d)$", date):
        return 2000 + int(m[1]) if int(m[1]) < 30 else 1900 + int(m[1])
    return None


_TYPED = re.compile(r"\[[A-Z]+-\d+\]", _I)


def law(text: str) -> list[tuple[int, int]]:
    """Where citations, sums, spans of days and placeholders that a person typed stand."""
    return [m.span() for pattern in (_LAW, _TYPED) for m in pattern.finditer(text)]


def _is_birth(text: str, start: int, end: int) -> bool:
    year = _year(text[start:end])
    told = _BIRTH_BEFORE.search(text[max(0, start - 60) : start]) or _BIRTH_AFTER.match(text[end : end + 40])
    told = told or (_CHILD_BEFORE.search(text[max(0, start - 80) : start]) if text[end : end + 1] == ")" else None)
    return bool(told) or (year is not None and year < _FIRST_YEAR_OF_LAW)


def _is_day(date: str) -> bool:
    """False for numbers in a date's form that no calendar has, such as 70-44-19."""
    numbers = [int(n) for n in re.findall(r"\d+", date)]
    if re.search(r"[^\W\d_]{3}", date):
        return True
    month, day = numbers[1:] if numbers[0] > 1000 else numbers[:2]
    return 1 <= month <= 31 and 1 <= day <= 31 and min(month, day) <= 12


def dates(text: str) -> list[tuple[int, int, bool]]:
    """Every date, and whether it is one of birth."""
    found = [(*m.span(), _is_birth(text, *m.span())) for m in _DATE.finditer(text) if _is_day(m[0])]
    years = [m.span() for m in _YEAR.finditer(text) if not any(s <= m.start() < e for s, e, _ in found)]
    return found + [(s, e, bool(_BIRTH_BEFORE.search(text[max(0, s - 60) : s]))) for s, e in years]


def _links(text: str) -> Iterator[Found]:
    for m in _EMAIL.finditer(text):
        yield Found(*m.span(), "EMAIL")
    for m in _LINK.finditer(text):
        if not m["host"].lower().endswith(_PUBLIC_HOSTS):
            yield Found(*m.span("path"), "URL")
    for pattern in (_USER_OF_LINK, _HANDLE):
        for m in pattern.finditer(text):
            yield Found(*m.span("path"), "URL")
    for pattern in (_IP4, _IP6):
        for m in pattern.finditer(text):
            try:
                ipaddress.ip_address(m[0].strip(".") if pattern is _IP4 else m[0])
            except ValueError:  # a time of day, a version: not an address
                continue
            yield Found(*m.span(), "IP")


def _identity_numbers(text: str) -> Iterator[Found]:
    """Payment cards, Social Security, driver's licences, plates."""
    for m in _CARD.finditer(text):
        if _luhn(_digits(m[0])):
            yield Found(*m.span(), "CARD")
    for m in _SSN_CUE.finditer(text):
        yield Found(*m.span("value"), "SSN")
    for m in _SSN.finditer(text):
        yield Found(*m.span(), "SSN")
    for pattern, kind in ((_LICENCE, "LICENCE"), (_PLATE, "PLATE")):
        for m in pattern.finditer(text):
            if len(_digits(m["value"])) >= (3 if kind == "PLATE" else 4):
                yield Found(*m.span("value"), kind)


def _record_numbers(text: str) -> Iterator[Found]:
    """Numbers of records, accounts, members, claims and cases, by the words before them."""
    for pattern in (_MBI, _DOCKET):
        for m in pattern.finditer(text):
            yield Found(*m.span(), "RECORD")
    for m in _RECORD_MARKED.finditer(text):
        name = "value" if m["value"] else "after"
        if len(_digits(m[name])) >= 2:
            yield Found(*m.span(name), "RECORD")
    for pattern in (_RECORD_BARE, _NUMBER_BARE):
        for m in pattern.finditer(text):
            if len(_digits(m["value"])) >= (4 if pattern is _RECORD_BARE else 5) and not _YEAR.fullmatch(m["value"]):
                yield Found(*m.span("value"), "RECORD")


def _other_numbers(text: str) -> Iterator[Found]:
    """Telephone numbers, and what is too long to be the law's."""
    for pattern, group in ((_PHONE, 0), (_PHONE_CUE, "value")):
        for m in pattern.finditer(text):
            if len(_digits(m[group])) >= 7 and _digits(m[group])[-10:] not in _PUBLIC_LINES:
                yield Found(*m.span(group), "FAX" if _FAX_BEFORE.search(text[: m.start(group)]) else "PHONE")
    for m in _LONG.finditer(text):
        if len(_digits(m[0])) >= 7 and _digits(m[0])[-10:] not in _PUBLIC_LINES and not re.fullmatch(r"(?:19|20)\d\d-(?:19|20)\d\d", m[0]):
            yield Found(*m.span(), "SSN" if re.fullmatch(r"\d{9}", m[0]) else "RECORD")
    for m in _MIXED.finditer(text):
        yield Found(*m.span(), "RECORD")


# Their form is their own, so no year or span of days that seems to stand in one counts against it ("321 56 1900", "555-0130 days").
_SURE_FORMS = frozenset({"EMAIL", "URL", "IP", "BIRTH", "ADDRESS", "SSN", "CARD", "PHONE", "FAX"})


def _clear_of(one: Found, kept: list[tuple[int, int]]) -> Found | None:
    """The detail up to what must stay; the whole of it where a year stands within; None where it begins with what must stay."""
    for start, end in kept:
        year = one.start < start and (end < one.end or (end == one.end and end - start == 4))
        if one.start < end and start < one.end and one.kind not in _SURE_FORMS and not year:
            if start <= one.start:
                return None
            one = Found(one.start, start, one.kind)
    return one


def plain_digits(text: str) -> str:
    """The same text with the digits of every script as 0 to 9, each at its place, so that none hides a number."""
    return "".join(str(unicodedata.decimal(c, 0)) if c.isdecimal() else c for c in text)


def find_details(text: str) -> list[Found]:
    """Every detail with a form, none overlapping another; where two claim the same words, the surer kind has them."""
    text = plain_digits(text)
    kept = law(text) + [(s, e) for s, e, birth in dates(text) if not birth]
    typed = [m.span() for m in _TYPED.finditer(text)]
    births = [Found(s, e, "BIRTH") for s, e, birth in dates(text) if birth]
    places = [Found(*m.span(), "ADDRESS") for p in (_ADDRESS, _TOWN) for m in p.finditer(text)]
    places += [Found(*m.span("value"), "ADDRESS") for m in _ZIP.finditer(text)]
    numbers = (*_identity_numbers(text), *_record_numbers(text), *_other_numbers(text))
    found: list[Found] = []
    for raw in (*_links(text), *births, *places, *numbers):
        one = _clear_of(raw, kept)
        if one is None:
            continue
        one = one._replace(end=one.start + len(text[one.start : one.end].rstrip()))
        if not any(s < one.end and one.start < e for s, e in [*typed, *((f.start, f.end) for f in found)]):
            found.append(one)
    return sorted(found)
