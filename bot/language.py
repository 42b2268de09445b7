"""English or Spanish: which one a question is in, and the fixed words round an answer in each."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from bot.answer import Language

_SPANISH_WORDS = re.compile(
    r"\b(?:el|la|los|las|que|qué|mi|mis|me|no|puede|pueden|puedo|tengo|tienen|doctor[a]?|clínica|expediente|registros|récords|derecho|cuánto|cómo|una|por|para|con|del|es|su|ellos|hospital|debo|pagar|copia[s]?|quiero|dar|niegan)\b",
    re.IGNORECASE,
)
_ENGLISH_WORDS = re.compile(r"\b(?:the|my|they|can|do|does|is|are|i|to|of|for|and|me|records?|have|what|how|if|a|it|in)\b", re.IGNORECASE)

PHRASES: dict[Language, dict[str, str]] = {
    "en": {
        "yes": "Yes",
        "no": "No",
        "depends": "It depends",
        "case": "What OCR did in a like case",
        "unconfirmed": "Unconfirmed, from published accounts:",
        "if": "If {fact}:",
        "near": "On a near question: {question}",
        "english_only": "",
        "state_law": "These rules are a floor: a state law that protects your privacy more, or gives you more access, still applies.",
        "searched": "The federal privacy rules (45 CFR parts 160 and 164) in plain language, OCR's published cases and our practice notes.",
        "no_evidence": "I found no rule that settles this question, so I will not guess.",
        "urgent": "Please reach one of these lines before anything else. Questions about your records can wait.",
        "urgent_refer": "People at these numbers are there day and night, and the call is free. Come back with your question when you are safe.",
        "not_settled": "The passages found do not settle this question.",
        "refer": "A local legal aid office (find one at lawhelp.org) or your state bar's lawyer referral service can look at your situation. For the privacy "
        "rules themselves, ask the Office for Civil Rights (OCR) at HHS.",
        "example": "Try asking it with the facts that matter: who has your information, what you asked for or what was shared, and when.",
        "limit": "This is general information on federal privacy rules, not advice on your case, and it does not say whether anybody broke the law.",
    },
    "es": {
        "yes": "Sí",
        "no": "No",
        "depends": "Depende",
        "case": "Lo que hizo OCR en un caso parecido",
        "unconfirmed": "Sin confirmar, según lo publicado:",
        "if": "Si {fact}:",
        "near": "Sobre una pregunta cercana: {question}",
        "english_only": "(Esta parte solo está en inglés.)",
        "state_law": "Estas normas son un mínimo: si una ley estatal protege más su privacidad o le da más acceso, también se aplica.",
        "searched": "Las normas federales de privacidad (45 CFR partes 160 y 164) en lenguaje sencillo, los casos publicados por OCR y nuestras notas.",
        "no_evidence": "No encontré una norma que resuelva esta pregunta, así que no voy a adivinar.",
        "urgent": "Llame primero a una de estas líneas. Las preguntas sobre sus registros pueden esperar.",
        "urgent_refer": "Hay personas atendiendo día y noche, y la llamada es gratis. Vuelva con su pregunta cuando esté a salvo.",
        "not_settled": "Los textos que encontré no resuelven esta pregunta.",
        "refer": "Una oficina local de ayuda legal (lawhelp.org) o el servicio de referencia del colegio de abogados de su estado puede revisar su caso. Sobre "
        "las normas de privacidad, pregunte a la Oficina de Derechos Civiles (OCR) del HHS.",
        "example": "Pruebe a preguntar con los datos que importan: quién tiene su información, qué pidió o qué se compartió, y cuándo.",
        "limit": "Esto es información general sobre normas federales de privacidad, no un consejo sobre su caso, y no dice si alguien violó la ley.",
    },
}


@lru_cache(maxsize=1)
def _identifier() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(["en", "es"])
    return identifier


def detect(text: str) -> Language:
    """The language of a question; English when it is too short to tell."""
    if "¿" in text or "¡" in text:
        return "es"
    spanish, english = len(_SPANISH_WORDS.findall(text)), len(_ENGLISH_WORDS.findall(text))
    if abs(spanish - english) >= 2:
        return "es" if spanish > english else "en"
    if len(text.split()) < 3:
        return "es" if spanish > english else "en"
    language, certainty = _identifier().classify(text)
    return "es" if language == "es" and certainty > 0.8 else "en"
