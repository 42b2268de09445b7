"""The desk with a part off answers from what is left."""

from __future__ import annotations

from bot.pipeline import Desk, ask
from evals.variants import CORPORA, EDITIONS, variants
from ingest.settings import IngestSettings


def test_each_variant_lacks_its_part(desk: Desk) -> None:
    with variants(desk, IngestSettings()) as desks:
        assert set(desks) == {*CORPORA, *EDITIONS}
        question = "can they withhold records if I owe money?"
        assert not any(e.passage.kind == "note" for e in ask(question, desks["notes off"]).evidence)
        assert desks["glossary off"].retriever.expand("my doc") == "my doc"
        edition = desks["asks off"].retriever.edition
        vector = edition.embed([question])[0]
        assert {h.wording.role for h in (*edition.nearest(vector, 50), *edition.lexical(question, 50))} == {"text"}
        assert desks["BM25 off"].retriever.edition.lexical(question, 10) == []
        assert ask(question, desks["BM25 off"]).evidence
