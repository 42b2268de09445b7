"""Show a checked draft: as plain text for a terminal, as an HTML page, as a Word file, with the draft itself marked."""

from __future__ import annotations

import html
import io
import textwrap
from collections.abc import Iterator, Sequence
from pathlib import Path

from bot.cite.check import Checked, CheckedQuote
from bot.official import OfficialWords
from corpus.citation import RuleCitation
from corpus.errors import PatientRightsError

SAID = {
    "exists": "exists",
    "vacated": "VACATED",
    "no_such_paragraph": "NO SUCH PARAGRAPH",
    "no_such_section": "NO SUCH SECTION",
    "outside_corpus": "not held here",
}
_STYLE = (
    "body{font:16px/1.5 serif;max-width:60rem;margin:2rem auto;padding:0 1rem}pre{white-space:pre-wrap;font:inherit}"
    "mark{background:#d7ecd9}mark.fault{background:#f6c9c4;outline:1px solid #a3281b}mark.outside{background:#e6e6e6}"
    ".texts{display:flex;flex-wrap:wrap;gap:1rem}.texts>div{flex:1 1 16rem}"
    "blockquote{margin:.3rem 0;padding-left:.6rem;border-left:3px solid #999}"
    "table{border-collapse:collapse}td,th{border:1px solid #999;padding:.3rem .5rem;text-align:left;vertical-align:top}"
)


class ReportError(PatientRightsError):
    """A report that cannot be written."""


def lines(c: Checked) -> Iterator[str]:
    """What there is to say of one citation, a line each."""
    yield f"{SAID[c.status]}: {c.bluebook or c.cited.normalized}"
    yield from c.notes
    if c.cited.rule and c.status == "exists":
        yield f"bears on the sentence: {c.bears_on}" + (f"; a better fit may be {c.better}" if c.better else "")
    for q in c.quotes:
        yield from _quote_lines(q)


def _quote_lines(q: CheckedQuote) -> Iterator[str]:
    said = {True: "quoted word for word", False: "MISQUOTED", None: "quotation not checked"}[q.verbatim]
    yield f"{said}: {textwrap.shorten(q.text, 120, placeholder='…')!r}"
    for d in q.differences:
        weight = " (changes who may or must do what)" if d.duty else ""
        yield f"  {d.kind}: draft {d.written or 'nothing'!r}, rule {d.official or 'nothing'!r}{weight}"
    if q.verbatim is False and q.found_at:
        yield "  these words stand in " + "; ".join(map(str, q.found_at))


def to_text(checked: Sequence[Checked]) -> str:
    """A report for the terminal, the faulty ones marked with an exclamation mark."""
    out = []
    for c in checked:
        first, *rest = lines(c)
        out.append(f"{'!' if c.faulty else ' '} [{c.cited.start}-{c.cited.end}] {' '.join(c.as_written.split())!r} {first}")
        out += [textwrap.fill(line, 110, initial_indent="    ", subsequent_indent="    ") for line in rest]
    faults = sum(c.faulty for c in checked)
    return "\n".join(
        [*out, "", f"{len(checked)} citations, {faults} to look at. Paragraph texts are the plain-language edition, not the rule's words."]
    )


def spans(raw: str, checked: Sequence[Checked]) -> Iterator[tuple[str, int | None]]:
    """The draft in pieces, each with the index of the citation it is, or None; overlaps go to the first."""
    at = 0
    for i, c in enumerate(checked):
        if c.cited.start < at:
            continue
        yield raw[at : c.cited.start], None
        yield raw[c.cited.start : c.cited.end], i
        at = c.cited.end
    yield raw[at:], None


def mark_class(c: Checked) -> str:
    """How a citation is marked: "fault" for what to look at, "outside" for what is not held here, else "fine"."""
    return "fault" if c.faulty else "outside" if c.status == "outside_corpus" else "fine"


def marked_html(raw: str, checked: Sequence[Checked]) -> str:
    """The draft, escaped, every citation marked and linked to its finding."""
    body = "".join(
        html.escape(piece)
        if i is None
        else f'<mark class="{mark_class(checked[i])}" '
        f'title="{html.escape("; ".join(lines(checked[i])))}"><a href="#c{i}">{html.escape(piece)}</a></mark>'
        for piece, i in spans(raw, checked)
    )
    return f'<h2>The draft</h2><pre class="draft">{body}</pre>'


def summary_html(checked: Sequence[Checked], official: OfficialWords) -> str:
    """The findings as a table, numbered in the order of the draft; the texts of each paragraph stand with its first citation."""
    if not checked:
        return "<p><strong>No citation was found in the draft.</strong></p>"
    faults = sum(c.faulty for c in checked)
    held = f"the official text of {official.date}" if official.date else "no official text; `python -m ingest sync` brings it"
    told: set[RuleCitation] = set()
    rows = "".join(
        f'<tr id="c{i}" class="{mark_class(c)}"><td>{i + 1}. {_result(c)}</td>'
        f"<td>{html.escape(' '.join(c.as_written.split()))}</td>"
        f"<td>{'<br>'.join(html.escape(line) for line in lines(c))}{_texts(c, official, told)}</td></tr>"
        for i, c in enumerate(checked)
    )
    return (
        f"<p><strong>{len(checked)} citations, {faults} to look at.</strong> Checked against {html.escape(held)}.</p>"
        f'<div class="scroll" tabindex="0" role="region" aria-label="Findings"><table><thead><tr><th scope="col">Result</th>'
        f'<th scope="col">As written</th><th scope="col">Finding</th></tr></thead><tbody>{rows}</tbody></table></div>'
    )


def _result(c: Checked) -> str:
    return "Look" if c.faulty else "Fine" if c.status == "exists" else "Not checked"


def _texts(c: Checked, official: OfficialWords, told: set[RuleCitation]) -> str:
    """Official and plain words of a paragraph side by side, once for each paragraph; HTML."""
    rule = c.cited.rule
    if rule is None or not c.text or rule in told:
        return ""
    told.add(rule)
    words = official.printed(rule)
    theirs = "".join(f"<p>{html.escape(p.text)}</p>" for p in words)
    dated = f"Official text, {official.date}" if words else "Official text: not held here"
    # On one line: a blank line would end the block of HTML in Markdown.
    return (
        f'<details><summary>Both texts of {html.escape(str(rule))}</summary><div class="texts">'
        f"<div><strong>{html.escape(dated)}</strong>{f'<blockquote>{theirs}</blockquote>' if words else ''}</div>"
        f"<div><strong>Plain language, ours</strong><p>{html.escape(' '.join(c.text.split()))}</p></div></div></details>"
    )


def to_html(raw: str, checked: Sequence[Checked], official: OfficialWords | None = None) -> str:
    """A page without scripts: the findings, then the draft with every citation marked."""
    policy = "default-src 'none'; style-src 'unsafe-inline'"
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="{policy}">'
        f"<title>Citations checked</title><style>{_STYLE}</style></head><body><h1>Citations checked</h1>"
        f"{summary_html(checked, official or OfficialWords())}{marked_html(raw, checked)}</body></html>\n"
    )


def to_docx(raw: str, checked: Sequence[Checked]) -> bytes:
    """A Word file: the draft's text, citations highlighted, each finding a comment. The draft's own formatting is not kept."""
    from docx import Document
    from docx.enum.text import WD_COLOR_INDEX

    colours = {"fault": WD_COLOR_INDEX.RED, "outside": WD_COLOR_INDEX.GRAY_25, "fine": WD_COLOR_INDEX.BRIGHT_GREEN}
    document = Document()
    paragraph = document.add_paragraph()
    for piece, i in spans(raw, checked):
        if i is not None:
            run = paragraph.add_run(printable(" ".join(piece.split())))
            run.font.highlight_color = colours[mark_class(checked[i])]
            document.add_comment(run, text=printable("\n".join(lines(checked[i]))), author="Citation checker", initials="CC")
            continue
        first, *rest = piece.replace("\r\n", "\n").split("\n")
        paragraph.add_run(printable(first))
        for line in rest:
            paragraph = document.add_paragraph()
            paragraph.add_run(printable(line))
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def write(data: bytes, path: Path) -> None:
    """Write a report.

    Raises:
        ReportError: the file cannot be written.
    """
    try:
        path.write_bytes(data)
    except (OSError, ValueError) as e:
        raise ReportError(f"cannot write {path.name!r}: {getattr(e, 'strerror', None) or e}") from e


def printable(text: str) -> str:
    """Without what XML cannot hold."""
    return "".join(ch for ch in text if ch in "\t\n" or (ch >= " " and not "\ud800" <= ch <= "\udfff" and ch not in "\ufffe\uffff"))
