"""Letters hold what the rule asks for, cite only what is in the corpus, and accuse nobody."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from pypdf import PdfReader

from bot.__main__ import main
from bot.errors import LetterError
from bot.letters.facts import KINDS, needed
from bot.letters.files import to_docx, to_pdf
from bot.letters.texts import write_letter
from corpus.load import Corpus

BASE = {
    "name": "Ana Núñez",
    "address": ["1 Main St", "Springfield, IL 62701"],
    "to_name": "City Clinic",
    "to_address": ["2 Oak Ave"],
    "written_on": "2026-11-24",
}
FACTS: dict[str, dict[str, Any]] = {
    "access": {"records": "all visits in 2025"},
    "access-third-party": {"records": "all lab results", "recipient": "Dr. Lee", "recipient_address": ["lee@clinic.example"]},
    "denial-review": {"asked_on": "2026-09-01", "denied_on": "2026-09-20"},
    "fee-objection": {"asked_on": "2026-09-01", "fee": "$200"},
    "amendment": {"record": "visit of May 1", "wrong": "smoker", "right": "never smoked", "reason": "I have never smoked"},
    "disagreement": {"asked_on": "2026-07-01", "denied_on": "2026-08-01", "record": "visit of May 1", "statement": "I never smoked."},
    "accounting": {},
    "restriction-cash": {"care": "blood test", "care_on": "2026-11-01", "plan": "Blue Plan"},
    "confidential": {"holder": "provider", "reach_me": "by letter to P.O. Box 5"},
    "ocr-complaint": {
        "about": "City Clinic",
        "happened": "They sent my chart to a neighbor.",
        "happened_on": "May 2026",
        "known_on": "2026-11-01",
    },
}
# What a reader must find in each letter, by the official text.
SAYS = {
    "access": ["164.524(b)(2)(i)", "30 days", "164.524(c)(4)", "all visits in 2025"],
    "access-third-party": ["164.524(c)(3)(ii)", "signed", "electronic health record", "Designated person: Dr. Lee", "lee@clinic.example"],
    "denial-review": ["164.524(a)(4)", "not take part in the denial", "September 20, 2026"],
    "fee-objection": ["164.524(c)(4)", "$200", "postage"],
    "amendment": ["164.526(b)(2)(i)", "60 days", "never smoked", "My reason"],
    "disagreement": ["164.526(d)(2)", "164.526(d)(5)(i)", "I never smoked."],
    "accounting": ["164.528(c)(1)", "60 days", "November 24, 2020", "12 months"],
    "restriction-cash": ["164.522(a)(1)(vi)(B)", "Blue Plan", "paid for in full"],
    "confidential": ["164.522(b)(1)(i)", "164.522(b)(2)(iii)", "P.O. Box 5"],
    "ocr-complaint": ["160.306(b)(3)", "200 Independence Avenue", "November 1, 2026"],
}
ACCUSES = re.compile(r"\b(?:violat\w*|illegal\w*|unlawful\w*|broke the (?:law|rule)|against the law|you failed|breach of)\b", re.IGNORECASE)


def _facts(kind: str, **more: Any) -> dict[str, Any]:
    base = {k: v for k, v in BASE.items() if kind != "ocr-complaint" or not k.startswith("to_")}
    return base | FACTS[kind] | more


@pytest.mark.parametrize("kind", KINDS)
def test_a_letter_says_what_it_must_and_accuses_nobody(kind: str, corpus: Corpus) -> None:
    letter = write_letter(kind, _facts(kind))
    text = letter.text()
    for said in (*SAYS[kind], "Ana Núñez", "1 Main St", "November 24, 2026", "Sincerely,"):
        assert said in text
    assert not ACCUSES.search(text)
    cited = [c for p in letter.paragraphs for c in p.citations]
    assert cited
    for citation in cited:
        assert corpus.provision(citation), citation


@pytest.mark.parametrize("kind", KINDS)
def test_the_word_and_pdf_files_hold_the_whole_letter(kind: str) -> None:
    letter = write_letter(kind, _facts(kind, spanish=True))
    word = Document(io.BytesIO(to_docx(letter)))
    assert "\n\n".join(p.text for p in word.paragraphs) + "\n" == letter.text()
    assert word.core_properties.author == ""
    pages = PdfReader(io.BytesIO(to_pdf(letter))).pages
    printed = re.sub(r"\s+", "", "".join(p.extract_text() for p in pages))
    assert printed == re.sub(r"\s+", "", letter.text())


def test_a_pdf_prints_names_beyond_western_letters_or_says_it_cannot(monkeypatch: pytest.MonkeyPatch) -> None:
    letter = write_letter("access", _facts("access", name="Nguyễn Thị Łucja"))
    monkeypatch.setattr("bot.fonts.FONTS", ())
    with pytest.raises(LetterError, match=r"no font here .* \.docx"):
        to_pdf(letter)
    monkeypatch.undo()
    if Path("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf").exists():
        assert "Łucja" in "".join(p.extract_text() for p in PdfReader(io.BytesIO(to_pdf(letter))).pages)


def test_a_representative_says_so() -> None:
    text = write_letter("access", _facts("access", on_behalf_of="Luis Núñez", authority="parent")).text()
    assert "personal representative of Luis Núñez (parent)" in text
    assert "45 CFR 164.502(g)(1)" in text


def test_a_late_complaint_asks_for_the_waiver() -> None:
    in_time = write_letter("ocr-complaint", _facts("ocr-complaint", known_on="2026-05-28")).text()  # day 180
    late = write_letter("ocr-complaint", _facts("ocr-complaint", known_on="2026-05-27", late_reason="I was in hospital.")).text()
    assert "good cause" not in in_time
    assert "ended on November 23, 2026. I ask you to waive that limit for good cause: I was in hospital." in late


def test_a_plan_must_hear_of_the_danger() -> None:
    with pytest.raises(LetterError, match="endanger"):
        write_letter("confidential", _facts("confidential", holder="plan"))
    text = write_letter("confidential", _facts("confidential", holder="plan", endangered=True)).text()
    assert "164.522(b)(1)(ii)" in text
    assert "164.522(b)(2)(iii)" not in text  # that paragraph binds providers


@pytest.mark.parametrize("kind", KINDS)
def test_each_needed_fact_is_asked_for_by_name(kind: str) -> None:
    for name in needed(kind):
        with pytest.raises(LetterError, match=f"fact '{name}': is missing"):
            write_letter(kind, {k: v for k, v in _facts(kind).items() if k != name})


WRONG: list[tuple[str, dict[str, Any], str]] = [
    ("access", {"color": "red"}, "is no fact of the letter"),
    ("access", {"written_on": "soon"}, "written_on"),
    ("access", {"name": "\u200b"}, "name"),
    ("access", {"on_behalf_of": "Luis"}, "go together"),
    ("access", {"address": ["x"] * 9}, "address"),
    ("denial-review", {"denied_on": "2026-08-01"}, "comes before"),
    ("denial-review", {"denied_on": "2027-08-01"}, "comes after the date of the letter"),
    ("accounting", {"since": "2026-02-01", "until": "2026-01-01"}, "comes before"),
]


@pytest.mark.parametrize(("kind", "more", "said"), WRONG)
def test_facts_that_cannot_be_are_refused_in_one_line(kind: str, more: dict[str, Any], said: str) -> None:
    with pytest.raises(LetterError, match=said) as refused:
        write_letter(kind, _facts(kind, **more))
    assert "\n" not in str(refused.value)


def test_the_command_writes_and_previews(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    facts = tmp_path / "facts.json"
    facts.write_text(json.dumps(_facts("access")), encoding="utf-8")
    for ending, starts in ((".docx", b"PK"), (".pdf", b"%PDF"), (".txt", "Ana Núñez".encode())):
        out = tmp_path / f"letter{ending}"
        assert main(["letter", "access", "--facts", str(facts), "--out", str(out)]) == 0
        assert out.read_bytes().startswith(starts)
    capsys.readouterr()
    assert main(["letter", "access", "--facts", str(facts)]) == 0
    assert capsys.readouterr().out == (tmp_path / "letter.txt").read_text(encoding="utf-8")
    for args, said in (
        (["letter", "access", "--facts", str(facts), "--out", str(tmp_path / "letter.odt")], "wanted one of .txt, .docx, .pdf"),
        (["letter", "access", "--facts", str(facts), "--out", str(tmp_path / "no" / "letter.txt")], "cannot write"),
        (["letter", "access", "--facts", str(tmp_path / "none.json")], "cannot be read"),
        (["letter", "amendment", "--facts", str(facts)], "'record': is missing"),
    ):
        assert main(args) == 1
        err = capsys.readouterr().err
        assert said in err
        assert err.count("\n") == 1
    with pytest.raises(SystemExit) as usage:
        main(["letter", "poem", "--facts", str(facts)])
    assert usage.value.code == 2
