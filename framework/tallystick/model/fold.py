"""Folded spellings for comparison (R-071, R-073); stored with the record, computed once."""

import re
import unicodedata

_SPACES = re.compile(r"\s+")
_MARKER = re.compile(r"\[ts:([A-Z2-7]{10})\]\s*$")
_DIGITS = re.compile(r"\D+")


def fold_name(name: str | None) -> str:
    """NFKC, invisible format characters dropped, case-folded, spaces collapsed (R-071)."""
    if not name:
        return ""
    text = unicodedata.normalize("NFKC", name)
    text = "".join(c for c in text if unicodedata.category(c) != "Cf").casefold()
    return _SPACES.sub(" ", unicodedata.normalize("NFKC", text)).strip()


def fold_email(email: str | None) -> str:
    """Case-folded with outer spaces dropped (R-064); "" is never equal to anything (R-073)."""
    return (email or "").strip().casefold()


def fold_phone(phone: str | None) -> str:
    """The digits alone."""
    return _DIGITS.sub("", phone or "")


def fold_marker(text: str | None) -> str:
    """The ten characters of our marker `[ts:XXXXXXXXXX]` at the end of a text, or ""."""
    found = _MARKER.search(text or "")
    return found.group(1) if found else ""


FOLDS = {"name": fold_name, "email": fold_email, "phone": fold_phone, "marker": fold_marker}
"""What a comparison column is made with; see `Record.folded`."""
