"""A draft of a rule file, begun and edited by the forms of its page."""

import re
from pathlib import Path

from web.serving import Site

LIVE, DRAFT = "/rules/qualification.yaml", "/rules/qualification.draft.yaml"


def form_of(site: Site, **more: str) -> dict[str, str]:
    """Fields of a form, with the token of this start."""
    return {"token": site.desk.token, **more}


def hash_of(site: Site) -> str:
    """What the editor says it was loaded with."""
    found = re.search(r'name="over" value="([^"]*)"', site.get(DRAFT).text)
    assert found
    return found.group(1)


def file_of(site: Site) -> Path:
    """Where the draft stands."""
    return site.home / "rules" / "qualification.draft.yaml"


def stricter(text: str) -> str:
    """Rules that skip entries of an hour or more; tests keep the limit they were written for."""
    text = text.replace(
        "max_minutes: {type: integer, default: 1440}", "max_minutes: {type: integer, default: 59}"
    )
    return text.replace("base:\n", "base:\n  params: {max_minutes: 1440}\n")


def drafted(site: Site) -> str:
    """Begin a draft by its button, and save stricter rules in it by its form; their text."""
    answer = site.post(f"{LIVE}/draft", form_of(site))
    assert (answer.status_code, answer.headers["Location"]) == (303, DRAFT)
    text = stricter(file_of(site).read_text(encoding="utf-8"))
    over = hash_of(site)
    answer = site.post(f"{DRAFT}/draft", form_of(site, text=text, over=over, act="save"))
    assert answer.status_code == 303, answer.text
    return text
