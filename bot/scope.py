"""Danger first, then what these rules do not answer.

Danger is read from words in the present, and from nearness to `corpus/danger.yaml`; a false alarm costs one line, a miss a life. What lies
outside is a question nearer to an ask of `corpus/outside.yaml` than to anything the rules answer.
"""

from __future__ import annotations

import re
import unicodedata

from bot.answer import Language
from bot.errors import QuestionError
from bot.retrieve import Found
from corpus.sources import Outside

_I = r"(?:i|i['’]?m|im|i am|i['’]?ve|we)"
_THEY = r"(?:he|she|they|(?:my (?:\w+[- ]){0,2}?)?(?:husband|wife|boyfriend|girlfriend|partner|ex|spouse|dad|father|mom|mother|son|daughter|brother|sister|roommate|caregiver|aide|uncle|stepdad|stepfather))"
_SELF_HARM = re.compile(
    rf"\b(?:kill(?:ing)? (?:my ?self|himself|herself|themselves)|(?:end|ending|take|taking) (?:my|his|her|their) (?:own )?life|end it(?: all)?\b"
    rf"|{_I} (?:\w+ ){{0,4}}suicidal|(?:thinking|thoughts?|think) (?:about|of) (?:suicide|dying|ending)|commit suicide"
    r"|(?:want|wanna|wish|ready|going|rather) (?:to )?(?:die|be dead|not (?:be|wake|exist))|wish i (?:was|were) dead|better off (?:dead|without me)"
    r"|(?:don['’]?t|do not|dont|no longer) (?:want|wanna) to (?:live|be (?:here|alive)|wake up|exist|go on)"
    r"|(?:can['’]?t|cannot|can not|cant) (?:go on|do this anymore|take (?:it|this) any ?(?:more|longer)|live like this|keep going|see a way out)"
    r"|(?:no|nothing) (?:reason|point|left) (?:to|in) (?:live|living|liv\w+)|nothing left to live|no point (?:in )?(?:living|going on)"
    r"|(?:hurt|hurting|harm|harming|cut|cutting|shoot|hang|hanging) my ?self|(?:take|swallow|taking|swallow(?:ing)?) (?:all|the whole bottle|every one) (?:of )?(?:my|the|these)? ?(?:pills|meds|medication)?"
    r"|(?:not|won['’]?t) (?:be )?(?:here|around|alive) (?:tomorrow|next week|much longer|by)|(?:want|wants|wanted) to die"
    r"|suicidarme|matarme|quitarme la vida|(?:no )?quiero (?:morir(?:me)?|vivir m[aá]s|seguir viviendo)|ya no (?:quiero vivir|puedo m[aá]s|aguanto)|me quiero morir|hacerme da[nñ]o|acabar con (?:mi vida|todo))\b",
    re.IGNORECASE,
)
_VIOLENCE = re.compile(
    rf"\b(?:{_THEY} (?:\w+ ){{0,3}}?(?:hits?|beats?|beat|hurts?|punch\w*|chok\w+|strangl\w+|kick\w*|slap\w*|rap(?:es?|ed)|attack\w*|threaten\w*|stalk\w*|abus\w+|broke) (?:\w+ )?(?:me|us|my)\b(?! with (?:an?|another|the|\$))"
    rf"|{_THEY} (?:\w+ ){{0,4}}(?:kill|hurt|find|come after|shoot|stab|beat) (?:me|us)\b|(?:afraid|scared|terrified) (?:that )?(?:{_THEY}) (?:\w+ ){{0,3}}(?:kill|hurt|find|beat|come)"
    rf"|i(?:['’]?m| am) (?:being )?(?:abused|beaten|stalked|trafficked|held (?:here )?against)|not safe (?:at home|here|with)|(?:hits|beats|hurts|beating|hitting|hurting|chokes) me\b(?! with (?:an?|another|the|\$))"
    r"|(?:black eye|bruises) (?:from|because) (?:him|her|my)|hiding from (?:him|her|my (?:ex|husband|wife|boyfriend|partner))|domestic violence (?:shelter|victim)? ?(?:right )?now"
    r"|me (?:pega|golpea|golpe[oó]|peg[oó]|maltrata|amenaza|va a matar|quiere matar|viol[oó]|ahorc[oó]|lastima)|tengo miedo de (?:que me|mi (?:esposo|marido|novio|pareja|ex))"
    r"|(?:going to|gonna|want to|will) (?:kill|shoot|stab|hurt) (?:him|her|them|someone|somebody|everyone|that doctor|the doctor))\b",
    re.IGNORECASE,
)
_MEDICAL = re.compile(
    r"\b(?:(?:having|think (?:it['’]?s|i['’]?m having|this is)|is having) (?:\w+ )?(?:heart attack|stroke|seizure|allergic reaction)|(?:my|his|her|bad|crushing|severe|have|has|having|got|terrible) (?:\w+ )?chest (?:hurts|pains?|is tight|pressure|tightness|tight)"
    r"|chest (?:pain|hurts|tight\w*) (?:right )?now|(?:can['’]?t|cannot|cant|trouble|hard to|struggling to) breathe?(?:ing)?\b|not breathing|stopped breathing|turning blue|(?:he|she|won['’]?t|can['’]?t|cannot) (?:\w+ )?wake (?:him|her|them|up)"
    r"|(?:is|are|he['’]?s|she['’]?s|went|found (?:him|her)) unconscious|unresponsive|passed out (?:and|right now)|(?:just |has )coll?apsed|(?:just |have |i |she |he |has )(?:overdosed|took too many|swallowed (?:a lot|too many|a bunch|bleach|poison|all))|took (?:a whole|the whole|all (?:of )?(?:my|his|her|the)|too many) (?:bottle|pills|meds)?"
    r"|(?:won['’]?t|can['’]?t|doesn['’]?t) stop (?:the )?bleeding|bleeding (?:a lot|heavily|out|badly|and)|(?:face|mouth) (?:is |has )?(?:droop\w+|numb)|slurr(?:ed|ing) (?:speech|words|(?:his|her|my) words)|throat (?:is )?(?:closing|swelling)"
    r"|no puedo respirar|no respira|me duele el pecho|dolor (?:fuerte )?(?:de|en el) pecho|infarto ahora|est[aá] inconsciente|no despierta|sangrando mucho|tom[oó] (?:muchas|demasiadas) pastillas|sobredosis)\b",
    re.IGNORECASE,
)
# Told of the past, of a rule or of a record rather than of now.
_NOT_NOW = re.compile(
    r"\b(?:if (?:i|someone|somebody|a patient|my|he|she) (?:\w+ ){0,2}(?:say|says|said|tell|tells|told|mention|admit|confess|threaten|talk)\w*|last (?:year|month|week|spring|summer|fall|winter)|years? ago|months? ago|back in|when i was|in (?:19|20)\d\d"
    r"|used to|(?:records?|notes?|chart|report|file|diagnosis|history|hospitalization|screening|hotline|letter|brochure|bill|images?|scans?|cd)s? (?:of|from|about|for|on|that (?:says?|mentions?)) (?:\w+ ){0,3}(?:my|his|her|the)?"
    r"|suicidal ideation|it (?:was|turned out)|wasn['’]?t a heart attack|not a heart attack|was (?:once|briefly)|si (?:le )?digo)\b",
    re.IGNORECASE,
)
WEAK_IN_DANGER = 0.6  # below this nearness to the rules a person in danger is given the lines to call and no law
# How much less near than the rules an outside topic may be and still be meant. On tune this refuses 83% of what the rules do not answer and
# 3.4% of what they do; .03 refuses 85% and 6.5%, .00 refuses 75% and 3.1%.
LESS_NEAR = 0.02
SAFETY: dict[str, dict[Language, str]] = {
    "self_harm": {
        "en": "If you are thinking of ending your life or hurting yourself, call or text 988 now (Suicide and Crisis Lifeline, free, day and night). If you are in immediate danger, call 911.",
        "es": "Si está pensando en quitarse la vida o hacerse daño, llame o mande un texto al 988 ahora (Línea 988, gratis, día y noche; oprima 2 para español). Si hay peligro inmediato, llame al 911.",
    },
    "violence": {
        "en": "If you or someone else is in danger now, call 911. For help with abuse at home, call the National Domestic Violence Hotline at 1-800-799-7233, free, day and night.",
        "es": "Si usted u otra persona está en peligro ahora, llame al 911. Para ayuda con violencia en el hogar, llame a la Línea Nacional contra la Violencia Doméstica: 1-800-799-7233, gratis, día y noche.",
    },
    "medical": {
        "en": "If this is happening now, call 911 or go to the nearest emergency room. Do that before anything else.",
        "es": "Si esto está pasando ahora, llame al 911 o vaya a la sala de emergencias más cercana. Hágalo antes que nada.",
    },
}
_DANGERS = (("self_harm", _SELF_HARM), ("violence", _VIOLENCE), ("medical", _MEDICAL))


def clean(question: str, longest: int) -> str:
    """The question in composed form with odd characters out.

    Raises:
        QuestionError: it is empty, or longer than `longest` characters.
    """
    text = unicodedata.normalize("NFC", question).replace("\x00", "")
    text = "".join(ch for ch in text if ch in "\n\t" or unicodedata.category(ch) not in ("Cc", "Cf", "Cs", "Co"))
    text = " ".join(text.split())
    if not text:
        raise QuestionError("the question is empty; type what happened and what you want to know")
    if len(text) > longest:
        raise QuestionError(
            f"the question has {len(text)} characters, at most {longest} are read; shorten it to what happened and what you want to know"
        )
    return text


def dangers(question: str) -> tuple[str, ...]:
    """Kinds of danger told of: self_harm, violence, medical."""
    found = []
    for name, pattern in _DANGERS:
        for m in pattern.finditer(question):
            sentence = question[max(0, question.rfind(".", 0, m.start()) + 1) : m.end() + 60]
            if not _NOT_NOW.search(sentence):
                found.append(name)
                break
    return tuple(found)


def safety(question: str, language: Language, near: frozenset[str] = frozenset()) -> str | None:
    """What to do now, before any law; None when nobody seems in danger.

    Args:
        question: as typed.
        language: the language to answer in.
        near: kinds of danger that the question is near to by meaning.
    """
    words = dangers(question)
    found = [name for name, _ in _DANGERS if name in words or name in near]
    return " ".join(SAFETY[name][language] for name in found) or None


def outside(found: Found, topics: dict[str, Outside]) -> Outside | None:
    """The topic outside these rules that a question is nearest to, when it is about as near as the rules are."""
    score, passage_id = found.outside
    if score < found.similarity - LESS_NEAR:
        return None
    return topics.get(passage_id.removeprefix("outside/"))
