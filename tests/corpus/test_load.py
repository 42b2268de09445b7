"""The corpus loads whole; a wrong file is named with its key; the law's text agrees with the official rows."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from corpus.load import ROOT, Corpus, CorpusError, load
from ingest.inspect import findings
from tests.conftest import SHARED

FIRST_SLICE = ["164.524", "164.526", "164.528", "164.522", "164.502(g)", "160.306", "160.310", "160.316"]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A copy of a small part of the corpus."""
    (tmp_path / "regulation").mkdir()
    for name in ("45-cfr-164.524.yaml", "45-cfr-160.306.yaml"):
        text = (ROOT / "regulation" / name).read_text(encoding="utf-8")
        kept = [line for line in text.splitlines() if not line.strip().startswith("see:") and not line.strip().startswith('- "45 CFR')]
        (tmp_path / "regulation" / name).write_text("\n".join(kept), encoding="utf-8")
    return tmp_path


def test_the_whole_corpus_loads(corpus: Corpus) -> None:
    assert len(corpus.notes) >= 60
    assert len(corpus.glossary) >= 80
    assert "outstanding-balance" in {c.id for c in corpus.cases}


def test_nothing_is_found_by_inspection(corpus: Corpus) -> None:
    assert findings(corpus) == []


FAULTS = [
    ('section: "164.524"', "section: 164.524", "quoted string"),
    ("plain_title:", "plain_titel:", "plain_tit"),
    ('paragraph: "(a)(1)(i)"', 'paragraph: "(a)(1)"', "stands twice"),
    ("provisions:", "provisions: [", "not YAML"),
]


@pytest.mark.parametrize(("was", "becomes", "said"), FAULTS)
def test_a_wrong_file_is_named_with_its_key(root: Path, was: str, becomes: str, said: str) -> None:
    path = root / "regulation" / "45-cfr-164.524.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace(was, becomes, 1), encoding="utf-8")
    with pytest.raises(CorpusError, match=r"164\.524") as raised:
        load(root)
    assert said in str(raised.value)
    assert "\n" not in str(raised.value)


def test_an_empty_folder_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="no corpus files"):
        load(tmp_path)


def test_the_digest_follows_every_byte(root: Path) -> None:
    before = load(root).digest
    path = root / "regulation" / "45-cfr-160.306.yaml"
    path.write_text(path.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    assert load(root).digest != before


def test_a_copy_of_the_corpus_is_the_same_corpus(tmp_path: Path, corpus: Corpus) -> None:
    shutil.copytree(ROOT, tmp_path / "corpus", ignore=shutil.ignore_patterns("__pycache__"))
    assert load(tmp_path / "corpus").digest == corpus.digest


@pytest.mark.shared
def test_the_first_slice_agrees_with_the_official_paragraphs() -> None:
    tool = [sys.executable, str(SHARED / "tools/check_corpus.py"), "--section", *FIRST_SLICE, "--list", "--root", str(ROOT / "regulation")]
    done = subprocess.run(tool, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
