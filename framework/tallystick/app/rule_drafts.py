"""Rule files on their way into force: drafts beside them, their state, and what they replace."""

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tallystick.app.rulebook import Rules
from tallystick.app.rules import find, read_text, write_text
from tallystick.app.workspace import Workspace
from tallystick.decide import Pack, RuleSource, parse_source
from tallystick.decide.yamlnodes import Loader, Node
from tallystick.errors import ConfigError, Refused, TallystickError

SUFFIX = ".draft.yaml"
_ARCHIVE = "rules"
_SCALAR = re.compile(r"\"[^\"]*\"|'[^']*'|[\w-]+")


@dataclass(frozen=True, slots=True)
class Draft:
    """A file of the project folder that is not in force; `live` is the name it takes there."""

    file: str
    state: str
    text: str
    hash: str
    live: str


def is_path(subject: str) -> bool:
    """True for a whole path; any other word names a file that is loaded, wherever one stands."""
    return Path(subject).is_absolute() and Path(subject).is_file()


def live_name(file: str) -> str:
    """The file's name once it is in force: `cutoff.draft.yaml` becomes `cutoff.yaml`."""
    name = Path(file).name
    return name.removesuffix(SUFFIX) + ".yaml" if name.endswith(SUFFIX) else name


def draft_name(file: str) -> str:
    """The name of a file's draft."""
    return live_name(file).removesuffix(".yaml") + SUFFIX


def restated(name: str, text: str, state: str) -> str:
    """A rule file's text with another `state` in each document; nothing else is touched."""
    lines = text.split("\n")
    for root in reversed(Loader(name, text).documents()):
        if not isinstance(root.value, dict) or "decision" not in root.value:
            continue  # what is wrong with it is told when it is loaded
        if lines[root.mark.line - 1].lstrip().startswith("{"):
            raise ConfigError(
                f"{name} stands in one line.", code="CFG-10", fix=f"`tallystick rules fmt {name}`"
            )
        _restate(lines, root, state)
    return "\n".join(lines)


def _restate(lines: list[str], root: Node, state: str) -> None:
    node = root.value.get("state")
    if node is None:
        if state != "enforce":
            key = root.keys["decision"]
            lines.insert(
                root.value["decision"].mark.line, " " * (key.column - 1) + f"state: {state}"
            )
        return
    number, column = node.mark.line - 1, node.mark.column - 1
    line = lines[number]
    lines[number] = line[:column] + _SCALAR.sub(state, line[column:], count=1)


def packs_of(ws: Workspace, name: str, text: str) -> list[Pack]:
    """The documents of a text as they would be in force."""
    source = RuleSource(name, restated(name, text, "enforce"), "project")
    return parse_source(source, ws.rules.catalogue(), ws.rules.points())


def substance(ws: Workspace, name: str, text: str) -> str:
    """What identifies the rules of a text, whatever state they are in."""
    return "-".join(p.hash for p in packs_of(ws, name, text))


def folder(ws: Workspace) -> Path:
    """Where the project's own rule files are."""
    return ws.home / "rules"


def own(ws: Workspace, subject: str) -> tuple[Path, str]:
    """A file of the project folder, by path, decision or name, with its text.

    Raises `Refused` RUL-22 for a file that is shipped or a plugin's: those are never changed.
    """
    path = Path(subject)
    if is_path(subject):
        if path.resolve().parent != folder(ws).resolve():
            raise Refused(
                f"{subject} is not in the rules folder of this project.",
                code="RUL-22",
                fix=f"tallystick rules draft {subject}",
            )
        return path, read_text(path)
    pack, _ = find(ws, subject)
    if pack.origin != "project":
        raise Refused(
            f"{pack.file} is {pack.origin}, and such files are never changed.",
            code="RUL-22",
            fix=f"tallystick rules draft {Path(pack.file).name}",
        )
    path = folder(ws) / Path(pack.file).name
    return path, read_text(path)


def begin(
    ws: Workspace, subject: str, text: str | None = None, *, over: str | None = None
) -> Draft:
    """Write a draft beside a file; without a text, a copy of the file.

    A draft or a shadow is changed in place, and is a draft then. `over` is the hash of the draft
    that was edited: another one is not overwritten. Raises `RuleFileError` for what cannot be
    loaded: it would stop every command, so it is not written.
    """
    path, before = _target(ws, subject)
    if over is not None and (before is None or over != substance(ws, path.name, before)):
        raise Refused(
            f"{path.name} changed since it was loaded.",
            code="RUL-22",
            fix="Load the page again; what you wrote is still in the form.",
        )
    if text is None:
        text = before if before is not None else _original(ws, subject)
    _refuse_empty(path, text)
    made = restated(f"rules/{path.name}", text.replace("\r\n", "\n"), "draft")
    packs_of(ws, f"rules/{path.name}", made)
    _written(ws, path, lambda: write_text(path, made), before)
    return _draft(ws, path, made)


def _refuse_empty(path: Path, text: str) -> None:
    if not text.strip():
        raise ConfigError(f"{path.name} would be empty.", code="CFG-10", fix="Discard the draft.")


def discard(ws: Workspace, subject: str) -> Path:
    """Remove a draft or shadow; a copy stays in the archive."""
    path, before = _target(ws, subject)
    if before is None:
        raise ConfigError(
            f"{path.name} is no draft here.", code="CFG-14", fix="`tallystick rules list`"
        )
    archive(ws, path.name, before)
    path.unlink()
    return path


def _target(ws: Workspace, subject: str) -> tuple[Path, str | None]:
    """Where the draft of a file stands, and its text if there is one."""
    name = Path(subject if is_path(subject) else find(ws, subject)[0].file).name
    beside = {Path(p.file).name for p in ws.rules.book().beside if p.origin == "project"}
    if name not in beside:
        name = draft_name(name)
    found = folder(ws) / name
    return found, read_text(found) if found.is_file() else None


def _original(ws: Workspace, subject: str) -> str:
    return read_text(Path(subject)) if is_path(subject) else find(ws, subject)[1]


def _draft(ws: Workspace, path: Path, text: str) -> Draft:
    name = f"rules/{path.name}"
    return Draft(name, "draft", text, substance(ws, name, text), live_name(path.name))


def put_shadow(ws: Workspace, path: Path, text: str) -> Path:
    """Let a file be asked beside the one in force."""
    made = restated(f"rules/{path.name}", text, "shadow")
    _written(ws, path, lambda: write_text(path, made), text)
    return path


def put_in_force(ws: Workspace, path: Path, text: str) -> Path:
    """Put a file into force under its live name; what it replaces is kept in the archive."""
    target = path.with_name(live_name(path.name))
    made = restated(f"rules/{target.name}", text, "enforce")
    replaced = read_text(target) if target.is_file() and target != path else None
    if replaced is not None:
        archive(ws, target.name, replaced)
    before = read_text(target) if target.is_file() else None
    _written(ws, target, lambda: write_text(target, made), before)
    if target != path:
        # the file in force is there first: a crash between the two leaves a draft too many
        path.unlink()
    return target


def archive(ws: Workspace, name: str, text: str) -> Path:
    """Keep a text that goes, under its name and its hash."""
    try:
        hash = substance(ws, name, text)
    except TallystickError:  # it could not be loaded, and is kept all the same
        hash = hashlib.sha256(text.encode()).hexdigest()[:16]
    kept = ws.home / ".tallystick" / _ARCHIVE / f"{name.removesuffix('.yaml')}-{hash}.yaml"
    write_text(kept, text)
    return kept


def archived(ws: Workspace, hash: str) -> Path | None:
    """A text that was in force, by the beginning of its hash."""
    if len(hash) < 4 or not re.fullmatch(r"[0-9a-f]+", hash):
        return None
    found = sorted((ws.home / ".tallystick" / _ARCHIVE).glob(f"*-{hash}*.yaml"))
    return found[0] if found else None


def _written(ws: Workspace, path: Path, write: Callable[[], None], before: str | None) -> None:
    """Write, then load all rules as a new process would; what cannot be loaded is taken back."""
    write()
    fresh = Rules(ws.home, ws.host)
    try:
        fresh.book()
    except TallystickError:
        if before is None:
            path.unlink(missing_ok=True)
        else:
            write_text(path, before)
        raise
    finally:
        fresh.close()
