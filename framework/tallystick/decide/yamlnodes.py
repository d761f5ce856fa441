"""YAML text to plain values that remember their place; every mistake has line and column.

YAML 1.2 core rules: only `true` and `false` are booleans, `010` is ten, decimals are exact.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import yaml

from tallystick.errors import RuleFileError, Where

BYTES_MAX = 256 * 1024
DEPTH_MAX = 16
_INTEGER = re.compile(r"^[-+]?[0-9]+$")
_DECIMAL = re.compile(r"^[-+]?([0-9]+\.[0-9]*|\.[0-9]+|[0-9]+(\.[0-9]*)?[eE][-+]?[0-9]+)$")
_NULLS = {"", "~", "null", "Null", "NULL"}
_TRUE, _FALSE = {"true", "True", "TRUE"}, {"false", "False", "FALSE"}


class Absent:
    """A field that was not fetched; there is one value, `ABSENT`."""

    def __repr__(self) -> str:
        return "absent"


ABSENT = Absent()


@dataclass(frozen=True, slots=True)
class Mark:
    """Line and column of a node, from 1."""

    line: int
    column: int


@dataclass(slots=True)
class Node:
    """A value with its place: `value` is a scalar, a list of nodes, or a dict of name to node;
    `keys` has the places of a mapping's keys."""

    value: Any
    mark: Mark
    keys: dict[str, Mark]

    def plain(self) -> Any:
        """The value without places."""
        if isinstance(self.value, dict):
            return {k: v.plain() for k, v in self.value.items()}
        if isinstance(self.value, list):
            return [v.plain() for v in self.value]
        return self.value


class Loader:
    """Turns one file's text into documents of nodes."""

    def __init__(self, name: str, text: str) -> None:
        self._name = name
        self._text = text

    def fail(self, message: str, mark: Mark | None, code: str = "RUL-07") -> RuleFileError:
        """An error at a place of this file."""
        where = Where(self._name, mark.line, mark.column) if mark else Where(self._name)
        return RuleFileError(message, code=code, where=where)

    def documents(self) -> list[Node]:
        """Every document of the file. Raises `RuleFileError` RUL-07 with the place."""
        if len(self._text.encode("utf-8", "surrogatepass")) > BYTES_MAX:
            raise self.fail(f"The file is larger than {BYTES_MAX // 1024} KB.", None, "RUL-08")
        self._tabs()
        try:
            return [self._node(n, 1) for n in self._compose() if n is not None]
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            place = Mark(mark.line + 1, mark.column + 1) if mark else None
            raise self.fail(f"Not YAML: {error.problem or error.context}.", place) from None
        except (yaml.YAMLError, ValueError, RecursionError) as error:
            raise self.fail(f"Not YAML: {str(error).splitlines()[0]}.", None) from None

    def _tabs(self) -> None:
        for number, line in enumerate(self._text.splitlines(), start=1):
            indent = line[: len(line) - len(line.lstrip())]
            if "\t" in indent:
                column = indent.index("\t") + 1
                raise self.fail("Indent with spaces, not with a tab.", Mark(number, column))

    def _compose(self) -> Iterator[yaml.Node | None]:
        self._aliases()
        return iter(list(yaml.compose_all(self._text, Loader=yaml.SafeLoader)))

    def _aliases(self) -> None:
        depth = 0
        for event in yaml.parse(self._text, Loader=yaml.SafeLoader):
            mark = Mark(event.start_mark.line + 1, event.start_mark.column + 1)
            if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
                raise self.fail("Anchors and aliases are not allowed; write it out.", mark)
            if isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
                depth += 1
                if depth > DEPTH_MAX:
                    raise self.fail(f"Nested deeper than {DEPTH_MAX}.", mark, "RUL-08")
            elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
                depth -= 1

    def _node(self, node: yaml.Node, depth: int) -> Node:
        mark = Mark(node.start_mark.line + 1, node.start_mark.column + 1)
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, mark, depth)
        if isinstance(node, yaml.SequenceNode):
            return Node([self._node(n, depth + 1) for n in node.value], mark, {})
        return Node(self._scalar(node, mark), mark, {})

    def _mapping(self, node: yaml.MappingNode, mark: Mark, depth: int) -> Node:
        values: dict[str, Node] = {}
        keys: dict[str, Mark] = {}
        for key, value in node.value:
            place = Mark(key.start_mark.line + 1, key.start_mark.column + 1)
            if not isinstance(key, yaml.ScalarNode):
                raise self.fail("A key must be plain text.", place)
            name = str(key.value)
            if name in values:
                raise self.fail(f"The key {name} stands here twice.", place)
            values[name] = self._node(value, depth + 1)
            keys[name] = place
        self._tag(node, mark)
        return Node(values, mark, keys)

    def _tag(self, node: yaml.Node, mark: Mark) -> None:
        if node.tag == "!absent" or node.tag.startswith("tag:yaml.org,2002:"):
            explicit = self._text.splitlines()[mark.line - 1][mark.column - 1 :].lstrip()
            if not explicit.startswith("!!"):
                return
        raise self.fail(f"The tag {node.tag} is not allowed; only !absent is.", mark)

    def _scalar(self, node: yaml.Node, mark: Mark) -> Any:
        if node.tag == "!absent":
            return ABSENT
        self._tag(node, mark)
        text = str(node.value)
        if getattr(node, "style", None) is not None:
            return text
        if text in _NULLS:
            return None
        if text in _TRUE or text in _FALSE:
            return text in _TRUE
        if _INTEGER.match(text):
            return int(text)
        if _DECIMAL.match(text):
            return Decimal(text)
        return text
