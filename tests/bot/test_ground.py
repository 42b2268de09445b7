"""What the evidence does not support is dropped, and the reason said."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.answer import Evidence, Statement
from bot.ground import ground
from corpus.citation import CaseCitation, parse
from ingest.passages import Passage

FEE = parse("164.524(c)(4)")
PLAIN = Passage("regulation/fee", "regulation", "Fees", "A covered entity must act within 30 days and may charge a fee of cost.", (FEE,))
OFFICIAL = Passage("official/fee", "official", "Fees", "the covered entity may impose a reasonable, cost-based fee", (FEE,))
CASE = Passage("case/one", "case", "A case", "A clinic waited and then paid $85,000.", (CaseCitation("A case"), FEE))
EVIDENCE = tuple(Evidence(p, i, 0.9) for i, p in enumerate((PLAIN, OFFICIAL, CASE), 1))
GOOD = Statement("rule", "They must act within 30 days.", (FEE,), ("regulation/fee",))


def test_a_supported_statement_is_kept() -> None:
    assert ground([GOOD], EVIDENCE) == ((GOOD,), ())


FAULTS = [
    (replace(GOOD, passage_ids=("regulation/invented",)), "not retrieved"),
    (replace(GOOD, passage_ids=()), "not retrieved"),
    (replace(GOOD, citations=(parse("164.526(a)(1)"),)), "not in its passages"),
    (replace(GOOD, citations=(CaseCitation("Another"),)), "not in its passages"),
    (replace(GOOD, text="They must act within 15 days."), "number 15"),
    (replace(GOOD, text="The rule says “you must be given everything at once”."), "quotation"),
    (replace(GOOD, quote="words that the rule does not have"), "quotation"),
    (replace(GOOD, text="Your doctor violated the rule."), "broke the law"),
    (replace(GOOD, text="I advise you to wait."), "advises"),
    (replace(GOOD, role="short_answer", text="No, they may not."), "without Yes or No"),
]


@pytest.mark.parametrize(("statement", "reason"), FAULTS)
def test_an_unsupported_statement_is_dropped_with_its_reason(statement: Statement, reason: str) -> None:
    kept, dropped = ground([statement, GOOD], EVIDENCE)
    assert kept == (GOOD,)
    assert reason in dropped[0].reason


def test_a_verbatim_quote_of_the_official_text_is_kept() -> None:
    quoting = Statement("rule", "They may charge a fee.", (FEE,), ("official/fee",), quote="may impose a reasonable, cost-based fee")
    assert ground([quoting], EVIDENCE)[0] == (quoting,)


def test_a_statement_without_a_citation_cannot_be_built() -> None:
    with pytest.raises(ValueError, match="cites nothing"):
        Statement("rule", "Anything.", (), ())
