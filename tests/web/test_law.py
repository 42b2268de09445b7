"""The rule's own pages: every paragraph has a link of its own, both texts, and what rests on it."""

from __future__ import annotations

import re

import pytest

from bot.official import OfficialWords
from bot.web.law import contents_page, link, section_page, where
from corpus.citation import parse
from corpus.load import Corpus
from ingest.ecfr import parse as parse_ecfr
from tests.conftest import SHARED


@pytest.mark.parametrize(
    ("asked", "target"),
    [
        ("164.524(c)(4)(i)", "/law/164.524#c-4-i"),
        ("45 C.F.R. § 164.524(c)(4)(i)", "/law/164.524#c-4-i"),
        ("164.524", "/law/164.524"),
        ("164.999", None),
        ("fees for copies", None),
    ],
)
def test_a_citation_leads_to_its_paragraph(asked: str, target: str | None, corpus: Corpus) -> None:
    assert where(asked, corpus) == target


def test_every_paragraph_stands_once_under_its_own_link(corpus: Corpus) -> None:
    for section in {p.section for p in corpus.provisions}:
        page = section_page(section, corpus, OfficialWords())
        assert page is not None
        ids = re.findall(r'<section class="paragraph" id="([^"]*)"', page)
        wanted = [link(p.citation).partition("#")[2] for p in corpus.provisions if p.section == section]
        assert ids == wanted
        assert len(set(ids)) == len(ids)


def test_there_is_no_page_for_a_section_that_is_not(corpus: Corpus) -> None:
    assert section_page("164.999", corpus, OfficialWords()) is None


def test_what_is_asked_is_escaped(corpus: Corpus) -> None:
    page = contents_page(corpus, OfficialWords(), '"><script>alert(1)</script>')
    assert "<script>" not in page


@pytest.mark.shared
def test_the_official_words_stand_beside_the_plain_ones(corpus: Corpus) -> None:
    (part,) = parse_ecfr((SHARED / "official/ecfr/title-45-part-164.xml").read_bytes(), "164")
    official = OfficialWords(part.paragraphs, "2025-01-26")
    page = section_page("164.524", corpus, official) or ""
    assert page.count("<blockquote") > 30
    assert "Official text, 2025-01-26" in page
    assert official.get(parse("164.524(c)(4)(i)"))
