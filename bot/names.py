"""Names of people, found by the words round them; what the words leave unsure is put to a name recogniser in privacy.py.

A cue is a title ("Dr."), a way of giving a name ("my name is", "me llamo"), a relative ("my sister Rose"), a label ("Patient:") or a
signature. People type names without capitals and some names are common words, so a cue is of one of two kinds: a sure one takes any word
that is not among the plain words below, an unsure one takes a capitalised word or asks for confirmation.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_I = re.IGNORECASE

# Never a name, or no part of one that is worth hiding: the words of the rules and of who stands under them.
_INSTITUTIONS = frozenset(
    """hipaa ocr hhs medicare medicaid cfr usc epic mychart kaiser permanente cigna aetna humana anthem blue cross shield cvs walgreens
    walmart quest labcorp ciox datavant purl azar becerra cures act mayo hospital clinic clínica health healthcare medical center centre
    department services office officer university college school court county state federal register rule privacy security breach
    notification enforcement notice board agency insurance pharmacy laboratory lab labs imaging radiology hospice rehab practice
    practices associates partners group network system systems company inc llc llp corp bank church va ihs irs fbi cdc fda ftc doj dcf cps dmv hr er icu
    emr ehr phi ephi mri ct hiv std ssn mrn dob pdf cd usb gina ferpa fmla ada cobra cms samhsa god facebook instagram google apple
    android iphone strava america american english spanish español catholic christian christmas red island
    alabama alaska arizona arkansas california colorado connecticut delaware florida hawaii idaho illinois indiana iowa kansas kentucky
    louisiana maine maryland massachusetts michigan minnesota mississippi missouri nebraska nevada hampshire jersey mexico ohio oklahoma oregon
    pennsylvania rhode texas utah vermont wisconsin wyoming puerto guatemala chicago dallas houston boston miami angeles
   
    sutter parkland sinai cedars johns hopkins york ascension geisinger teladoc rite aid amazon siri alexa zoom netflix veteran veterans affairs alzheimer
    parkinson hodgkin crohn tourette dobbs roe trump biden kacsmaryk rikers oficina derechos civiles inmigración hispanic latino latina joint commission rights desk mercy st saint diagnostics""".split()
)
_MONTHS = frozenset(
    """january february march april may june july august september october november december enero febrero marzo abril mayo junio
    julio agosto septiembre octubre noviembre diciembre monday tuesday wednesday thursday friday saturday sunday jan feb mar apr jun jul
    aug sep sept oct nov dec lunes martes miércoles jueves viernes sábado domingo""".split()
)
_PLAIN = frozenset(
    """a about above according actually after again against all almost alone already also always am an and another any anybody anyone anything are
    around as ask asked asking asks at away awful back bad be because been before being below best better between billed blind both broke but by call called calls
    came can cannot cant care chart charts charge charged clear close come could covered covers currently date dead deaf denied denies desperate did didn didnt die died dies diabetic disabled do
    does doesn doesnt doing done don dont down due during each either else enough even ever every everyone everything exactly fed female fine first for former found
    from furious gave get gets getting girl give given gives giving go goes going gone good got had hadn happy hard has hasn hasnt have haven having he
    hear heard hello help her here hers hey hi him his hold holds home homeless how however i id if ill im immigrant in info information inside into is isn isnt it
    its just keep keeps kept kind know knows last late later least left legal legally less let like listed little live lives long look looked looking looks lost
    lot made mad make makes male many married may maybe me mean might mine minor more most moved much must my myself name named names need needs neither
    never new next no nobody none nor not nothing now number of off office often ok okay old on once one only onto open or other our ours out
    over overdue own owe owes paid part past patient patients pay pays people person phone please pls posted pregnant probably public put read really receive received record records
    refuse refused refuses refusing related release released request requested requesting retired retiring right run said same saw say saying says scared see seeing seen send sends sent
    several shall share shared shares she should shouldn show showed shows sick sign signed since single sister so some somebody someone something sorry still
    stop such suppose supposed sure take taken takes talk talked tell tells than thank thanks that the their theirs them then there these they thing think this
    those though thought through til till time tired to today told tomorrow too took transgender trans trying turned two type u under undocumented unsure until unable up upset ur us use used using very visit
    wait waiting want wanted wants was wasn way we went were weren what whats when where whether which while white who whole whom whose why widow widowed will
    willing with within without woman man won wont work worked working works worried would wouldn writing wrong wrote yes yesterday yet you young your yours
    husband wife son daughter mother father mom dad brother cousin uncle aunt niece nephew grandma grandpa grandmother grandfather friend boss
    doctor doctors dr nurse mr mrs ms attorney lawyer guardian parent parents executor client member subscriber provider caregiver spouse
    partner neighbor roommate boyfriend girlfriend therapist counselor teacher student employee employer landlord receptionist dentist surgeon
    soy el la los las un una unos unas de del al y o que qué no sí si me mi mis su sus se lo le les te tu en con por para es está son fue ser estoy
    tiene tengo puedo puede pueden quiero necesito yo ella ellos nosotros pero como cómo cuando cuándo donde dónde quien quién hay muy más ya hoy
    ayer paciente doctora mamá papá hijo hija esposo esposa señor señora ciudadano ciudadana diabético diabética mayor menor nuevo nueva
    madre padre hermano hermana abuela abuelo tía tío dijo dice pidió miró mandó trabaja quería gracias hola necesita soltera casada
    sincerely regards respectfully cordially atentamente saludos yours truly best thanks thx question account policy email fax address
    surprised concerned afraid angry confused self doctor's one's wondering applying curious interested entitled eligible allowed required result results change changes fee fees visits notes appointment deceased attn dear
    tel phone cell file dated att ssn dob announced read told
    unhappy frustrated hoping planning suing filing suffering recovering unconscious dying elderly retired uninsured insured adopted""".split()
)
# Words that are names as well: a name where they are capitalised and nothing speaks against it, never found again in small letters.
COMMON = frozenset(
    """will may april june august grace hope faith joy rose mark bill chase angel summer rivers page turner melody destiny precious sunny buddy
    young best bird stone christian jesus chastity prudence skyler hunter dawn pat rob sue art frank jack nick drew grant miles dean earl
    duke major guy iris lily ivy violet daisy amber ruby crystal pearl brook river sky star rich rusty dusty gay randy king law long short
    white black brown green gray hill field banks bush wood forest lane park day may love price case chance trust patience penny carol holly
    baker cook mason carter page bell rice wall waters summers winters frost snow good little small le an so do to in no on mom dad""".split()
)

_T = r"[^\W\d_](?:[\w'’]|-(?=\w))*"  # one word of a name
_CAP = rf"(?-i:(?=[^\W\d_a-zà-öø-ÿ]){_T})"
_INITIAL = r"(?-i:[A-Z])\.?"
_PARTICLE = r"(?:van der|van de|van|von|de la|de los|del|de|da|dos|di|al|el|bin|binti|ter|la|ó|o|mc|st\.)"
_NICK = r"(?:[\"“(][^\W\d_]\w+[\"”)]\s)?"
_MORE = rf"(?:,?\s(?:{_NICK}(?:{_PARTICLE}\s)?{_CAP}|(?-i:[A-Z])\.(?!\w)|(?-i:I{{2,3}}|IV|Jr\.?|Sr\.?)))"
_FULL = rf"(?P<name>(?:{_INITIAL}\s){{0,2}}(?:{_PARTICLE}\s)?{_CAP}(?:{_MORE.replace(',?', '')}){{0,4}})"
_LOOSE = rf"(?P<loose>(?:[a-z]\.\s){{0,2}}(?:{_PARTICLE}\s)?{_T}(?:\s{_T}){{0,2}})"
_NAME = rf"(?:{_FULL}|{_LOOSE})"

_SHORT_TITLE = r"(?:dr|dra|mr|mrs|ms|miss|mx|sr|sra|srta|prof|rev|sgt|lt|capt|det|hon|fr)\b\.?|(?:señor|señora|señorita|don|doña|doctora?)"
_LONG_TITLE = r"(?:professor|reverend|pastor|father|rabbi|imam|sister|nurse|officer|deputy|detective|sergeant|judge|attorney|enfermer[oa]|licenciad[oa]|abogad[oa])"
_TITLE = rf"{_SHORT_TITLE}|{_LONG_TITLE}"
_KIN = (
    r"(?:(?:step|grand|god|great-?grand|foster)[- ]?)?(?:husband|wife|spouse|partner|fianc[eé]e?|boyfriend|girlfriend|bf|gf|mother|father|mom|mum|mama|dad|papa|parent|son|daughter|"
    r"child|kid|baby|boy|girl|teen|teenager|sister|brother|sis|bro|sibling|cousin|uncle|aunt|auntie|niece|nephew|grandma|grandpa|granny|nana|"
    r"friend|neighbou?r|roommate|landlord|landlady|boss|supervisor|manager|coworker|colleague|pastor|lawyer|attorney|caseworker|case worker|social worker|caregiver|carer|aide|"
    r"therapist|counsell?or|psychiatrist|doctor|doc|nurse|midwife|ob|pcp|dentist|surgeon|pharmacist|pediatrician|rheumatologist|cardiologist|"
    r"oncologist|receptionist|secretary|investigator|adjuster|translator|interpreter|client|patient|student|clerk|tech|technician|biller|volunteer|guard|teacher|principal|coach|executor|guardian|proxy|agent|ex|"
    r"lady|visitor|resident|power of attorney|probation officer|parole officer|privacy officer|officer|cop|judge|"
    r"esposo|esposa|marido|mujer|novio|novia|hijo|hija|hermano|hermana|madre|padre|mamá|papá|abuela|abuelo|abuelita|abuelito|tía|tío|prima|primo|"
    r"sobrin[oa]|niet[oa]|vecin[oa]|amig[oa]|jefe|jefa|patrón|doctora?|enfermer[oa]|trabajadora? social|abogad[oa]|suegr[oa]|cuñad[oa]|pareja|recepcionista)"
    r"(?:[- ]in[- ]law)?"
)
_LABEL = (
    r"(?:name|nombre|patient(?: name)?|pt|paciente|client|cliente|contact|attn|att|attention|spouse|parent|guardian|case ?worker|doctor|provider|"
    r"physician|nurse|from|to|re|signed|firma|firmado|subscriber|insured|user(?: was)?|emergency contact|dear|estimad[oa])"
)
_GIVEN = (
    r"(?:(?:my|his|her|their|our|whose|the|full|legal|real|maiden|first|last|middle|given|family)\s+)?(?:(?:first|last|middle|maiden|real|full|legal)\s+)?"
    r"name(?:['’]?s)?(?:\s+(?:is|was|are|be))?(?:\s+(?:and that is))?|me\s+llamo|mi\s+nombre\s+(?:completo\s+)?es|se\s+llama(?:ba)?|named|"
    r"\bcalled\b|known\s+as|nickname(?:d| is)?|apellido\s+(?:es)?|signed\s+(?:by|as)?|on behalf of|a nombre de"
)
_SELF = r"(?:it['’]?s\s+me,?|i\s*['’]?\s?a?m|this\s+is|it['’]?s|its|hi,?\s+i['’]?m|i,|soy|habla|le\s+escribe|te\s+escribe|i\s+am\s+called)"
_ROLE_AFTER = rf"(?:is\s+|was\s+|,\s*|\()?(?:my|our|his|her|mi|su)\s+(?:\w+\s)?{_KIN}\b"
_OPEN = r"[\s\"“'(]*"

_SURE = tuple(
    re.compile(p, _I)
    for p in (
        rf"\b(?:{_SHORT_TITLE})\s+(?:(?:{_TITLE})\s+)?{_NAME}",
        rf"\b(?:{_LONG_TITLE})\s+(?:(?:{_TITLE})\s+)?{_FULL}(?P<loose>)",
        rf"\b(?:{_GIVEN})(?:\s*[:,]\s*|\s+){_OPEN}(?:(?:{_TITLE})\s+)?{_NAME}",
        rf"\b{_LABEL}\s*:\s*{_OPEN}(?:(?:{_TITLE})\s+)?(?P<name>{_CAP}(?:-{_CAP})?,\s{_CAP}(?:\s{_CAP})?)(?=\s*(?:$|[\n.;]))",
        rf"\b{_LABEL}\s*:\s*{_OPEN}(?:(?:{_TITLE})\s+)?{_FULL}",
        rf"(?:^|(?<=[.!?,\n]\s))(?P<name>[^\W\d_]+)(?P<loose>),?\s+{_ROLE_AFTER}\s+(?:says?|said|told|tells|is|was|works?|wants?|asked)\b",
    )
)
_UNSURE = tuple(
    re.compile(p, _I)
    for p in (
        rf"\b(?:{_LONG_TITLE})\s+{_NAME}",
        rf"\b{_SELF}\s+{_OPEN}{_NAME}",
        rf"\b(?:(?:my|his|her|our|their|your|mi|su|mis|tu|the|el|la|an?|los)\s+)?(?:late\s+|ex[- ]?|former\s+|older\s+|younger\s+|old\s+|new\s+|little\s+|baby\s+)*{_KIN}s?(?:['’]s)?"
        rf"(?:\s+(?:is|es|was|called|named|from the front desk|at the (?:front )?desk|in billing|from church|de la recepción))?(?:,\s*(?:an?\s+)?|\s*[:–-]\s*|\s+){_OPEN}(?:(?:{_TITLE})\s+)?{_NAME}",
        rf"\b(?:patient|pt|resident|client|paciente)\s+{_NAME}",
        rf"(?:^|(?<=[.!?\n]\s)|\b(?:hi|hello|hey),?\s+){_NAME}\s+(?:here|aquí)\b",
        rf"(?:^|(?<=[.!?,\n]\s)|\b(?:is|can|does|did|if|may|should)\s){_FULL},?\s+{_ROLE_AFTER}",
        rf"(?:^|(?<=[.!?\n]\s)|\b(?:and|but|then|when|because)\s){_FULL}\s+(?:(?:at|from|in)\s+(?:the\s+)?(?:front\s+)?(?:desk|billing|records|reception)|"
        r"said|says|told|called|asked|works?|worked|refused|wants|laughed|looked|posted|wrote|signed|answered|dijo|llamó|trabaja|miró|pidió)\b",
        rf"\b(?:ask(?:ed)?|told?|tell|called?|saw|with|from|by|and|that|to|for|vs|contact|reach|email|llamé a|dile a)\s+{_FULL}",
    )
)
_SIGNED = re.compile(
    rf"(?:^|[.!?\n/–—-]\s*|\b(?:thanks|thank you|thx|sincerely|regards|respectfully|yours(?:\s+truly)?|best|cordially|gracias|atentamente|saludos|signed|pls|please|love)\b[,.!]*\s+)"
    rf"(?:(?:{_TITLE})\s+)?{_NAME}\s*(?=[.!]?\s*(?:$|\n|[(/,]\s*\S*(?:@|\d)))",
    _I | re.MULTILINE,
)
# Names that are common words, where a person gives their own; "will" only after "is".
_OWN = "grace|hope|faith|joy|rose|mark|summer|april|june|angel|destiny|melody|hunter|dawn|sky|skyler|chase|iris|ivy|lily|amber|ruby|frank|grant|art|rich|drew|christian|jesus"
_COMMON_GIVEN = tuple(
    re.compile(p, _I)
    for p in (
        rf"\b(?:my|her|his|our\s+\w+['’]?s)\s+(?:first\s+)?name\s*(?:is|['’]s|:)\s*(?P<name>will|may|bill|{_OWN})(?!\w)",
        rf"\b{_SELF}\s+(?P<name>{_OWN})(?=\s*(?:$|[,.!\n]|again\b|and\s+i\b|from\b|here\b|calling\b))",
    )
)
# In Spanish a word with a capital inside a sentence is a name or a place.
_SPANISH = tuple(
    re.compile(p, _I)
    for p in (
        rf"\b(?:a|con|y|e|llama|conoce a)\s+{_FULL}(?P<loose>)",
        rf"\b(?:mam[aá]|pap[aá]|madre|padre|hij[oa]|espos[oa]|herman[oa]|expediente|r[eé]cords|nombre|cita|caso)\s+de\s+{_FULL}(?P<loose>)",
    )
)
_SAINT = re.compile(r"\b(?:st\.?|saint|san|santa)\s+$", _I)
_INSTITUTION_AFTER = re.compile(
    r"^(?:['’]s)?\s+(?:(?-i:[A-Z])\w+\s+){0,2}(?:hospitals?|clinics?|health\w*|medical|centers?|cent(?:er|re)|university|college|county|school|pharmacy|labs?|act|court|"
    r"family practice|practice|associates|insurance|department|general|memorial)\b",
    _I,
)
_DATE_AROUND = re.compile(r"^\.?\s+\d", _I)


def _bare(word: str) -> str:
    """In small letters, without a point or what an apostrophe adds ("Dana's", "I'm", "they're")."""
    return re.sub(r"['’](?:s|m|re|ll|d|ve|t)?$", "", word.lower().strip(".,"))


def is_institution(text: str, start: int, end: int) -> bool:
    """True for a name that ends in a word of an institution ("Johns Hopkins") or is a saint's."""
    words = re.findall(r"[\w'’.-]+", text[start:end])
    saint = bool(words) and (_bare(words[0]) in ("st", "saint") or bool(_SAINT.search(text[:start])))
    return saint or (bool(words) and _bare(words[-1]) in _INSTITUTIONS)


def is_plain(word: str) -> bool:
    """True for a word that is no name wherever it stands: of the law, of an institution, of the calendar, of daily speech."""
    low = _bare(word)
    if len(low) == 1 and word[0].isupper() and low != "i":  # an initial
        return False
    return low in _INSTITUTIONS or ((low in _PLAIN or low in _MONTHS) and low not in COMMON)


def _plain_small(word: str) -> bool:
    """The same for a word in small letters, where a word that is also a name is taken for the word."""
    low = _bare(word)
    return is_plain(word) or low in _PLAIN or low in _MONTHS


def trim(text: str, start: int, end: int) -> tuple[int, int] | None:
    """The span without plain words at its ends and a possessive; None where nothing is left or it names an institution or a month's day."""
    words = [(m.start() + start, m.end() + start, m[0]) for m in re.finditer(r"[^\W\d_][\w'’.-]*", text[start:end])]
    while words and is_plain(words[-1][2]):
        words.pop()
    while words and is_plain(words[0][2]):
        words.pop(0)
    for at, (_, _, word) in enumerate(words):  # a plain word cuts the rest off
        if is_plain(word) and word[:1].islower() and word.lower() not in ("de", "la", "del", "los", "el", "an", "le"):
            words = words[:at]
            break
    if not words:
        return None
    start, end = words[0][0], words[-1][1]
    if m := re.search(r"(?:['’]s|['’.-]+)$", text[start:end]):
        end -= len(m[0])
    after = text[end : end + 60]
    if _INSTITUTION_AFTER.match(after) and (after[0] not in "'’" or after[3:4].isupper() or _SAINT.search(text[:start])):
        return None
    if text[start:end].lower() in _MONTHS and (_DATE_AROUND.match(text[end : end + 8]) or not text[start].isupper()):
        return None
    return (start, end) if sum(c.isalpha() for c in text[start:end]) > 1 else None


def _loose(text: str, start: int, end: int) -> tuple[int, int] | None:
    """Words in small letters up to the first plain one."""
    stop, first = start, True
    for m in re.finditer(r"[^\W\d_][\w'’-]*\.?", text[start:end]):
        if _plain_small(m[0]) and (not first or m[0].lower() not in ("an", "le")):
            break
        stop, first = start + m.end(), False
    while stop > start and text[stop - 1] in ".,'’ ":
        stop -= 1
    if text[start:stop].lower().endswith(("'s", "’s")):
        stop -= 2
    return (start, stop) if stop > start else None


def _spans(pattern: re.Pattern[str], text: str) -> Iterator[tuple[int, int, bool]]:
    """Spans of a cue's name, and whether it is capitalised. A name can itself be the cue of the next, so the search goes on from it."""
    at = 0
    while m := pattern.search(text, at):
        named = m.group("name") is not None
        start, end = m.span("name") if named else m.span("loose")
        if span := trim(text, start, end) if named else _loose(text, start, end):
            yield *span, named
        at = max(start, m.start() + 1)


def told(text: str, *, spanish: bool = False) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """Names that their cues make sure, and those to be confirmed."""
    sure: list[tuple[int, int]] = []
    unsure: list[tuple[int, int]] = []
    for pattern in _SURE:
        sure += [(s, e) for s, e, _ in _spans(pattern, text)]
    for pattern in _COMMON_GIVEN:
        sure += [m.span("name") for m in pattern.finditer(text)]
    for pattern in (*_UNSURE, _SIGNED, *(_SPANISH if spanish else ())):
        unsure += [(s, e) for s, e, _ in _spans(pattern, text)]
    return sure, unsure
