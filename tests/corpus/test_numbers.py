"""Numbers that carry law are found, references are not."""

from __future__ import annotations

import pytest

from corpus.numbers import numbers

TEXTS = [
    ("within 30 days, and 30 more", {"30"}),
    ("thirty days", {"30"}),
    ("See 45 CFR 164.524(c)(4) and paragraph (b)(2)", set()),  # references
    ("42 CFR part 2 and 45 CFR 102.3", set()),
    ("a flat fee of $6.50", {"6.50"}),
    ("$1,500,000", {"1500000"}),
    ("two reasons, and two days", {"2"}),  # a number word counts with its unit only
    ("dentro de 30 días", {"30"}),
    ("call 988 or 911", set()),  # help lines are no law
]


@pytest.mark.parametrize(("text", "wanted"), TEXTS)
def test_numbers(text: str, wanted: set[str]) -> None:
    assert numbers(text) == wanted
