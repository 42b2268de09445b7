"""The headings of an answer in each language, the same on the page and in the files."""

from __future__ import annotations

from bot.answer import Language

HEADINGS: dict[Language, dict[str, str]] = {
    "en": {
        "asked": "You asked",
        "rule": "Why: the rule",
        "case": "What OCR did in a case like this",
        "limit": "Exceptions and limits",
        "next_step": "What you can do",
        "not": "What this does not tell you",
        "sources": "Sources",
        "plain": "Plain-language text, written by us",
        "official": "Official text",
        "as_of": "law as of",
        "at": "Read the official paragraph at eCFR",
        "here": "In its section",
        "case_at": "Published at",
        "unconfirmed": "unconfirmed",
        "vacated": "no longer in force",
        "help": "Who can help",
        "searched": "What was searched",
        "nearest": "The nearest provisions",
        "danger": "First, your safety",
        "rests": "Resting besides on",
        "dated": "Law as of {as_of}, plain-language edition {edition}.",
    },
    "es": {
        "asked": "Usted preguntó",
        "rule": "Por qué: la norma",
        "case": "Lo que hizo OCR en un caso parecido",
        "limit": "Excepciones y límites",
        "next_step": "Lo que puede hacer",
        "not": "Lo que esto no le dice",
        "sources": "Fuentes",
        "plain": "Texto en lenguaje sencillo, escrito por nosotros (en inglés)",
        "official": "Texto oficial",
        "as_of": "norma vigente a",
        "at": "Lea el párrafo oficial en eCFR",
        "here": "En su sección",
        "case_at": "Publicado en",
        "unconfirmed": "sin confirmar",
        "vacated": "ya no está vigente",
        "help": "Quién puede ayudar",
        "searched": "Qué se buscó",
        "nearest": "Las disposiciones más cercanas",
        "danger": "Primero, su seguridad",
        "rests": "Se apoya además en",
        "dated": "Norma vigente a {as_of}, edición en lenguaje sencillo {edition}.",
    },
}
