"""Sweeping words, dropped exceptions, waved-away conditions and remedies that the cited passages do not have."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.grounding.words import clean, overlap, sentences

_I = re.IGNORECASE
SWEEPING = re.compile(
    r"\b(?:always|never|in (?:every|any|all) (?:case|situation|event|circumstance)s?|in all cases|every time|no exceptions?|without exceptions?"
    r"|nothing left out|everything|anything|anyone|anybody|everyone|whoever|whatever|wherever|whenever|any (?:kind|reason|time|person|disclosure|request)"
    r"|at any time|no matter|regardless|automatically|completely|entirely|totally|in full|full effect|under no circumstances?|absolutely|all (?:of )?your|the very|any|every|each"
    r"|every single|unlimited|for any|siempre|nunca|jamás|en tod[oa]s? l?[oa]?s? ?casos?|en todos los casos|en cualquier caso|sin excepci(?:ón|ones)|cualquier\w*|todo|toda|todos|todas)\b",
    _I,
)
_SWEEPING_HARD = re.compile(
    r"\b(?:always|never|in (?:every|any|all) (?:case|situation|event|circumstance)s?|in all cases|every time|no exceptions?|without exceptions?|nothing left out|everything"
    r"|wherever|whenever|no matter|regardless|automatically|full effect|under no circumstances?|the very|every single|of every|any kind|to anyone|siempre|nunca|jamás"
    r"|en todos los casos|en cualquier caso|sin excepci(?:ón|ones))\b(?! que)",
    _I,
)
CONDITION = re.compile(
    r"\b(?:unless|except(?:ions?)?|save (?:that|for|as)|apart from|only|if|otherwise|outside|provided|so long as|as long as|as paragraph|to the extent|so far as|once|when|where|while"
    r"|as (?:the|other) [\w\s]{1,30}(?:allow|permit|provide|say)s?|as laws?|leaves? out|a few|limits|some|condition|just to|as a rule|salvo|excepto|solo|sólo|si|siempre que|cuando|aunque|a menos)\b",
    _I,
)
_EXCEPTION = re.compile(
    r"\b(?:unless|except(?:ions?)?|save (?:that|for|as)|apart from|only (?:if|exceptions?|when|on)|if|otherwise|outside (?:the|this) right|does not hold|to the extent|provided that|limits? listed)\b",
    _I,
)
# What shows that a statement carries an exception; "when" and "if" often only tell the setting.
_CARRIED = re.compile(
    r"\b(?:unless|except(?:ions?)?|save (?:that|for|as)|apart from|only (?:if|when|where)|otherwise|provided that|so long as|as long as|to the extent|so far as|salvo|excepto|a menos"
    r"|siempre que|aside from|other than|alone)\b",
    _I,
)
_WAVED = re.compile(
    r"\b(?:even (?:if|when|though|one|where|without)|no (?:one|officer|\w+) (?:has to|need)|whether or not|without (?:asking|telling|your|any|being)|wherever|any one of|either one of"
    r"|no matter|regardless|whatever the|on (?:its|their) own(?: initiative)?(?=[,.;]|$)|by (?:its|their) own choice|for (?:any|no) reason|is enough|as they (?:like|wish|see fit)|when(?:ever)? they (?:think|believe|like)"
    r"|aunque (?:no|nunca|el|la)|incluso si|sin importar|cuando (?:crean|quieran|lo))\b",
    _I,
)
_WAVED_IN_PASSAGE = re.compile(r"\b(?:even|whether|whatever|regardless|without regard|any one of|one or more)\b", _I)
# What people are promised or threatened with, and the words that carry each in a passage.
_REMEDIES: tuple[tuple[str, str], ...] = (
    (r"sue|lawsuit|damages|compensat\w*|in court|federal court|reimburs\w*|demand(?:a|ar|arla|arlo|arlos)|daños|indemniza\w*", r"sue|lawsuit|damages|compensat\w*|court|reimburs\w*"),
    (r"refund|money back|pay you|owes? you|reembols\w*", r"refund|repay|reimburs\w*"),
    (r"free|no (?:cost|charge)|free of charge|costs? you nothing|at no cost|gratis|gratuit\w+|sin costo", r"free|no charge|without charge|no fee|cost"),
    (r"fine[sd]?|penalt\w+|multas?|sanci\w+", r"fine[sd]?|penalt\w+|sanction\w*|subpart d"),
    (r"appeals?|apel\w+", r"appeals?|review\w*"),
    (r"(?:lose|suspend\w*|revok\w*) (?:its|their|his|her|the|your)? ?(?:license|licence)|license|licencia", r"licen[sc]e\w*"),
    (r"automatically|automátic\w+", r"automatic\w*|presum\w*"),
    (r"immediately|at once|right away|same day|on the spot|instantly|inmediatamente|de inmediato|en el acto|mismo día", r"immediate\w*|at once|promptly|right away|same day"),
    (r"apolog\w+|disculp\w+", r"apolog\w+"),
    (r"(?:put|puts|putting) off your|postpone|cancel your|cancelar", r"postpone|delay|cancel"),
    (r"delet\w+|eras\w+|destroy\w*|wiped?|borr\w+|destru\w+|elimin\w+", r"delet\w+|eras\w+|destroy\w*|destruct\w*"),
    (r"identity theft|credit monitoring|credit|crédito", r"credit|identity"),
    (r"arrest\w*|jail time|criminal charges|go to jail|arrest\w+", r"arrest\w*|criminal|imprison\w*"),
    (r"interview|hearing|audiencia", r"hearing|interview"),
    (r"translat\w+|interpreter|tradu\w+|intérprete", r"translat\w+|interpret\w+|language"),
    (r"double|triple|twice the|doble", r"double|triple|twice"),
    (r"a lawyer|an attorney|abogad[oa]", r"lawyer|attorney|counsel"),
    (r"e-?mail|online|portal|correo electrónico", r"e-?mail\w*|electronic\w*|portal|web\w*"),
    (r"notari[sz]ed|notary|notari\w+", r"notar\w+"),
    (r"photo id|identification|identificación", r"identif\w+|identity|verify|who a person"),
    (r"(?:phone|call you|telephone|teléfono)", r"(?:tele)?phone|call|oral\w*"),
    (r"(?:copy|copia) (?:of|de) (?:the|la|el) (?:complaint|contract|agreement|queja|contrato)", r"copy"),
    (r"certified mail|registered mail|correo certificado", r"certified|registered"),
    (r"inspector general|attorney general|fiscal", r"inspector|attorney general"),
)  # fmt: skip


def _has(pattern: str, texts: Sequence[str]) -> bool:
    return any(re.search(rf"\b(?:{pattern})\b", clean(t), _I) for t in texts)


def invented_remedy(statement: str, passages: Sequence[str]) -> str | None:
    """Say what the statement promises or threatens that no passage speaks of; None if it promises nothing."""
    for said, carried in _REMEDIES:
        if (m := re.search(rf"\b(?:{said})\b", clean(statement), _I)) and not _has(carried, passages):
            return f"promises or threatens {m.group(0).lower()!r}, of which no cited passage speaks"
    return None


def waved_condition(statement: str, passages: Sequence[str]) -> str | None:
    """Say which condition the statement waves away ("even if", "wherever") without the passages' leave."""
    if re.search(r"\bany (?:one )?of (?:the|these)\b|\beither of\b|cualquiera de", statement, _I) and _has(
        r"all|both|two things|three things", passages
    ):
        return "asks for one condition where the passage asks for all"
    if (m := _WAVED.search(clean(statement))) and not any(_WAVED_IN_PASSAGE.search(clean(p)) for p in passages):
        return f"waves a condition away with {m.group(0).lower()!r}"
    return None


def swept(statement: str, passages: Sequence[str]) -> str | None:
    """Say which sweeping word stands over a passage that has an exception the statement does not carry."""
    m = _SWEEPING_HARD.search(clean(statement))
    if not m:
        return None
    word = m.group(0).lower()
    if _has(re.escape(word), passages):
        return None
    rest = _SWEEPING_HARD.sub(" ", clean(statement))
    if any(_EXCEPTION.search(clean(p)) for p in passages) and not _CARRIED.search(rest):
        return f"says {word!r} where the cited passage has an exception or a condition"
    return None


def dropped_exception(statement: str, passages: Sequence[str]) -> bool:
    """True if the nearest sentence of the passages has a condition or exception and the statement has none at all."""
    nearest = max((s for p in passages for s in sentences(p)), key=lambda s: overlap(statement, s))
    return bool(_EXCEPTION.search(nearest)) and not CONDITION.search(clean(statement))


def unsaid_sweep(statement: str, passages: Sequence[str]) -> str | None:
    """Say which sweeping word of the statement no passage has, exception or not; None if there is none."""
    for m in SWEEPING.finditer(clean(statement)):
        if not _has(re.escape(m.group(0)), passages):
            return f"says {m.group(0).lower()!r}, which the cited passage does not"
    return None
