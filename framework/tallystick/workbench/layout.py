"""A tree with comments to text: two spaces, one line where it fits, strings quoted by need."""

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

import yaml

from tallystick.decide.yamlnodes import ABSENT
from tallystick.workbench.commented import Document, Entry, Value

WIDTH_MAX = 120
_PLAIN = re.compile(r"\w+(?:[./@+'-]\w+)*(?: \w+(?:[./@+'-]\w+)*)*")
_WORDS = {"y", "n", "null", "true", "false"}
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}
_HIDDEN = re.compile(
    '["\\\\\n\t\r]|[^\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]'
)
_RESOLVE: Any = yaml.SafeLoader("").resolve
_TEXT = "tag:yaml.org,2002:str"


def write(documents: Sequence[Document]) -> str:
    """The documents as one text."""
    for document in documents:
        _raise(document.root)
    parts = ["\n".join(_document(d)) for d in documents]
    return "\n---\n".join(parts) + "\n" if parts else ""


def from_plain(value: Any) -> Value:
    """A value without comments as a tree."""
    if isinstance(value, dict):
        return Value("map", entries=[Entry(from_plain(v), k) for k, v in value.items()])
    if isinstance(value, list):
        return Value("list", entries=[Entry(from_plain(v)) for v in value])
    return Value("scalar", value, str(value))


def flow(value: Value) -> str:
    """A value on one line, without comments."""
    if value.kind == "scalar":
        return scalar(value)
    parts = [
        (f"{text(e.key)}: " if e.key is not None else "") + flow(e.value) for e in value.entries
    ]
    opening, closing = "{}" if value.kind == "map" else "[]"
    # a tag takes what follows it as its own, so a space must end it
    spaced = [f"{p} " if p.endswith("!absent") else p for p in parts]
    return opening + ", ".join(spaced) + closing


def scalar(value: Value) -> str:
    """A scalar that every reader of YAML takes for the same value."""
    found = value.scalar
    if found is ABSENT:
        return "!absent"
    if found is None:
        return "null"
    if isinstance(found, bool):
        return "true" if found else "false"
    if isinstance(found, Decimal):
        return value.text
    return text(found) if isinstance(found, str) else str(found)


def text(value: str) -> str:
    """A string, plain where it is words and no reader takes it for anything else."""
    return value if _PLAIN.fullmatch(value) and not _other(value) else quoted(value)


def quoted(value: str) -> str:
    """A string in double quotes."""
    return '"' + _HIDDEN.sub(lambda m: _ESCAPES.get(m.group(), _escape(m.group())), value) + '"'


def _escape(letter: str) -> str:
    number = ord(letter)
    return f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"


def _other(value: str) -> bool:
    """True for text that some reader of YAML takes for a number, a date, true or nothing."""
    if value.lower() in _WORDS or _RESOLVE(yaml.ScalarNode, value, (True, False)) != _TEXT:
        return True
    try:
        Decimal(value)
    except InvalidOperation:
        return False
    return True


def _raise(value: Value) -> None:
    """A comment above the first key of a list's item stands above its dash."""
    for entry in value.entries:
        _raise(entry.value)
        if value.kind == "list" and entry.value.entries:
            first = entry.value.entries[0]
            entry.before, first.before = [*entry.before, *filter(None, first.before)], []


def _document(document: Document) -> list[str]:
    root = document.root
    if root.kind == "scalar" or not root.entries:
        body = [flow(root), *root.after]
    else:
        body = [*_block(root, 0)]
    return _tidy([*document.head, *body])


def _tidy(lines: list[str]) -> list[str]:
    """Lines with no gap at the beginning and the end, and none longer than one line."""
    kept: list[str] = []
    for line in lines:
        if line or (kept and kept[-1]):
            kept.append(line)
    while kept and not kept[-1]:
        kept.pop()
    return kept


def _block(value: Value, indent: int) -> Iterator[str]:
    for number, entry in enumerate(value.entries):
        lines = list(_pair(entry, indent) if value.kind == "map" else _item(entry, indent))
        if number == 0 and indent:
            while not lines[0]:
                lines.pop(0)
        yield from lines
    yield from _remarks(value.after, indent)


def _remarks(comments: Sequence[str], indent: int) -> Iterator[str]:
    for comment in comments:
        yield f"{' ' * indent}{comment}" if comment else ""


def _pair(entry: Entry, indent: int) -> Iterator[str]:
    yield from _remarks(entry.before, indent)
    head = f"{' ' * indent}{text(str(entry.key))}:"
    beside = f"  {entry.beside}" if entry.beside else ""
    literal = _literal(entry.value, indent)
    if literal is not None:
        yield f"{head} {literal[0]}{beside}"
        yield from literal[1:]
    elif _on_one_line(entry.value, len(head) + 1):
        yield f"{head} {flow(entry.value)}{beside}"
    else:
        yield f"{head}{beside}"
        yield from _block(entry.value, indent + 2)


def _item(entry: Entry, indent: int) -> Iterator[str]:
    yield from _remarks(entry.before, indent)
    head = " " * indent + "-"
    beside = f"  {entry.beside}" if entry.beside else ""
    value = entry.value
    literal = _literal(value, indent)
    if literal is not None:
        yield f"{head} {literal[0]}{beside}"
        yield from literal[1:]
        return
    alone = value.kind == "map" and len(value.entries) == 1
    if _on_one_line(value, indent + 2) and not alone:
        yield f"{head} {flow(value)}{beside}"
        return
    lines = list(_block(value, indent + 2))
    if len(lines) == 1 and not value.commented():
        lines[0] += beside
    elif entry.beside:
        yield f"{' ' * indent}{entry.beside}"
    while not lines[0] or lines[0].lstrip().startswith("#"):
        yield lines.pop(0)[2:]
    yield f"{head} {lines[0][indent + 2 :]}"
    yield from lines[1:]


def _on_one_line(value: Value, start: int) -> bool:
    if value.kind == "scalar" or not value.entries:
        return True
    if value.block or value.commented():
        return False
    return start + len(flow(value)) <= WIDTH_MAX


def _literal(value: Value, indent: int) -> list[str] | None:
    """Text of several lines as a block, where a block can say it; its mark, then its lines."""
    found = value.scalar
    if not isinstance(found, str) or "\n" not in found.rstrip("\n"):
        return None
    body = found.removesuffix("\n")
    lines = body.split("\n")
    odd = _HIDDEN.search(body.replace("\n", "").replace('"', "").replace("\\", ""))
    if odd or not lines[0] or not lines[-1] or any(n != n.strip() for n in (lines[0], *lines)):
        return None
    margin = " " * (indent + 2)
    return ["|" if found.endswith("\n") else "|-", *(margin + n if n else "" for n in lines)]
