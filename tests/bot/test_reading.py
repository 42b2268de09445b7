"""Which way round a question stands, and the verdict a norm gives it."""

from __future__ import annotations

import pytest

from bot.reading import pole, read, verdict
from corpus.load import Corpus
from corpus.sources import Norm

GIVE = Norm(
    actor="covered entity",
    act="give the records although a bill is unpaid",
    status="required",
    doing=("give", "release", "hand over", "send"),
    refusing=("keep", "withhold", "hold back", "refuse"),
)
TELL = Norm(
    actor="covered entity", act="tell the employer", status="forbidden", doing=("tell", "share", "call"), refusing=("keep private",)
)
WARN = Norm(actor="covered entity", act="warn the person threatened", status="permitted", doing=("warn", "call"), refusing=("stay silent",))

QUESTIONS = [
    (GIVE, "can they withhold records if I owe money?", "no"),
    (GIVE, "must they give me my records even though I owe them?", "yes"),
    (GIVE, "So since I owe them they're allowed to keep my records, right?", "no"),
    (GIVE, "They can't keep my chart over a bill, right?", "yes"),  # stated in the negative, to be confirmed
    (GIVE, "Isn't it illegal to hold back my chart?", "yes"),
    (GIVE, "Am I entitled to my chart?", "yes"),
    (GIVE, "I owe them $300. They won't release my chart. Can they do that?", "no"),  # the act is told before
    (GIVE, "Can I make them send my file?", "yes"),
    (GIVE, "Can they refuse to give me my file?", "no"),
    (TELL, "Can my doctor tell my boss?", "no"),
    (TELL, "Is it a violation that she told my boss?", "yes"),
    (TELL, "Does the clinic have to tell my boss?", "no"),
    (WARN, "Can my therapist warn my neighbor?", "yes"),
    (WARN, "Does my therapist have to warn my neighbor?", "no"),
    (GIVE, "How long do they have to give me my records?", None),
    (GIVE, "My records.", None),
    (WARN, "What about Tuesday?", None),
]


@pytest.mark.parametrize(("norm", "question", "wanted"), QUESTIONS)
def test_the_verdict_is_looked_up_from_the_norm(norm: Norm, question: str, wanted: str | None) -> None:
    assert verdict(read(question), norm) == wanted


def test_a_story_is_read_by_its_last_question() -> None:
    reading = read("I saw Dr. Lee in May. The bill came. How could I pay it? Now they keep my chart. Is that legal?")
    assert reading.focus == "Is that legal?"
    assert reading.anaphoric
    assert pole(reading, GIVE) == "refusing"


def test_open_questions_are_told_from_yes_no_questions() -> None:
    assert read("How much can they charge?").kind == "open"
    assert read("What can I do if they refuse?").kind == "open"
    assert read("Can they charge me?").kind == "leave"


def test_on_the_notes_own_asks_the_opposite_is_rare(corpus: Corpus) -> None:
    """The reader's own test set: each ask has its note's verdict, each reversed ask the opposite."""
    said = right = 0
    for note in corpus.notes:
        if note.norm and note.verdict in ("yes", "no"):
            turned = "no" if note.verdict == "yes" else "yes"
            for asks, wanted in (((note.question, *note.asks), note.verdict), (note.asks_reversed, turned)):
                verdicts = [v for a in asks if (v := verdict(read(a), note.norm))]
                said += len(verdicts)
                right += verdicts.count(wanted)
    assert said > 200
    assert right / said > 0.85
