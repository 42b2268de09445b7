"""What a question asks of the law: its last question, its kind, which way round the act stands, and the verdict that follows.

An embedding sees what a question is about but not which way round it stands, so the verdict is looked up from the note's norm:
leave ("can they") is yes where the named act is permitted or required, duty ("must they") where it is required, violation ("isn't
that illegal") where it is forbidden; refusing an act is forbidden where doing it is required. Where a step is not sure, there is
no verdict.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import Stemmer

from corpus.sources import Norm, Status

Kind = Literal["leave", "duty", "right", "violation", "open", "unknown"]
Pole = Literal["doing", "refusing", "unknown"]
YesNo = Literal["yes", "no"]

_PATIENT = (
    r"(?:i|we|me|us|someone|somebody|a patient|patients?|the patient|an individual|individuals?|you"
    r"|(?:my|her|his|our|the|a|their|the client'?s?) (?:own )?(?:(?:adult|grown|minor|teen\w*|elderly|dying|late|disabled) )?"
    r"(?:husband|wife|spouse|mom|mother|mum|dad|father|parents?|son|daughter|kids?|child|children|teen\w*|sister|brother|aunt|uncle|grand\w+"
    r"|girlfriend|boyfriend|partner|fianc\w+|client|neighbor|friend|family|cousin|niece|nephew|mother-in-law|father-in-law|patient|teenager))"
)
_NOT = r"(?:n['’]?t|not)"

# (kind, pattern); the earliest match in the asking sentence wins, the longer one at the same place.
_PATTERNS: tuple[tuple[Kind, str], ...] = (
    # "Do they need my permission first?" asks whether doing it without is forbidden.
    (
        "violation",
        r"\b(?:needs?|requires?|must have|(?:have|has) to (?:have|get|ask for)) (?:(?:my|his|her|an?|the|our|their|your|somebody['’]s|\w+['’]s) )(?:\w+ ){0,2}(?:authorization|permission|okay|ok|consent|release|signature|approval)\b"
        r"|\b(?:authorization|permission|consent|signature|release) (?:\w+ ){0,2}(?:required|needed|necessary)\b",
    ),
    (
        "violation",
        r"\b(?:violat\w+|illegal\w*|unlawful\w*|against (?:the )?(?:law|rules?|hipaa)|(?:br(?:eak|oke|oken|eaking))\W+(?:the |any |a )?(?:law|rules?|hipaa|privacy)\b"
        r"|(?:a )?breach of|out of (?:line|compliance)|in breach|not (?:be )?(?:legal|lawful|allowed by)|noncomplian\w+)",
    ),
    (
        "duty",
        rf"\b(?:can|could|may|do|am|are) (?:{_PATIENT}) (?:able to )?(?:legally )?(?:(?:make|force|require|compel|oblige) (?:them|him|her|the \w+|my \w+|it)\b|get (?:them|him|her|the \w+|my \w+) to\b)",
    ),
    (
        "leave",
        rf"\b(?:do|does|must|am|is|are|will|would|should) {_PATIENT} (?:really |actually |still |legally )?(?:have to|need to|got to|gotta|required to|obliged to|obligated to|forced to|supposed to)\b",
    ),
    ("leave", rf"\bmust {_PATIENT}\b"),
    (
        "leave",
        rf"\b(?:can|could|may|will) {_PATIENT} (?:legally |really |actually )?(?:be|get) (?=(?:\w+(?:ed|en|t)|made|told|sent|put|cut|kept|held|shut)\b)",
    ),
    ("right", rf"\b(?:can|could|may) {_PATIENT}\b"),
    (
        "right",
        r"\b(?:can|could|may) (?:he|she) (?:still |also |legally )?(?:get|see|obtain|have|receive|look|inspect|file|complain|appeal|ask|request|read)\b",
    ),
    (
        "right",
        r"\b(?:is|isn['’]?t) (?:he|she) (?:still |also |legally )?entitled\b|\b(?:mine|hers|his|ours) to (?:have|get|see|keep)\b",
    ),
    ("duty", r"\bowes?\b(?= (?:me|him|her|us|them|my|access|the|a)\b)"),
    ("right", rf"\b(?:am|is|are|isn['’]?t|aren['’]?t) {_PATIENT} (?:\w+ )?(?:entitled|allowed|able|permitted|eligible)\b"),
    (
        "right",
        rf"\b(?:do|does|don['’]?t|doesn['’]?t|would|did) {_PATIENT} (?:\w+ ){{0,2}}(?:right|say|claim|entitle\w*)\b|\b(?:my|his|her) (?:legal )?rights? to\b|\bget to (?:see|have|read)\b|\b(?:i|we)['’]?(?:m| am| are|re) entitled\b",
    ),
    (
        "duty",
        rf"\b(?:must|have to|has to|had to|gotta|got to|ha(?:ve|s) got to|required|requires?|obligat\w+|obliged|bound|duty|supposed to|mandatory|compel\w*|need to|needs to|forces?|make (?:them|him|her|the \w+)|makes (?:them|him|her|the \w+|my \w+|a \w+)|should(?:{_NOT})?)\b",
    ),
    (
        "leave",
        rf"\b(?:can(?:{_NOT})?|can['’]?t|could|may|allowed|ok|okay|legal(?:ly)?|lawful(?:ly)?|permitted|permissible|free to|entitled|within (?:their|his|her|its) rights?|ha(?:ve|s) (?:the|a|any) (?:legal )?(?:right|power|authority)|get away with|fair|permits?|allows?|lets?|authori[sz]e[sd]?|grounds?|basis|justif\w+|acceptable|up to)\b",
    ),
    ("duty", r"\b(?:tienen? que|debe[n]?|deber[ií]an?|est[aá]n? obligad\w+|obligaci[oó]n|oblig[ao]r?\w*|ha[n]? de)\b"),
    (
        "right",
        r"\b(?:tengo (?:el )?derecho|tiene derecho mi|puedo|podemos|podr[ií]a yo|me corresponde|puede mi (?:mam[aá]|pap[aá]|hij\w+|espos\w+|herman\w+))\b",
    ),
    ("violation", r"\b(?:ilegal|violaci[oó]n|viola(?:ron|n|ndo)?|contra la ley|romp\w+ la ley)\b"),
    ("leave", r"\b(?:puede[n]?|podr[ií]an?|es legal|tienen? (?:el )?derecho|permit\w+|se vale|es v[aá]lido|est[aá] bien)\b"),
)
_KINDS: tuple[tuple[Kind, re.Pattern[str]], ...] = tuple((kind, re.compile(p, re.IGNORECASE)) for kind, p in _PATTERNS)
_OPEN = re.compile(
    r"^\W*(?:(?:and|so|but|ok|okay|also|then|y|pero|entonces)\W+)*(?:please )?(?:how|when|what|who|whom|where|which|why|tell me|explain|list|describe|c[oó]mo|cu[aá]ndo|cu[aá]nto\w*|qu[eé]|qui[eé]n\w*|d[oó]nde|cu[aá]l\w*|por qu[eé])\b",
    re.IGNORECASE,
)
_OPEN_INSIDE = re.compile(
    r"\b(?:how (?:long|much|many|do|can|should|would|far|soon|come)|what (?:can|do|should|are|is|happens|does|must|has)|who (?:can|do|should|has)|when (?:do|must|does|is)|where (?:do|can|should))\b",
    re.IGNORECASE,
)
_TAG = re.compile(
    r"(?:,|;|\bso\b.*)\s*(?:right|correct|true|yes|no|huh|isn['’]?t (?:it|that(?: so)?)|aren['’]?t they|can['’]?t they|don['’]?t they|do they|can they|verdad|cierto|no es as[ií])\s*\?*\s*$",
    re.IGNORECASE,
)
_NEGATED_MODAL = re.compile(
    r"\b(?:can['’]?t|cannot|can (?:not|never)|couldn['’]?t|mustn['’]?t|(?:may|must) (?:not|never)|(?:don['’]?t|doesn['’]?t|do not|does not|didn['’]?t) (?:really |even )?(?:have|need) to"
    r"|(?:isn['’]?t|aren['’]?t|is not|are not|['’]re not|['’]s not|am not|['’]m not|not) (?:legally )?(?:allowed|permitted|entitled|required|obligated|obliged|supposed|legal|lawful|ok|okay|free)|no right|no duty|no obligation|no pueden?|no tienen? (?:que|derecho)|no debe[n]?)\b",
    re.IGNORECASE,
)
_ANAPHORA = re.compile(
    r"\b(?:that|this|it|so|eso|esto|hacer(?:lo| eso)?)\b\s*(?:legal|allowed|ok|okay|right|true|lawful|illegal|under \w+|to me|here|anyway)*\s*\?*\s*$",
    re.IGNORECASE,
)
# Ways of saying no that no single word carries, read as "refuse".
_SAYS_NO = re.compile(
    r"\b(?:(?:won['’]?t|wont|will not|would not|wouldn['’]?t|refus(?:e[sd]?|ing) to|declin(?:e[sd]?|ing) to)(?: (?:even|just|ever))?|(?:not|no|nothing|never) (?:un)?til|not (?:unless|without|before)"
    r"|(?:say|says|said|saying|tell|tells|told) (?:(?:me|him|her|us|them) )?no\b|turn(?:s|ed|ing)? (?:\w+ )?(?:away|down)|bounc(?:ed|es?)|brush(?:ed)? (?:\w+ )?off|shut (?:\w+ )?out|off limits"
    r"|no quieren?|no me (?:dan|quieren|dejan|entregan|sueltan|env[ií]an|mandan)|no (?:darme|dar|entregar|soltar))\b",
    re.IGNORECASE,
)
# Verbs that people use for one another; a norm that names one of a family means them all.
_FAMILIES: tuple[frozenset[str], ...] = tuple(
    frozenset(words.split())
    for words in (
        "refuse withhold deny decline reject keep hold hoard retain sit block stall delay negar retener quedar esconder",
        "give release send email mail fax provide produce hand turn supply furnish transmit forward honor surrender dar entregar enviar mandar",
        "tell share disclose reveal report discuss talk leak notify inform pass say post divulge expose release compartir decir revelar divulgar",
        "charge bill invoice cobrar",
        "require demand insist force make condition exigir obligar pedir",
        "fix correct amend change update edit corregir enmendar cambiar",
        "punish retaliate drop fire threaten intimidate discharge evict despedir",
    )
)
_BARE_REFUSALS = {"refus", "withhold", "deni", "declin", "keep", "hold"}
_AUXILIARIES = {"is", "are", "was", "were", "ca", "can", "could", "should", "would"}
_NEGATORS = {"not", "n't", "never", "refus", "declin", "deni", "stop", "prevent", "fail", "without", "nunca", "sin", "negar"}
_STATUS_OF_REFUSING: dict[Status, Status] = {"required": "forbidden", "forbidden": "required", "permitted": "permitted"}


@dataclass(frozen=True)
class Reading:
    """A question as the law needs it.

    Attributes:
        focus: the sentence that asks.
        before: what was told before it.
        kind: what is asked; `open` for how, when, what.
        negated: the asker states the opposite for confirmation ("they can't do that, right?").
        subject: who the modal speaks of.
        anaphoric: the act is named earlier ("can they do that?").
    """

    focus: str
    before: str
    kind: Kind
    negated: bool
    subject: Literal["individual", "entity"]
    anaphoric: bool


_RESPELL = {
    re.compile(rf"\\b(?:{wrong})\\b", re.IGNORECASE): right
    for right, wrong in {
        "right": "rite|rights?t|rigth",
        "legal": "leagal|legel|leagle|legall",
        "illegal": "ilegal|illegel|ileagal",
        "allowed": "aloud|alowed|allowd|aloowed",
        "violation": "vilation|violashun|voilation|violaton",
        "have to": "hafta|haf to",
        "supposed": "sposed|suppose",
        "required": "requird|reqired",
        "withhold": "withold|with hold",
        "refuse": "refuze|refus",
        "because": "becuz|cuz|bc|coz|cause",
        "permitted": "permited",
        "can they": "can dey",
    }.items()
}


def _respelled(text: str) -> str:
    """The words that carry a question's kind, spelt right."""
    for wrong, right in _RESPELL.items():
        text = wrong.sub(right, text)
    return text


def sentences(text: str) -> list[str]:
    """Split prose into sentences, abbreviations of titles aside."""
    text = re.sub(r"\b(Dr|Mr|Mrs|Ms|St|vs|No|approx)\.", r"\1", " ".join(text.split()))
    return [s.strip() for s in re.split(r"(?<=[.?!])\s+(?=\S)", text) if s.strip()]


# "Can I sue for a violation", "without permission": the words name something and do not ask whether a rule was broken.
_NAMED_ONLY = re.compile(
    r"\bwithout$|\b(?:su(?:e[sd]?|ing)|report(?:ed|ing|s)?|complain\w*|denounc\w+|denunci\w+|fin(?:e[sd]?|ing)|jail\w*|prison|punish\w*|penalt\w+|liable|damages|"
    r"lawsuit|charge[sd]?|crime|for|about|over|when|por)(?: (?:an?|the|their|there|its?|his|her|my|una?|la|hipaa|privacy|any|this|that)){0,3}$",
    re.IGNORECASE,
)


def _match(sentence: str) -> tuple[Kind, re.Match[str]] | None:
    found = [(m.start(), i, kind, m) for i, (kind, pattern) in enumerate(_KINDS) if (m := pattern.search(sentence))]
    if not found:
        return None
    violation = next((f for f in found if f[2] == "violation" and not _NAMED_ONLY.search(sentence[: f[0]].rstrip())), None)
    found = [f for f in found if f[2] != "violation"] or found
    _, _, kind, m = violation or min(found, key=lambda f: (f[0], f[1]))
    return kind, m


def read(question: str) -> Reading:
    """Find the sentence that asks, its kind and its subject."""
    parts = sentences(_respelled(question))
    asking = [i for i, s in enumerate(parts) if "?" in s]
    at = next((i for i in reversed(asking) if _match(parts[i]) or _OPEN.match(parts[i])), None)
    if at is None:
        at = (
            asking[-1]
            if asking
            else next((i for i in reversed(range(len(parts))) if _match(parts[i]) or _OPEN.match(parts[i])), len(parts) - 1)
        )
    focus, before = parts[at], " ".join(parts[:at] + parts[at + 1 :])
    matched = _match(focus)
    if _OPEN.match(focus) or (matched and (m := _OPEN_INSIDE.search(focus)) and m.start() < matched[1].start()):
        kind: Kind = "open"
    else:
        kind = matched[0] if matched else "unknown"
    stated = bool(_TAG.search(focus)) or "?" not in focus or bool(re.match(r"\W*(?:so|entonces|and so)\b", focus, re.IGNORECASE))
    negated = stated and kind != "violation" and bool(_NEGATED_MODAL.search(focus))
    subject: Literal["individual", "entity"] = "entity"
    if matched and re.search(rf"\b{_PATIENT}\b|puedo|tengo|podemos", matched[1].group(), re.IGNORECASE):
        subject = "individual"
    return Reading(focus, before, kind, negated, subject, bool(_ANAPHORA.search(focus)) and len(focus.split()) < 14)


# Forms that a stemmer leaves apart from their verb, or, as "provider", takes for one.
_PAST = {
    form: verb
    for verb, forms in {
        "doctor": "provider providers",
        "tell": "told",
        "give": "gave given",
        "keep": "kept",
        "hold": "held",
        "send": "sent",
        "withhold": "withheld",
        "say": "said",
        "pay": "paid",
        "break": "broke broken",
        "write": "wrote written",
        "make": "made",
        "get": "got",
        "take": "took taken",
        "speak": "spoke spoken",
        "sell": "sold",
        "show": "shown",
        "see": "saw seen",
        "hide": "hid hidden",
        "lose": "lost",
        "throw": "threw thrown",
        "hear": "heard",
        "meet": "met",
        "go": "went",
    }.items()
    for form in forms.split()
}


@lru_cache(maxsize=1)
def _stemmer() -> Stemmer.Stemmer:
    return Stemmer.Stemmer("english")


def _stems(text: str) -> list[str]:
    words = re.findall(r"[a-záéíóúñü]+(?:['’][a-z]+)?", _SAYS_NO.sub(" refuse ", text).lower().replace("’", "'"))
    split: list[str] = []
    for w in words:
        if w.endswith("n't") and w != "won't":
            split += [w[:-3], "n't"]
        else:
            split.append(w)
    stems: list[str] = _stemmer().stemWords([_PAST.get(w, w) for w in split])
    return stems


_FILLER = {"my", "your", "the", "a", "me", "them", "it", "you", "i", "to", "of", "their", "his", "her", "us", "someon", "patient"}


def _first(phrases: tuple[str, ...], stems: list[str]) -> tuple[int, int] | None:
    """Place of the first phrase found, and how many words matched; fillers in the phrase may be missing."""
    best: tuple[int, int] | None = None
    for phrase in phrases:
        want = [s for s in _stems(phrase) if s not in _FILLER]
        if not want:
            continue
        for i, stem in enumerate(stems):
            if stem != want[0]:
                continue
            at, ok = i, True
            for w in want[1:]:
                window = stems[at + 1 : at + 4]
                if w not in window:
                    ok = False
                    break
                at += 1 + window.index(w)
            if ok:
                key = (i, len(want))
                if best is None or key[0] < best[0] or (key[0] == best[0] and key[1] > best[1]):
                    best = key
                break
    return best


@lru_cache(maxsize=4096)
def _acts(norm: Norm) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The norm's words for doing and refusing, each with the rest of its family unless that stands for the opposite."""
    named = [{" ".join(s for s in _stems(p) if s not in _FILLER) for p in side} for side in (norm.doing, norm.refusing)]
    sides: list[tuple[str, ...]] = []
    for phrases, mine, other in ((norm.doing, named[0], named[1]), (norm.refusing, named[1], named[0])):
        words = list(phrases)
        for family in _FAMILIES:
            stems = set(_stems(" ".join(family)))
            if stems & mine and not stems & other:
                words += sorted(family)
        sides.append(tuple(dict.fromkeys(words)))
    return sides[0], sides[1]


def _turned(stems: list[str], at: int, norm: Norm) -> bool:
    """True if the word at a place stands under a word of refusing that is not itself one of the norm's own."""
    own = {s for p in (*norm.doing, *norm.refusing) for s in _stems(p)}
    start = max(0, at - 4)
    for i in range(start, at):
        rhetorical = stems[i] == "n't" and i > 0 and stems[i - 1] in _AUXILIARIES  # "isn't it illegal to keep" keeps
        if stems[i] in _NEGATORS and stems[i] not in own and not rhetorical:
            return True
    return False


def _pole_of(text: str, norm: Norm) -> Pole:
    """Which of the norm's words comes first; a bare refusal refuses what is required and does what is forbidden."""
    stems = _stems(text)
    doing_words, refusing_words = _acts(norm)
    doing, refusing = _first(doing_words, stems), _first(refusing_words, stems)
    if refusing and (not doing or refusing[0] < doing[0] or (refusing[0] == doing[0] and refusing[1] > doing[1])):
        return "doing" if _turned(stems, refusing[0], norm) else "refusing"
    if doing:
        return "refusing" if _turned(stems, doing[0], norm) else "doing"
    if any(s in _BARE_REFUSALS for s in stems):
        return {"required": "refusing", "forbidden": "doing", "permitted": "unknown"}[norm.status]  # type: ignore[return-value]
    return "unknown"


def pole(reading: Reading, norm: Norm) -> Pole:
    """Whether the question names the norm's act by doing it or by refusing it."""
    focus = _NEGATED_MODAL.sub(" ", reading.focus) if reading.negated else reading.focus
    matched = _match(focus)
    rest = focus[matched[1].end() :] if matched and reading.kind in ("leave", "duty", "right") else focus
    if reading.kind == "right":
        found = _pole_of(rest, norm)
        if found == "unknown" and norm.status == "required" and not reading.anaphoric:
            return "doing"  # "am I entitled to it": having it is what is asked
        return found if norm.status == "required" or found == "refusing" else "unknown"
    for text in (rest, focus) if not reading.anaphoric else (focus,):
        if (found := _pole_of(text, norm)) != "unknown":
            return found
    if reading.anaphoric or len(reading.focus.split()) < 6:
        for sentence in reversed(sentences(reading.before)):
            if (found := _pole_of(sentence, norm)) != "unknown":
                return "refusing" if _first(_acts(norm)[1], _stems(sentence)) else found
    return "unknown"


def verdict(reading: Reading, norm: Norm) -> YesNo | None:
    """The verdict that the norm gives to the question as put; None where a step is not sure."""
    which = pole(reading, norm)
    if which == "unknown" or reading.kind in ("open", "unknown"):
        return None
    status = norm.status if which == "doing" else _STATUS_OF_REFUSING[norm.status]
    individual = norm.actor.lower().startswith(("individual", "patient", "person", "personal rep", "parent"))
    kind = reading.kind
    if kind == "right" and individual:
        kind = "leave"  # "can I complain": the asker is the one whose act the norm is about
    elif (
        kind == "leave"
        and individual
        and reading.subject == "individual"
        and re.search(r"have to|need to|must|required", reading.focus, re.IGNORECASE)
    ):
        kind = "duty"
    if kind == "leave":
        yes = status in ("permitted", "required")
    elif kind == "violation":
        yes = status == "forbidden"
    else:
        yes = status == "required"
    if reading.negated:
        yes = not yes
    return "yes" if yes else "no"
