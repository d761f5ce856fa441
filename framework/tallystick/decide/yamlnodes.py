"""YAML text to plain values that remember their place; every mistake has line and column.

YAML 1.2 core rules: only `true` and `false` are booleans, `010` is ten, decimals are exact.
"""

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import yaml

from tallystick.errors import RuleFileError, Where

BYTES_MAX = 256 * 1024
DEPTH_MAX = 16
DOCUMENTS_MAX = 20
NODES_MAX = 40_000
"""Values and keys of one file; 1,000 rules with their tests are fewer."""
TEXT_MAX = 2_000
"""Characters of one text: sentences are shorter, and each is shown to people."""
NAME_MAX = 100
DIGITS_MAX = 36
INTEGER_MAX = 2**63 - 1
_INTEGER = re.compile(r"^[-+]?[0-9]+$")
_DECIMAL = re.compile(r"^[-+]?([0-9]+\.[0-9]*|\.[0-9]+|[0-9]+(\.[0-9]*)?[eE][-+]?[0-9]{1,2})$")
_NULLS = {"", "~", "null", "Null", "NULL"}
_TRUE, _FALSE = {"true", "True", "TRUE"}, {"false", "False", "FALSE"}
_UNPRINTABLE = re.compile(
    "[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"  # YAML 1.2 §5.1
    "|[\u202a-\u202e\u2066-\u2069]"  # text that is shown in another order than it is read in
)
_YAML: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The parser of libyaml where it is built in: ten times as fast, same marks."""


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


@dataclass(slots=True, repr=False)
class Node:
    """A value with its place.

    `value` is a scalar, a list of nodes, or a dict of name to node; `keys` has the places of a
    mapping's keys.
    """

    value: Any
    mark: Mark
    keys: dict[str, Mark]

    def __repr__(self) -> str:
        """As a rule author wrote it, for messages."""
        return str(self.value)

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
        self.name = name
        self._text = text

    def fail(self, message: str, mark: Mark | None = None, code: str = "RUL-07") -> RuleFileError:
        """An error at a place of this file; without a place, at its beginning."""
        place = mark or Mark(1, 1)
        return RuleFileError(message, code=code, where=Where(self.name, place.line, place.column))

    def documents(self) -> list[Node]:
        """Every document of the file. Raises `RuleFileError` RUL-07 or RUL-08 with the place."""
        self._characters()
        try:
            self._events()
            found = [n for n in yaml.compose_all(self._text, Loader=_YAML) if n is not None]
        except yaml.MarkedYAMLError as error:
            problem = error.problem or error.context
            mark = _mark(error.problem_mark or error.context_mark)
            raise self.fail(f"Not YAML: {problem}.", mark) from None
        except (yaml.YAMLError, ValueError) as error:
            raise self.fail(f"Not YAML: {str(error).splitlines()[0]}.") from None
        return [self._node(node) for node in found]

    def _characters(self) -> None:
        if len(self._text.encode("utf-8", "surrogatepass")) > BYTES_MAX:
            raise self.fail(f"The file is larger than {BYTES_MAX // 1024} KB.", None, "RUL-08")
        wrong = _UNPRINTABLE.search(self._text)
        if wrong is not None:
            before = self._text[: wrong.start()]
            mark = Mark(before.count("\n") + 1, len(before) - before.rfind("\n"))
            raise self.fail(f"The character U+{ord(wrong.group()):04X} is not allowed.", mark)
        for number, line in enumerate(self._text.split("\n"), start=1):
            indent = line[: len(line) - len(line.lstrip(" \t"))]
            if "\t" in indent:
                column = indent.index("\t") + 1
                raise self.fail("Indent with spaces, not with a tab.", Mark(number, column))

    def _events(self) -> None:
        """Refuse what rule files must not have, before anything is built."""
        depth = 0
        for number, event in enumerate(yaml.parse(self._text, Loader=_YAML)):
            mark = _mark(event.start_mark)
            if number > NODES_MAX:
                raise self.fail(f"More than {NODES_MAX} values in one file.", mark, "RUL-08")
            if isinstance(event, yaml.ScalarEvent) and len(event.value) > TEXT_MAX:
                raise self.fail(f"A text of more than {TEXT_MAX} characters.", mark, "RUL-08")
            if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
                raise self.fail("Anchors and aliases are not allowed; write it out.", mark)
            self._tag(event, mark)
            if isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
                depth += 1
                if depth > DEPTH_MAX:
                    raise self.fail(f"Nested deeper than {DEPTH_MAX}.", mark, "RUL-08")
            elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
                depth -= 1

    def _tag(self, event: yaml.Event, mark: Mark | None) -> None:
        tag = getattr(event, "tag", None)
        if tag is None:
            return
        if tag != "!absent" or not isinstance(event, yaml.ScalarEvent):
            raise self.fail(f"The tag {tag} is not allowed; only !absent is.", mark)
        if event.value:
            raise self.fail("!absent stands alone, without a value.", mark)

    def _node(self, node: yaml.Node) -> Node:
        mark = Mark(node.start_mark.line + 1, node.start_mark.column + 1)
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, mark)
        if isinstance(node, yaml.SequenceNode):
            return Node([self._node(n) for n in node.value], mark, {})
        return Node(self._scalar(node, mark), mark, {})

    def _mapping(self, node: yaml.MappingNode, mark: Mark) -> Node:
        values: dict[str, Node] = {}
        keys: dict[str, Mark] = {}
        for key, value in node.value:
            place = Mark(key.start_mark.line + 1, key.start_mark.column + 1)
            if not isinstance(key, yaml.ScalarNode) or key.tag == "!absent":
                raise self.fail("A key must be plain text.", place)
            name = str(key.value)
            if len(name) > NAME_MAX:
                text = f"A key of more than {NAME_MAX} characters."
                raise self.fail(text, place, "RUL-08")
            if name in values:
                raise self.fail(f"The key {name} stands here twice.", place)
            values[name] = self._node(value)
            keys[name] = place
        return Node(values, mark, keys)

    def _scalar(self, node: yaml.Node, mark: Mark) -> Any:
        if node.tag == "!absent":
            return ABSENT
        text = str(node.value)
        if getattr(node, "style", None) in {"'", '"', "|", ">"}:
            return text
        if text in _NULLS:
            return None
        if text in _TRUE or text in _FALSE:
            return text in _TRUE
        if _INTEGER.match(text):
            return self._integer(text, mark)
        if _DECIMAL.match(text):
            if len(text) > DIGITS_MAX:
                raise self.fail("A number this long is not exact anywhere.", mark, "RUL-12")
            return Decimal(text)
        return text

    def _integer(self, text: str, mark: Mark) -> int:
        # the rule engine's integers have 64 bits, and it cuts longer ones in silence
        if len(text) > DIGITS_MAX or abs(int(text)) > INTEGER_MAX:
            raise self.fail("A whole number has at most 63 bits.", mark, "RUL-12")
        return int(text)


def _mark(mark: Any) -> Mark | None:
    return None if mark is None else Mark(mark.line + 1, mark.column + 1)
