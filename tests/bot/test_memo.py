"""A memo with sixty citations, twenty of them planted wrong: every one is found, and nothing else is flagged.

Quotations stand in the memo as `{provision|first word|last word}` and are cut from the publisher's text when the test runs, so that none
is kept here; `{…|word=other}` changes one word of it, which is the fault.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

import pytest

from bot.cite.bearing import Bearing
from bot.cite.check import Checked, check
from bot.cite.rulebook import Rulebook
from bot.official import OfficialWords
from bot.pipeline import Desk
from corpus.citation import RuleCitation, parse
from corpus.load import load
from ingest.ecfr import parse as parse_ecfr
from tests.conftest import SHARED

MEMO = """
MEMORANDUM

To: Supervising attorney
Re: Records withheld from a former patient; fees, corrections and complaints

I. Access

A patient has a right to see and to get a copy of what is kept about her in a designated record set. 45 C.F.R. § 164.524(a)(1).
The entity must permit the request, and may ask for it in writing if it has said so: "{164.524(b)(1)|14|23}." 45 C.F.R. §
164.524(b)(1). It must act on the request in thirty days. Id. § 164.524(b)(2)(i). One extension of thirty days is allowed with a
written statement of the reasons. 45 CFR 164.524(b)(2)(ii). The time limit is also said to stand in 45 CFR 164.524(b)(9). The copy
must come in the form and format asked for if it is readily producible. 45 CFR 164.524(c)(2)(i). An electronic copy must be given
of records that are kept electronically. 45 CFR 164.524(c)(2)(ii). The copy may be sent to another person whom the patient names
in a signed writing. 45 CFR 164.524(c)(3)(ii). A reasonable, cost-based fee may be charged for the copy. 45 CFR 164.524(c)(4).
Labor for copying counts, § 164.524(c)(4)(i); so does postage, § 164.524(c)(4)(iii). Fees for access are also said to be in 45 CFR
164.529.

Some denials cannot be reviewed. 45 CFR 164.524(a)(2). Others must be reviewed by a licensed professional when the patient asks.
45 CFR 164.524(a)(4). A denial must be in writing and in plain language. 45 CFR 164.524(d)(2). The covered entity
"{164.524(d)(1)|7|24|must,=may,}." 45 CFR 164.524(d)(1). Records that a correctional institution holds for an inmate are treated
in 45 CFR 164.524(a)(2)(ii), those of research under way in 45 CFR 164.524(a)(2)(iii), and a promise of confidence to a source in
45 CFR 164.524(a)(2)(vi).

II. Correction

An individual has a right to have the covered entity amend protected health information. 45 CFR 164.526(a)(1). The entity must act
within sixty days of the request. 45 CFR 164.526(b)(2)(i). A denial must say why and how to file a statement of disagreement. 45
CFR 164.526(d)(1). The statement must be appended. 45 CFR 164.526(d)(6).

III. Accounting and restriction

An accounting covers disclosures in the six years before the request. 45 CFR 164.528(a)(1). It must be given within sixty days. 45
CFR 164.528(c)(1). The first in any twelve-month period is free of charge. 45 CFR 164.528(c)(7). A covered entity must agree to
keep from a health plan what the patient has paid for in full. 45 CFR 164.522(a)(1)(vi). A provider "{164.522(b)(1)(i)|12|21}" to
be reached by other means. 45 CFR 164.522(a)(1)(i). Alternative means of communication are governed by 45 CFR 164.522(b)(1)(i).

IV. Other people

A personal representative is treated as the individual. 45 CFR 164.502(g)(1). Unemancipated minors are covered in 45 CFR
164.502(g)(3)(i), abuse and neglect in 45 CFR 164.502(g)(5), and foster parents in 45 CFR 164.502(g)(8). The deceased are
protected for fifty years. 45 CFR 164.502(f). Family involved in the patient's care may be told what bears on their involvement.
45 CFR 164.510(b)(1)(i). The facility directory is in 45 CFR 164.510(a)(1)(i), with a sixth item at 45 CFR 164.510(a)(1)(i)(F).
Psychotherapy notes need an authorization. 45 CFR 164.508(a)(2). A covered entity "{164.512(j)(1)|19|32|may,=must,}" what it
knows. 45 CFR 164.512(j)(1). Reproductive health care had a prohibition of its own. 45 CFR 164.502(a)(5)(iii). Attestations were
required by 45 CFR 164.509.

V. Breach and enforcement

Patients must be told of a breach without unreasonable delay. 45 CFR 164.404(b). The notice must go out
"{164.404(b)|27|40|60=90}." 45 CFR 164.404(b). Notice to the media is in 45 CFR 164.406(d), to the Secretary in 45 CFR 164.408(a),
and to a regulator abroad in 45 CFR 164.411. A business associate must notify the covered entity. 45 CFR 164.410(a)(1). A
complaint must be filed with the Secretary within 180 days. 45 CFR 160.306(b)(3). Nobody may be threatened or punished for it. 45
CFR 160.316. The entity itself must not retaliate. 45 CFR 164.530(g). No one may be made to waive the right to complain as a
condition of treatment. 45 CFR 164.530(h). The entity "{164.530(h)|9|16|waive=forgo}" as a condition of care. 45 CFR 164.530(h).
Nor may it ask them to: it "{164.530(h)|9|16}." 45 CFR 164.530(g). Penalties are in 45 CFR 160.404(b) and their factors in 45 CFR
160.408. A hearing must be asked for in ninety days. 45 CFR 160.504(b). Discovery is limited, 45 CFR 160.517, and so is the time
to bring a case, 45 CFR 160.414 (2009). More stringent State law survives. 45 CFR 160.203(b) (2003). See also 42 U.S.C. § 1320d-5.
"""

PLANTED = Counter(
    {
        # no such paragraph
        "45 CFR 164.524(b)(9)": 1,
        "45 CFR 164.524(a)(2)(vi)": 1,
        "45 CFR 164.526(d)(6)": 1,
        "45 CFR 164.528(c)(7)": 1,
        "45 CFR 164.502(g)(8)": 1,
        "45 CFR 164.510(a)(1)(i)(F)": 1,
        "45 CFR 164.406(d)": 1,
        # no such section
        "45 CFR 164.529": 1,
        "45 CFR 164.411": 1,
        "45 CFR 160.517": 1,
        # vacated
        "45 CFR 164.502(a)(5)(iii)": 1,
        "45 CFR 164.509": 1,
        # "may" for "must" and "must" for "may", a number changed, a word changed
        "45 CFR 164.524(d)(1)": 1,
        "45 CFR 164.512(j)(1)": 1,
        "45 CFR 164.404(b)": 1,
        "45 CFR 164.530(h)": 1,
        # the right words at the wrong place
        "45 CFR 164.522(a)(1)(i)": 1,
        "45 CFR 164.530(g)": 1,
        # the edition of another year
        "45 CFR 160.414": 1,
        "45 CFR 160.203(b)": 1,
    }
)
_PLACE = re.compile(r"\{(?P<at>[^|{}]+)\|(?P<first>\d+)\|(?P<last>\d+)(?:\|(?P<wrong>[^{}]+))?\}")


@pytest.fixture(scope="module")
def official() -> OfficialWords:
    parts = [p for n in ("160", "164") for p in parse_ecfr((SHARED / f"official/ecfr/title-45-part-{n}.xml").read_bytes(), n)]
    return OfficialWords([p for part in parts for p in part.paragraphs], "2025-01-26")


def _filled(memo: str, official: OfficialWords) -> str:
    """The memo with the publisher's words in their places."""

    def words(m: re.Match[str]) -> str:
        at = parse(m["at"])
        assert isinstance(at, RuleCitation)
        cut = " ".join((official.get(at) or "").split()[int(m["first"]) - 1 : int(m["last"])]).rstrip(".,;:")
        for change in filter(None, [m["wrong"]]):
            right, _, wrong = change.partition("=")
            assert f" {right} " in cut, cut
            cut = cut.replace(f" {right} ", f" {wrong} ", 1)
        return cut

    return _PLACE.sub(words, memo)


def _rules(checked: tuple[Checked, ...]) -> Iterator[str]:
    for c in checked:
        if c.faulty:
            yield c.cited.normalized


@pytest.mark.shared
def test_every_planted_fault_is_found_and_nothing_else_is_flagged(official: OfficialWords, desk: Desk) -> None:
    checked = check(_filled(MEMO, official), Rulebook(load(), official), official, Bearing.of_edition(desk.retriever.edition))
    assert (len(checked), sum(PLANTED.values())) == (60, 20)
    assert Counter(_rules(checked)) == PLANTED
