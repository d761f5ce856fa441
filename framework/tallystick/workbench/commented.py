"""YAML text to a tree that keeps its comments: what stands above, beside and below each entry."""

import re
from bisect import bisect_right
from dataclasses import dataclass, field
from typing import Any

import yaml

from tallystick.decide.yamlnodes import Loader, Mark, Node
from tallystick.workbench.scanning import Comment, comments_in, document_starts, tokens_of


@dataclass(slots=True)
class Value:
    """A scalar with its text, or the entries of a mapping or a list.

    `kind` is scalar, map or list; `after` are comments below the last entry; `block` asks for
    one entry a line though one line would hold them all.
    """

    kind: str
    scalar: Any = None
    text: str = ""
    entries: list["Entry"] = field(default_factory=list)
    after: list[str] = field(default_factory=list)
    block: bool = False

    def get(self, key: str) -> "Value | None":
        """The value of a mapping's key."""
        return next((e.value for e in self.entries if e.key == key), None)

    def commented(self) -> bool:
        """True when a comment stands somewhere inside."""
        return any(self.after) or any(
            e.beside or any(e.before) or e.value.commented() for e in self.entries
        )


@dataclass(slots=True)
class Entry:
    """A member of a mapping or, without a key, of a list; an empty line in `before` is a gap."""

    value: Value
    key: str | None = None
    before: list[str] = field(default_factory=list)
    beside: str | None = None


@dataclass(slots=True)
class Document:
    """One document: the comments above its first key, and its root."""

    root: Value
    head: list[str] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class _Place:
    """Where an entry stands in the text."""

    number: int
    entry: Entry
    start: int
    value_start: int
    end: int
    owner: Value
    parent: "_Place | None"
    flow: bool


def read(name: str, text: str) -> list[Document]:
    """The documents of a rule file, with their comments. Raises `RuleFileError` as the loader."""
    loader = Loader(name, text)
    nodes = loader.documents()
    tokens = tokens_of(text)
    directive = next((t for t in tokens if isinstance(t, yaml.DirectiveToken)), None)
    if directive is not None:
        mark = directive.start_mark
        raise loader.fail("A directive cannot be kept.", Mark(mark.line + 1, mark.column + 1))
    composed = [n for n in yaml.compose_all(text, Loader=yaml.SafeLoader) if n is not None]
    starts = document_starts(tokens, [n.start_mark.index for n in composed])
    dashes = [t.start_mark.index for t in tokens if isinstance(t, yaml.BlockEntryToken)]
    comments = comments_in(text, tokens)
    found = []
    for number, (node, typed) in enumerate(zip(composed, nodes, strict=True)):
        until = starts[number + 1] if number + 1 < len(starts) else len(text) + 1
        reader = _Reader(text, dashes, node, typed)
        for comment in comments:
            if starts[number] <= comment.start < until:
                reader.attach(comment)
        found.append(reader.finish())
    return found


class _Reader:
    """Builds the tree of one document and hangs its comments into it."""

    def __init__(self, text: str, dashes: list[int], node: yaml.Node, typed: Node) -> None:
        self._text = text
        self._lines = [0, *(m.end() for m in re.finditer("\n", text))]
        self._dashes = dashes
        self._places: list[_Place] = []
        self._head: list[Comment] = []
        self._above: dict[int, list[Comment]] = {}
        self._below: dict[int, tuple[Value, list[Comment]]] = {}
        self._start = node.start_mark.index
        self._flows: list[tuple[int, int, Value, _Place | None]] = []
        self._root, _ = self._value(node, typed, None)
        self._starts = [p.start for p in self._places]

    def _value(self, node: yaml.Node, typed: Node, parent: _Place | None) -> tuple[Value, int]:
        """The value of a node, and where its text ends."""
        if isinstance(node, yaml.MappingNode):
            value, flow = Value("map"), bool(node.flow_style)
            pairs = [(k.start_mark.index, str(k.value), v) for k, v in node.value]
            inner: list[tuple[int, str | None, yaml.Node, Node]] = [
                (start, key, v, typed.value[key]) for start, key, v in pairs
            ]
        elif isinstance(node, yaml.SequenceNode):
            value, flow = Value("list"), bool(node.flow_style)
            inner = [
                (self._dash(v, flow=flow), None, v, t)
                for v, t in zip(node.value, typed.value, strict=True)
            ]
        else:
            body = self._text[node.start_mark.index : node.end_mark.index]
            end = node.start_mark.index + len(body.rstrip())
            return Value("scalar", typed.value, str(node.value)), end
        end = node.start_mark.index
        for start, key, child, kind in inner:
            entry = Entry(Value("scalar"), key)
            place = self._place(entry, start, child, value, parent)
            entry.value, place.end = self._value(child, kind, place)
            value.entries.append(entry)
            end = place.end
        if flow:
            end = node.end_mark.index
            self._flows.append((node.start_mark.index, end, value, parent))
        return value, end

    def _place(
        self, entry: Entry, start: int, child: yaml.Node, owner: Value, parent: _Place | None
    ) -> _Place:
        flow = bool(getattr(child, "flow_style", False))
        number = len(self._places)
        made = _Place(number, entry, start, child.start_mark.index, 0, owner, parent, flow)
        self._places.append(made)
        return made

    def _dash(self, node: yaml.Node, *, flow: bool) -> int:
        """Where a list's item begins: at its dash."""
        start: int = node.start_mark.index
        if flow:
            return start
        # an empty item has no text of its own, its place is right behind its dash
        return self._dashes[bisect_right(self._dashes, max(start - 1, 0)) - 1]

    def _line(self, index: int) -> int:
        return bisect_right(self._lines, index) - 1

    def _column(self, index: int) -> int:
        return index - self._lines[self._line(index)]

    def attach(self, comment: Comment) -> None:
        """Hang a comment to what it speaks of."""
        at = comment.start
        line = self._text[self._lines[self._line(at)] : at]
        last = bisect_right(self._starts, at) - 1
        if at < self._start or (last < 0 and not self._inside(at)):
            self._head.append(comment)
        elif line.strip():
            self._beside(comment, self._places[last] if last >= 0 else None)
        else:
            self._alone(comment, last)

    def _inside(self, at: int) -> bool:
        return any(start < at < end for start, end, _, _ in self._flows)

    def _beside(self, comment: Comment, place: _Place | None) -> None:
        line = self._line(comment.start)
        while place is not None and place.parent is not None and place.end <= comment.start:
            parent = place.parent
            closed = parent.flow and parent.end <= comment.start
            here = self._line(parent.start) == line or self._line(place.end) != line
            if not (closed and here):
                break
            place = parent
        if place is None:
            self._head.append(comment)
        elif place.entry.beside is None:
            place.entry.beside = comment.text
        else:
            self._lead(place, comment)

    def _alone(self, comment: Comment, last: int) -> None:
        at = comment.start
        following = self._places[last + 1] if last + 1 < len(self._places) else None
        around = [f for f in self._flows if f[0] < at < f[1]]
        if around:
            _, end, value, owner = min(around, key=lambda f: f[1] - f[0])
            if following is not None and following.start < end:
                self._lead(following, comment)
            elif value.entries:
                self._foot(value, comment)
            elif owner is not None:
                self._lead(owner, comment)
            else:
                self._head.append(comment)
            return
        before = self._places[last]
        nested = following is not None and following.owner is before.entry.value
        if before.value_start > at and not nested:
            self._lead(before, comment)
            return
        least = -1 if following is None else self._column(following.start)
        owner = self._open(before, self._column(at), least)
        if owner is not None:
            self._foot(owner.owner, comment)
        elif following is not None:
            self._lead(following, comment)
        else:
            self._foot(self._root, comment)

    def _open(self, place: _Place | None, column: int, least: int) -> _Place | None:
        """The innermost entry above that a comment in this column is a sibling of."""
        while place is not None:
            block = place.parent is None or not place.parent.flow
            own = self._column(place.start)
            if block and least < own <= column:
                return place
            place = place.parent
        return None

    def _lead(self, place: _Place, comment: Comment) -> None:
        self._above.setdefault(place.number, []).append(comment)

    def _foot(self, value: Value, comment: Comment) -> None:
        self._below.setdefault(id(value), (value, []))[1].append(comment)

    def finish(self) -> Document:
        """The tree with its comments, and with the gaps that the author left between entries."""
        # what stands above the first entry is the head
        for place in self._places[1:]:
            comments = self._above.get(place.number, [])
            place.entry.before = self._gaps([*comments, Comment("", place.start)])[:-1]
        for value, comments in self._below.values():
            value.after = self._gaps(comments)
        head = self._gaps([*self._head, Comment("", self._start)])[:-1]
        return Document(self._root, head)

    def _gaps(self, comments: list[Comment]) -> list[str]:
        """The comments, with an empty line wherever the text has one or more."""
        found: list[str] = []
        for comment in comments:
            line = self._line(comment.start)
            above = self._text[self._lines[line - 1] : self._lines[line]] if line else "-"
            if not above.strip():
                found.append("")
            found.append(comment.text)
        return found
