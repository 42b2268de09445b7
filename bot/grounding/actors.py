"""Who does or gets something in a statement that no cited passage speaks of; a general name in the passage covers a narrower one."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.grounding.words import clean

_PROVIDER = (
    r"provider|doctor|physician|hospital|clinic|therapist|psychologist|psychiatrist|nurse|pharmac(?:y|ist)|dentist|(?:doctor's|medical) office"
    r"|nursing home|surgeon|practice|lab(?:oratory)?|counselor|professional"
)
# Name -> words for it. Whoever is asked about ("you", "the patient") is in every passage and is not listed.
_ACTORS: dict[str, str] = {
    "provider": rf"{_PROVIDER}|facility|proveedor(?:a|es)?|m[ée]dic[oa]s?(?= (?:puede|debe|tiene|no ))|hospitales|clínica|farmacia|terapeuta",
    "plan": r"health plan|plan|insurer|insurance company|health insur\w+|hmo|issuer|aseguradora|seguro|plan de salud",
    "clearinghouse": r"clearinghouse|cámara de compensación",
    "covered entity": r"covered entit(?:y|ies)|entidad cubierta|entidades cubiertas",
    "business associate": r"business associate|vendor|contractor|billing company|asociado comercial|contratista|socio comercial",
    "hhs": r"hhs|secretary|ocr|office for civil rights|department of health|secretari[oa]",
    "police": r"law enforcement|police|officer|sheriff|detective|prosecutor|policía|agente",
    "researcher": r"researcher|research|stud(?:y|ies)|investigador",
    "employer": r"employer|boss|workplace|empleador|patrón",
    "family": r"famil(?:y|ies)|relative|kin|spouse|husband|wife|brother|sister|sibling|familiar(?:es)?|familia|espos[oa]|pariente",
    "parent": r"parent|mother|father|guardian|padres?|madre|tutor",
    "friend": r"friend|amig[oa]",
    "media": r"media|press|news\w*|reporter|journalist|television|prensa|periodista",
    "court": r"court|(?:a|the|by) judge|judge(?='s)|tribunal|jue(?:z|ces)",
    "prison": r"correctional|jail|prison|inmate|prisoner|cárcel|prisión|pres[oa]",
    "representative": r"personal representative|executor|administrator|representante",
    "staff": r"staff|workforce|employee|worker|empleado|trabajador",
    "reviewer": r"review(?:er|ing official)|revisor",
    "lawyer": r"lawyer|attorney|abogad[oa]",
    "agency": r"agenc(?:y|ies)|(?:public health|government\w*|appropriate) authorit(?:y|ies)|authority|agencia|autoridad",
    "state": r"states?(?! of)|estatal|estado",
    "school": r"school|university|college|escuela",
    "suspect": r"suspects?|suspected of|sospechos[oa]",
    "victim": r"victim|víctima",
    "minor": r"minor|child|teen\w*|kid|hij[oa]|menor(?= de edad)|niñ[oa]",
    "coroner": r"coroner|medical examiner|forense",
    "clergy": r"clergy|priest|pastor|minister|clero",
    "military": r"military|armed forces|veterans?|militar",
    "subcontractor": r"subcontract\w+|subcontratista",
    "sponsor": r"plan sponsor|sponsor|patrocinador",
    "president": r"president|congress|governor",
}  # fmt: skip
_FOUND = {name: re.compile(rf"\b(?:{words})(?:e?s|'s|s')?\b", re.IGNORECASE) for name, words in _ACTORS.items()}
# Who in a passage speaks for whom in a statement besides themselves.
_SPEAKS_FOR: dict[str, frozenset[str]] = {
    "provider": frozenset({"covered entity", "prison"}),
    "plan": frozenset({"covered entity"}),
    "clearinghouse": frozenset({"covered entity"}),
    "family": frozenset({"parent", "minor"}),
    "parent": frozenset({"family"}),
    "employer": frozenset({"sponsor"}),
    "police": frozenset({"prison"}),
    "prison": frozenset({"police"}),
    "agency": frozenset({"state", "hhs", "police", "coroner"}),
    "state": frozenset({"agency"}),
    "staff": frozenset({"employer"}),
    "reviewer": frozenset({"provider"}),
    "business associate": frozenset({"subcontractor"}),
    "minor": frozenset({"parent"}),
}
_CHOOSING = r"(?:pick|choose|name|select|decide|designate|determine)"
_THEY = r"(?:they|it|(?:covered )?(?:entity|provider)|doctor|hospital|clinic|plan|staff|whom the covered entity)"


def actors(text: str) -> frozenset[str]:
    """Names of those a text speaks of."""
    low = clean(text)
    found = {name for name, pattern in _FOUND.items() if pattern.search(low)}
    if "sponsor" in found and not re.search(r"\b(?:health|insurance) plan\b|plan de salud", low, re.IGNORECASE):
        found.discard("plan")
    return frozenset(found)


def _chooser(text: str) -> frozenset[str]:
    """Who names, picks or decides in a text: `you`, `they`."""
    low = clean(text).lower()
    found = set()
    if re.search(rf"\byou (?:may |can |get to |must )?{_CHOOSING}\b", low):
        found.add("you")
    if re.search(rf"\b{_THEY} (?:may |can |must )?{_CHOOSING}s?\b", low):
        found.add("they")
    return frozenset(found)


def wrong_actor(statement: str, passages: Sequence[str]) -> str | None:
    """Say who of the statement is in no passage, or who chooses in another's place; None if all are spoken of."""
    held = frozenset(a for p in passages for a in actors(p))
    for actor in sorted(actors(statement)):
        if actor not in held and not _SPEAKS_FOR.get(actor, frozenset()) & held:
            return f"speaks of {actor}, of whom no cited passage speaks"
    mine, theirs = _chooser(statement), frozenset(c for p in passages for c in _chooser(p))
    if mine and theirs and not mine & theirs:
        return "lets another choose than the cited passage does"
    return None
