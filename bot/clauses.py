"""The clauses of an official paragraph that read on their own, so that one can be quoted beside a plain sentence.

A clause is a whole sentence, a sentence up to its first semicolon, or one up to a comma after which only an addition follows.
Nothing is left out inside one, no opening exception is cut off, and none ends where a condition or an exception of its sentence is still
to come, unless it opens by saying that there are exceptions.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

FEWEST, MOST = 8, 45  # words
_SENTENCE = re.compile(r"(?<=[a-z\d)”][.:])\s+(?=[A-Z(“])|(?<=[.:]”)\s+(?=[A-Z(“])")
_DESIGNATORS = re.compile(r"^(?:\(\s?(?:[A-Za-z]{1,5}|\d{1,3})\s?\)[\s—–-]*)+")
_SEMICOLON = re.compile(r";\s+(?:(?:and|or)\s+)?")
_ADDITION = re.compile(
    r",(?= (?:including|for as long as|in accordance with|consistent with|pursuant to"
    r"|as (?:required|provided|described|specified) (?:by|in)"
    r"|as applicable)\b)"
)
_TO_COME = re.compile(
    r"\b(?:except|unless|provided|only|but|other than"
    r"|however|if|when|where|until|subject to|to the extent|notwithstanding)\b",
    re.IGNORECASE,
)
_TURNS = re.compile(r"^(?:except|unless|provided|but|however|only)\b", re.IGNORECASE)
_SAID = re.compile(r"^(?:except|notwithstanding|subject to)\b", re.IGNORECASE)
# What opens with anything else is the rest of a sentence that began above: "To evaluate whether …", "Postage, when …".
_OPENS = re.compile(
    r"^(?:An?|The|If|Except|Subject|Notwithstanding|No|Any|Unless|Whenever|When|Where|Each|All|At|Upon|For|As|This|Nothing|Individuals?"
    r"|Covered|Prior|(?:[A-Z]\w+(?: [\w-]+){0,6}) (?:means|includes?))\b"
)
# A heading or an item of a list says nothing of anybody; a verb of the rule does.
_VERB = re.compile(r"\b(?:must|may|shall|will|would|has|have|is|are|was|were|means|includes?|applies|apply|does|do|can|cannot)\b")


def clauses(text: str) -> tuple[str, ...]:
    """Clauses of 8 to 45 words, verbatim and each once, in the order they stand.

    Args:
        text: one or more printed paragraphs, with runs of white space as one space.
    """
    return tuple(dict.fromkeys(c for sentence in _SENTENCE.split(text) for c in _of_sentence(_DESIGNATORS.sub("", sentence))))


def _of_sentence(sentence: str) -> Iterator[str]:
    """The sentence, as far as an addition or a semicolon, where what follows neither turns it nor sets a condition unannounced."""
    ends = [(sentence, "")]
    ends += [(sentence[: m.start()], sentence[m.end() :]) for m in _ADDITION.finditer(sentence)]
    for said, rest in ends:
        if not rest or _SAID.match(said) or not _TO_COME.search(rest):
            yield from _kept(said)
    first, *after = _SEMICOLON.split(sentence, maxsplit=1)
    if after and not _TURNS.match(after[0]):
        yield from _kept(first)


def _kept(said: str) -> Iterator[str]:
    said = re.sub(r"[;,]?\s+(?:and|or)$", "", said.strip()).rstrip("; ,—")
    if FEWEST <= len(said.split()) <= MOST and _OPENS.match(said) and _VERB.search(said):
        yield said
