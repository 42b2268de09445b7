"""The words of the Ask page round an answer, in the language of the answer."""

from __future__ import annotations

from bot.answer import Language

EMPTY = "*Your answer will stand here, with the paragraphs of the rule beside it.*"
WORDS: dict[Language, dict[str, str]] = {
    "en": {
        "working": "Looking in the rule…",
        "warming": "The desk is opening its books. The first answer takes a few seconds…",
        "earlier": "Earlier in this conversation",
        "save": "Save this answer",
        "print": "Print",
        "files": "The files are made here and kept nowhere else. They hold your question.",
        "letters": "Write the letter that goes with this",
        "meant": "Not what you meant? Others ask:",
        "next": "What people ask next:",
    },
    "es": {
        "working": "Buscando en la norma…",
        "warming": "El servicio se está abriendo. La primera respuesta tarda unos segundos…",
        "earlier": "Antes en esta conversación",
        "save": "Guardar esta respuesta",
        "print": "Imprimir",
        "files": "Los archivos se hacen aquí y no se guardan en otro lugar. Contienen su pregunta.",
        "letters": "Escriba la carta que corresponde (en inglés)",
        "meant": "¿No era eso? También se pregunta (en inglés):",
        "next": "Lo que se pregunta después (en inglés):",
    },
}
