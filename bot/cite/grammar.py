"""Find citations of the CFR and the United States Code in a draft, as lawyers write them, and say what each stands for.

A small grammar of our own: it reads lists, ranges, "id.", "paragraph (c) of this section" and definitions by term, each resolved
against what was cited before it. Cases and the Federal Register come from `bot/cite/cases.py` and take their place in the same order.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import takewhile

from bot.cite.cited import Cited, Through
from bot.cite.even import EvenText, even
from bot.cite.forms import (
    DEFINITION,
    HEAD,
    ID,
    LIST,
    NEXT_PATH,
    NEXT_SECTION,
    PARAGRAPH,
    PART,
    RANGE,
    TERM,
    USC,
    USC_NEXT,
    continue_path,
    opened,
    sentence_case,
    split_path,
)
from bot.cite.rulebook import Rulebook
from corpus.citation import RuleCitation


class _Reader:
    """One pass over an even text; `last` is what "id." means where the pass has come to."""

    def __init__(self, text: str, rulebook: Rulebook, others: Sequence[Cited]) -> None:
        self.text, self.rulebook = text, rulebook
        self.others = sorted(others, key=lambda c: c.start)
        self.found: list[Cited] = []
        self.group = 0
        self.last: Cited | None = None  # of any kind: what "id." means
        self.last_law: Cited | None = None  # a section or a statute: what "this section" means
        self.last_cfr: Cited | None = None
        self.last_term: Cited | None = None

    def read(self) -> list[Cited]:
        """Every citation, in order."""
        readers: list[tuple[re.Pattern[str], Callable[[re.Match[str]], int]]] = [
            (DEFINITION, self._definition),
            (PART, self._part),
            (USC, self._usc),
            (HEAD, self._head),
            (ID, self._id),
            (PARAGRAPH, self._paragraph),
        ]
        at, queue = 0, list(self.others)
        nexts = [p.search(self.text) for p, _ in readers]
        while True:
            nexts = [m if m is None or m.start() >= at else p.search(self.text, at) for m, (p, _) in zip(nexts, readers, strict=True)]
            ready = [(m.start(), i) for i, m in enumerate(nexts) if m]
            while queue and queue[0].start < at:
                queue.pop(0)
            if queue and (not ready or queue[0].start <= min(ready)[0]):
                at = self._other(queue.pop(0))
                continue
            if not ready:
                return self.found
            _, i = min(ready)
            match = nexts[i]
            assert match
            self.group += 1
            at = max(readers[i][1](match), match.start() + 1)

    def _add(self, cited: Cited) -> Cited:
        cited = replace(cited, group=self.group)
        self.found.append(cited)
        if not cited.problem:
            self.last = cited
            self.last_law = cited if cited.kind in ("cfr", "usc") else self.last_law
            self.last_cfr = cited if cited.kind == "cfr" else self.last_cfr
            self.last_term = cited if cited.term else self.last_term
        return cited

    def _other(self, cited: Cited) -> int:
        self.group += 1
        self._add(cited)
        return cited.end

    def _definition(self, m: re.Match[str]) -> int:
        section = m["section"].replace(" ", "")
        if not m["title"] and section not in self.rulebook.terms:
            return m.start() + 1
        self._add(Cited(m.start(), m.end(), "cfr", int(m["title"] or 45), section, (), self._term(section, m["term"])))
        return m.end()

    def _term(self, section: str, term: str) -> str:
        term = sentence_case(term)
        return self.rulebook.terms.get(section, {}).get(term.lower(), term)

    def _part(self, m: re.Match[str]) -> int:
        if not m["title"] and m["part"] not in ("160", "162", "164"):
            return m.end()
        name = f"part {m['part']}" + (f", subpart {m['subpart']}" if m["subpart"] else "")
        self._add(Cited(m.start(), m.end("subpart") if m["subpart"] else m.end("part"), "part", int(m["title"] or 45), name))
        for more in re.finditer(r"\d{1,4}", m["more"] or ""):
            start = m.start("more") + more.start()
            self._add(Cited(start, start + len(more.group()), "part", int(m["title"] or 45), f"part {more.group()}", through="list"))
        return m.end()

    def _usc(self, m: re.Match[str]) -> int:
        first = self._add(Cited(m.start(), m.end(), "usc", int(m["title"]), m["section"], split_path(m["path"])))
        return self._usc_tails(first)

    def _usc_tails(self, first: Cited) -> int:
        last = first
        while m := USC_NEXT.match(self.text, last.end):
            section, path = m["section"] or last.section, split_path(m["path"])
            if not m["section"]:
                path = continue_path(last.path, path) if last.path else path
            through: Through = "range" if m["range"] else "list"
            last = self._add(Cited(m.start("cited"), m.end(), "usc", first.title, section, path, through=through))
        return last.end

    def _title(self, m: re.Match[str]) -> int | None:
        """The title of the CFR a section belongs to; None for a number that is no section."""
        if m["title"] or m["title_first"]:
            return int(m["title"] or m["title_first"])
        part = m["section"].split(".")[0]
        if re.fullmatch(r"16[024]\. ?\d{3}" if m["mark"] else r"16[024]\.\d{3}", m["section"]):
            return 45
        last = self.last_cfr
        return last.title if m["mark"] and last and last.section.split(".")[0] == part else None

    def _head(self, m: re.Match[str]) -> int:
        title = self._title(m)
        if title is None:
            return m.end("section")
        section = m["section"].replace(" ", "")
        cited = Cited(m.start(), m.end("path"), "cfr", title, section, split_path(m["path"]), year=int(m["year"]) if m["year"] else None)
        term = TERM.match(self.text, m.end())
        if term and title == 45 and not cited.path and self._is_term(section, term):
            name = self._term(section, term["quoted"] or term["defined"])
            cited = replace(cited, end=term.end(), term=name, path=split_path(term["path"]))
        return self._tails(self._add(cited), m.end() if m["year"] and not cited.term else cited.end)

    def _is_term(self, section: str, m: re.Match[str]) -> bool:
        """True for a term in quotation marks, false for a sentence of the section."""
        known = self.rulebook.terms.get(section, {})
        name = (m["quoted"] or m["defined"]).strip().rstrip(",")
        if name.lower() in known or m["defined"]:
            return True
        return bool(known) and len(name.split()) <= 4 and (bool(m["path"]) or name[:1].isupper())

    def _tails(self, first: Cited, after: int = 0, paths_only: bool = False) -> int:
        """What follows in a list or a range: `-.528`, `and 164.530(d)`, `and (c)(3)`; the end of the last."""
        last, at = first, after or first.end
        while True:
            if joint := RANGE.match(self.text, at):
                after_joint = self._range(last, joint, paths_only)
            elif joint := LIST.match(self.text, at):
                after_joint = self._listed(last, joint.end(), paths_only)
            else:
                return at
            if after_joint is None:
                return at
            last, at = self.found[-1], after_joint

    def _section_at(self, last: Cited, at: int) -> re.Match[str] | None:
        m = NEXT_SECTION.match(self.text, at)
        part = last.section.split(".")[0]
        ours = m and (not m["part"] or m["part"] == part or (last.title == 45 and m["part"] in ("160", "162", "164")))
        return m if ours else None

    def _listed(self, last: Cited, at: int, paths_only: bool) -> int | None:
        if not paths_only and (m := self._section_at(last, at)) and m["dot"]:
            section = f"{m['part'] or last.section.split('.')[0]}.{m['number']}"
            self._add(Cited(m.start(), m.end(), "cfr", last.title, section, split_path(m["path"]), through="list"))
            return m.end()
        if last.path and (m := NEXT_PATH.match(self.text, at)):
            path = self._continued(last, split_path(m["path"]))
            self._add(replace(last, start=m.start(), end=m.end(), path=path, through="list", year=None))
            return m.end()
        return None

    def _continued(self, last: Cited, tail: tuple[str, ...]) -> tuple[str, ...]:
        """The path that a bare tail means after the last one: what stands in the rule, else what looks like it."""
        guess = continue_path(last.path, tail, 1 if last.term else 0)
        tries = [guess, *(last.path[:depth] + tail for depth in reversed(range(len(last.path) + 1)))]
        if last.rule:
            return next((p for p in tries if self.rulebook.has(RuleCitation(last.section, p, last.term))), guess)
        return guess

    def _range(self, last: Cited, joint: re.Match[str], paths_only: bool) -> int | None:
        at = joint.end()
        if not paths_only and (m := self._section_at(last, at)):
            if not m["dot"] and (joint["word"] or len(m["number"]) != len(last.section.split(".")[1])):
                return None  # "164.524-30" is a page or a slip, "164.524 to 600 people" is prose
            section = f"{m['part'] or last.section.split('.')[0]}.{m['number']}"
            low, high = _number(last.section), _number(section)
            inside = [s for s in self.rulebook.sections if low < _number(s) < high] if last.title == 45 and not m["path"] else []
            for name in inside:
                self._add(Cited(joint.start("joint"), m.end(), "cfr", last.title, name, through="range"))
            self._add(Cited(m.start(), m.end(), "cfr", last.title, section, split_path(m["path"]), through="range"))
            return m.end()
        if last.path and (m := NEXT_PATH.match(self.text, at)):
            path = self._continued(last, split_path(m["path"]))
            for between in opened(last.path, path, 1 if last.term else 0):
                self._add(replace(last, start=joint.start("joint"), end=m.end(), path=between, through="range", year=None))
            self._add(replace(last, start=m.start(), end=m.end(), path=path, through="range", year=None))
            return m.end()
        return None

    def _id(self, m: re.Match[str]) -> int:
        last, section, path = self.last, m["section"] or m["other_section"], split_path(m["path"])
        end = m.end("path") if section or m["statute"] or path else m.end("id")
        if last is None:
            self._add(Cited(m.start(), end, "other", 0, path=path, through="id", problem="nothing is cited before it"))
            return end
        if section:
            same = last.kind == "cfr" and last.section.split(".")[0] == section.split(".")[0]
            title = last.title if same or not m["section"] else 45
            return self._tails(self._add(Cited(m.start(), end, "cfr", title, section, path, through="id")))
        if m["statute"]:
            title = last.title if last.kind == "usc" else 0
            problem = "" if title else "no title of the United States Code is cited before it"
            cited = Cited(m.start(), end, "usc", title, m["statute"], path, through="id", problem=problem)
            return self._usc_tails(self._add(cited))
        if last.kind not in ("cfr", "usc"):
            end = m.end("page") if m["page"] else m.end("id")
            self._add(replace(last, start=m.start(), end=end, through="id"))
            return end
        several = {c.normalized for c in takewhile(lambda c: c.group == last.group, reversed(self.found))}
        remark = "" if path or len(several) == 1 else f'"id." after several citations; the last of them, {last.normalized}, is meant here'
        self._add(replace(last, start=m.start(), end=end, through="id", path=path or last.path, year=None, remark=remark))
        return self._tails(self.found[-1]) if path else end

    def _paragraph(self, m: re.Match[str]) -> int:
        base = self.last_law
        if m["of_term"]:
            base = self.last_term
        if m["section"]:
            base = Cited(0, 1, "cfr", int(m["title"] or 45), m["section"].replace(" ", ""))
        path = split_path(m["path"])
        if base is None:
            self._add(Cited(m.start(), m.end(), "other", 0, path=path, through="this section", problem="no section is cited before it"))
            return m.end()
        if base.rule and not m["section"] and not base.term:
            path = self._relative(base, path)
        single = not m["rest"]
        of_term = m["of_term"] or (base.term and path[0].isdigit())  # a section numbers no paragraph (2), a definition does
        term = base.term if of_term else "" if m["section"] else self._term_near(base, m.start())
        through: Through = "written" if m["section"] else "this section"
        first = replace(base, start=m.start(), end=m.end() if single else m.end("path"), path=path, term=term, through=through, year=None)
        self._add(first)
        end = m.end() if single else self._tails(first, paths_only=True)
        self.found[-1] = replace(self.found[-1], end=max(m.end(), end))
        return max(m.end(), end)

    def _term_near(self, base: Cited, at: int) -> str:
        """The term that 'paragraph (2)' after a section of definitions is of: named after the section, else quoted last before it."""
        known = self.rulebook.terms.get(base.section, {})
        if base.path or not known:
            return ""
        named = self.text[base.end : at].lower()
        after = max((t for t in known if re.search(rf"(?<![\w-]){re.escape(t)}(?![\w-])", named)), key=len, default="")
        before = [q.strip(" ,").lower() for q in re.findall(r'"([^"\n]{2,60})"', self.text[max(0, base.start - 250) : base.start])]
        return known.get(after or next((q for q in reversed(before) if q in known), ""), "")

    def _relative(self, base: Cited, path: tuple[str, ...]) -> tuple[str, ...]:
        """ "paragraph (ii)" after 164.524(c)(2) stands inside what was cited if the section has no such paragraph of its own."""
        if self.rulebook.has(RuleCitation(base.section, path)):
            return path
        tries = (base.path[:depth] + path for depth in reversed(range(1, len(base.path) + 1)))
        return next((p for p in tries if self.rulebook.has(RuleCitation(base.section, p))), path)


def _number(section: str) -> tuple[int, ...]:
    return tuple(int(n) for n in section.split("."))


def find_even(draft: EvenText, rulebook: Rulebook, others: Sequence[Cited] = ()) -> tuple[Cited, ...]:
    """Every citation of a draft, in order, with offsets into the even text.

    Args:
        draft: the draft, made even.
        rulebook: what there is, to open ranges and to tell a term from a quotation.
        others: cases and Federal Register pages found by `bot/cite/cases.py`, with offsets into the even text.
    """
    return tuple(_Reader(draft.text, rulebook, others).read())


def find(raw: str, rulebook: Rulebook) -> tuple[Cited, ...]:
    """Every citation of the CFR and the U.S.C. in a text, in order, with offsets into the text as given."""
    draft = even(raw)
    spans = ((c, draft.span(c.start, c.end)) for c in find_even(draft, rulebook))
    return tuple(replace(c, start=start, end=end) for c, (start, end) in spans)
