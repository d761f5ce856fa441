"""Templates and how values are written on a page."""

import re
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from babel.dates import format_date
from babel.numbers import format_currency
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup, escape

from tallystick.app.drawings import svg
from tallystick.app.plain import fix_of
from tallystick.model.money import Money

_TEMPLATES = Path(__file__).parent / "templates"
_LOCALE = "en"
_CODE = re.compile(r"\b[A-Z]{2,8}-[0-9]+\b")


@lru_cache(maxsize=1)
def environment() -> Environment:
    """The template environment: everything is escaped, unknown names are errors."""
    made = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=select_autoescape(),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(money=money, hours=hours, day=day, instant=instant, ago=ago, plural=plural)
    made.filters["fix"] = fix_of
    made.filters["coded"] = coded
    made.filters["svg"] = lambda chart, number=1: Markup(svg(chart, number))  # noqa: S704 - escaped there
    return made


def render(template: str, **values: Any) -> str:
    """One page or fragment as HTML."""
    return environment().get_template(template).render(**values)


def coded(text: str) -> Markup:
    """A sentence in which no code or number of an invoice is broken over two lines."""
    return Markup(_CODE.sub(r'<span class="nw">\g<0></span>', str(escape(text))))  # noqa: S704


def money(value: Money) -> Markup:
    """An amount in the reader's way of writing, with the raw value for machines."""
    text = format_currency(value.amount, value.currency, locale=_LOCALE)
    return Markup('<data value="{} {}">{}</data>').format(value.amount, value.currency, text)


def hours(minutes: int) -> str:
    """Minutes as hours and minutes: 135 is "2 h 15 min"."""
    return f"{minutes // 60} h {minutes % 60:02d} min"


def day(value: Any) -> Markup:
    """A calendar date with its machine form."""
    return Markup('<time datetime="{}">{}</time>').format(
        value.isoformat(), format_date(value, "d MMMM y", locale=_LOCALE)
    )


def instant(value: datetime) -> Markup:
    """A point in time, in UTC, with its machine form."""
    utc = value.astimezone(UTC)
    words = f"{format_date(utc, 'd MMM y', locale=_LOCALE)}, {utc:%H:%M} UTC"
    return Markup('<time datetime="{}">{}</time>').format(f"{utc:%Y-%m-%dT%H:%MZ}", words)


def ago(value: datetime | None, now: datetime) -> Markup:
    """How long ago an instant was, in words."""
    if value is None:
        return Markup("never")
    seconds = max(int((now - value).total_seconds()), 0)
    words = "just now"
    for size, unit in ((86400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= size:
            words = f"{plural(seconds // size, unit)} ago"
            break
    stamp = value.astimezone(UTC).strftime("%Y-%m-%dT%H:%MZ")
    return Markup('<time datetime="{}">{}</time>').format(stamp, words)


def plural(number: int, noun: str) -> str:
    """A number with its noun: "1 task", "3 tasks", "4 entries"."""
    if number == 1:
        return f"{number} {noun}"
    if noun.endswith("y") and noun[-2] not in "aeiou":
        return f"{number:,} {noun[:-1]}ies"
    return f"{number:,} {noun}s"
