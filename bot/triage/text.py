"""A triage card as plain text for a terminal."""

from __future__ import annotations

import textwrap

from bot.triage.card import Card
from bot.triage.reply import wrapped


def _wrap(text: str, indent: str = "") -> str:
    return textwrap.fill(text, width=100, initial_indent=indent, subsequent_indent=" " * len(indent))


def card_text(card: Card) -> str:
    """Danger first, then who is bound, the last days, what to ask, where to send it, the provisions, and the draft of a reply."""
    lines = [_wrap(f"! {card.safety}"), ""] if card.safety else []
    lines += [
        f"Urgency: {card.urgency}",
        _wrap(card.why_urgent, "  "),
        f"Covered by these rules: {card.entity_covered}",
        _wrap(card.why_covered, "  "),
    ]
    lines.append(f"Topics: {', '.join(card.topics) or 'none found'}")
    if card.deadlines:
        lines += ["", "Last days (calendar days)"]
    for d in card.deadlines:
        left = d.days_left(card.today)
        when = "no date yet" if left is None else f"{d.date}, {left} days left" if left >= 0 else f"{d.date}, {-left} days ago"
        lines += [_wrap(f"{when}: {d.what} [{d.rule}]", "- "), _wrap(d.note, "  ")]
    if card.missing_facts:
        lines += ["", "Ask the client", *(_wrap(q, "- ") for q in card.missing_facts)]
    lines += ["", f"Send to: {card.route}", _wrap(card.refer_to, "  ")]
    if card.provisions:
        lines += ["", "Provisions", _wrap("; ".join(map(str, card.provisions)), "  ")]
    limit = "This card is read from an inquiry's words; check every date against the papers. It does not say that anybody broke the law."
    lines += ["", _wrap(limit), f"As of {card.today}; law as of {card.as_of}, plain-language edition {card.edition}."]
    return "\n".join([*lines, "", "Draft of a reply to the client, to be read before it is sent", "", wrapped(card.reply)])
