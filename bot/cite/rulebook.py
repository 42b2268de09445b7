"""What provisions parts 160 and 164 hold, as a citation checker asks: is there such a paragraph, in force, and what lies near it?"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from bot.official import OfficialWords
from corpus.citation import RuleCitation
from corpus.load import Corpus
from corpus.sources import Provision

Standing = Literal["exists", "no_such_paragraph", "no_such_section", "vacated", "outside_corpus"]
PARTS = ("160", "164")
_NEAREST = 3


@dataclass(frozen=True)
class Rulebook:
    """The provisions of a corpus by where they stand; `official` settles what the corpus tells only as a whole."""

    corpus: Corpus
    official: OfficialWords | None = None

    @cached_property
    def paragraphs(self) -> frozenset[RuleCitation]:
        """Every section, term and paragraph, containers without words of their own included."""
        found: set[RuleCitation] = set()
        for p in self.corpus.provisions:
            at: RuleCitation | None = p.citation
            while at and at not in found:
                found.add(at)
                at = at.parent
        return frozenset(found)

    @cached_property
    def sections(self) -> tuple[str, ...]:
        """Section numbers in order."""
        return tuple(sorted({c.section for c in self.paragraphs}, key=lambda s: tuple(map(int, s.split(".")))))

    @cached_property
    def terms(self) -> dict[str, dict[str, str]]:
        """Defined terms as printed, by section and lower case."""
        found: dict[str, dict[str, str]] = {}
        for p in self.corpus.provisions:
            if p.term:
                found.setdefault(p.section, {})[p.term.lower()] = p.term
        return found

    @cached_property
    def _inside(self) -> dict[RuleCitation, list[RuleCitation]]:
        """Children of every container, in order."""
        found: dict[RuleCitation, list[RuleCitation]] = {}
        for c in sorted(self.paragraphs):
            if c.parent:
                found.setdefault(c.parent, []).append(c)
        return found

    @cached_property
    def _folded(self) -> dict[tuple[str, tuple[str, ...], str], RuleCitation]:
        return {(c.section, c.path, c.term.lower()): c for c in self.paragraphs}

    def printed(self, citation: RuleCitation) -> RuleCitation:
        """The citation with its term as the rule prints it."""
        term = self.terms.get(citation.section, {}).get(citation.term.lower(), citation.term)
        return RuleCitation(citation.section, citation.path, term)

    def inside(self, citation: RuleCitation) -> tuple[RuleCitation, ...]:
        """What stands directly inside a provision, in order."""
        return tuple(self._inside.get(citation, ()))

    def has(self, citation: RuleCitation) -> bool:
        """True if the corpus names this very provision."""
        return (citation.section, citation.path, citation.term.lower()) in self._folded

    def told_whole(self, citation: RuleCitation) -> bool:
        """True if the provision lies in one that the corpus tells as a whole, so that it cannot say what is inside."""
        at = citation.parent
        while at and not self.has(at):
            at = at.parent
        if at is None or self._inside.get(self.printed(at)):
            return False
        return bool(at.term) or not at.path

    def standing(self, citation: RuleCitation) -> Standing:
        """Whether there is such a provision, and whether it is in force."""
        if citation.part not in PARTS:
            return "outside_corpus"
        if citation.section not in self.sections:
            return "no_such_section"
        if self.has(citation):
            return "vacated" if self._vacated(self.printed(citation)) else "exists"
        if not self.told_whole(citation):
            return "no_such_paragraph"
        if self.official and self.official.get(RuleCitation(citation.section)) and not self.official.get(citation):
            return "no_such_paragraph"
        return "vacated" if self._vacated(RuleCitation(citation.section)) else "exists"

    def _vacated(self, citation: RuleCitation) -> bool:
        own = self.corpus.by_citation.get(citation)
        if own:
            return own.status == "vacated"
        parts = [p for p in self.corpus.provisions if citation.contains(p.citation)]
        return bool(parts) and all(p.status == "vacated" for p in parts)

    def vacated_inside(self, citation: RuleCitation) -> tuple[RuleCitation, ...]:
        """The outermost vacated provisions inside one that is itself in force."""
        gone = sorted(p.citation for p in self.corpus.provisions if p.status == "vacated" and citation.contains(p.citation))
        return tuple(c for c in gone if c != citation and not any(o != c and o.contains(c) for o in gone))

    def entry(self, citation: RuleCitation) -> Provision | None:
        """The plain-language entry that speaks for a provision."""
        return self.corpus.provision(self.printed(citation))

    def text(self, citation: RuleCitation) -> str:
        """The plain-language edition of a provision: its own entry, or those inside a container, in order."""
        citation = self.printed(citation)
        if own := self.corpus.by_citation.get(citation):
            return own.text
        parts = [f"{c.paragraph} {p.text}" for c in self.inside(citation) if (p := self.corpus.by_citation.get(c))]
        entry = self.entry(citation)
        return " ".join(parts) or (entry.text if entry else "")

    def nearest(self, citation: RuleCitation) -> tuple[RuleCitation, ...]:
        """Up to three provisions that may have been meant, the likeliest first."""
        from rapidfuzz.distance import Levenshtein
        from rapidfuzz.fuzz import ratio

        if citation.part not in PARTS:
            return ()
        if citation.section not in self.sections:
            near = sorted(self.sections, key=lambda s: (s.split(".")[0] != citation.part, Levenshtein.distance(s, citation.section), s))
            meant = [RuleCitation(s, citation.path) for s in near[:12] if self.has(RuleCitation(s, citation.path))]
            return tuple((meant or [RuleCitation(s) for s in near])[:_NEAREST])
        named = [c for c in self.paragraphs if c.section == citation.section and (not citation.term or c.term)]
        same_term = [c for c in named if c.term.lower() == citation.term.lower() and (c.path or c.term)]
        if citation.term and not same_term:
            terms = [c for c in named if not c.path]
            return tuple(sorted(terms, key=lambda c: (-ratio(c.term.lower(), citation.term.lower()), c))[:_NEAREST])

        def far(c: RuleCitation) -> tuple[int, int, RuleCitation]:
            moved = set(c.path) ^ set(citation.path)  # the same designators in another order are likelier than others
            return Levenshtein.distance(c.path, citation.path) + len(moved), abs(len(c.path) - len(citation.path)), c

        return tuple(sorted(same_term or named, key=far)[:_NEAREST])
