"""A rule file as a decision table in CSV and back, without loss but for its comments.

A row is a key of the file, a param, a rule, a test or an invariant. A rule has a column for each
field that rules test, in the order in which they test it; what does not fit stands in `and`.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tallystick.decide.yamlnodes import Loader, Node
from tallystick.errors import RuleFileError, Where
from tallystick.workbench.commented import Document
from tallystick.workbench.formatting import arrange
from tallystick.workbench.layout import flow, from_plain, quoted, write

FIRST = ("row", "name")
LAST = ("and", "then", "code", "because", "fix", "value")
LISTS = {"rule": "rules", "test": "tests", "invariant": "invariants"}
NAMES = {"rule": "id", "test": "name", "invariant": "id"}
_CELLS = ("then", "code")
_SENTENCES = ("because", "fix")
_RAISED = tuple("\"=+-@'\t\r\n ")
"""First letters by which a spreadsheet takes a text for a formula, or drops something."""
Plain = Mapping[str, Any]


def exported(documents: Sequence[Plain]) -> str:
    """Rule files, as plain values, in one table."""
    paths = _columns(documents)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    header = [*FIRST, *paths, *LAST]
    writer.writerow(header)
    for document in documents:
        for row in _rows(document, paths):
            writer.writerow([row.get(name, "") for name in header])
    return out.getvalue()


def _columns(documents: Sequence[Plain]) -> list[str]:
    """The tested fields, each behind those that a rule tests before it where all rules agree."""
    before: dict[str, set[str]] = {}
    for document in documents:
        for rule in document["rules"]:
            earlier: list[str] = []
            for path, _ in _simple(rule.get("when")):
                if path in LAST or path in FIRST or path in earlier:
                    break
                before.setdefault(path, set()).update(earlier)
                earlier.append(path)
    paths: list[str] = []
    while len(paths) < len(before):
        left = [p for p in before if p not in paths]
        # where rules disagree no order is right, so the one that was seen first comes first
        paths.append(next((p for p in left if before[p] <= set(paths)), left[0]))
    return paths


def _simple(when: Any) -> Iterator[tuple[str, Any]]:
    """The first conditions of a rule that test one field each."""
    for entry in when if isinstance(when, list) else ():
        if not isinstance(entry, dict) or len(entry) != 1:
            return
        yield from entry.items()


def _rows(document: Plain, paths: Sequence[str]) -> Iterator[dict[str, str]]:
    """The document row by row; `tallystick` comes first and so begins a document."""
    plural = {many: one for one, many in LISTS.items()}
    for key in ("tallystick", *(k for k in document if k != "tallystick")):
        value = document.get(key)
        if key == "params" and isinstance(value, dict) and value:
            for name, body in value.items():
                yield {"row": "param", "name": _cell_text(name), "value": _flow(body)}
        elif key in plural and isinstance(value, list) and value:
            yield from (_row(plural[key], member, paths) for member in value)
        else:
            yield {"row": "file", "name": key, "value": _flow(value)}


def _row(kind: str, member: Any, paths: Sequence[str]) -> dict[str, str]:
    rest = dict(member) if isinstance(member, dict) else {}
    row = {"row": kind}
    name = rest.pop(NAMES[kind], None)
    if not isinstance(name, str):
        return {**row, "value": _flow(member)}
    row["name"] = _cell_text(name)
    if kind == "rule":
        row |= _rule(rest, paths)
    if rest:
        row["value"] = _flow(rest)
    return row


def _rule(rest: dict[str, Any], paths: Sequence[str]) -> dict[str, str]:
    """The cells of a rule; what they hold is taken out of `rest`."""
    row: dict[str, str] = {}
    when = rest.get("when")
    if isinstance(when, list):
        rest.pop("when")
        at = taken = 0
        for path, test in _simple(when):
            if path not in paths[at:]:
                break
            row[path] = _flow(test)
            at, taken = paths.index(path) + 1, taken + 1
        if when[taken:] or not when:
            row["and"] = _flow(when[taken:])
    for key in _CELLS:
        if key in rest:
            row[key] = _flow(rest.pop(key))
    for key in _SENTENCES:
        if isinstance(rest.get(key), str):
            row[key] = _cell_text(rest.pop(key))
    return row


def _flow(value: Any) -> str:
    return flow(from_plain(value))


def _cell_text(value: str) -> str:
    """A text as it is, or in quotes where a spreadsheet or a reader would change it."""
    odd = (
        not value or value.startswith(_RAISED) or value != value.strip() or not value.isprintable()
    )
    return quoted(value) if odd else value


@dataclass(frozen=True, slots=True)
class _Cell:
    """One cell and the place of its line."""

    text: str
    line: int
    source: str


class Importer:
    """Reads a table. Every mistake raises `RuleFileError` with the table's line and column."""

    def __init__(self, name: str, text: str) -> None:
        self._name = name
        self._text = text.removeprefix("\ufeff")
        self._lines = self._text.splitlines()

    def documents(self) -> list[dict[str, Any]]:
        """The rule files of the table as plain values."""
        found: list[dict[str, Any]] = []
        for row in self._records():
            kind = row["row"].text
            if kind == "file" and row["name"].text == "tallystick":
                found.append({})
            if not found:
                raise self._fail("The first row is `file,tallystick`.", row["row"])
            self._take(kind, row, found[-1])
        if not found:
            raise RuleFileError("The table has no row.", code="RUL-07", where=Where(self._name, 1))
        return found

    def _records(self) -> Iterator[dict[str, _Cell]]:
        # a spreadsheet of another country writes semicolons
        delimiter = ";" if self._text.startswith(";".join(FIRST)) else ","
        reader = csv.reader(io.StringIO(self._text), delimiter=delimiter, strict=True)
        header: list[str] = []
        try:
            for record in reader:
                cells = [self._cell(text, reader.line_num) for text in record]
                if not header:
                    header = self._header(record)
                elif any(record):
                    if len(record) > len(header) and any(record[len(header) :]):
                        raise self._fail("The row has more cells than the header.", cells[-1])
                    blank = self._cell("", reader.line_num)
                    yield dict(zip(header, [*cells, *[blank] * len(header)], strict=False))
        except csv.Error as error:
            where = Where(self._name, reader.line_num, 1)
            raise RuleFileError(f"Not CSV: {error}.", code="RUL-07", where=where) from None

    def _header(self, record: list[str]) -> list[str]:
        missing = [n for n in (*FIRST, *LAST) if n not in record]
        twice = [n for n in record if n and record.count(n) > 1]
        if missing or twice:
            what = f"has no column {missing[0]}" if missing else f"has two columns {twice[0]}"
            raise RuleFileError(
                f"The header {what}.",
                code="RUL-07",
                where=Where(self._name, 1, 1),
                fix="Start from what `tallystick rules table export` writes.",
            )
        return record

    def _cell(self, text: str, line: int) -> _Cell:
        return _Cell(text, line, self._lines[line - 1] if line <= len(self._lines) else "")

    def _fail(self, message: str, cell: _Cell, code: str = "RUL-07") -> RuleFileError:
        written = cell.text if cell.text in cell.source else cell.text.replace('"', '""')
        column = cell.source.find(written) + 1 if cell.text else 1
        return RuleFileError(message, code=code, where=Where(self._name, cell.line, column or 1))

    def _take(self, kind: str, row: Mapping[str, _Cell], document: dict[str, Any]) -> None:
        """One row into its document."""
        name = row["name"]
        if kind == "file":
            self._once(name, document)
            document[name.text] = self._value(row["value"])
        elif kind == "param":
            params = document.setdefault("params", {})
            self._once(name, params)
            params[self._sentence(name)] = self._value(row["value"])
        elif kind in LISTS:
            members = document.setdefault(LISTS[kind], [])
            if not isinstance(members, list):
                raise self._fail(f"`{LISTS[kind]}` is in a row of the file already.", row["row"])
            members.append(self._member(kind, row))
        else:
            raise self._fail("A row is file, param, rule, test or invariant.", row["row"])

    def _once(self, name: _Cell, known: Any) -> None:
        if not name.text or not isinstance(known, dict) or name.text in known:
            raise self._fail(f"The name {name.text} is missing, or stands here twice.", name)

    def _member(self, kind: str, row: Mapping[str, _Cell]) -> Any:
        value = self._value(row["value"]) if row["value"].text else {}
        if not row["name"].text:
            return value
        if not isinstance(value, dict):
            raise self._fail("The value is a mapping of the other keys.", row["value"])
        made: dict[str, Any] = {NAMES[kind]: self._sentence(row["name"])}
        if kind == "rule":
            made |= self._rule(row, value)
        return made | value

    def _rule(self, row: Mapping[str, _Cell], value: Mapping[str, Any]) -> dict[str, Any]:
        tested = [n for n in row if n and n not in FIRST and n not in LAST]
        when: list[Any] = [{n: self._value(row[n])} for n in tested if row[n].text]
        made: dict[str, Any] = {}
        if row["and"].text:
            more = self._value(row["and"])
            if not isinstance(more, list):
                raise self._fail("`and` is a list of conditions.", row["and"])
            when += more
        if when or (row["and"].text and "when" not in value):
            made["when"] = when
        for key in _CELLS:
            if row[key].text:
                made[key] = self._value(row[key])
        for key in _SENTENCES:
            if row[key].text:
                made[key] = self._sentence(row[key])
        return made

    def _sentence(self, cell: _Cell) -> str:
        """A text; in quotes it may hold anything."""
        return str(self._value(cell)) if cell.text.startswith('"') else cell.text

    def _value(self, cell: _Cell) -> Any:
        try:
            nodes: list[Node] = Loader(self._name, cell.text).documents()
        except RuleFileError as error:
            raise self._fail(error.message, cell, error.code) from None
        if len(nodes) > 1:
            raise self._fail("A cell holds one value.", cell)
        return nodes[0].plain() if nodes else None


def imported(documents: Iterable[Plain]) -> str:
    """Plain values as a rule file in canonical layout."""
    made = [Document(from_plain(dict(d))) for d in documents]
    for document in made:
        arrange(document.root)
    return write(made)
