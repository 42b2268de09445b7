"""One authority cited in a draft: what was written, where, and what it stands for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from bot.cite.rulebook import PARTS
from corpus.citation import RuleCitation

Kind = Literal["cfr", "part", "usc", "register", "case", "other"]
Through = Literal["written", "list", "range", "id", "supra", "this section"]


@dataclass(frozen=True)
class Cited:
    """One authority cited in a draft.

    Attributes:
        start, end: offsets of what was written; in the even text inside the grammar, in the text as given once it leaves `find`.
        title: of the CFR or the U.S.C.; 0 for a case.
        section: "164.524", "1320d-5", or the whole citation of a case or a Federal Register page.
        through: how it was named; members of one list or range share a `group`.
        year: of the edition, where the writer gives one.
        problem: why it could not be resolved, empty if it could.
        remark: what a careful reader would say of the way it is written.
    """

    start: int
    end: int
    kind: Kind
    title: int = 45
    section: str = ""
    path: tuple[str, ...] = ()
    term: str = ""
    through: Through = "written"
    group: int = 0
    year: int | None = None
    problem: str = ""
    remark: str = ""

    @property
    def rule(self) -> RuleCitation | None:
        """The provision of title 45 that is cited; None for anything else."""
        return RuleCitation(self.section, self.path, self.term) if self.kind == "cfr" and self.title == 45 and self.section else None

    @property
    def normalized(self) -> str:
        """The citation printed one way."""
        if self.rule:
            return str(self.rule)
        paragraph = "".join(f"({d})" for d in self.path)
        series = {"cfr": "CFR", "part": "CFR", "usc": "U.S.C."}.get(self.kind)
        return f"{self.title} {series} {self.section}{paragraph}" if series and self.section else self.section

    @property
    def ours(self) -> bool:
        """True for what parts 160 and 164 hold: a provision, or a part as a whole."""
        if self.kind == "part":
            return self.title == 45 and self.section.split(",")[0].removeprefix("part ") in PARTS
        return self.rule is not None and self.rule.part in PARTS

    def bluebook(self, year: int) -> str:
        """Bluebook form; `year` is that of our edition and goes with parts 160 and 164 only."""
        if self.rule and self.ours:
            return self.rule.bluebook(year)
        if self.kind == "register" and self.title:
            return f"{self.title} Fed. Reg. {self.section.split()[-1]}"
        paragraph = "".join(f"({d})" for d in self.path)
        if self.kind == "part":
            return f"{self.title} C.F.R. {self.section.replace('part', 'pt.').replace('subpart', 'subpt.')}"
        if self.kind in ("cfr", "usc") and self.section:
            return f"{self.title} {'C.F.R.' if self.kind == 'cfr' else 'U.S.C.'} § {self.section}{paragraph}"
        return self.section
