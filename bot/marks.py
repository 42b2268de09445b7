"""Finds the words of a passage that carry a statement, so that a reader can check one against the other."""

from __future__ import annotations

import re

from rapidfuzz import fuzz

_CLAUSE = re.compile(r"[^.;:]+[.;:]?\s*")


def carrying(statement: str, passage: str) -> tuple[int, int]:
    """Character span of the sentence or clause of `passage` that is nearest to `statement`.

    Nearness is the share of the clause's words that the statement has (rapidfuzz token set ratio, 0 to 100); the whole of a
    short passage carries it.
    """
    clauses = [(m.start(), m.end()) for m in _CLAUSE.finditer(passage) if len(m.group().split()) >= 3]
    if not clauses:
        return 0, len(passage)
    start, end = max(clauses, key=lambda c: (fuzz.token_set_ratio(statement.lower(), passage[c[0] : c[1]].lower()), c[1] - c[0]))
    return start, start + len(passage[start:end].rstrip())
