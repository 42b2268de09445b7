"""An answer taken away as a file says what the page says: the same words, sources, citations and dates."""

from __future__ import annotations

import io
import os
from pathlib import Path

import docx
import pypdf
import pytest

from bot.answer import Answer, Reply
from bot.errors import ExportError
from bot.export.files import save, to_docx, to_markdown, to_pdf
from bot.export.sheet import Sheet, lay_out
from bot.official import OfficialWords
from bot.pipeline import Desk, ask
from bot.web.render import answer_markdown, safe, sources_markdown
from corpus.citation import CaseCitation, parse
from ingest.ecfr import OfficialParagraph

QUESTION = "can they withhold <b>my</b> *records* if I owe money?"
WORDS = "A fee that is “reasonable” & cost-based — § 164.524(c)(4)"
OFFICIAL = OfficialWords([OfficialParagraph(parse("164.524(c)(4)"), WORDS)], "2025-01-26")


@pytest.fixture(scope="module")
def reply(desk: Desk) -> Reply:
    return ask(QUESTION, desk)


@pytest.fixture(scope="module")
def sheet(reply: Reply) -> Sheet:
    return lay_out(reply, OFFICIAL)


def _read_docx(data: bytes) -> str:
    return "\n".join(p.text for p in docx.Document(io.BytesIO(data)).paragraphs)


def _read_pdf(data: bytes) -> str:
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(data)).pages)


def _letters(text: str) -> str:
    """Without spaces, since each form breaks its lines elsewhere, and without Markdown's marks."""
    return "".join(text.split()).replace("\\", "").replace("*", "").replace("&amp;", "&")


READ = {".md": lambda data: data.decode(), ".docx": _read_docx, ".pdf": _read_pdf}
MAKE = {".md": to_markdown, ".docx": to_docx, ".pdf": to_pdf}


@pytest.fixture(scope="module", params=[".md", ".docx", ".pdf"])
def text(request: pytest.FixtureRequest, sheet: Sheet) -> str:
    """What a reader of each file reads."""
    return _letters(READ[request.param](MAKE[request.param](sheet)))


def test_every_statement_stands_in_the_file_and_on_the_page(text: str, sheet: Sheet, reply: Reply) -> None:
    assert isinstance(reply, Answer)
    page = _letters(answer_markdown(sheet))
    for statement in reply.statements:
        assert _letters(statement.text) in text
        assert _letters(safe(statement.text)) in page


def test_every_source_stands_in_the_file_with_its_bluebook_citation(text: str, sheet: Sheet) -> None:
    pane = _letters(sources_markdown(sheet))
    assert len(sheet.sources) > 5
    for source in sheet.sources:
        citation = source.passage.citations[0]
        printed = str(citation) if isinstance(citation, CaseCitation) else f"45 C.F.R. § {citation.section}{citation.paragraph} (2025)"
        assert _letters(f"{source.number}. {printed}") in text
        assert _letters(source.passage.text) in text
        assert _letters(source.passage.url) in text
        assert _letters(f"{source.number}. {safe(str(citation))}") in pane


def test_the_file_says_whose_words_and_of_when(text: str, sheet: Sheet, reply: Reply) -> None:
    assert _letters(f"Plain-language text, written by us, law as of {reply.as_of}") in text
    assert _letters("Official text, 2025-01-26:") + _letters(f"“{WORDS}”") in text
    quoted = [line for line in (sheet.first, *(line for s in sheet.sections for line in s.lines)) if line.quote]
    assert text.count("Officialtext") == 1 + len(quoted)  # no other paragraph has official words here
    assert all(_letters(f"“{line.quote}” ({line.quoted_from}, {line.quoted_at})") in text for line in quoted)
    dated = f"Law as of {reply.as_of}, plain-language edition {reply.edition}."
    assert _letters(dated) in text
    assert _letters(dated) in _letters(answer_markdown(sheet))
    assert _letters("This is general information on federal privacy rules, not advice on your case") in text


def test_the_question_stands_in_the_file_as_typed(text: str) -> None:
    assert _letters(f"You asked: {QUESTION}") in text


def test_a_question_makes_no_markup_in_markdown(sheet: Sheet) -> None:
    assert r"\<b\>my\</b\> \*records\*" in to_markdown(sheet).decode()


def test_word_has_real_headings_and_no_maker(sheet: Sheet) -> None:
    document = docx.Document(io.BytesIO(to_docx(sheet)))
    styles = [p.style.name for p in document.paragraphs if p.style]
    assert styles.count("Heading 1") == 1
    assert styles.count("Heading 3") == len(sheet.sources)
    assert (document.core_properties.author, document.core_properties.last_modified_by) == ("", "")


def test_an_abstention_says_who_can_help(desk: Desk) -> None:
    reply = ask("How do I appeal a Medicare coverage denial?", desk)
    sheet = lay_out(reply, OfficialWords())
    for ending, make in MAKE.items():
        text = _letters(READ[ending](make(sheet)))
        assert _letters("Who can help") in text
        assert _letters("You asked: How do I appeal a Medicare coverage denial?") in text


def test_what_it_depends_on_comes_before_what_to_do_where_no_yes_or_no_is_said(desk: Desk) -> None:
    unsure = lay_out(ask("Can I get my teenager's records?", desk), OfficialWords())
    assert not unsure.word
    titles = [s.title for s in unsure.sections]
    assert titles.index("Exceptions and limits") < titles.index("What you can do")


def test_a_sure_answer_goes_from_the_rule_to_the_case_to_what_to_do(sheet: Sheet) -> None:
    assert sheet.word == "No"
    assert [s.title for s in sheet.sections] == [
        "Why: the rule",
        "What OCR did in a case like this",
        "What you can do",
        "Exceptions and limits",
    ]


@pytest.mark.parametrize(
    ("name", "fault"), [("answer.odt", "wanted one of .md, .docx, .pdf"), ("no/such/folder/a.md", "wanted a file in a folder")]
)
def test_a_file_that_cannot_be_written_is_one_line(name: str, fault: str, sheet: Sheet, tmp_path: Path) -> None:
    with pytest.raises(ExportError, match=fault):
        save(sheet, tmp_path / name)


def test_the_command_writes_the_file_it_is_asked_for(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from bot.__main__ import main

    mask = os.umask(0o022)  # the programs set their own
    try:
        assert main(["ask", QUESTION, "--out", str(tmp_path / "answer.md")]) == 0
        assert main(["ask", QUESTION, "--out", str(tmp_path / "answer.odt")]) == 1
    finally:
        os.umask(mask)
    assert "wanted one of .md" in capsys.readouterr().err
    assert "A provider or health plan may not hold back" in (tmp_path / "answer.md").read_text()
    with pytest.raises(SystemExit, match="2"):
        main(["ask", "--out", "answer.md"])
