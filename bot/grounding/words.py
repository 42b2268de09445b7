"""Words and clauses of a statement or passage, brought to ideas so that lay words and the rule's words meet, in English and Spanish."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import Stemmer
import yaml

from corpus.errors import PatientRightsError

LEXICON = Path(__file__).resolve().parent / "lexicon.yaml"
_REFERENCE = re.compile(
    r"\b(?:paragraphs?|párrafos?)\s+\([^.;,]*?\)(?=[\s,.;)]|$)(?:\s*(?:,|and|or|to)\s*(?:\([0-9a-zA-Z]{1,5}\))+)*"
    r"|(?:\b\d{3}\.\d{3})?(?:\([0-9a-zA-Z]{1,5}\))+|\b\d{3}\.\d{3}\b",
)
_WORD = re.compile(r"[^\W\d_]+(?:['’][a-z]+)?|\d[\d.,]*")
_SENTENCE = re.compile(r"(?<=[.!?;:])\s+")
_SPANISH = re.compile(
    r"\b(?:el|la|los|las|que|su|sus|una|un|por|para|con|del|es|usted|pueden|puede|deben|debe|tiene|tienen|si|en|de|y|no)\b", re.IGNORECASE
)
# Words that carry no claim of their own here: grammar, modals (see modality.py), negations, numbers' company.
_STOP = frozenset(
    """
    a an the this that these those it its they them their theirs you your yours he she his her we us our i me my who whom whose
    which what when where while as at by for from in into of on onto to with without about over under up down out off than then
    there here and or but nor so if unless except until once because since be is are was were been being am do does did doing
    done has had having have may might can could must shall should will would not no never any some each every all both either
    neither more most less least only just also too very even such same own one two three other another how why whether through
    during between before after against within per via yet still again already ever always anything everything nothing something
    anyone someone way kind case cases thing things apart don doesn didn isn aren cannot let make made give given take taken get
    got go going goes come put set say says said tell told el la los las un una unos unas lo le les se su sus de del al en con
    por para sin sobre entre desde hasta que quien cual cuando donde como y o u e ni pero si nunca siempre es son era ser sido
    está están estar fue ha han haber hay puede pueden poder debe deben deber debió tiene tienen tener más menos muy todo todos
    toda todas cada otro otra este esta ese esa esto eso usted ustedes mi te tu nos solo sólo también aunque salvo excepto según
    uno dos tres sea sean algo alguien será podrá día días sesenta treinta aplicar ante durante siguientes tenga darle dejarle
    caso hand pass comes came add adds added stay stays start starts carry carries help helps far much few list allow allowed
    thirty forty fifty sixty ninety four five six seven eight ten twelve hundred day days twice
    """.split()  # noqa: SIM905 - read as a list of words
)

# Verbs among them that carry a like word of a statement all the same: "tell" in a passage carries "inform".
_LIGHT = frozenset("tell told say says said give given get take taken make made pass hand let".split())  # noqa: SIM905


def spanish(text: str) -> bool:
    """True for a text that reads as Spanish."""
    words = text.split()
    return sum(1 for w in words if _SPANISH.fullmatch(w.strip(",.;:()¿?¡!"))) > 0.3 * len(words)


def clean(text: str) -> str:
    """The text without references to paragraphs, in plain quotes."""
    return " ".join(_REFERENCE.sub(" ", text.replace("’", "'")).split())


def sentences(text: str) -> tuple[str, ...]:
    """Sentences, cut at colons and semicolons too."""
    return tuple(s for s in _SENTENCE.split(clean(text)) if len(s.split()) > 2) or (clean(text),)


@lru_cache(maxsize=65536)
def _stem(word: str, language: str) -> str:
    return str(Stemmer.Stemmer(language).stemWord(word))


@lru_cache(maxsize=1)
def _lexicon() -> tuple[dict[str, frozenset[int]], tuple[tuple[str, str], ...]]:
    """Stem -> numbers of the lines it stands on; and the phrases, longest first, with the key that stands for each."""
    try:
        lines = yaml.safe_load(LEXICON.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as e:
        raise PatientRightsError(f"{LEXICON}: cannot be read as YAML; run `git checkout {LEXICON.name}`") from e
    on: dict[str, set[int]] = defaultdict(set)
    phrases: dict[str, str] = {}
    for number, line in enumerate(lines):
        for entry in map(str, line):
            if " " in entry:
                key = entry.replace(" ", "")
                phrases[entry] = key
                on[key].add(number)
            else:
                on[_stem(entry, "english")].add(number)
                on[_stem(entry, "spanish")].add(number)
    return {k: frozenset(v) for k, v in on.items()}, tuple(sorted(phrases.items(), key=lambda p: -len(p[0])))


@lru_cache(maxsize=4096)
def stems(text: str) -> tuple[str, ...]:
    """Stems of the words that carry a claim, in order."""
    language = "spanish" if spanish(text) else "english"
    known, _ = _lexicon()
    found = []
    for word in _WORD.findall(clean(text).lower()):
        bare = word.split("'")[0]
        if bare in _STOP or bare[0].isdigit() or len(bare) < 3:
            continue
        stem = _stem(bare, language)
        found.append(_stem(bare, "english") if stem not in known else stem)
    return tuple(found)


@lru_cache(maxsize=4096)
def _said(text: str) -> tuple[frozenset[str], frozenset[int]]:
    """Stems of a text, and the ideas it touches by words and phrases."""
    known, phrases = _lexicon()
    low = clean(text).lower()
    held = frozenset(stems(text))
    there = [k for p, k in phrases if re.search(rf"\b{re.escape(p)}\b", low)]
    verbs = {_stem(w, "english") for w in _WORD.findall(low) if w in _LIGHT}
    ideas = {i for s in (held | verbs) for i in known.get(s, ())} | {i for k in there for i in known[k]}
    return held, frozenset(ideas)


def uncovered(statement: str, passages: Sequence[str]) -> tuple[str, ...]:
    """Stems of the statement that no word of the passages carries, by itself, by a line of the lexicon or by a like beginning."""
    known, phrases = _lexicon()
    held: set[str] = set()
    ideas: set[int] = set()
    for passage in passages:
        words, touched = _said(passage)
        held |= words
        ideas |= touched
    openings = {s[:5] for s in held if len(s) >= 5}
    low = clean(statement).lower()
    carried = {s for p, k in phrases if known[k] & ideas and re.search(rf"\b{re.escape(p)}\b", low) for s in stems(p)}
    return tuple(
        dict.fromkeys(
            s
            for s in stems(statement)
            if s not in held and s not in carried and not known.get(s, frozenset()) & ideas and not (len(s) >= 5 and s[:5] in openings)
        )
    )


def overlap(a: str, b: str) -> float:
    """Share of the stems of `a` that `b` carries, 0 to 1."""
    wanted = set(stems(a))
    return 1.0 if not wanted else 1 - len(uncovered(a, (b,))) / len(wanted)
