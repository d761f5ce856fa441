"""What `rules fmt`, `schema` and `table` call: rule files written anew, told to other programs."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tallystick.app.rules import find, own_files, points_of, read_text, types_of, write_text
from tallystick.app.workspace import Workspace
from tallystick.decide import RuleSource, parse_source
from tallystick.decide.packs import FORMAT
from tallystick.decide.yamlnodes import Loader
from tallystick.errors import RuleFileError
from tallystick.workbench.diagnostics import Diagnostic, diagnostic
from tallystick.workbench.formatting import formatted, upgraded
from tallystick.workbench.schema import schema as schema_of
from tallystick.workbench.schema_parts import Schema
from tallystick.workbench.table import Importer, exported, imported

SCHEMA_FILE = "rules.schema.json"


@dataclass(frozen=True, slots=True)
class Layout:
    """One file that was looked at.

    `line` and `column` are the first place that is not canonical, `source` its line of text;
    `steps` are the formats it was upgraded from.
    """

    file: str
    changed: bool
    line: int | None = None
    column: int | None = None
    source: str = ""
    steps: tuple[str, ...] = ()
    format: str = FORMAT


def fmt(
    ws: Workspace | None,
    paths: Sequence[Path] = (),
    *,
    check: bool = False,
    upgrade: bool = False,
) -> tuple[Layout, ...]:
    """Put rule files into canonical layout, or with `check` say which are not.

    All texts are made before the first file is written, so a mistake leaves every file as it is.
    """
    made: list[tuple[Path, str, Layout]] = []
    for file in own_files(ws, paths):
        before = read_text(file)
        steps: tuple[str, ...] = ()
        text = before
        if upgrade:
            text, steps = upgraded(str(file), text)
        text = formatted(str(file), text)
        made.append((file, text, _layout(str(file), before, text, steps)))
    for file, text, layout in made:
        if layout.changed and not check:
            write_text(file, text)
    return tuple(layout for _, _, layout in made)


def _layout(name: str, before: str, after: str, steps: tuple[str, ...]) -> Layout:
    """What was found, with the first place that is another one."""
    if before == after:
        return Layout(name, changed=False, steps=steps)
    pairs = enumerate(zip(before, after, strict=False))
    at = next((n for n, (old, new) in pairs if old != new), min(len(before), len(after)))
    start = before.rfind("\n", 0, at) + 1
    source = before[start:].split("\n", 1)[0].rstrip("\r")
    line = before.count("\n", 0, at) + 1
    return Layout(name, True, line, min(at - start, len(source)) + 1, source, steps)


def schema(ws: Workspace | None, *, draft7: bool = False, folder: Path | None = None) -> Schema:
    """The JSON Schema of rule files, written into a folder where one is named."""
    made = schema_of(types_of(ws), points_of(ws), draft7=draft7)
    if folder is not None:
        write_text(folder / SCHEMA_FILE, json.dumps(made, indent=1, ensure_ascii=False) + "\n")
    return made


def export(ws: Workspace | None, subject: str, *, output: Path | None = None) -> str:
    """A rule file, by its path, or by decision, file name or rule id, as a table in CSV."""
    path = Path(subject)
    text = read_text(path) if path.is_file() or ws is None else find(ws, subject)[1]
    parse_source(RuleSource(subject, text, "project"), types_of(ws), points_of(ws))
    made = exported([d.plain() for d in Loader(subject, text).documents()])
    if output is not None:
        write_text(output, made)
    return made


@dataclass(frozen=True, slots=True)
class Imported:
    """The rule file a table makes, and what is wrong with it; it is written only when sound."""

    text: str
    mistakes: tuple[Diagnostic, ...]
    file: str | None = None


def import_(ws: Workspace | None, table: Path, *, output: Path | None = None) -> Imported:
    """A rule file from a table in CSV. Raises `RuleFileError` with the table's line and column."""
    text = imported(Importer(str(table), read_text(table)).documents())
    source = RuleSource(str(output or table.with_suffix(".yaml")), text, "project")
    try:
        parse_source(source, types_of(ws), points_of(ws))
    except RuleFileError as error:
        return Imported(text, (diagnostic(source, error),))
    if output is not None:
        write_text(output, text)
    return Imported(text, (), str(output) if output else None)
