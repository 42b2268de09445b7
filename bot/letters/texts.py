"""What each kind of letter says, true by the official text: short plain sentences that ask and cite."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from bot.deadlines import accounting_from
from bot.letters.facts import (
    Access,
    AccessThirdParty,
    Accounting,
    Amendment,
    Confidential,
    DenialReview,
    Disagreement,
    FeeObjection,
    Letter,
    LetterFacts,
    OcrComplaint,
    Paragraph,
    RestrictionCash,
    law,
    read_facts,
)

COVER_ES = (
    "Esta carta está en inglés porque va dirigida a una oficina que trabaja en inglés. Léala con alguien de confianza antes de firmarla."
)
_ACT_30 = law(
    "Please act on this request within 30 days of receiving it. If you need more time, the rule allows up to 30 days more, once, if within the "
    "first 30 days you send me the reasons for the delay and the date by which you will finish.",
    "164.524(b)(2)(i)",
    "164.524(b)(2)(ii)",
)
_IF_DENIED = law(
    "If you deny any part, please send me a written denial in plain language that states the basis, any right to have it reviewed, and how I may "
    "complain, and give me access to the rest.",
    "164.524(d)(1)",
    "164.524(d)(2)",
)


def day(d: date) -> str:
    """A date as a letter writes it: "March 3, 2026"."""
    return f"{d:%B} {d.day}, {d.year}"


def _whose(f: LetterFacts) -> str:
    return f"{f.on_behalf_of}'s" if f.on_behalf_of else "my"


def _about(f: LetterFacts) -> str:
    return f.on_behalf_of or "me"


def _access(f: Access) -> tuple[str, list[Paragraph]]:
    ask = "inspect" if f.form == "inspect" else "get a copy of"
    body = [
        law(f"I ask to {ask} these records about {_about(f)}: {f.records}", "164.524(a)(1)", "164.524(b)(1)"),
    ]
    if f.form == "inspect":
        body.append(law("Please tell me a convenient time and place at which I can see them.", "164.524(c)(3)(i)"))
    elif f.form == "electronic":
        wish = f.format or "an electronic form that I can open, such as PDF"
        body.append(
            law(
                f"I ask for {wish}. Where the records are kept electronically, please give me an electronic copy in that form if you can readily "
                "produce it, and otherwise in a readable electronic form that we agree on.",
                "164.524(c)(2)(ii)",
            )
        )
    else:
        body.append(law(f"I ask for a paper copy{f' ({f.format})' if f.format else ''} if you can readily produce it.", "164.524(c)(2)(i)"))
    if f.send_how and f.form != "inspect":
        body.append(law(f"Please send the copy this way: {f.send_how}", "164.524(c)(3)(i)"))
    if f.form != "inspect":
        body.append(
            law(
                "Any fee may cover only the labor of copying, supplies (for a paper copy, or for portable media that I ask for), postage if I ask "
                "for mailing, and a summary or explanation if I agreed to one. Please tell me the amount before you make the copy.",
                "164.524(c)(4)",
            )
        )
    return "Request for access to health records", [*body, _ACT_30, _IF_DENIED]


def _third_party(f: AccessThirdParty) -> tuple[str, list[Paragraph]]:
    where = ", ".join(f.recipient_address)
    wish = f" I ask for this form: {f.format}." if f.format else ""
    return "Direction to send an electronic copy of health records", [
        law(
            f"I direct you to send an electronic copy of the following records about {_about(f)}, kept in an electronic health record, directly to "
            f"the person named below: {f.records}{wish}",
            "164.524(c)(3)(ii)",
            "164.524(c)(2)(ii)",
        ),
        Paragraph(f"Designated person: {f.recipient}\nWhere to send the copy: {where}"),
        law(
            "This request is in writing, I have signed it below, and it names the person and where to send the copy. This right to direct a copy "
            "also stands in 42 U.S.C. 17935(e)(1), for a copy in electronic format from an electronic health record.",
            "164.524(c)(3)(ii)",
        ),
        Paragraph("If you mean to charge a fee, please tell me the amount before you send the copy."),
        _ACT_30,
        _IF_DENIED,
    ]


def _denial_review(f: DenialReview) -> tuple[str, list[Paragraph]]:
    ground = f" The ground you gave was: {f.ground}" if f.ground else " I do not have the ground in writing; please send it to me."
    return "Request for review of the denial of access to records", [
        Paragraph(f"On {day(f.asked_on)} I asked for access to records about {_about(f)}. On {day(f.denied_on)} you denied it.{ground}"),
        law(
            "If the denial rests on a ground that can be reviewed, I ask that a licensed health care professional whom you designate, and who did "
            "not take part in the denial, review it. The grounds that can be reviewed are a licensed professional's finding of likely danger to "
            "life or physical safety, of likely substantial harm to another person mentioned in the records, or of likely substantial harm where a "
            "personal representative asks.",
            "164.524(a)(3)",
            "164.524(a)(4)",
        ),
        law(
            "Please refer this request promptly to the reviewing official, who is to decide within a reasonable time, and send me prompt written "
            "notice of the decision.",
            "164.524(d)(4)",
        ),
        law("Please also give me access, as far as possible, to the rest of what I asked for.", "164.524(d)(1)"),
        law(
            "If you think the ground cannot be reviewed, please tell me which ground it is, and how I may complain.",
            "164.524(a)(2)",
            "164.524(d)(2)(i)",
            "164.524(d)(2)(iii)",
        ),
    ]


def _fee(f: FeeObjection) -> tuple[str, list[Paragraph]]:
    items = f" The bill lists: {f.items}" if f.items else ""
    return "Fee for a copy of health records", [
        Paragraph(f"On {day(f.asked_on)} I asked for a copy of records about {_about(f)}. You ask for a fee of {f.fee}.{items}"),
        law(
            "For a copy given to the individual, the fee must be reasonable and based on cost. It may include only the labor of copying, supplies "
            "(for a paper copy, or for portable media that was asked for), postage if mailing was asked for, and a summary or explanation if that "
            "was agreed to.",
            "164.524(c)(4)",
        ),
        Paragraph("I ask you to tell me what the fee is made of: the labor, the supplies and the postage, each by itself."),
        law("Please take off any part that is not one of these costs, and tell me the amount that is left.", "164.524(c)(4)"),
        law(
            "My request for the records stands, and the time to act on it runs from the day you received it.",
            "164.524(b)(2)(i)",
        ),
    ]


def _amendment(f: Amendment) -> tuple[str, list[Paragraph]]:
    body = [
        law(f"I ask you to amend this record about {_about(f)}: {f.record}", "164.526(a)(1)"),
        Paragraph(f"What it says now: {f.wrong}\nWhat it should say: {f.right}"),
        law(f"My reason: {f.reason}", "164.526(b)(1)"),
        law(
            "Please act on this request within 60 days of receiving it. If you need more time, the rule allows up to 30 days more, once, if within "
            "the first 60 days you send me the reasons for the delay and the date by which you will finish.",
            "164.526(b)(2)(i)",
            "164.526(b)(2)(ii)",
        ),
        law(
            "If you accept it, please make the change by marking or linking the records it affects, and tell me that it is done.",
            "164.526(c)(1)",
            "164.526(c)(2)",
        ),
    ]
    if f.tell:
        body.append(
            law(
                f"I agree that you tell these persons, who have the old information and need the amendment: {'; '.join(f.tell)}. Please also tell "
                "those you know to have it who may rely on it to my harm.",
                "164.526(c)(2)",
                "164.526(c)(3)",
            )
        )
    body.append(
        law(
            "If you deny any part, please send me a written denial in plain language that states the basis, how I may file a statement of "
            "disagreement, and how I may complain.",
            "164.526(d)(1)",
        )
    )
    return "Request to amend health record", body


def _disagreement(f: Disagreement) -> tuple[str, list[Paragraph]]:
    return "Statement of disagreement with the denial of an amendment", [
        law(
            f"On {day(f.asked_on)} I asked you to amend this record about {_about(f)}: {f.record} On {day(f.denied_on)} you denied it. This is my "
            "written statement of disagreement.",
            "164.526(d)(2)",
        ),
        Paragraph(f.statement),
        law(
            "Please append or link my request, your denial, this statement and any rebuttal to the record in dispute.",
            "164.526(d)(4)",
        ),
        law(
            "Please include this material, or an accurate summary of it, with any later disclosure of the information it is about.",
            "164.526(d)(5)(i)",
        ),
        law("If you write a rebuttal, please send me a copy.", "164.526(d)(3)"),
    ]


def _accounting(f: Accounting) -> tuple[str, list[Paragraph]]:
    earliest = accounting_from(f.written_on)
    since, until = max(f.since or earliest, earliest), min(f.until or f.written_on, f.written_on)
    return "Request for an accounting of disclosures of health information", [
        law(
            f"I ask for an accounting of the disclosures of protected health information about {_about(f)} made from {day(since)} to {day(until)}, "
            "including disclosures to or by your business associates. The right reaches back six years from the request, and some disclosures, "
            "such as those for treatment, payment and health care operations, are left out of it.",
            "164.528(a)(1)",
            "164.528(a)(3)",
            "164.528(b)(1)",
        ),
        law(
            "For each disclosure please give its date, who received the information and their address if known, a brief description of the "
            "information, and a brief statement of the purpose.",
            "164.528(b)(2)",
        ),
        law(
            "Please act on this request within 60 days of receiving it. If you need more time, the rule allows up to 30 days more, once, if within "
            "the first 60 days you send me the reasons for the delay and the date by which you will finish.",
            "164.528(c)(1)",
            "164.528(c)(1)(ii)",
        ),
        law(
            "The first accounting in any 12 months is free. If this would not be the first, please tell me the fee in advance, so that I can "
            "withdraw or change the request.",
            "164.528(c)(2)",
        ),
    ]


def _restriction(f: RestrictionCash) -> tuple[str, list[Paragraph]]:
    paid = f"I paid you in full on {day(f.paid_on)}" if f.paid_on else "I have paid you in full, or am paying in full with this letter,"
    return "Request not to disclose to a health plan care that was paid for in full", [
        law(
            f"I ask you not to disclose to {f.plan}, for payment or health care operations, any information about this care given to {_about(f)} on "
            f"{day(f.care_on)}: {f.care}",
            "164.522(a)(1)(i)(A)",
            "164.522(a)(1)(vi)",
        ),
        law(
            f"{paid} for it. You must agree to such a request where the disclosure is for payment or health care operations, is not otherwise "
            "required by law, and the information is only about an item or service paid for in full by me or by somebody other than the plan.",
            "164.522(a)(1)(vi)(A)",
            "164.522(a)(1)(vi)(B)",
        ),
        law("Please do not bill the plan for this care, and document this restriction.", "164.522(a)(1)(vi)", "164.522(a)(3)"),
        Paragraph("Please confirm in writing that you have noted it."),
    ]


def _confidential(f: Confidential) -> tuple[str, list[Paragraph]]:
    provider = f.holder == "provider"
    rule = "164.522(b)(1)(i)" if provider else "164.522(b)(1)(ii)"
    away = f" Please do not use: {f.not_at}" if f.not_at else ""
    ask = f"I ask you to send communications about {_whose(f)} health information only this way: {f.reach_me}{away}"
    body = [law(ask, rule, "164.522(b)(2)(ii)(B)")]
    if f.endangered:
        body.append(law("Disclosure of all or part of that information could endanger me.", "164.522(b)(1)(ii)", "164.522(b)(2)(iv)"))
    if f.payment:
        body.append(law(f"Payment will be handled this way: {f.payment}", "164.522(b)(2)(ii)(A)"))
    plan_must = "A health plan must meet a reasonable request that states this."
    who = "A provider must meet a reasonable request and may not make me explain it." if provider else plan_must
    body.append(law(who, rule, *(("164.522(b)(2)(iii)",) if provider else ())))
    body.append(Paragraph("Please confirm, by the way named above, from what day you will do so."))
    return "Request for confidential communications", body


def _complaint(f: OcrComplaint) -> tuple[str, list[Paragraph]]:
    body = [
        law(f"I file this complaint about: {f.about}, {', '.join(f.about_address)}", "160.306(a)", "160.306(b)(1)", "160.306(b)(2)"),
        law(f"What was done or not done, which I ask you to look into ({f.happened_on}):\n{f.happened}", "160.306(b)(2)"),
        law(f"I learned of it on {day(f.known_on)}.", "160.306(b)(3)"),
    ]
    last = f.known_on + timedelta(days=180)
    if f.written_on > last:
        reason = f.late_reason or "[say here why you could not file sooner]"
        body.append(
            law(f"The 180 days from then ended on {day(last)}. I ask you to waive that limit for good cause: {reason}", "160.306(b)(3)")
        )
    body.append(Paragraph("Please tell me in writing what you decide, and whether you need anything more from me."))
    return "Health information privacy complaint", body


_TEXTS: dict[type[LetterFacts], Callable[[Any], tuple[str, list[Paragraph]]]] = {
    Access: _access,
    AccessThirdParty: _third_party,
    DenialReview: _denial_review,
    FeeObjection: _fee,
    Amendment: _amendment,
    Disagreement: _disagreement,
    Accounting: _accounting,
    RestrictionCash: _restriction,
    Confidential: _confidential,
    OcrComplaint: _complaint,
}


def write_letter(kind: str, data: Any) -> Letter:
    """Make one letter from its facts.

    Args:
        kind: a key of `bot.letters.KINDS`.
        data: the facts as JSON gives them, or as the kind's own model.

    Raises:
        LetterError: no such kind, or facts that are missing or wrong.
    """
    facts = read_facts(kind, data.model_dump() if isinstance(data, LetterFacts) else data)
    subject, body = _TEXTS[type(facts)](facts)
    if facts.on_behalf_of:
        text = f"I write as personal representative of {facts.on_behalf_of} ({facts.authority}) and will show proof of it."
        body.insert(0, law(text, "164.502(g)(1)"))
    born = f", born {day(facts.birth_date)}" if facts.birth_date else ""
    sender = (facts.name, *facts.address, *((facts.contact,) if facts.contact else ()))
    under = (facts.name, *((f"personal representative of {facts.on_behalf_of}",) if facts.on_behalf_of else ()))
    return Letter(
        kind,
        COVER_ES if facts.spanish else "",
        sender,
        day(facts.written_on),
        (facts.to_name, *facts.to_address),
        f"Re: {subject} ({facts.on_behalf_of or facts.name}{born})",
        "To whom it may concern:",
        tuple(body),
        "Sincerely,",
        ("", "______________________________", *under),
    )
