"""The parameters filter and sort of v3 lists."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tallystick.simulator.http import Request

from tallystick_zoho_projects.simulator.errors import json_param, wrong

Json = dict[str, Any]
_PATTERN = re.compile(r"[0-9\s()]|\b(?:and|or|AND|OR)\b")
_CONDITIONS: Mapping[str, Callable[[str, set[str]], bool]] = {
    "is": lambda have, want: have in want,
    "is_not": lambda have, want: have not in want,
    "contains": lambda have, want: any(w in have for w in want),
    "doesnt_contain": lambda have, want: not any(w in have for w in want),
    "greater_than": lambda have, want: all(have > w for w in want),
    "less_than": lambda have, want: all(have < w for w in want),
}


def sifted(request: Request, rows: Sequence[Json]) -> list[Json]:
    """Rows that fit `filter`, in the order of `sort` (field:asc or field:desc)."""
    found = list(rows)
    asked = json_param(request, "filter")
    criteria = asked.get("criteria", [])
    if not isinstance(criteria, list) or asked.keys() - {"criteria", "pattern"}:
        raise wrong("filter")
    tests = [_test(one) for one in criteria]
    either = _either(asked.get("pattern", ""))
    if tests:
        join = any if either else all
        found = [r for r in found if join(test(r) for test in tests)]
    return _sorted(request, found)


def _either(pattern: Any) -> bool:
    """True when the criteria of a pattern such as "1 or 2" are alternatives."""
    if not isinstance(pattern, str) or _PATTERN.sub("", pattern):
        raise wrong("pattern")
    words = {w.lower() for w in re.findall(r"[a-zA-Z]+", pattern)}
    if len(words) > 1:
        raise wrong("pattern")
    return words == {"or"}


def _test(criterion: Any) -> Callable[[Json], bool]:
    if not isinstance(criterion, dict):
        raise wrong("criteria")
    name, condition = criterion.get("field_name"), criterion.get("criteria_condition")
    values = criterion.get("value")
    if not isinstance(name, str) or not isinstance(condition, str) or condition not in _CONDITIONS:
        raise wrong("criteria")
    values = values if isinstance(values, list) else [values]
    want = {str(v).casefold() for v in values}
    fits = _CONDITIONS[condition]
    return lambda row: any(fits(have, want) for have in _texts(row, name))


def _texts(row: Json, name: str) -> list[str]:
    """What a field is compared by; an object by its id and by its name."""
    if name not in row:
        raise wrong("field_name")
    value = row[name]
    if isinstance(value, dict):
        return [str(value.get(k, "")).casefold() for k in ("id", "zpuid", "name") if k in value]
    return [str(value).casefold()]


def _sorted(request: Request, rows: list[Json]) -> list[Json]:
    asked = request.param("sort")
    if not asked:
        return rows
    name, _, order = asked.strip('{}" ').replace('"', "").partition(":")
    order = order.strip().lower() or "asc"
    if order not in {"asc", "desc"} or any(name.strip() not in r for r in rows):
        raise wrong("sort")
    return sorted(rows, key=lambda r: str(r[name.strip()]).casefold(), reverse=order == "desc")
