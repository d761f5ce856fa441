"""Lists and small words for people: tables, hours, money, chosen columns."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from tallystick.errors import ConfigError

if TYPE_CHECKING:
    from tallystick.model.money import Money


def hours(minutes: int) -> str:
    """Whole minutes as hours: "18 h 30 min"."""
    return f"{minutes // 60} h {minutes % 60:02d} min"


def amounts(found: Iterable["Money"]) -> str:
    """Amounts of several currencies in one line."""
    return ", ".join(str(m) for m in found) or "nothing"


def when(instant: datetime | None) -> str:
    """An instant to the minute, or a dash."""
    return f"{instant:%Y-%m-%d %H:%M}" if instant else "-"


def many(number: int, noun: str, plural: str | None = None) -> str:
    """A number with its noun: "1 entry", "2 entries"."""
    return f"{number} {noun if number == 1 else plural or noun + 's'}"


def table(headers: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Print rows in columns as wide as they need; the last column wraps nowhere."""
    texts = [[cell(c) for c in row] for row in rows]
    widths = [max([len(headers[n]), *(len(t[n]) for t in texts)]) for n in range(len(headers))]
    head = "  ".join(h.ljust(w) for h, w in zip(headers, widths, strict=True)).rstrip()
    click.echo(click.style(head, bold=True))
    for text in texts:
        click.echo("  ".join(c.ljust(w) for c, w in zip(text, widths, strict=True)).rstrip())


def cell(value: Any) -> str:
    """A value in words, nothing as a dash."""
    if value is None:
        return "-"
    if isinstance(value, datetime):
        return when(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value)) or "-"
    return str(value)


def pairs(conditions: Sequence[str]) -> dict[str, str]:
    """`FIELD=VALUE` conditions of a list. Raises `ConfigError` CFG-06 for anything else."""
    found = {}
    for condition in conditions:
        name, equals, value = condition.partition("=")
        if not equals or not name:
            raise ConfigError(
                f"{condition} is no condition.", code="CFG-06", fix="Write --where FIELD=VALUE."
            )
        found[name] = value
    return found


def chosen(
    names: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    where: Sequence[str],
    sort: str | None,
    limit: int,
    columns: str | None,
) -> list[dict[str, Any]]:
    """Rows of a list as the person asked for them; unknown columns are refused (CFG-12)."""
    wanted = pairs(where)
    key = sort.lstrip("-") if sort else None
    shown = [c.strip() for c in columns.split(",") if c.strip()] if columns else list(names)
    for name in (*wanted, *([key] if key else ()), *shown):
        if name not in names:
            raise ConfigError(
                f"There is no column {name}.", code="CFG-12", fix=f"Columns: {', '.join(names)}."
            )
    everything = [dict(zip(names, row, strict=True)) for row in rows]
    kept = [r for r in everything if all(value in _words(r[n]) for n, value in wanted.items())]
    if key is not None:
        kept.sort(key=lambda r: _order(r[key]), reverse=str(sort).startswith("-"))
    return [{n: r[n] for n in shown} for r in kept[:limit]]


def _words(value: Any) -> set[str]:
    """How a person may write a value in a condition."""
    return {cell(value), str(value), str(value).lower()}


def _order(value: Any) -> tuple[int, float, str]:
    """Nothing first, then numbers by size, then words."""
    if value is None:
        return (0, 0, "")
    if isinstance(value, int | float):
        return (1, value, "")
    parts = re.split(r"(\d+)", cell(value).casefold())
    return (2, 0, "".join(p.zfill(12) if p.isdigit() else p for p in parts))


def print_rows(rows: Sequence[Mapping[str, Any]], empty: str) -> None:
    """Print rows as a table, or a sentence when there is none."""
    if not rows:
        click.echo(empty)
        return
    table(list(rows[0]), [list(r.values()) for r in rows])


_LIST_OPTIONS = (
    click.option("--columns", help="Columns to print, with commas between them."),
    click.option("--where", multiple=True, metavar="FIELD=VALUE", help="Only rows like this."),
    click.option("--sort", help="Column to sort by; -COLUMN for descending."),
    click.option("--limit", default=50, show_default=True, type=click.IntRange(1), help="Rows."),
)


def list_options(function: Any) -> Any:
    """The options that every list takes."""
    for option in _LIST_OPTIONS:
        function = option(function)
    return function
