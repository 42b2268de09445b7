"""The official clause beside a plain statement: the right one or none, word for word, at its place, never what is not the law."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.__main__ import render
from bot.answer import Answer, Evidence, Statement, to_json
from bot.clauses import clauses
from bot.export.sheet import lay_out
from bot.ground import ground
from bot.official import OfficialWords
from bot.pipeline import Desk, ask
from bot.quote import Quoter
from bot.settings import BotSettings
from bot.web.render import answer_markdown
from corpus.citation import RuleCitation, parse
from corpus.load import Corpus
from ingest.ecfr import OfficialParagraph, Part, Section
from ingest.embed import LocalEncoder
from ingest.index import build, open_edition
from ingest.official import OfficialText, official_text, sync
from ingest.settings import IngestSettings
from tests.conftest import SHARED, HashEncoder

SEED = "can they withhold records if I owe money?"
DAY = "2030-02-01"

CLAUSES = [
    # a heading says nothing of anybody, and designators are not quoted
    (
        "(b) Replies—(1) Time. (i) The desk must give the reader a plain reply within nine days of the question.",
        ["The desk must give the reader a plain reply within nine days of the question."],
    ),
    # up to an addition, and whole
    (
        "The desk must give the reader a plain reply within nine days, in accordance with paragraph (c) of this section.",
        [
            "The desk must give the reader a plain reply within nine days, in accordance with paragraph (c) of this section.",
            "The desk must give the reader a plain reply within nine days",
        ],
    ),
    # an exception or a condition that is still to come is not cut off
    (
        "The desk must give the reader a plain reply within nine days, as required by law, unless the reader asked for none.",
        ["The desk must give the reader a plain reply within nine days, as required by law, unless the reader asked for none."],
    ),
    # up to a semicolon, but not where what follows turns it
    (
        "The desk may ask the reader for a second look at it; or the reader may ask for one.",
        [
            "The desk may ask the reader for a second look at it; or the reader may ask for one.",
            "The desk may ask the reader for a second look at it",
        ],
    ),
    (
        "The desk may ask the reader for a second look at it; except that nobody has to answer.",
        ["The desk may ask the reader for a second look at it; except that nobody has to answer."],
    ),
    # the rest of a sentence that began above, and what is too short
    ("(A) To find out whether the reader has had a plain reply from the desk; and", []),
    ("(2) The desk may ask.", []),
]


@pytest.mark.parametrize(("text", "wanted"), CLAUSES)
def test_a_clause_reads_on_its_own_and_hides_no_exception(text: str, wanted: list[str]) -> None:
    assert list(clauses(text)) == wanted


def test_no_clause_is_longer_than_a_reader_takes_in() -> None:
    assert clauses(f"The desk must give {'very ' * 50}plain replies.") == ()


def _official(words: dict[str, str]) -> OfficialText:
    """Our own words in the place of official ones."""
    paragraphs = tuple(OfficialParagraph(parse(c), text) for c, text in words.items())
    return OfficialText(DAY, "a test", (Part(45, "164", "", (Section("164.524", "", (), paragraphs),)),), "d1")


def _quoter(corpus: Corpus, index: Path, words: dict[str, str]) -> Quoter:
    build(corpus, HashEncoder(), index, official=_official(words))
    return Quoter(open_edition(index, HashEncoder()))


LIMIT = "The covered entity must act on a request for access no later than 30 days after receipt of the request."
TIME = parse("164.524(b)(2)(i)")
ACTS = Statement(
    "rule",
    "They must act on a request for access no later than 30 days after they receive it.",
    (parse("164.524(b)(2)"),),
    ("regulation/45 CFR 164.524(b)(2)(i)",),
)


def test_the_clause_that_says_the_same_is_quoted_at_its_own_place(small_corpus: Corpus, tmp_path: Path) -> None:
    quoter = _quoter(small_corpus, tmp_path, {"164.524(b)(2)(i)": f"(i) {LIMIT}"})
    (quoted,), (last,) = quoter.quote([ACTS], [])
    assert (quoted.quote, quoted.quote_citation, quoted.quote_date) == (LIMIT, TIME, DAY)
    assert quoted.passage_ids == (*ACTS.passage_ids, "official/45 CFR 164.524(b)(2)(i)")
    assert (last.passage.kind, last.passage.title.endswith(f"official text of {DAY}"), last.rank) == ("official", True, 1)


NOT_QUOTED = [
    ("another paragraph than those cited", replace(ACTS, citations=(parse("164.524(a)(1)"),))),
    ("another number", replace(ACTS, text="They must act on your request for access within 60 days of receiving it.")),
    ("other matters", replace(ACTS, text="A reviewer must be a licensed professional.")),
    ("what to do next", replace(ACTS, role="next_step")),
]


@pytest.mark.parametrize(("why", "statement"), NOT_QUOTED)
def test_no_quotation_rather_than_a_poor_one(why: str, statement: Statement, small_corpus: Corpus, tmp_path: Path) -> None:
    quoter = _quoter(small_corpus, tmp_path, {"164.524(b)(2)(i)": f"(i) {LIMIT}"})
    assert quoter.quote([statement], []) == ((statement,), ()), why


def test_a_permission_is_not_quoted_for_what_is_forbidden(small_corpus: Corpus, tmp_path: Path) -> None:
    quoter = _quoter(
        small_corpus,
        tmp_path,
        {"164.524(b)(2)(i)": "The covered entity may act on a request for access within 30 days of receiving the request."},
    )
    assert quoter.best(replace(ACTS, text="They may not act on a request for access within 30 days of receiving it.")) is None
    assert quoter.best(replace(ACTS, text="They may act on a request for access within 30 days of receiving it.")) is not None


def test_what_was_vacated_is_never_quoted(small_corpus: Corpus, tmp_path: Path) -> None:
    gone = tuple(
        p.model_copy(update={"status": "vacated", "vacated_on": "2025-06-18", "by": "a court"}) if p.citation == TIME else p
        for p in small_corpus.provisions
    )
    quoter = _quoter(replace(small_corpus, provisions=gone, digest="gone"), tmp_path, {"164.524(b)(2)(i)": f"(i) {LIMIT}"})
    assert quoter.quote([ACTS], []) == ((ACTS,), ())


def test_what_a_vacated_rule_had_replaced_is_not_quoted_from_a_text_that_still_prints_it(corpus: Corpus, tmp_path: Path) -> None:
    """164.502(g)(5) is quoted from a text without 164.502(a)(5)(iii), and not from one that has it."""
    own = replace(
        corpus, notes=(), cases=(), outside=(), danger=(), provisions=tuple(p for p in corpus.provisions if p.section == "164.502")
    )
    believes = (
        "The covered entity may elect not to treat a person as the personal representative of an individual who was abused by that person."
    )
    statement = Statement(
        "rule", "They may elect not to treat a person who abused you as your personal representative.", (parse("164.502(g)(5)"),), ("x",)
    )
    words = {"164.502(g)(5)": f"(5) {believes}"}
    assert _quoter(own, tmp_path / "now", words).best(statement) is not None
    printed = {**words, "164.502(a)(5)(iii)(A)": "A covered entity may not do this."}
    assert _quoter(own, tmp_path / "then", printed).best(statement) is None


def test_grounding_drops_a_quotation_that_is_altered_misplaced_or_not_cited(small_corpus: Corpus, tmp_path: Path) -> None:
    quoter = _quoter(
        small_corpus, tmp_path, {"164.524(b)(2)(i)": f"(i) {LIMIT}", "164.524(a)(1)": "Nothing of the kind is said here by us."}
    )
    (quoted,), added = quoter.quote([ACTS], [])
    held = [Evidence(p, n, 0.9) for n, p in enumerate(open_edition(tmp_path, HashEncoder()).passages.values(), 1)]
    assert added[0].passage in [e.passage for e in held]
    assert ground([quoted], held)[0] == (quoted,)
    faults = [
        (replace(quoted, quote=LIMIT.replace("no later than", "about")), "not in the official text"),
        (replace(quoted, quote_citation=parse("164.524(a)(1)")), "does not stand at"),
        (
            replace(quoted, citations=(parse("164.524(a)(1)"),), passage_ids=("regulation/45 CFR 164.524(a)(1)", *quoted.passage_ids)),
            "does not cite",
        ),
    ]
    for statement, reason in faults:
        assert reason in ground([statement], held)[1][0].reason


def test_without_official_text_nothing_is_quoted_and_the_edition_is_the_same(small_corpus: Corpus, tmp_path: Path) -> None:
    plain = build(small_corpus, HashEncoder(), tmp_path).edition
    quoter = Quoter(open_edition(tmp_path, HashEncoder()))
    assert quoter.quote([ACTS], []) == ((ACTS,), ())
    assert build(small_corpus, HashEncoder(), tmp_path, official=None).unchanged
    beside = build(small_corpus, HashEncoder(), tmp_path, official=_official({"164.524(b)(2)(i)": LIMIT}))
    assert beside.edition != plain
    assert beside.embedded == 0


@pytest.fixture(scope="module")
def home(small_corpus: Corpus, encoder: LocalEncoder, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the publisher's text, and an index of one section's notes built beside it."""
    at = tmp_path_factory.mktemp("home")
    settings = IngestSettings(home=at)
    sync(settings.official, small_corpus, SHARED / "official" / "ecfr")
    build(small_corpus, encoder, settings.index, official=official_text(settings.official))
    return at


@pytest.fixture(scope="module")
def quoting(home: Path, encoder: LocalEncoder) -> Iterator[Desk]:
    opened = Desk(IngestSettings(home=home), BotSettings(), encoder)
    yield opened
    opened.retriever.edition.close()


def _asked(desk: Desk, question: str = SEED) -> Answer:
    reply = ask(question, desk)
    assert isinstance(reply, Answer), reply
    return reply


@pytest.mark.shared
def test_the_seed_answer_quotes_the_right_of_access(quoting: Desk) -> None:
    reply = _asked(quoting)
    right = next(s for s in reply.statements if s.quote and s.quote_citation == parse("164.524(a)(1)"))
    assert right.quote is not None
    assert "has a right of access to inspect and obtain a copy" in right.quote
    assert right.quote_date == "2025-01-26"
    told = " ".join(render(reply).split())
    assert f"“{right.quote}” (official text of 2025-01-26, 45 CFR 164.524(a)(1))" in told
    row: dict[str, Any] = json.loads(json.dumps(to_json(reply, id="", ms=0)))
    said = next(s for s in row["statements"] if s["quote"] == right.quote)
    assert (said["quote_citation"], said["quote_date"]) == ("45 CFR 164.524(a)(1)", "2025-01-26")
    assert any(e["kind"] == "official" and right.quote in e["text"] for e in row["evidence"])


@pytest.mark.shared
def test_official_passages_come_after_all_other_evidence(quoting: Desk) -> None:
    reply = _asked(quoting)
    kinds = [e.passage.kind for e in reply.evidence]
    first = kinds.index("official")
    assert set(kinds[first:]) == {"official"}
    assert [e.rank for e in reply.evidence] == list(range(1, len(kinds) + 1))
    sheet = lay_out(reply, OfficialWords())
    assert not any(s.passage.id.startswith("official/") for s in sheet.sources)
    assert "> “" in answer_markdown(sheet)


@pytest.mark.shared
def test_every_quotation_is_verbatim_at_a_paragraph_that_its_statement_cites(home: Path, corpus: Corpus, tmp_path: Path) -> None:
    """Thirty notes' own questions, answered from every sentence that a note has."""
    text = official_text(IngestSettings(home=home).official)
    assert text is not None
    printed: dict[RuleCitation, str] = {}
    for p in text.paragraphs:
        printed[p.citation] = f"{printed.get(p.citation, '')} {p.text}".strip()
    notes = corpus.notes[:: len(corpus.notes) // 30][:30]
    build(replace(corpus, notes=(), cases=(), outside=(), danger=()), HashEncoder(), tmp_path, official=text)
    quoter, seen = Quoter(open_edition(tmp_path, HashEncoder())), 0
    for note in notes:
        said = [Statement("short_answer", note.short_answer, note.citations, ("x",))]
        said += [Statement("rule", p.text, p.citations, ("x",)) for p in note.why]
        quoted = [s for s in quoter.quote(said, [])[0] if s.quote]
        assert len(quoted) <= 3
        for s in quoted:
            assert s.quote_citation is not None
            assert s.quote in printed[s.quote_citation]
            assert any(isinstance(c, RuleCitation) and c.contains(s.quote_citation) for c in s.citations)
            assert 8 <= len(str(s.quote).split()) <= 45
        seen += len(quoted)
    assert seen >= 10
