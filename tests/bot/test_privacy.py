"""Personal details are masked before a text leaves the machine, put back afterwards, and the law's own words stay."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.details import dates, find_details, law
from bot.privacy import Masker, MaskerMissing, unmask
from evals.masking import load, measure, read

MASKER = Masker()

# text, every detail in it as (kind, words)
DETAILS = [
    ("it was 321 56 1900 there", [("SSN", "321 56 1900")]),
    ("phone 555-0130 days only", [("PHONE", "555-0130")]),
    ("MRN 4471920 3 March 2026", [("RECORD", "4471920")]),
    ("account 77 2001 33 is mine", [("RECORD", "77 2001 33")]),
    ("SSN 915-20-4488", [("SSN", "915-20-4488")]),
    ("my social is 915 20 4488", [("SSN", "915 20 4488")]),
    ("social security number ending in 4488", [("SSN", "4488")]),
    ("call (614) 555-0142 or 614.555.0143", [("PHONE", "(614) 555-0142"), ("PHONE", "614.555.0143")]),
    ("fax it to 614-555-0144", [("FAX", "614-555-0144")]),
    ("mi celular es 305 555 0177", [("PHONE", "305 555 0177")]),
    ("j.doe+x@mail.example.org", [("EMAIL", "j.doe+x@mail.example.org")]),
    ("MRN 4471920, acct #77410-229", [("RECORD", "4471920"), ("RECORD", "77410-229")]),
    ("claim number EQ7-118-2200", [("RECORD", "EQ7-118-2200")]),
    ("Medicare number 1EG4-TE5-MK73", [("RECORD", "1EG4-TE5-MK73")]),
    ("mi número de expediente es 553-1120", [("RECORD", "553-1120")]),
    ("born July 22, 1956; asked on March 3, 2026", [("BIRTH", "July 22, 1956")]),
    ("nacida el 14 de marzo de 2015", [("BIRTH", "14 de marzo de 2015")]),
    ("March 3, 2016 is my birthday", [("BIRTH", "March 3, 2016")]),
    ("our son (9/9/2019)", [("BIRTH", "9/9/2019")]),
    ("I live at 412 Alder Street, Apt 3B, Dayton, OH 45402", [("ADDRESS", "412 Alder Street, Apt 3B, Dayton, OH 45402")]),
    ("P.O. Box 1187, Macon, GA 31202", [("ADDRESS", "P.O. Box 1187, Macon, GA 31202")]),
    ("in Fresno, CA 93722", [("ADDRESS", "Fresno, CA 93722")]),
    ("card 4111 1111 1111 1111", [("CARD", "4111 1111 1111 1111")]),
    ("driver's license D4428817", [("LICENCE", "D4428817")]),
    ("plate KLR 4471", [("PLATE", "KLR 4471")]),
    ("from 203.0.113.47 and 2001:db8::7334", [("IP", "203.0.113.47"), ("IP", "2001:db8::7334")]),
    ("https://portal.example.com/users/hn88", [("URL", "users/hn88")]),
]

NAMED = [
    ("My name is Grace Obi and I owe them.", ["Grace Obi"]),
    ("my name is tiana, my doctor is dr. feldman", ["tiana", "feldman"]),
    ("Mrs. Okonkwo-Reyes told Will.", ["Okonkwo-Reyes", "Will"]),
    ("my ex husband darnell looked at my chart", ["darnell"]),
    ("me llamo Lucía Marroquín y la doctora Benítez dice que no", ["Lucía Marroquín", "Benítez"]),
    ("They refused.\n\nSincerely,\nHendrik van der Meer", ["Hendrik van der Meer"]),
    ("Patient: Nguyen, Thi Hoa", ["Nguyen, Thi Hoa"]),
]

LAW = [
    "164.524(c)(4)",
    "45 CFR 160.103",
    "45 C.F.R. § 164.524(b)(2)(i)",
    "§ 164.502(g)(3)(i)",
    "42 U.S.C. § 1320d-5",
    "65 Fed. Reg. 82462",
    "42 CFR part 2",
    "HIPAA",
    "OCR",
    "Medicare",
    "the Cures Act",
    "$6.50",
    "$50,000",
    "30 days",
    "March 3, 2026",
    "2/20/26",
]


@pytest.mark.parametrize(("text", "wanted"), DETAILS)
def test_details_with_a_form_are_found(text: str, wanted: list[tuple[str, str]]) -> None:
    assert [(f.kind, text[f.start : f.end]) for f in find_details(text)] == wanted


@pytest.mark.parametrize("text", LAW)
def test_the_words_of_the_law_are_no_details(text: str) -> None:
    assert find_details(f"They said {text} applies. Does it?") == []


@pytest.mark.mask
@pytest.mark.parametrize(("text", "wanted"), NAMED)
def test_names_are_masked_as_people_write_them(text: str, wanted: list[str]) -> None:
    masked = MASKER.mask(text)
    assert not [name for name in wanted if name in masked.text], masked.text
    assert unmask(masked.text, masked.put_back) == text


@pytest.mark.mask
def test_the_same_words_get_the_same_placeholder() -> None:
    masked = MASKER.mask("Dr. Petrov, 614-555-0142. Ask Dr. Petrov at 614-555-0142 or 614-555-0199.")
    assert masked.text == "Dr. [NAME-1], [PHONE-1]. Ask Dr. [NAME-1] at [PHONE-1] or [PHONE-2]."


@pytest.mark.mask
def test_a_placeholder_that_a_person_typed_is_not_taken_for_ours() -> None:
    text = "What is [PHONE-1] or [phone-2]? Call 614-555-0142."
    masked = MASKER.mask(text)
    assert masked.text == "What is [PHONE-1] or [phone-2]? Call [PHONE-3]."
    assert unmask(masked.text, masked.put_back) == text


def test_what_is_put_back_is_not_searched_again() -> None:
    assert unmask("[NAME-1] [NAME-2] [NAME-9]", {"[NAME-1]": "[NAME-2]", "[NAME-2]": "Rose"}) == "[NAME-2] Rose [NAME-9]"


PIECES = st.sampled_from(
    [*(t for t, _ in DETAILS), *(t for t, _ in NAMED), *LAW, "[NAME-1]", "[SSN-2", "-3]", "Straße ŉame", "\n", "¿Puedo?"]
)


@pytest.mark.mask
@settings(deadline=None, max_examples=60)
@given(st.lists(st.one_of(PIECES, st.text(max_size=12)), max_size=5).map(" ".join))
def test_masking_and_putting_back_gives_the_same_text(text: str) -> None:
    masked = MASKER.mask(text)
    assert unmask(masked.text, masked.put_back) == text


@pytest.mark.mask
@settings(deadline=None, max_examples=60)
@given(
    st.sampled_from(LAW[:7]),
    st.sampled_from([*(t for t, _ in NAMED), "Can they?", "My SSN is 915-20-4488."]),
    st.sampled_from(["under", "see", "per"]),
)
def test_a_citation_is_never_altered(citation: str, told: str, word: str) -> None:
    text = f"{told} Is that allowed {word} {citation}? I asked."
    assert citation in MASKER.mask(text).text


@settings(deadline=None)
@given(
    st.integers(100_000_000, 999_999_999),
    st.sampled_from("- ."),
    st.sampled_from(["ssn {}", "it was {} on the form", "mi seguro social es {}"]),
)
def test_every_social_security_number_is_found(number: int, between: str, told: str) -> None:
    digits = str(number)
    text = told.format(between.join((digits[:3], digits[3:5], digits[5:])))
    assert [f.kind for f in find_details(text)] == ["SSN"]


@settings(deadline=None)
@given(st.from_regex(r"\(?[2-9]\d{2}\)? ?[-. ]555[-. ]\d{4}", fullmatch=True))
def test_every_phone_number_is_found(number: str) -> None:
    if number.count("(") == number.count(")"):
        text = f"call {number} now"
        found = find_details(text)
        assert all(any(f.start <= i < f.end for f in found) for i, c in enumerate(text) if c.isdigit())


CUES = ("MRN", "acct #", "claim number", "member ID:", "policy no.", "case", "número de expediente")


@settings(deadline=None)
@given(st.sampled_from(CUES), st.from_regex(r"[0-9A-CX]{2}\d[- ]?\d{4,8}", fullmatch=True))
def test_every_record_number_is_found(cue: str, number: str) -> None:
    text = f"{cue} {number}, they said"
    found, start = find_details(text), len(cue) + 1
    assert all(any(f.start <= i < f.end for f in found) for i in range(start, start + len(number)) if text[i].isalnum())


def test_a_day_is_kept_unless_it_is_one_of_birth() -> None:
    text = "DOB 6/9/2001. I asked on 3/3/2026 and on April 2. Nací el 1 de enero de 1940."
    assert [(text[s:e], birth) for s, e, birth in dates(text)] == [
        ("6/9/2001", True),
        ("3/3/2026", False),
        ("April 2", False),
        ("1 de enero de 1940", True),
    ]
    assert law("no law here") == []


def test_a_missing_model_is_one_plain_line() -> None:
    with pytest.raises(MaskerMissing, match=r"pip install 'patient-rights-desk\[mask\]'") as caught:
        Masker("no_such_model").mask("My name is Grace Obi.")
    assert "\n" not in str(caught.value)
    assert "'no_such_model'" in str(caught.value)


@pytest.mark.parametrize(
    "text", ["1 " * 2000, "a@" * 2000, "a." * 2000, "12 Aa " * 700, "my name is " * 300, "(" * 4000, "1-" * 2000, "A.B. " * 800]
)
def test_long_odd_text_is_read_to_the_end(text: str) -> None:
    from bot.names import told

    end = f"{text} Reach me at ana@example.org."
    assert "EMAIL" in {d.kind for d in find_details(end)}
    assert all(0 <= s < e <= len(end) for s, e in (*told(end)[0], *told(end)[1]))


def test_the_marks_of_a_message_are_read() -> None:
    message = read("I'm [[NAME|Rose]], see [[KEEP|164.524]].", "x", "kept")
    assert message.text == "I'm Rose, see 164.524."
    assert [(message.text[s:e], kind) for s, e, kind in message.labels] == [("Rose", "NAME"), ("164.524", "KEEP")]


def test_there_are_as_many_messages_as_the_figures_need() -> None:
    messages, legal = load()
    assert len(messages) >= 200
    assert sum(kind != "KEEP" for m in messages for _, _, kind in m.labels) >= 410
    assert len(legal) >= 100


@pytest.mark.mask
def test_enough_details_are_masked_and_legal_questions_left_alone() -> None:
    tallies = measure(*load(), MASKER).values()
    masked = {k: sum(t.masked[k] for t in tallies) / sum(t.wanted[k] for t in tallies) for k in ("SSN", "PHONE", "EMAIL", "RECORD", "NAME")}
    assert min(masked[k] for k in ("SSN", "PHONE", "EMAIL", "RECORD")) >= 0.995, masked
    assert masked["NAME"] >= 0.95, masked
    assert sum(len(t.legal_altered) for t in tallies) <= sum(t.legal for t in tallies) / 20
    assert not [a for t in tallies for a in t.altered]
