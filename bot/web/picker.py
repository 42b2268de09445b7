"""The part of a page where a file is chosen: our own file input, for `static/desk-pages.js` to send when the button beside it is pressed.

Pressing the button that is called `button` sends the file first, puts its token into the hidden box, and then presses again. Without a
file the button does what it always did.
"""

from __future__ import annotations

import html
from collections.abc import Sequence
from typing import Any

import gradio as gr


def picker(button: str, label: str, kinds: Sequence[str], most_bytes: int) -> str:
    """A labelled file input for the button with this id, a way to take the choice back, and a line for what is wrong; HTML."""
    allowed = html.escape(",".join(kinds))
    hint = f"{', '.join(kinds)}, up to {most_bytes // 2**20} MB"
    return (
        f'<div class="picker" data-button="{button}" data-kinds="{allowed}" data-most="{most_bytes}">'
        f'<label for="{button}-file">{html.escape(label)} <span class="hint">({html.escape(hint)})</span></label>'
        f'<div class="choice"><input type="file" id="{button}-file" accept="{allowed}" aria-describedby="{button}-said">'
        f'<button type="button" class="take-back" hidden>Remove file</button></div>'
        f'<p class="said" id="{button}-said" role="status"></p></div>'
    )


def token_box(button: str) -> Any:
    """The hidden box that brings the token of a sent file to the page's function."""
    return gr.Textbox(
        "", show_label=False, container=False, max_length=64, elem_id=f"{button}-token", elem_classes="token", interactive=True
    )
