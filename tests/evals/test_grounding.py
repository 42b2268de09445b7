"""The check of written statements lets through and drops no more of the pairs than it did when it was fitted."""

from __future__ import annotations

import json
from typing import get_args

import pytest

from bot.grounding.entail import WEIGHTS
from corpus.load import Corpus
from evals.grounding import CorruptedKind, TrueKind, load_pairs
from evals.grounding.measure import Share, fit, judged


@pytest.fixture(scope="module")
def shares(corpus: Corpus) -> dict[tuple[str, str], Share]:
    return judged(load_pairs(), corpus)


# Split -> the most corrupted statements that may pass, and the most true ones that may be dropped: what was reached, to be lowered only.
REACHED = [("build", 1, 10), ("kept", 7, 26)]


@pytest.mark.parametrize(("split", "passed", "dropped"), REACHED)
def test_the_check_holds_what_it_reached(split: str, passed: int, dropped: int, shares: dict[tuple[str, str], Share]) -> None:
    assert shares[split, "corrupted"].n == 80
    assert shares[split, "true"].n == 71
    assert shares[split, "corrupted"].wrong <= passed
    assert shares[split, "true"].wrong <= dropped


def test_the_kinds_add_up(shares: dict[tuple[str, str], Share]) -> None:
    for whole, kinds in (("corrupted", get_args(CorruptedKind)), ("true", get_args(TrueKind))):
        for split in ("build", "kept"):
            assert shares[split, whole].wrong == sum(shares[split, k].wrong for k in kinds)


def test_the_committed_weights_are_those_that_the_build_half_gives(corpus: Corpus) -> None:
    found = fit([p for p in load_pairs() if p.split == "build"], corpus)
    kept = json.loads(WEIGHTS.read_text(encoding="utf-8"))
    assert dict(found.of) == pytest.approx(kept["of"], abs=0.01)
    assert (found.start, found.most) == pytest.approx((kept["start"], kept["most"]), abs=0.01)
