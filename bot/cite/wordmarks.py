"""Mark a Word draft as it is: citations highlighted, each finding a comment beside it, everything else left as the writer made it.

The draft is untrusted, so it is opened, marked and packed again in a limited child process (`python -m bot.cite.wordmarks`), and comes
back as bytes. Word takes no comment in a footnote, an endnote or a text box: there the finding follows the citation in brackets.
"""

from __future__ import annotations

import base64
import io
import json
import sys
from collections.abc import Sequence
from copy import deepcopy
from pathlib import Path
from typing import Any, Literal

from bot.cite.check import Checked
from bot.cite.report import lines, mark_class, printable, spans
from ingest.confined import LIMITS, Limits, answer, confine, run_child
from ingest.word import opened, pieces

Mark = tuple[int, int, str, str]  # start and end in the draft's text, class of the mark, finding
BETWEEN = 2  # characters between two paragraphs of the draft's text


def mark_word(name: str, data: bytes, raw: str, checked: Sequence[Checked], limits: Limits = LIMITS) -> bytes:
    """The Word file `data`, called `name` and read as `raw`, with every citation marked.

    Raises:
        DocumentError: it cannot be opened again within the limits.
    """
    marks: list[Mark] = []
    for _, i in spans(raw, checked):
        if i is not None:
            c = checked[i]
            marks.append((c.cited.start, c.cited.end, mark_class(c), printable("\n".join((f"Citation {i + 1}", *lines(c))))))
    bounds = [str(limits.memory_bytes), str(limits.cpu_seconds)]
    said = run_child("bot.cite.wordmarks", bounds, repr(name[:80]), limits, data, json.dumps(marks).encode())
    return base64.b64decode(said["docx"])


def marked(path: Path, marks: Sequence[Mark]) -> bytes:
    """The file at `path`, marked; meant for the limited child.

    Raises:
        DocumentError: the archive unpacks to too much.
    """
    from docx.opc.oxml import serialize_part_xml

    document, paragraphs, notes = opened(path)
    start = 0
    for paragraph in paragraphs:
        held = pieces(paragraph)
        end = start + sum(len(text) for _, text in held)
        for mark in sorted((m for m in marks if m[0] < end and m[1] > start), reverse=True):  # from the right: what lies left stays put
            first_of_mark = mark[0] >= start
            _mark(document, held, start, mark, tell=first_of_mark)
        start = end + BETWEEN
    for part, root in notes:
        part._blob = serialize_part_xml(root)  # python-docx holds a note part as bytes
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _mark(document: Any, held: Sequence[tuple[Any, str]], at: int, mark: Mark, *, tell: bool) -> None:
    """Highlight the words of one mark in a paragraph that starts `at`, and tell its finding."""
    from docx.oxml.ns import qn
    from docx.text.run import Run

    start, end, kind, finding = mark
    touched = []
    for element, text in held:
        low, high = max(start, at) - at, min(end, at + len(text)) - at
        run = element.getparent()
        if low < high and element.tag == qn("w:t") and run is not None and run.tag == qn("w:r") and len(element.text or "") >= high:
            if high < len(text):
                _split(element, high)
            touched.append(_split(element, low) if low else run)
        at += len(text)
    runs = [Run(r, document._body) for r in touched]
    for run in runs:
        if run.font.highlight_color is None or kind == "fault":
            run.font.highlight_color = _colour(kind)
    if not runs or not tell:
        return
    if _takes_comments(touched[0]) and _takes_comments(touched[-1]):
        document.add_comment(runs, text=finding, author="Citation checker", initials="CC")
    else:
        _bracket(touched[-1], finding)


def _split(text: Any, at: int) -> Any:
    """Divide a run inside one of its texts, `at` characters in; the run on the right, formatted alike."""
    from docx.oxml.ns import qn

    run = text.getparent()
    right = run.makeelement(run.tag, dict(run.attrib))
    properties = run.find(qn("w:rPr"))
    if properties is not None:
        right.append(deepcopy(properties))
    later = [*text.itersiblings()]
    words, space = text.text or "", "{http://www.w3.org/XML/1998/namespace}space"
    rest = text.makeelement(text.tag, dict(text.attrib))
    text.text, rest.text = words[:at], words[at:]
    text.set(space, "preserve")
    rest.set(space, "preserve")
    right.append(rest)
    right.extend(later)
    run.addnext(right)
    return right


def _takes_comments(run: Any) -> bool:
    """True in the body's own text; false in notes and text boxes."""
    from docx.oxml.ns import qn

    return not any(a.tag in (qn("w:footnotes"), qn("w:endnotes"), qn("w:txbxContent")) for a in run.iterancestors())


def _bracket(run: Any, finding: str) -> None:
    """Put the finding behind a run, in brackets and in bold."""
    from docx.oxml.ns import qn

    added = run.makeelement(run.tag, {})
    properties, bold, text = (run.makeelement(qn(tag), {}) for tag in ("w:rPr", "w:b", "w:t"))
    properties.append(bold)
    text.text = f" [{'; '.join(finding.splitlines())}]"
    text.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    added.append(properties)
    added.append(text)
    run.addnext(added)


def _colour(kind: str) -> Any:
    from docx.enum.text import WD_COLOR_INDEX

    named: dict[str, Literal["RED", "GRAY_25", "BRIGHT_GREEN"]] = {"fault": "RED", "outside": "GRAY_25", "fine": "BRIGHT_GREEN"}
    return WD_COLOR_INDEX[named[kind]]


def main(argv: Sequence[str]) -> int:
    """The child: limit itself, mark one file, print it in base64 or why not."""
    memory, cpu = map(int, argv[:2])
    document, marks = map(Path, argv[2:])
    confine(memory, cpu)
    told = [(int(a), int(b), str(k), str(f)) for a, b, k, f in json.loads(marks.read_bytes())]
    return answer("docx", memory, lambda: {"docx": base64.b64encode(marked(document, told)).decode("ascii")})


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
