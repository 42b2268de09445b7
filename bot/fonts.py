"""A font of this machine for text that the fonts built into PDF cannot print."""

from __future__ import annotations

from pathlib import Path

from bot.errors import PatientRightsError

# Fonts that hold more than Western European letters, where the machine has one.
FONTS = (
    Path("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"),
    Path("/usr/share/fonts/TTF/DejaVuSans.ttf"),
    Path("/usr/share/fonts/dejavu-sans-fonts/DejaVuSans.ttf"),
    Path("/Library/Fonts/Arial Unicode.ttf"),
    Path("/System/Library/Fonts/Supplemental/Arial Unicode.ttf"),
    Path("C:/Windows/Fonts/arial.ttf"),
)


class FontError(PatientRightsError):
    """A character that no font at hand can print."""


def font_for(text: str) -> Path:
    """The first font that has every character of `text`.

    Raises:
        FontError: none has; names the character.
    """
    from fontTools.ttLib import TTFont

    missing = ""
    for path in (p for p in FONTS if p.is_file()):
        with TTFont(path, lazy=True) as font:
            known = font.getBestCmap() or {}
            missing = next((c for c in text if not c.isspace() and ord(c) not in known), "")
        if not missing:
            return path
    odd = missing or next(c for c in text if ord(c) > 255)
    raise FontError(f"no font here can print {odd!r} in a PDF; install DejaVu Sans")
