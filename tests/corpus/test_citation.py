"""Citations are read as people write them and printed one way."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.citation import CaseCitation, CitationError, RuleCitation, find, parse
from tests.conftest import SHARED

WRITTEN = [
    ("§164.524(c)(4)(i)", "45 CFR 164.524(c)(4)(i)"),
    ("45 C.F.R. § 164.524(c)(4)", "45 CFR 164.524(c)(4)"),
    ("45 CFR 164.524 (b)(2)", "45 CFR 164.524(b)(2)"),  # a space before the paragraph
    ("164.502(g)(3)", "45 CFR 164.502(g)(3)"),
    ("45 CFR §164.530", "45 CFR 164.530"),
    ("Section 160.306(b)(3)", "45 CFR 160.306(b)(3)"),
    ('45 CFR 160.103 "Business associate"(3)(iii)', '45 CFR 160.103 "Business associate"(3)(iii)'),
    ("45 CFR 160.103, “business associate”", '45 CFR 160.103 "Business associate"'),  # curly quotes, a comma
    ("definition of business associate in 160.103", '45 CFR 160.103 "Business associate"'),
    ("45 CFR 164.524(c)(4).", "45 CFR 164.524(c)(4)"),  # the sentence's own full stop
]


@pytest.mark.parametrize(("written", "printed"), WRITTEN)
def test_reads_citations_as_people_write_them(written: str, printed: str) -> None:
    assert str(parse(written)) == printed


@pytest.mark.parametrize("text", ["", "the privacy rule", "37.5", "164.524 and 164.526", "§ twelve", "see 164.524(a) for this"])
def test_refuses_what_is_not_one_citation(text: str) -> None:
    with pytest.raises(CitationError):
        parse(text)


LISTS = [
    ("§§ 164.524-.528", ["164.524", "164.526", "164.528"]),  # a range opens over the sections there are
    ("45 CFR 164.524 through 164.526", ["164.524", "164.526"]),
    ("§§ 164.524(a)(1), 164.526(b)(2) and 164.530(d)", ["164.524(a)(1)", "164.526(b)(2)", "164.530(d)"]),
    ("164.524(a)(1) and (2)", ["164.524(a)(1)", "164.524(a)(2)"]),  # a sibling
    ("164.524(a)(1), (b)(2)", ["164.524(a)(1)", "164.524(b)(2)"]),  # a cousin
    ("under 164.510(b)(1)(i) and (ii)", ["164.510(b)(1)(i)", "164.510(b)(1)(ii)"]),
    ("a fever of 102.3 and a bill of 164.50", []),  # numbers that are no sections
]


@pytest.mark.parametrize(("prose", "wanted"), LISTS)
def test_finds_lists_and_ranges(prose: str, wanted: list[str]) -> None:
    found = [str(m.citation).removeprefix("45 CFR ") for m in find(prose, ["164.524", "164.526", "164.528"])]
    assert found == wanted


def test_offsets_name_what_was_written() -> None:
    prose = "As 45 CFR 164.524(c)(4) says, and 164.526(a)."
    assert [prose[m.start : m.end] for m in find(prose)] == ["45 CFR 164.524(c)(4)", "164.526(a)"]


def test_a_letter_i_follows_h_and_a_roman_one_follows_a_number() -> None:
    written = ["164.512(i)", "164.512(h)", "164.512(h)(2)(v)", "164.512(h)(2)(iv)", "164.512(h)(10)", "164.512(h)(9)", "164.502", "164.512"]
    wanted = ["164.502", "164.512", "164.512(h)", "164.512(h)(2)(iv)", "164.512(h)(2)(v)", "164.512(h)(9)", "164.512(h)(10)", "164.512(i)"]
    assert [str(c).removeprefix("45 CFR ") for c in sorted(map(parse, written))] == wanted


def test_containment() -> None:
    assert parse("164.524(c)").contains(parse("164.524(c)(4)(i)"))
    assert not parse("164.524(c)(4)").contains(parse("164.524(c)"))
    assert not parse("164.524(c)(1)").contains(parse("164.524(c)(11)"))
    assert parse("160.103").contains(parse('160.103 "Business associate"(3)'))
    assert not parse('160.103 "Business associate"').contains(parse('160.103 "Covered entity"'))


def test_bluebook_and_cases() -> None:
    assert parse("164.524(c)(4)(i)").bluebook(2025) == "45 C.F.R. § 164.524(c)(4)(i) (2025)"
    assert str(CaseCitation("A Title")) == "OCR case example: A Title"
    assert str(CaseCitation("A Title", "Bayfront Health", 2019)) == "OCR enforcement: Bayfront Health (2019)"


DESIGNATORS = st.lists(st.sampled_from(["a", "b", "h", "1", "2", "10", "i", "ii", "iv", "A", "B"]), max_size=5)


@given(st.sampled_from(["160.103", "164.524", "164.512"]), DESIGNATORS, st.sampled_from(["", "Business associate"]))
def test_what_is_printed_is_read_back(section: str, path: list[str], term: str) -> None:
    citation = RuleCitation(section, tuple(path), term)
    assert parse(str(citation)) == citation


@pytest.mark.shared
def test_every_official_citation_is_read_and_printed_back() -> None:
    rows = [json.loads(line) for p in ("160", "164") for line in (SHARED / f"official/cfr/part{p}.jsonl").open(encoding="utf-8")]
    printed = [r["citation"] for r in rows if "(continued)" not in r["citation"]]
    assert len(printed) > 1600
    assert [str(parse(c)) for c in printed] == printed
