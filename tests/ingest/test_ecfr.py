"""Official paragraphs: the level of each solved, definitions by their term, nothing lost, nothing hostile obeyed."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from ingest.depth import PARAGRAPH, Designator, roman, solve
from ingest.ecfr import OfficialTextError, Part, parse
from tests.conftest import SHARED

ECFR = SHARED / "official" / "ecfr"


def _section(*paragraphs: str, heading: str = "§ 164.900 Made up.") -> Part:
    body = "".join(f"<P>{p}</P>" for p in paragraphs)
    xml = f'<DIV5 N="164" TYPE="PART"><HEAD>PART 164</HEAD><DIV8 N="164.900"><HEAD>{heading}</HEAD>{body}</DIV8></DIV5>'
    return parse(xml.encode())[0]


@pytest.mark.parametrize(
    ("printed", "wanted"),
    [
        ("a b c d e f g h i j", "(h) (i) (j)"),  # after (h), (i) is a letter
        ("a 1 2 i ii b", "(a)(2)(i) (a)(2)(ii) (b)"),  # after (2), (i) is a numeral
        ("a b c d e f g h 1 2 i 1 2", "(i) (i)(1) (i)(2)"),  # no (ii) follows, and (1) does: the ninth letter
        ("a 1 i A 1 2 B 2", "(a)(1)(i)(A)(2) (a)(1)(i)(B) (a)(2)"),
        ("a 1 A B", "(a)(1) (a)(1)(A) (a)(1)(B)"),  # a level left out, as in 164.404(c)(1)
    ],
)
def test_solves_the_level_from_what_stands_around_it(printed: str, wanted: str) -> None:
    places = [p.path for p in solve([Designator(d) for d in printed.split()])]
    assert " ".join("".join(f"({d})" for d in p) for p in places).endswith(wanted)


def _sign(kind: str, n: int) -> str:
    return {"letter": chr(96 + n), "upper": chr(64 + n), "roman": roman(n), "number": str(n)}[kind]


@st.composite
def nestings(draw: st.DrawFn, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """A legal nesting: every level has two paragraphs or more, and letters stop where only the end of a section could tell (v) from (v)."""
    kind, paths = PARAGRAPH[len(path)], []
    for n in range(1, draw(st.integers(2, 12 if not path else 4)) + 1):
        here = (*path, _sign(kind, n))
        paths.append(here)
        if len(here) < len(PARAGRAPH) and draw(st.integers(0, 3)) == 0:
            paths += draw(nestings(here))
    return paths


@settings(deadline=None)
@given(nestings())
def test_any_legal_nesting_comes_back_from_its_printed_designators(paths: list[tuple[str, ...]]) -> None:
    run = [Designator(p[-1], italic=len(p) > 4) for p in paths]
    assert [p.path for p in solve(run)] == paths


@settings(deadline=None)
@given(st.lists(st.sampled_from(["a", "b", "i", "ii", "v", "A", "B", "1", "2", "9", "zz"]), max_size=30))
def test_any_run_of_designators_gets_a_place_each(run: list[str]) -> None:
    places = solve([Designator(d) for d in run])
    assert len(places) == len(run)
    assert all(p.path[-1] == d for p, d in zip(places, run, strict=True) if p.placed)


def test_reads_designators_that_follow_a_heading_and_reserved_ranges() -> None:
    part = _section("(a) <I>Standard</I>—(1) <I>Rule.</I> (i) One.", "(ii) Two.", "(b)-(d) [Reserved]", "(e)(1) Three.", "(2) Four.")
    assert [p.citation.paragraph for p in part.paragraphs] == ["(a)(1)(i)", "(a)(1)(ii)", "(b)", "(e)(1)", "(e)(2)"]


def test_definitions_are_cited_by_their_italic_term_with_its_parts() -> None:
    part = _section("Terms:", "<I>Desk</I> means:", "(1) A table.", "(i) Of wood.", "<I>Chair</I> means a seat.", heading="Definitions.")
    assert [str(p.citation)[7:] for p in part.paragraphs] == [
        "164.900",
        '164.900 "Desk"',
        '164.900 "Desk"(1)',
        '164.900 "Desk"(1)(i)',
        '164.900 "Chair"',
    ]


def test_terms_defined_inside_a_paragraph_give_way_to_the_next_letter() -> None:
    part = _section("(a) As used in this section:", "<I>Desk</I> means:", "(1) A table.", "(b) A rule.")
    assert [str(p.citation)[7:] for p in part.paragraphs][1:] == ['164.900 "Desk"', '164.900 "Desk"(1)', "164.900(b)"]


def test_an_unlettered_paragraph_goes_on_from_the_one_before() -> None:
    part = _section("(a) The notice says:", "“Read me.”", "(b) Next.")
    assert [str(p) for p in part.paragraphs] == ["45 CFR 164.900(a)", "45 CFR 164.900(a) (continued)", "45 CFR 164.900(b)"]


@pytest.mark.shared
@pytest.mark.parametrize("number", ["160", "164"])
def test_every_paragraph_of_the_rule_stands_under_its_citation(number: str) -> None:
    rows = [json.loads(line) for line in (SHARED / "official" / "cfr" / f"part{number}.jsonl").read_text().splitlines()]
    (part,) = parse((ECFR / f"title-45-part-{number}.xml").read_bytes())
    assert (part.title, part.number) == (45, number)
    assert [(str(p), p.text) for p in part.paragraphs] == [(r["citation"], " ".join(r["text"].split())) for r in rows]


def _words(part: Part) -> str:
    said, above = [part.heading, *part.notes], set()
    for s in part.sections:
        said += [s.above[i] for i in range(len(s.above)) if s.above[: i + 1] not in above]
        above |= {s.above[: i + 1] for i in range(len(s.above))}
        said += [s.heading, *s.notes, *(p.text for p in s.paragraphs)]
    return "".join(said)


@pytest.mark.shared
@pytest.mark.parametrize("path", [*ECFR.glob("*.xml"), *ECFR.glob("samples/*.xml")], ids=lambda p: p.name)
def test_no_character_of_a_versioner_file_is_lost(path: Path) -> None:
    data = path.read_bytes()
    whole = [Counter("".join("".join(e.itertext()).split())) for e in etree.fromstring(data).iter("DIV5")]
    assert [Counter("".join(_words(part).split())) for part in parse(data)] == whole


@pytest.mark.shared
@pytest.mark.parametrize("path", sorted((SHARED / "attacks" / "generated_bombs").glob("*.xml")), ids=lambda p: p.name)
def test_xml_built_to_hurt_is_refused_in_one_line(path: Path) -> None:
    with pytest.raises(OfficialTextError) as refused:
        parse(path.read_bytes(), path.name)
    assert path.name in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.shared
def test_no_line_of_the_xml_attack_lists_gets_through() -> None:
    lines = [line for p in sorted((SHARED / "attacks" / "xml").glob("*.txt")) for line in p.read_bytes().splitlines()]
    assert len(lines) > 50
    for line in lines:
        with pytest.raises(OfficialTextError):
            parse(line)


def test_an_entity_is_not_read_even_inside_a_good_part(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("canary")
    doc = f'<!DOCTYPE r [<!ENTITY x SYSTEM "{secret.as_uri()}">]><DIV5 N="164"><DIV8 N="164.1"><P>&x;</P></DIV8></DIV5>'
    with pytest.raises(OfficialTextError, match="document type"):
        parse(doc.encode())


def test_too_many_bytes_are_refused() -> None:
    with pytest.raises(OfficialTextError, match="wanted at most 10"):
        parse(b"<DIV5></DIV5>", max_bytes=10)
