"""Lists and small words for people: tables, hours, money, chosen columns."""

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


def table(headers: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Print rows in columns as wide as they need; the last column wraps nowhere."""
    texts = [[_cell(c) for c in row] for row in rows]
    widths = [max([len(headers[n]), *(len(t[n]) for t in texts)]) for n in range(len(headers))]
    head = "  ".join(h.ljust(w) for h, w in zip(headers, widths, strict=True)).rstrip()
    click.echo(click.style(head, bold=True))
    for text in texts:
        click.echo("  ".join(c.ljust(w) for c, w in zip(text, widths, strict=True)).rstrip())


def _cell(value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, datetime):
        return when(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
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
    rows: Sequence[Mapping[str, Any]],
    *,
    where: Sequence[str],
    sort: str | None,
    limit: int,
) -> list[Mapping[str, Any]]:
    """Rows of a list as the person asked for them; unknown fields are refused (CFG-12)."""
    wanted = pairs(where)
    known = set(rows[0]) if rows else set()
    for name in (*wanted, *([sort.lstrip("-")] if sort else ())):
        if rows and name not in known:
            raise ConfigError(
                f"There is no column {name}.", code="CFG-12", fix=f"Columns: {', '.join(rows[0])}."
            )
    kept = [r for r in rows if all(_cell(r[n]) == v for n, v in wanted.items())]
    if sort:
        kept.sort(key=lambda r: _cell(r[sort.lstrip("-")]), reverse=sort.startswith("-"))
    return kept[:limit]


def columns_of(rows: Sequence[Mapping[str, Any]], columns: str | None) -> list[str]:
    """The columns to print: those asked for, else all."""
    known = list(rows[0]) if rows else []
    if not columns:
        return known
    asked = [c.strip() for c in columns.split(",") if c.strip()]
    unknown = [c for c in asked if c not in known]
    if rows and unknown:
        raise ConfigError(
            f"There is no column {unknown[0]}.", code="CFG-12", fix=f"Columns: {', '.join(known)}."
        )
    return asked


def print_rows(rows: Sequence[Mapping[str, Any]], columns: str | None, empty: str) -> None:
    """Print rows as a table, or a sentence when there is none."""
    if not rows:
        click.echo(empty)
        return
    names = columns_of(rows, columns)
    table(names, [[r[n] for n in names] for r in rows])


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
