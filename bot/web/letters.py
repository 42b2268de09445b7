"""The page that writes letters: choose a kind, fill the few facts it needs, read it, take it away as Word or PDF with its last day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, get_args, get_origin

import gradio as gr
from pydantic.fields import FieldInfo

from bot.deadlines import Facts, Matter, answer_due, to_ics
from bot.letters.facts import KINDS, LetterFacts
from bot.letters.files import to_docx, to_pdf, to_text
from bot.letters.texts import write_letter
from bot.web.opened import WORD, download, downloads, said
from bot.web.render import safe

INTRO = "Fill in what you know and take the letter away. Only the fields with a star are needed. Nothing is kept on the server."
TITLES = {
    "access": "Ask for my records",
    "access-third-party": "Have an electronic copy sent to somebody else",
    "denial-review": "Have a refusal reviewed",
    "fee-objection": "Question a copy fee",
    "amendment": "Ask for a correction",
    "disagreement": "Disagree with a refused correction",
    "accounting": "Ask who was given my information",
    "restriction-cash": "Keep care I paid for from my health plan",
    "confidential": "Be reached another way",
    "ocr-complaint": "Complain to OCR",
}
_LABELS = {
    "name": "Your name",
    "address": "Your address, a line each",
    "to_name": "Who the letter goes to",
    "to_address": "Their address, a line each",
    "written_on": "Date of the letter (like 2026-03-31; today when empty)",
    "contact": "Your telephone or e-mail",
    "birth_date": "Date of birth of the patient (like 1980-03-31)",
    "on_behalf_of": "The patient's name, if it is not you",
    "authority": "What lets you act for the patient (parent, guardian, health care power of attorney, executor)",
    "spanish": "Put one line in Spanish above the letter",
    "records": "Which records, and from when to when",
    "form": "How you want them",
    "format": "File format, such as PDF",
    "send_how": "Where or how to send the copy",
    "recipient": "Who shall get the copy",
    "recipient_address": "Where to send the copy, a line each",
    "asked_on": "Day you asked (like 2026-03-31)",
    "denied_on": "Day they refused (like 2026-03-31)",
    "ground": "The reason they gave",
    "fee": "The fee they ask, such as $90",
    "items": "What they say it is for",
    "record": "Which entry",
    "wrong": "What it says now",
    "right": "What it should say",
    "reason": "Why it is wrong",
    "tell": "Who else should be told, a line each",
    "statement": "Your statement",
    "since": "From (like 2024-03-31)",
    "until": "To (like 2026-03-31)",
    "care": "The care you paid for",
    "care_on": "Day of the care (like 2026-03-31)",
    "plan": "Your health plan",
    "paid_on": "Day you paid (like 2026-03-31)",
    "holder": "Who the letter goes to is a",
    "reach_me": "Reach me only at",
    "not_at": "Do not use",
    "endangered": "Disclosure could endanger me",
    "payment": "How payment will be handled",
    "about": "Who the complaint is about",
    "about_address": "Their address, a line each",
    "happened": "What happened",
    "happened_on": "When it happened",
    "known_on": "Day you learned of it (like 2026-03-31)",
    "late_reason": "Why you complain later than 180 days, if so",
}
_ANSWERED: dict[str, Matter] = {"access": "access", "access-third-party": "access", "amendment": "amendment", "accounting": "accounting"}
_SHARED = tuple(LetterFacts.model_fields)


def _many(field: FieldInfo) -> bool:
    return get_origin(field.annotation) is tuple


def _is(field: FieldInfo, kind: type) -> bool:
    return field.annotation is kind or kind in get_args(field.annotation)


def _component(name: str, field: FieldInfo, key: str) -> Any:
    star = " *" if field.is_required() else ""
    label = _LABELS[name] + star
    choices = get_args(field.annotation) if get_origin(field.annotation) is Literal else ()
    if choices:
        start = choices[0] if field.is_required() else field.default
        return gr.Radio(list(choices), value=start, label=label, elem_id=key)
    if field.annotation is bool:
        return gr.Checkbox(label=label, elem_id=key)
    long = _many(field) or any(getattr(m, "max_length", 0) == 6000 for m in _constraints(field))
    shown = "\n".join(field.default) if _many(field) and isinstance(field.default, tuple) and name != "tell" else field.default
    start = shown if isinstance(shown, str) and not shown.startswith("[") else ""
    return gr.Textbox(label=label, value=start, lines=3 if long else 1, max_lines=10 if long else 1, elem_id=key)


def _constraints(field: FieldInfo) -> list[Any]:
    found = list(field.metadata)
    for inner in (field.annotation, *get_args(field.annotation)):
        found += list(getattr(inner, "__metadata__", ()))
    return found


def _facts(kind: str, fields: dict[str, FieldInfo], values: dict[str, Any]) -> dict[str, Any]:
    """What was filled in, as `write_letter` takes it; empty fields are left out."""
    out: dict[str, Any] = {}
    for name, field in fields.items():
        value = values.get(name)
        if isinstance(value, str):
            value = value.strip()
            if _many(field):
                value = [line.strip() for line in value.splitlines() if line.strip()]
        if value not in ("", None, [], False):
            out[name] = value
    return out


def _respond(kind: str, values: dict[str, Any]) -> tuple[str, str]:
    try:
        letter = write_letter(kind, _facts(kind, KINDS[kind].model_fields, values))
        links = [
            download("Word", f"{kind}.docx", WORD, to_docx(letter)),
            download("PDF", f"{kind}.pdf", "application/pdf", to_pdf(letter)),
            download("Text", f"{kind}.txt", "text/plain;charset=utf-8", to_text(letter)),
        ]
        due = ""
        if matter := _ANSWERED.get(kind):
            day = date.fromisoformat(values["written_on"].strip()) if (values.get("written_on") or "").strip() else date.today()
            deadline = answer_due(Facts(matter, received=day))
            links.append(download("Last day for a calendar (.ics)", f"{kind}.ics", "text/calendar", to_ics([deadline])))
            due = f"<p>If they receive it on {day}, they must act by <strong>{deadline.date}</strong> ({deadline.rule}). "
            due += f"{deadline.note}.</p>"
    except Exception as e:  # noqa: BLE001 - the page's boundary: said plainly, logged
        return _plain(said(e)), ""
    return letter.text(), due + downloads(*links)


def _plain(text: str) -> str:
    """An error with the names of facts as the page shows them."""
    for name, label in _LABELS.items():
        text = text.replace(f"'{name}'", f"“{label}”")
    return text.partition("; wanted")[0] + "."


@dataclass(frozen=True)
class LettersPage:
    """The parts of the page that another page fills in; `parts` are kind or "", field and component."""

    kind: Any
    told: Any
    parts: tuple[tuple[str, str, Any], ...]
    text: Any
    files: Any

    @property
    def outputs(self) -> list[Any]:
        """What opening the page with facts changes."""
        return [self.kind, self.told, self.text, self.files, *(c for _, _, c in self.parts)]

    def opened_with(self, kind: str, facts: dict[str, str]) -> dict[Any, Any]:
        """The page with a kind chosen and facts filled in; fields without a fact stay as they are."""
        fields = {component: facts[name] for k, name, component in self.parts if k in ("", kind) and name in facts}
        return {self.kind: kind, self.told: _told(facts), self.text: "", self.files: "", **fields}


def _told(facts: dict[str, str]) -> str:
    """What was filled in from the conversation, so that it gets checked."""
    if not facts:
        return "*Nothing in your questions was certain enough to fill in. The law is in the letter already; add what happened.*"
    filled = "; ".join(f"{_LABELS[n].partition(' (like')[0]}: **{safe(v)}**" for n, v in facts.items())
    return f"Filled in from what you asked, please check: {filled}"


def tab() -> LettersPage:
    """Put the page into the tab that is open."""
    gr.Markdown(INTRO, sanitize_html=True)
    told = gr.Markdown("", elem_id="letter-told", sanitize_html=True)
    kind = gr.Dropdown([(title, k) for k, title in TITLES.items()], value="access", label="Letter", elem_id="letter-kind", filterable=False)
    parts: list[tuple[str, str, Any]] = []  # kind or "", field, component
    groups: list[Any] = []
    for k, model in KINDS.items():
        with gr.Group(visible=k == "access") as group:
            parts += [(k, n, _component(n, f, f"{k}-{n}")) for n, f in model.model_fields.items() if n not in _SHARED]
            if k == "ocr-complaint":
                gr.Markdown("The letter goes to OCR at HHS; you may also complain at ocrportal.hhs.gov.")
        groups.append(group)
    with gr.Group():
        parts += [("", n, _component(n, f, f"letter-{n}")) for n, f in LetterFacts.model_fields.items()]
    write = gr.Button("Write the letter", variant="primary", elem_id="write", elem_classes="main")
    text = gr.Textbox(label="Letter", lines=16, max_lines=60, elem_id="letter", interactive=False, buttons=["copy"])
    files = gr.Markdown("", elem_id="letter-files", sanitize_html=False, latex_delimiters=[])
    kind.change(lambda k: [gr.update(visible=k == one) for one in KINDS], kind, groups, show_progress="hidden", api_visibility="private")

    def respond(chosen: str, *values: Any) -> tuple[str, str]:
        held = {n: v for (k, n, _), v in zip(parts, values, strict=True) if k in ("", chosen)}
        if chosen == "ocr-complaint":
            held = {n: v for n, v in held.items() if n not in ("to_name", "to_address")}
        return _respond(chosen, held)

    write.click(respond, [kind, *(c for _, _, c in parts)], [text, files], show_progress="hidden", api_visibility="private")
    return LettersPage(kind, told, tuple(parts), text, files)
