"""Whether the entity an inquiry is about is bound by these rules, by the definitions of 45 CFR 160.103.

A provider is bound only if it sends standard transactions electronically, so "my doctor" alone leaves it open. Who acted is told apart from who
merely received: "the clinic told my boss" is about the clinic.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from corpus.citation import RuleCitation, parse

Covered = Literal["yes", "no", "unclear"]
_PROVIDER, _PLAN = parse('160.103 "Covered entity"(3)'), parse('160.103 "Health plan"')
_CLEARINGHOUSE, _ASSOCIATE = parse('160.103 "Health care clearinghouse"'), parse('160.103 "Business associate"')
_WHO, _PHI, _ENTITY = parse("160.102"), parse('160.103 "Protected health information"'), parse('160.103 "Covered entity"')
ASK_WHO = "Who holds the records, or who did what is complained of (a provider, a health plan, a company working for one, somebody else)?"
ASK_BILLS = (
    "Does this provider send claims or other standard transactions to health plans electronically, itself or through a billing service?"
)


@dataclass(frozen=True)
class Entity:
    """One kind of entity: the words for it, whether it is bound, why, and where else to turn (an id of `corpus/outside.yaml`)."""

    name: str
    words: str
    covered: Covered
    why: str
    rule: RuleCitation
    outside: str = ""
    ask: str = ""


@dataclass(frozen=True)
class Coverage:
    """What the told facts settle; `ask` is the question that would settle the rest, `outside` who else can help."""

    covered: Covered
    why: str
    rules: tuple[RuleCitation, ...]
    ask: str = ""
    outside: str = ""
    entity: str = ""


_UNCLEAR_PROVIDER = (
    "A provider is a covered entity only if it sends standard transactions, such as claims, electronically. The facts told do not say."
)
_NOT_NAMED = "is not a health plan, a clearinghouse or a provider that sends standard transactions electronically, and nothing told makes it a business associate"
ENTITIES: tuple[Entity, ...] = (
    Entity(
        "a work clinic",
        r"(?:work|company|workplace|on-?site|employee|occupational)(?: health)? (?:clinic|nurse|doctor)|occupational health",
        "unclear",
        "A clinic that an employer runs is bound only if it sends standard transactions electronically; what the employer keeps as employer is not covered.",
        _PROVIDER,
        "privacy-elsewhere",
        "Does the work clinic bill health plans electronically, and does it keep the record as a clinic or for the employer?",
    ),
    Entity(
        "a school",
        r"school(?:'s|’s)?(?: nurse| district| counselor| clinic)?|university(?! (?:hospital|medical|health))|college|campus|teacher|principal|daycare|head start|summer camp",
        "no",
        "Student records that a school keeps fall under FERPA and are left out of protected health information; a school as such is not a covered entity.",
        _PHI,
        "school-ferpa",
        "Is the record kept by the school, or by an outside clinic that bills health plans?",
    ),
    Entity(
        "a veterinarian",
        r"vet(?!eran)|veterinarian|animal (?:hospital|clinic)|dog|my cat",
        "no",
        "Care of animals is not health care of an individual.",
        _PHI,
        "pets-vets",
    ),
    Entity(
        "a provider's or plan's own app",
        r"(?:patient )?portal|mychart|(?:hospital|clinic|doctor|insurer|plan|pharmacy)(?:'s|’s)? (?:app|portal|website)",
        "unclear",
        "An app is bound only when it works for a covered provider or plan, which is then answerable for it.",
        _ASSOCIATE,
        "",
        "Which provider or plan offers the portal or app?",
    ),
    Entity(
        "an app or website of its own",
        r"(?:\w+[ -])?(?:apps?|tracker|wearable)|fitbit|apple watch|google|facebook|instagram|tiktok|tinder|reddit|social media|website|23andme|ancestry|dna (?:test(?:ing)?|kit)|smartwatch|dating site|chatgpt",
        "no",
        f"An app or website that works for itself {_NOT_NAMED}.",
        _ENTITY,
        "consumer-apps",
        "Does the app or website work for a provider or health plan?",
    ),
    Entity(
        "another kind of insurer",
        r"(?:life|disability|auto|car|home(?:owner'?s)?|travel|liability) (?:insur\w+|policy|carrier)|workers['’]? comp\w*(?: (?:insurer|carrier|adjuster|insurance|board))?|comp (?:carrier|adjuster)|geico|state farm|allstate|progressive|unum",
        "no",
        "Life, disability, car and workers' compensation insurers are not health plans: they do not provide or pay for medical care as the definition means it, or pay excepted benefits only.",
        parse('160.103 "Health plan"(2)'),
        "other-insurance",
    ),
    Entity(
        "a health plan",
        r"(?:health|medical|dental|vision|insurance|group|self-?insured|benefits?|employer(?:'s|’s)?(?: health)?) plan|health insur\w+|(?:my |the |our )?insur(?:er|ance(?: company)?)|hmo|ppo|medicare(?: advantage)?|medicaid|chip|tricare|blue ?cross(?: blue shield)?|bcbs|aetna|cigna|humana|united ?health\w*|uhc|anthem|molina|centene|kaiser|pharmacy benefit manager|pbm|aseguradora|seguro m[eé]dico|plan de salud",
        "yes",
        "A plan or program that provides or pays for medical care is a health plan, and a health plan is a covered entity.",
        _PLAN,
    ),
    Entity(
        "a clearinghouse",
        r"clearing ?house",
        "yes",
        "A health care clearinghouse is a covered entity.",
        _CLEARINGHOUSE,
    ),
    Entity(
        "a collection agency",
        r"(?:debt )?collect(?:or|ion agency|ions agency|ions company|ions)",
        "unclear",
        "A collector is a business associate while it works for a covered provider or plan; one that bought the debt works for itself.",
        _ASSOCIATE,
        "debt-collection",
        "Does the collector work for the provider, or did it buy the debt?",
    ),
    Entity(
        "a company that works for a provider or plan",
        r"business associate|billing (?:company|service|vendor)|(?:records?|copy|release[- ]of[- ]information|roi|transcription|storage|shredding) (?:company|vendor|service|contractor)|ciox|datavant|mro|sharecare|verisma|cloud (?:host|provider)|ehr vendor|epic systems|third[- ]party administrator|tpa",
        "yes",
        "A company that handles protected health information for a covered provider or plan is a business associate and is bound by parts of these rules. The duty to give access stays with the provider or plan.",
        _ASSOCIATE,
    ),
    Entity(
        "a hospital or like institution",
        r"hospital(?:s|ist|ista)?|health system|medical center|emergency (?:room|department)|\ber\b|icu|pharmac(?:y|ies|ist)|walgreens|cvs|rite aid|nursing home|skilled nursing|rehab(?:ilitation)? (?:center|hospital|facility)|urgent care|(?:quest|labcorp)|hospice|dialysis|ambulance|farmacia|va (?:hospital|clinic|medical center)",
        "yes",
        "A hospital, pharmacy or like institution is a health care provider, and one that sends standard transactions such as claims electronically, as institutions and pharmacies do, is a covered entity. Check only if it takes no health plan.",
        _PROVIDER,
    ),
    Entity(
        "a provider",
        r"doctors?|dr\.?(?= [A-Z])|physicians?|m[eé]dico|doctor(?:'s|’s)? office|clinics?|cl[ií]nica|(?:medical |private |group )?practice|dentists?|dental office|orthodontist|therapists?|psycholog\w+|psychiatr\w+|counselor|chiropract\w+|optometr\w+|optician|midwife|nurses?|nurse practitioner|surgeon|specialist|pediatrician|ob/?gyn|oncolog\w+|dermatolog\w+|cardiolog\w+|physical therap\w+|acupunctur\w+|provider|lab(?:oratory)?|imaging center|home health|caregiver agency|enfermer[ao]|dentista|terapeuta",
        "unclear",
        _UNCLEAR_PROVIDER,
        _PROVIDER,
        "",
        ASK_BILLS,
    ),
    Entity(
        "an employer",
        r"employers?|boss(?:es)?|supervisor|manager|hr\b|human resources|co-?workers?|work(?:place)?(?= (?:told|asked|is|wants|requires|shared|found))|my job|company (?:owner|president)|jefe|empleador|patr[oó]n|trabajo",
        "no",
        f"An employer as employer {_NOT_NAMED}; employment records are left out of protected health information.",
        _PHI,
        "privacy-elsewhere",
    ),
    Entity(
        "the police or a court",
        r"police|sheriff|cops?|detective|prosecutor|probation|judge|court|ice agents?|immigration (?:officers?|agents?)|cps|dmv",
        "no",
        f"A police force, court or like agency {_NOT_NAMED}.",
        _ENTITY,
        "police-misconduct",
    ),
    Entity(
        "a landlord",
        r"landlord|property manager|leasing office|apartment (?:complex|manager)|hoa|casero",
        "no",
        f"A landlord {_NOT_NAMED}.",
        _ENTITY,
        "housing",
    ),
    Entity(
        "a gym, shop or coach",
        r"gym|trainer|fitness (?:club|center)|life coach|massage (?:parlor|studio)|salon|spa|restaurant|store|shop|airline|bank|church|pastor|priest|newspaper|reporter|tv station|radio station|journalist",
        "no",
        f"A business or body of this kind {_NOT_NAMED}.",
        _ENTITY,
        "privacy-elsewhere",
    ),
    Entity(
        "a private person",
        r"neighbou?rs?|ex(?:-?(?:husband|wife|boyfriend|girlfriend|partner))?|friend|roommate|husband|wife|boyfriend|girlfriend|mother-in-law|sister|brother|cousin|uncle|aunt|in-?laws|vecin[ao]|somebody|stranger|classmate",
        "no",
        f"A private person {_NOT_NAMED}.",
        _ENTITY,
        "privacy-elsewhere",
    ),
)
_FIND = tuple((e, re.compile(rf"(?<![\w-])(?:{e.words})(?![\w-])(?:['’]s)?", re.IGNORECASE)) for e in ENTITIES)
_ACTS = (
    r"(?:\s+\w+){0,4}?\s+(?:(?:has|have|had|is|are|was|did|does|just|also|still|then|never|keeps?|kept|can|may|could|will|would|should|must|allowed|to|that|who|which)\s+)*"
    r"(?:refus\w+|den(?:y|ied|ies)|won['’]?t|wouldn['’]?t|will not|would not|didn['’]?t|doesn['’]?t|isn['’]?t|tell|told|tells|gave|gives?|giv\w+|send|sent|shar\w+|post\w+|disclos\w+|releas\w+|los[et]|lost|leak\w+|charg\w+|ask\w*|want\w*|requir\w*"
    r"|look\w*|access\w*|read|sold|sells?|fax\w*|e?mail\w*|call\w*|say|says|said|ignor\w+|demand\w*|took|us(?:e|es|ed)|got hacked|was hacked|had a|threw|discuss\w*|talk\w*|left|withh\w+|keep|kept|hold|holds|need|owe|has|have)\b"
)
_BY_NAME = re.compile(_ACTS, re.IGNORECASE)
_BEFORE_ACTOR = re.compile(
    r"(?:\b(?:can|may|does|did|is|could|should|must|will|do|has|had|are|puede|pueden)\s+(?:(?:my|the|a|an|her|his|our|their|mi|el|la)\s+)?(?:\w+\s+)?|\b(?:by|from|at|against|ask(?:ed)?|request(?:ed)?(?: \w+){0,3} (?:from|to)|to get|sued?)\s+(?:(?:my|the|a|an|her|his|our|their)\s+)?(?:\w+\s+)?)$",
    re.IGNORECASE,
)
_RECIPIENT = re.compile(
    r"\b(?:told|to|with|tell|give|gave|send|sent|show(?:ed)?|email(?:ed)?|fax(?:ed)?|call(?:ed)?)\s+(?:(?:my|the|a|an|her|his|our|their|mi)\s+)?(?:\w+\s+){0,1}$",
    re.IGNORECASE,
)
_BILLS = re.compile(
    r"\b(?:bill(?:s|ed|ing)? (?:my |our |her |his |the )?(?:insurance|medicare|medicaid|plan|insurer|health plan)|(?:takes?|accepts?|in-network|network) (?:with )?(?:my |our |most |all )?(?:insurance|medicare|medicaid|blue cross|plans?)|claims? (?:to|electronically)|electronic (?:claims?|billing)|submits? claims?|medicare patients?|insurance paid|paid by (?:insurance|medicare|medicaid)|co-?pay|in[- ]network)\b",
    re.IGNORECASE,
)
_NO_BILLS = re.compile(
    r"\b(?:cash[- ]only|only (?:takes?|accepts?) cash|(?:doesn['’]?t|does not|don['’]?t|do not|never) (?:take|accept|bill|file)s? (?:any |with )?(?:insurance|plans?|claims?)|no insurance accepted|out[- ]of[- ]pocket only|direct primary care|concierge|paper claims only|self-pay only)\b",
    re.IGNORECASE,
)


def _actors(text: str) -> list[tuple[Entity, bool, int]]:
    """Entities named, whether each acts (True) or is only mentioned, and where; longer words win over shorter ones inside them."""
    taken: list[tuple[int, int]] = []
    named: list[tuple[Entity, bool, int]] = []
    told = (*_BILLS.finditer(text), *_NO_BILLS.finditer(text))
    for entity, pattern in _FIND:
        for m in pattern.finditer(text):
            if any(a < m.end() and m.start() < b for a, b in taken):
                continue
            taken.append((m.start(), m.end()))
            if any(b.start() < m.end() and m.start() < b.end() for b in told):
                continue  # "it bills my insurance" tells of the provider, not of the plan
            before = text[max(0, m.start() - 45) : m.start()]
            received = bool(_RECIPIENT.search(before))
            acts = not received and bool(_BY_NAME.match(text, m.end()) or _BEFORE_ACTOR.search(before))
            named.append((entity, acts, -1 if received else m.start()))
    return named


def coverage(text: str) -> Coverage:
    """Whether the entity complained of or asked is bound, as far as the told facts settle it."""
    named = _actors(text)
    acting = [e for e, acts, _ in named if acts] or [e for e, _, at in named if at >= 0] or [e for e, _, _ in named]
    if not acting:
        return Coverage("unclear", "No provider, health plan, clearinghouse or business associate is named.", (_ENTITY, _WHO), ASK_WHO)
    entities = list(dict.fromkeys(acting))
    bound = [e for e in entities if e.covered != "no"]
    free = [e for e in entities if e.covered == "no"]
    if bound and free and not _only_mentions(named, free):
        why = f"More than one acts here. {bound[0].why} {free[0].why}"
        return Coverage("unclear", why, (bound[0].rule, free[0].rule), ASK_WHO, free[0].outside, bound[0].name)
    chosen = (bound or free)[0]
    settled = next((e for e in bound if e.covered == "yes"), None)
    if settled:
        return Coverage("yes", settled.why, (settled.rule, _WHO), "", "", settled.name)
    if chosen.name == "a provider":
        return _provider(text, chosen)
    return Coverage(chosen.covered, chosen.why, (chosen.rule, _WHO), chosen.ask, chosen.outside, chosen.name)


def _only_mentions(named: list[tuple[Entity, bool, int]], free: list[Entity]) -> bool:
    """True when no entity outside the rules is told to act."""
    return not any(acts for e, acts, _ in named if e in free)


def _provider(text: str, entity: Entity) -> Coverage:
    """A provider, settled where billing is told."""
    rules = (entity.rule, parse('160.103 "Transaction"'), _WHO)
    if _NO_BILLS.search(text):
        why = "A provider: it is told to take no insurance, and one that sends no standard transaction electronically is not a covered entity. It may still send others."
        return Coverage("unclear", why, rules, ASK_BILLS, "", entity.name)
    if _BILLS.search(text):
        why = "A provider: it is told to deal with health plans for payment, and a provider that sends claims or other standard transactions electronically is a covered entity."
        return Coverage("yes", why, rules, "", "", entity.name)
    return Coverage("unclear", entity.why, rules, ASK_BILLS, "", entity.name)
