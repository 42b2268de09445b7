"""Citations in a draft are found as lawyers write them, with offsets that point at what was written."""

from __future__ import annotations

from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.cite.cases import find_cases
from bot.cite.even import even, sentences
from bot.cite.grammar import find
from bot.cite.rulebook import Rulebook
from corpus.citation import RuleCitation
from corpus.load import Corpus, load

Found = list[tuple[str, str]]
FORMS: list[tuple[str, Found]] = [
    ("45 CFR 164.524(c)(4)(i).", [("45 CFR 164.524(c)(4)(i)", "164.524(c)(4)(i)")]),
    ("45 C.F.R. § 164.524", [("45 C.F.R. § 164.524", "164.524")]),
    ("45 C.F.R. §164.524 (2019)", [("45 C.F.R. §164.524", "164.524")]),  # the year is no designator
    ("45 C. F. R. § 164.524(a)", [("45 C. F. R. § 164.524(a)", "164.524(a)")]),
    ("45 C.F.R.164.502", [("45 C.F.R.164.502", "164.502")]),
    ("45CFR164.502(a)", [("45CFR164.502(a)", "164.502(a)")]),
    ("Section 160.306(b)(3)", [("Section 160.306(b)(3)", "160.306(b)(3)")]),
    ("sec. 164.512(i)", [("sec. 164.512(i)", "164.512(i)")]),
    ("sec.164.512(f)(1)(ii)(A)", [("sec.164.512(f)(1)(ii)(A)", "164.512(f)(1)(ii)(A)")]),
    ("SECTION 164.508", [("SECTION 164.508", "164.508")]),
    ("164.502(g)(3)", [("164.502(g)(3)", "164.502(g)(3)")]),
    ("(164.502(g)(3))", [("164.502(g)(3)", "164.502(g)(3)")]),
    (
        '45 CFR 160.202 (definition of "contrary," para. (1))',
        [("45 CFR 160.202", "160.202"), ("para. (1)", '160.202 "Contrary"(1)')],
    ),
    ('A law is "more stringent". § 160.202 (para. (2))', [("§ 160.202", "160.202"), ("para. (2)", '160.202 "More stringent"(2)')]),
    ("45 CFR 164.524 (b) (2)", [("45 CFR 164.524 (b) (2)", "164.524(b)(2)")]),
    ("45 CFR 164.524( c )(4)", [("45 CFR 164.524( c )(4)", "164.524(c)(4)")]),
    ("45 C.F.R.\n§ 164.524(c)\r\n(4)", [("45 C.F.R.\n§ 164.524(c)\r\n(4)", "164.524(c)(4)")]),  # line breaks inside
    ("45 C.F.R. § 164.\n524(c)", [("45 C.F.R. § 164.\n524(c)", "164.524(c)")]),
    ("45\u00a0CFR\u2009164.524", [("45\u00a0CFR\u2009164.524", "164.524")]),  # odd spaces
    ("４５ CFR 164.524", [("４５ CFR 164.524", "164.524")]),  # full-width digits
    ("45 CFR 164.\u200b524(a)", [("45 CFR 164.\u200b524(a)", "164.524(a)")]),  # an invisible character
    ("\ufb01nd 164.524(a)", [("164.524(a)", "164.524(a)")]),  # a ligature before it
    ("164.524²", [("164.524", "164.524")]),  # a footnote mark
    ("title 45, Code of Federal Regulations, section 164.524", [("title 45, Code of Federal Regulations, section 164.524", "164.524")]),
    ("§§ 164.524(a)(2), (a)(3) and 164.526", [("§§ 164.524(a)(2)", "164.524(a)(2)"), ("(a)(3)", "164.524(a)(3)"), ("164.526", "164.526")]),
    ("164.524 & 164.526", [("164.524", "164.524"), ("164.526", "164.526")]),
    ("164.524, 164.526, and 164.528", [("164.524", "164.524"), ("164.526", "164.526"), ("164.528", "164.528")]),
    ("45 CFR 164.524; 45 CFR 164.526", [("45 CFR 164.524", "164.524"), ("45 CFR 164.526", "164.526")]),
    ("164.530(d)(1)/(2)", [("164.530(d)(1)", "164.530(d)(1)"), ("(2)", "164.530(d)(2)")]),
    ("164.512(h), (i)", [("164.512(h)", "164.512(h)"), ("(i)", "164.512(i)")]),
    ("164.510(b)(1)(i) and (ii)", [("164.510(b)(1)(i)", "164.510(b)(1)(i)"), ("(ii)", "164.510(b)(1)(ii)")]),
    ("164.524(a)(1) or (b)(2)", [("164.524(a)(1)", "164.524(a)(1)"), ("(b)(2)", "164.524(b)(2)")]),
    ("164.524(a)(1)-(3)", [("164.524(a)(1)", "164.524(a)(1)"), ("-(3)", "164.524(a)(2)"), ("(3)", "164.524(a)(3)")]),
    ("164.524(a)(1)–(2)", [("164.524(a)(1)", "164.524(a)(1)"), ("(2)", "164.524(a)(2)")]),
    ("164.524(a)(1) through (3)", [("164.524(a)(1)", "164.524(a)(1)"), ("through (3)", "164.524(a)(2)"), ("(3)", "164.524(a)(3)")]),
    (
        "164.524(a)(3)(i)—(iii)",
        [("164.524(a)(3)(i)", "164.524(a)(3)(i)"), ("—(iii)", "164.524(a)(3)(ii)"), ("(iii)", "164.524(a)(3)(iii)")],
    ),
    ("§§ 164.524-164.528", [("§§ 164.524", "164.524"), ("-164.528", "164.526"), ("164.528", "164.528")]),
    ("§§ 164.524–.528", [("§§ 164.524", "164.524"), ("–.528", "164.526"), (".528", "164.528")]),
    ("§§ 164.524-528", [("§§ 164.524", "164.524"), ("-528", "164.526"), ("528", "164.528")]),
    ("164.524 to 600 people", [("164.524", "164.524")]),
    ("164.524(c). Id.", [("164.524(c)", "164.524(c)"), ("Id.", "164.524(c)")]),
    ("164.524(c). Id. § 164.526(a)", [("164.524(c)", "164.524(c)"), ("Id. § 164.526(a)", "164.526(a)")]),
    ("164.524(c). Id. at (c)(4)", [("164.524(c)", "164.524(c)"), ("Id. at (c)(4)", "164.524(c)(4)")]),
    ("164.524(c); see id. (b)(2)", [("164.524(c)", "164.524(c)"), ("id. (b)(2)", "164.524(b)(2)")]),
    ("164.524. Ibid.", [("164.524", "164.524"), ("Ibid.", "164.524")]),
    ("164.524(a), supra", [("164.524(a)", "164.524(a)")]),
    ("§ 164.524. Paragraph (c)(4) of this section", [("§ 164.524", "164.524"), ("Paragraph (c)(4) of this section", "164.524(c)(4)")]),
    (
        "§ 164.524 and paragraphs (a)(2) or (a)(3) of this section",
        [("§ 164.524", "164.524"), ("paragraphs (a)(2)", "164.524(a)(2)"), ("(a)(3) of this section", "164.524(a)(3)")],
    ),
    ("§ 164.524(c)(2); subparagraph (ii)", [("§ 164.524(c)(2)", "164.524(c)(2)"), ("subparagraph (ii)", "164.524(c)(2)(ii)")]),
    ("paragraph (a) of § 164.526", [("paragraph (a) of § 164.526", "164.526(a)")]),
    (
        '45 CFR 160.103 "Business associate"(3)(iii)',
        [('45 CFR 160.103 "Business associate"(3)(iii)', '160.103 "Business associate"(3)(iii)')],
    ),
    (
        "45 CFR 160.103 (defining “business associate”)",
        [("45 CFR 160.103 (defining “business associate”)", '160.103 "Business associate"')],
    ),
    ("definition of business associate in 160.103", [("definition of business associate in 160.103", '160.103 "Business associate"')]),
    ("45 CFR 164.524, “an individual has a right”", [("45 CFR 164.524", "164.524")]),  # a quotation is no term
    ("45 CFR 164.524 (the access rule)", [("45 CFR 164.524", "164.524")]),
    ("45 CFR 164.524 (OCR)", [("45 CFR 164.524", "164.524")]),
    ("a fever of 102.3, $164.524 and 37.5%", []),
    ("Tex. Code § 181.154", []),
    ("45 CFR part 164, subpart E", [("45 CFR part 164, subpart E", "45 CFR part 164, subpart E")]),
    ("45 CFR parts 160 and 164", [("45 CFR parts 160", "45 CFR part 160"), ("164", "45 CFR part 164")]),
    ("42 CFR part 2, 45 CFR 164.524", [("42 CFR part 2", "42 CFR part 2"), ("45 CFR 164.524", "164.524")]),
    ("42 C.F.R. §§ 2.31(a) and 2.33", [("42 C.F.R. §§ 2.31(a)", "42 CFR 2.31(a)"), ("2.33", "42 CFR 2.33")]),
    ("42 U.S.C. § 1320d-5", [("42 U.S.C. § 1320d-5", "42 U.S.C. 1320d-5")]),
    ("42 USC 1320d–6(a)(2)", [("42 USC 1320d–6(a)(2)", "42 U.S.C. 1320d-6(a)(2)")]),
    ("42 U.S.C. §§ 1320d-5, 17931", [("42 U.S.C. §§ 1320d-5", "42 U.S.C. 1320d-5"), ("17931", "42 U.S.C. 17931")]),
    ("5 U.S.C. 552a(b)(1), (b)(3)", [("5 U.S.C. 552a(b)(1)", "5 U.S.C. 552a(b)(1)"), ("(b)(3)", "5 U.S.C. 552a(b)(3)")]),
    ("42 U.S.C. 1320d-5 and 45 CFR 160.404", [("42 U.S.C. 1320d-5", "42 U.S.C. 1320d-5"), ("45 CFR 160.404", "160.404")]),
    ("42 U.S.C. § 1320d-5. Id. § 1320d-6", [("42 U.S.C. § 1320d-5", "42 U.S.C. 1320d-5"), ("Id. § 1320d-6", "42 U.S.C. 1320d-6")]),
    ("the section was amended in 2013", []),
]


@pytest.fixture(scope="module")
def rulebook(corpus: Corpus) -> Rulebook:
    return Rulebook(corpus)


@pytest.mark.parametrize(("prose", "wanted"), FORMS, ids=[p[:40] for p, _ in FORMS])
def test_finds_citations_as_lawyers_write_them(prose: str, wanted: Found, rulebook: Rulebook) -> None:
    lead = "“Ünder” the\u00ad rule,\r\n"  # offsets hold after what is dropped or widened
    found = [((lead + prose)[c.start : c.end], c.normalized.removeprefix("45 CFR ")) for c in find(lead + prose, rulebook)]
    assert found == [(w, n.removeprefix("45 CFR ")) for w, n in wanted]


def test_id_with_nothing_before_it_is_said_to_lead_nowhere(rulebook: Rulebook) -> None:
    (cited,) = find("Id. at 30 of the rule.", rulebook)
    assert cited.problem == "nothing is cited before it"


def test_cases_and_the_federal_register_come_from_eyecite() -> None:
    text = "Ciox Health, LLC v. Azar, 435 F. Supp. 3d 30 (D.D.C. 2020); 78 Fed. Reg. 5566. Ciox, supra, at 45."
    found = [(c.kind, text[c.start : c.end]) for c in find_cases(text)]
    assert found == [
        ("case", "Ciox Health, LLC v. Azar, 435 F. Supp. 3d 30 (D.D.C. 2020)"),
        ("register", "78 Fed. Reg. 5566"),
        ("case", "supra, at 45"),
    ]


def test_a_full_stop_inside_a_citation_ends_no_sentence() -> None:
    text = even("See 45 C.F.R. § 164.524(a). The fee is capped. Id.").text
    assert [text[a:b].strip() for a, b in sentences(text, [(4, 26), (47, 50)])] == [
        "See 45 C.F.R. § 164.524(a).",
        "The fee is capped.",
        "Id.",
    ]


WAYS = ("45 CFR {}", "45 C.F.R. § {}", "§ {}", "Section {}", "45\u00a0CFR\u00a0§\u2009{}", "45 C.F.R.\n§ {}")
BEFORE = st.sampled_from(["", "See ", "ﬁrst, ", "(cf. ", "“", "1. ", "é\u0301 – "])


@settings(max_examples=150, deadline=None)
@given(st.data(), st.sampled_from(WAYS), BEFORE, st.sampled_from([".", " applies.", "; so", ", which", "\n\nNext"]))
def test_any_provision_in_any_written_form_is_found_where_it_stands(data: st.DataObject, way: str, before: str, after: str) -> None:
    citation = data.draw(st.sampled_from(_provisions()))
    written = way.format(str(citation).removeprefix("45 CFR "))
    text = before + written + after
    (found,) = find(text, _rulebook())
    assert (text[found.start : found.end], found.rule) == (written, citation)


@cache
def _rulebook() -> Rulebook:
    return Rulebook(load())


@cache
def _provisions() -> list[RuleCitation]:
    return sorted(_rulebook().paragraphs)


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet=st.sampled_from('§ 0124.564()abiCFRUSdId.,;-–and\n\u00a0\u00ad"”ﬁ'), max_size=80))
def test_no_text_breaks_the_grammar_and_offsets_stay_inside(text: str) -> None:
    for c in find(text, _rulebook()):
        assert 0 <= c.start < c.end <= len(text)
