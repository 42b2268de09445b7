"""The official text: fetched or taken from a folder, kept whole or not at all, and every change named with what rests on it."""

from __future__ import annotations

import json
import random
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from corpus.errors import PatientRightsError
from corpus.load import Corpus
from ingest.fetch import FetchError, Policy, fetch, is_public
from ingest.official import OfficialTextError, official_text, sync
from ingest.publisher import Publisher, publisher
from ingest.settings import CHECKOUT
from tests.conftest import SHARED

DAY, LATER = "2025-01-26", "2025-03-01"
Edits = dict[str, str | None]


def _part(corpus: Corpus, part: str, edits: Edits) -> bytes:
    """A part in the versioner's layout, in our own plain words; an edit gives a paragraph new words, None takes it out."""
    sections: dict[str, list[str]] = {}
    before: tuple[str, ...] = ()
    texts: Edits = {str(p.citation): p.text for p in corpus.provisions if p.section.startswith(part)} | {
        c: t for c, t in edits.items() if c.startswith(f"45 CFR {part}")
    }
    for citation, text in texts.items():
        if text is None:
            continue
        section, *path = re.findall(r"[\w.]+", citation.removeprefix("45 CFR "))
        same = 0
        if section in sections:
            while same < min(len(path), len(before)) and path[same] == before[same]:
                same += 1
        before = tuple(path)
        signs = "".join(f"({d})" for d in path[same:])
        sections.setdefault(section, []).append(f"<P>{signs} {escape(text)}</P>")
    body = "".join(f'<DIV8 N="{s}" TYPE="SECTION"><HEAD>§ {s} Title.</HEAD>{"".join(ps)}</DIV8>' for s, ps in sections.items())
    return f'<?xml version="1.0"?><DIV5 N="{part}" TYPE="PART"><HEAD>PART {part}</HEAD>{body}</DIV5>'.encode()


def _folder(at: Path, corpus: Corpus, day: str = DAY, edits: Edits | None = None) -> Path:
    at.mkdir(parents=True)
    for part in ("160", "164"):
        (at / f"title-45-part-{part}.xml").write_bytes(_part(corpus, part, edits or {}))
    (at / "manifest.json").write_text(json.dumps({"date": day}))
    return at


@pytest.fixture
def root(tmp_path: Path, small_corpus: Corpus) -> Path:
    """A home that keeps the text of DAY."""
    sync(tmp_path / "official", small_corpus, _folder(tmp_path / "first", small_corpus))
    return tmp_path / "official"


Answer = Callable[[BaseHTTPRequestHandler, bytes], None]


def _whole(handler: BaseHTTPRequestHandler, body: bytes) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)


class Versioner:
    """A server on this machine with the versioner's paths; `answer` says how a part is sent."""

    def __init__(self, corpus: Corpus) -> None:
        self.answer: Answer = _whole
        self.asked: list[tuple[str, str]] = []
        self.day = LATER
        self.parts = {p: _part(corpus, p, {}) for p in ("160", "164")}
        self.stop = threading.Event()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.asked.append((self.path, self.headers.get("Range", "")))
                if self.path == "/api/versioner/v1/titles.json":
                    _whole(self, json.dumps({"titles": [{"number": 45, "up_to_date_as_of": outer.day}]}).encode())
                elif m := re.fullmatch(rf"/api/versioner/v1/full/{outer.day}/title-45\.xml\?part=(160|164)", self.path):
                    outer.answer(self, outer.parts[m[1]])
                else:
                    self.send_error(404)

            def log_message(self, format: str, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}"

    def publisher(self) -> Publisher:
        named = publisher(self.url)
        return replace(named, policy=replace(named.policy, timeout=0.3, attempts=2, pause=0))


@pytest.fixture
def versioner(small_corpus: Corpus) -> Iterator[Versioner]:
    v = Versioner(small_corpus)
    yield v
    v.stop.set()
    v.server.shutdown()
    v.server.server_close()


def test_the_newest_date_is_asked_for_first_and_its_text_is_put_in_force(root: Path, small_corpus: Corpus, versioner: Versioner) -> None:
    report = sync(root, small_corpus, versioner.publisher())
    assert versioner.asked[0][0].endswith("/titles.json")
    text = official_text(root)
    assert text is not None
    assert (text.date, text.digest) == (LATER, report.text.digest)
    assert report.changes.changes == ()
    assert sorted(p.name for p in root.iterdir()) == [DAY, LATER, "CURRENT", "build.lock"]


def test_a_second_sync_of_the_same_text_changes_nothing(root: Path, small_corpus: Corpus, tmp_path: Path) -> None:
    kept = (root / DAY / "manifest.json").read_bytes()
    assert sync(root, small_corpus, tmp_path / "first").unchanged
    assert (root / DAY / "manifest.json").read_bytes() == kept


def test_the_same_day_with_other_words_gets_a_folder_of_its_own(root: Path, small_corpus: Corpus, tmp_path: Path) -> None:
    sync(root, small_corpus, _folder(tmp_path / "again", small_corpus, DAY, {"45 CFR 164.524(a)(1)": "New words."}))
    assert (root / "CURRENT").read_text().strip().startswith(f"{DAY}-")


def _hangs(v: Versioner) -> Answer:
    return lambda handler, body: v.stop.wait(20) and None


def _truncates(v: Versioner) -> Answer:
    def answer(handler: BaseHTTPRequestHandler, body: bytes) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body[: len(body) // 2])

    return answer


def _cuts_without_saying(v: Versioner) -> Answer:
    return lambda handler, body: _whole(handler, body[: len(body) // 2])


def _half(v: Versioner) -> Answer:
    return lambda handler, body: _whole(handler, re.sub(rb"(<P>.*?</P>)<P>.*?</P>", rb"\1", body))


def _wrong_part(v: Versioner) -> Answer:
    return lambda handler, body: _whole(handler, v.parts["160"])


def _other_title(v: Versioner) -> Answer:
    meta = b'<DIV5 hierarchy_metadata="{&quot;path&quot;:&quot;/on/x/title-42/part-160&quot;}" '
    return lambda handler, body: _whole(handler, body.replace(b"<DIV5 ", meta))


def _redirects(v: Versioner) -> Answer:
    def answer(handler: BaseHTTPRequestHandler, body: bytes) -> None:
        handler.send_response(302)
        handler.send_header("Location", "http://169.254.169.254/latest/meta-data/")
        handler.end_headers()

    return answer


def _fails(v: Versioner) -> Answer:
    return lambda handler, body: handler.send_error(500)


def _floods(v: Versioner) -> Answer:
    return lambda handler, body: _whole(handler, b"x" * (9 * 1024 * 1024))


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        (_hangs, "no answer within 0.3 s"),
        (_truncates, "broke off"),
        (_cuts_without_saying, "not well-formed"),
        (_half, "wanted at least 90%"),
        (_wrong_part, "wanted title 45 part 164"),
        (_other_title, "found title 42 part 160"),
        (_redirects, "169.254.169.254"),
        (_fails, "answered 500 (tried 2 times)"),
        (_floods, "wanted at most 8388608"),
    ],
)
def test_a_faulty_server_is_one_line_and_the_old_text_stays(
    root: Path, small_corpus: Corpus, versioner: Versioner, fault: Callable[[Versioner], Answer], says: str
) -> None:
    before = official_text(root)
    versioner.answer = fault(versioner)
    with pytest.raises(PatientRightsError) as failure:
        sync(root, small_corpus, versioner.publisher())
    assert says in str(failure.value)
    assert "\n" not in str(failure.value)
    assert official_text(root) == before
    assert sorted(p.name for p in root.iterdir()) == [DAY, "CURRENT", "build.lock"]


def test_a_download_that_broke_off_is_taken_up_where_it_was(root: Path, small_corpus: Corpus, versioner: Versioner) -> None:
    def answer(handler: BaseHTTPRequestHandler, body: bytes) -> None:
        m = re.fullmatch(r"bytes=(\d+)-", handler.headers.get("Range", ""))
        start = int(m[1]) if m and handler.headers.get("If-Range") == '"v1"' else 0
        handler.send_response(206 if start else 200)
        handler.send_header("ETag", '"v1"')
        handler.send_header("Accept-Ranges", "bytes")
        handler.send_header("Content-Length", str(len(body) - start))
        if start:
            handler.send_header("Content-Range", f"bytes {start}-{len(body) - 1}/{len(body)}")
        handler.end_headers()
        handler.wfile.write(body[start:] if start else body[: len(body) // 2])

    filler = b"<!--" + b"x" * 400_000 + b"-->"  # longer than what is read at a time
    versioner.parts = {p: body + filler for p, body in versioner.parts.items()}
    versioner.answer = answer
    sync(root, small_corpus, versioner.publisher())
    assert len([1 for _, span in versioner.asked if span]) == 2
    assert (root / LATER / "title-45-part-164.xml").read_bytes() == versioner.parts["164"]


def test_an_older_text_than_the_one_kept_is_not_taken_from_a_server(root: Path, small_corpus: Corpus, versioner: Versioner) -> None:
    versioner.day = "2024-01-01"
    with pytest.raises(OfficialTextError, match="older than that of 2025-01-26"):
        sync(root, small_corpus, versioner.publisher())


@pytest.mark.parametrize(
    "url",
    [
        "http://www.ecfr.gov/x",
        "https://www.ecfr.gov:8443/x",
        "https://user@www.ecfr.gov/x",
        "https://www.ecfr.gov.example.com/x",
        "https://example.com/x",
        "https://169.254.169.254/x",
        "https://2852039166/x",
        "https://[::ffff:169.254.169.254]/x",
        "http://127.0.0.1:9/x",
        "file:///etc/passwd",
        "https://[",
    ],
)
def test_nothing_off_the_list_is_asked(url: str, tmp_path: Path) -> None:
    with pytest.raises(FetchError):
        fetch(url, tmp_path / "out", Policy(("www.ecfr.gov",)))
    assert not (tmp_path / "out").exists()


def test_a_listed_name_that_leads_inside_is_not_asked(tmp_path: Path) -> None:
    with pytest.raises(FetchError, match="not a public address"):
        fetch("https://localhost/x", tmp_path / "out", Policy(("localhost",)))


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("8.8.8.8", True),
        ("2600:1f18::1", True),
        ("10.0.0.1", False),
        ("100.64.0.1", False),  # shared
        ("169.254.169.254", False),
        ("fe80::1%eth0", False),
        ("fd00::1", False),
        ("::ffff:10.0.0.1", False),  # wrapped
        ("2002:a9fe:a9fe::1", False),  # 6to4 of 169.254.169.254
        ("64:ff9b::a9fe:a9fe", False),  # NAT64 of the same
        ("224.0.0.1", False),
    ],
)
def test_knows_which_addresses_are_public(address: str, public: bool) -> None:
    assert is_public(address) is public


@pytest.mark.parametrize(
    "base", ["http://10.0.0.1:80", "http://localhost.example.com", "https://example.com", "ftp://127.0.0.1", "https://["]
)
def test_another_base_must_be_listed_or_on_this_machine(base: str) -> None:
    with pytest.raises(FetchError, match="PATIENT_RIGHTS_OFFICIAL_URL"):
        publisher(base)


def test_the_report_names_exactly_what_changed_and_what_rests_on_it(root: Path, small_corpus: Corpus, tmp_path: Path) -> None:
    texts = {str(p.citation): p.text for p in small_corpus.provisions}
    added, last = "45 CFR 160.306(e)", "45 CFR 164.524(e)(2)"
    assert added not in texts
    assert last in texts
    edits: Edits = {
        "45 CFR 164.524(a)(1)": texts["45 CFR 164.524(a)(1)"] + " Truly.",
        "45 CFR 164.524(b)(2)(i)": "Fifteen days.",
        "45 CFR 160.203(a)": "Other words.",
        added: "A new paragraph.",
        last: None,
    }
    changes = sync(root, small_corpus, _folder(tmp_path / "second", small_corpus, LATER, edits)).changes
    assert {(c.citation, c.kind) for c in changes.changes} == {
        ("45 CFR 164.524(a)(1)", "changed"),
        ("45 CFR 164.524(b)(2)(i)", "changed"),
        ("45 CFR 160.203(a)", "changed"),
        (added, "added"),
        (last, "gone"),
    }
    by = {c.citation: c for c in changes.changes}
    access = by["45 CFR 164.524(a)(1)"]
    assert access.words[-1] == ("+", "Truly.")
    assert (access.notes, access.cases) == (("unpaid-bill-no-withholding",), ("outstanding-balance",))
    assert access.paragraphs[0] == "45 CFR 164.524(a)(1)"
    assert by["45 CFR 164.524(b)(2)(i)"].cases == ("outstanding-balance",)
    assert (by["45 CFR 160.203(a)"].notes, by["45 CFR 160.203(a)"].cases) == ((), ())
    assert by[last].paragraphs[0] == last
    kept = json.loads((root / LATER / "changes.json").read_text())
    assert [c["citation"] for c in kept["changes"]] == [c.citation for c in changes.changes]
    said = list(changes.lines())
    assert said[0] == f"from {DAY} to {LATER}: 3 changed, 1 added, 1 gone"
    assert any("{+Truly.+}" in line for line in said)


def test_an_altered_file_is_refused_by_name_and_a_sync_mends_it(root: Path, small_corpus: Corpus, tmp_path: Path) -> None:
    path = root / DAY / "title-45-part-164.xml"
    path.write_bytes(path.read_bytes().replace(b"<P>", b"<P>x ", 1))
    with pytest.raises(OfficialTextError, match=r"part-164\.xml: altered"):
        official_text(root)
    report = sync(root, small_corpus, tmp_path / "first")
    assert "could not be compared" in report.remark
    assert official_text(root) == report.text


@pytest.mark.parametrize("name", ["title-45-part-164.xml", "manifest.json"])
def test_a_folder_that_lacks_a_file_is_named(root: Path, small_corpus: Corpus, tmp_path: Path, name: str) -> None:
    (tmp_path / "first" / name).unlink()
    with pytest.raises(OfficialTextError, match=re.escape(name)):
        sync(root, small_corpus, tmp_path / "first")


_SYNC = """
import sys
from pathlib import Path
from corpus.load import Corpus
from ingest.official import sync
root, *folders = map(Path, sys.argv[1:])
print("start", flush=True)
while True:
    for folder in folders:
        sync(root, Corpus((), (), (), (), (), (), ""), folder)
"""


def test_killed_at_ten_instants_the_text_is_the_old_or_the_new(root: Path, small_corpus: Corpus, tmp_path: Path) -> None:
    old = official_text(root)
    second = _folder(tmp_path / "second", small_corpus, LATER, {"45 CFR 164.524(a)(1)": "Other words."})
    new = sync(root, small_corpus, second).text
    assert old is not None
    command = [sys.executable, "-c", _SYNC, str(root), str(tmp_path / "first"), str(second)]
    rng = random.Random()
    for _ in range(10):
        process = subprocess.Popen(command, cwd=CHECKOUT, stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        assert process.stdout.readline() == "start\n"
        time.sleep(rng.uniform(0, 0.4))
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
        text = official_text(root)
        assert text is not None
        assert (text.date, text.digest) in {(old.date, old.digest), (new.date, new.digest)}
    sync(root, small_corpus, second)
    assert not list(root.glob(".sync-*"))


@pytest.mark.shared
def test_the_command_takes_the_rule_from_a_folder(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "ingest", "sync", "--from", str(SHARED / "official" / "ecfr")]
    done = subprocess.run(command, cwd=CHECKOUT, env={"PATIENT_RIGHTS_HOME": str(tmp_path)}, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "541 paragraphs in part 160, 1108 paragraphs in part 164" in done.stdout
    text = official_text(tmp_path / "var" / "official")
    assert text is not None
    assert len(text.paragraphs) == 1649
