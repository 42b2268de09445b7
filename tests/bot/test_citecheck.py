"""Faults planted in a draft are found; what is right is left alone."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from functools import cache
from pathlib import Path

import pytest

from bot.cite.check import Checked, check, to_json
from bot.cite.draft import decode, read_draft
from bot.cite.quotes import compare, is_verbatim
from bot.cite.report import to_docx, to_html
from bot.cite.rulebook import Rulebook
from bot.official import OfficialWords
from corpus.citation import RuleCitation
from corpus.load import load
from ingest.confined import DocumentError, Limits
from ingest.ecfr import parse
from ingest.settings import CHECKOUT
from tests.conftest import SHARED


@pytest.fixture(scope="session")
def official() -> OfficialWords:
    """The publisher's text, as `sync --from` would keep it."""
    parts = [p for n in ("160", "164") for p in parse((SHARED / f"official/ecfr/title-45-part-{n}.xml").read_bytes(), n)]
    return OfficialWords([p for part in parts for p in part.paragraphs], "2025-01-26")


MADE_UP = "The clerk may keep a list of the visitors, and an officer must sign it “in ink” each day."
QUOTES = [
    ("The clerk may keep a list of the visitors", True),
    ("[t]he clerk may keep a list", True),  # a changed capital, marked
    ("the clerk may keep a list", False),  # and not marked
    ("The clerk may keep a list . . . each day.", True),
    ("The clerk may keep … an officer must sign it", True),
    ("an officer must sign it 'in ink' each day", True),
    ("[he] must sign it", True),
    ("The clerk must keep a list of the visitors", False),
    ("each day . . . The clerk may keep", False),  # pieces in another order
    ("The clerk may keep a list of visitors", False),
]


@pytest.mark.parametrize(("quote", "wanted"), QUOTES)
def test_quotations_are_held_to_the_words_as_the_bluebook_allows(quote: str, wanted: bool) -> None:
    assert is_verbatim(quote, MADE_UP) is wanted
    assert bool(compare(quote, MADE_UP)) is not wanted


def test_a_swapped_may_and_must_is_shown_as_a_change_of_duty() -> None:
    (difference,) = compare("The clerk must keep a list of the visitors", MADE_UP)
    assert (difference.written, difference.official, difference.duty) == ("must", "may", True)


@cache
def _rulebook(official: OfficialWords | None) -> Rulebook:
    return Rulebook(load(), official)


def _check(text: str, official: OfficialWords | None = None) -> tuple[Checked, ...]:
    return check(text, _rulebook(official), official or OfficialWords())


STATUS = [
    ("45 CFR 164.524(c)(4)", "exists"),
    ("45 CFR 164.524(q)", "no_such_paragraph"),
    ("45 CFR 164.599", "no_such_section"),
    ("45 CFR 164.509(a)(1)", "vacated"),
    ("45 CFR 164.502(a)(5)(iii)", "vacated"),
    ("45 CFR 164.502(a)(5)", "exists"),
    ("42 CFR 2.31", "outside_corpus"),
    ("42 U.S.C. § 1320d-5", "outside_corpus"),
    ('45 CFR 160.103 "Health wizard"(1)', "no_such_paragraph"),
]


@pytest.mark.parametrize(("written", "status"), STATUS)
def test_the_status_of_a_citation(written: str, status: str) -> None:
    (found,) = _check(f"See {written}.")
    assert found.status == status
    assert bool(found.nearest) is status.startswith("no_such")


def test_without_official_text_a_quotation_is_said_to_be_unchecked() -> None:
    (found,) = _check("“Some words that may be anyone's,” 45 CFR 164.524(a)(1).")
    assert [q.verbatim for q in found.quotes] == [None]
    assert "could not be checked" in found.notes[-1]


def test_the_json_keeps_the_contract() -> None:
    (row,) = to_json(_check("See 45 CFR 164.524(c)(4)."))["citations"]
    contract = ["as_written", "start", "end", "normalized", "bluebook", "status", "nearest", "text", "bears_on", "better", "quotes", "note"]
    assert set(contract) <= set(row)
    assert (row["start"], row["end"], row["bluebook"]) == (4, 24, "45 C.F.R. § 164.524(c)(4) (2025)")


def _cite(*args: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([sys.executable, "-m", "bot", "cite", *args], cwd=CHECKOUT, input=given, capture_output=True, check=False)


def test_the_command_reads_standard_input_and_files(tmp_path: Path) -> None:
    done = _cite("-", "--json", given="See § 164.524(q).".encode())
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["citations"][0]["status"] == "no_such_paragraph"
    refused = _cite(str(tmp_path / "absent.txt"))
    assert (refused.returncode, refused.stdout, refused.stderr.count(b"\n")) == (1, b"", 1)


def test_a_marked_draft_is_escaped_and_a_word_file_is_read_back(tmp_path: Path) -> None:
    raw = "<script>alert(1)</script> See 45 CFR 164.524(q)."
    checked = _check(raw)
    assert "<script>" not in to_html(raw, checked)
    assert '<mark class="fault"' in to_html(raw, checked)
    (tmp_path / "marked.docx").write_bytes(to_docx(raw, checked))
    assert read_draft(tmp_path / "marked.docx").strip() == raw


def test_a_packed_bomb_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "bomb.docx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as z:
        z.writestr("word/document.xml", b" " * (65 * 2**20))
    with pytest.raises(DocumentError, match="unpacks to"):
        read_draft(path)


@pytest.mark.parametrize("data", [b"", b"  \n", b"%PDF-1.4", b"a\0b"])
def test_what_is_no_draft_is_refused(data: bytes) -> None:
    with pytest.raises(DocumentError):
        decode(data)


@pytest.mark.shared
def test_planted_faults_in_quotations_are_found(official: OfficialWords) -> None:
    words = official.get(RuleCitation("164.524", ("b", "1"))) or ""
    start = words.index("The covered entity must permit")
    right = words[start : start + 60].rsplit(" ", 1)[0]
    wrong = right.replace("must", "may")
    draft = f"“{right}” 45 CFR 164.524(b)(1). “{wrong}” 45 CFR 164.524(b)(1). “{right}” 45 CFR 164.526(b)(1)."
    first, swapped, moved = _check(draft, official)
    assert [c.quotes[0].verbatim for c in (first, swapped)] == [True, False]
    assert [(d.written, d.official, d.duty) for d in swapped.quotes[0].differences] == [("may", "must", True)]
    if moved.quotes[0].verbatim is False:
        assert "45 CFR 164.524(b)(1)" in map(str, moved.quotes[0].found_at)


HOSTILE = ["nest_1GB.pdf", "ops_92MB.pdf", "shared_440KBx300.pdf"]


@pytest.mark.shared
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_pdfs_are_refused_in_one_line(name: str) -> None:
    with pytest.raises(DocumentError) as refused:
        read_draft(SHARED / "attacks/generated_bombs" / name, Limits(cpu_seconds=5, wall_seconds=10))
    assert "\n" not in str(refused.value)


@pytest.mark.shared
def test_naughty_strings_are_harmless() -> None:
    for raw in json.loads((SHARED / "attacks/unicode/blns.json").read_text(encoding="utf-8")):
        text = f"{raw} 45 CFR 164.524(a)(1)"
        assert any(c.status == "exists" for c in _check(text))
