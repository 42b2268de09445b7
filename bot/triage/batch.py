"""The rows of a sheet, one card each; a row that cannot be triaged is named and the rest go on."""

from __future__ import annotations

from datetime import date
from typing import Any

from bot.errors import PatientRightsError
from bot.pipeline import Desk
from bot.triage.card import failed, triage
from bot.triage.sheets import Row


def card_of(row: Row, desk: Desk, today: date) -> dict[str, Any]:
    """The card of a row as JSON, or its error under the same keys."""
    if row.error:
        return failed(row.id, row.error)
    try:
        return triage(row.inquiry, desk, today, row.id).to_json()
    except PatientRightsError as e:
        return failed(row.id, f"{row.place}: {e}")
