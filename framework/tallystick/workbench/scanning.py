"""The tokens of a YAML text and the comments between them."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import yaml

_COMMENT = re.compile(r"#[^\r\n\x85\u2028\u2029]*")
_HEADER = re.compile(r"[|>][^#\r\n]*?\s(#[^\r\n\x85\u2028\u2029]*)")


@dataclass(frozen=True, slots=True)
class Comment:
    """One comment and where it begins."""

    text: str
    start: int


def comments_of(text: str) -> list[str]:
    """The comments of a text, in order."""
    return [c.text for c in comments_in(text, tokens_of(text))]


def tokens_of(text: str) -> list[yaml.Token]:
    """Every token of a text that is YAML."""
    # libyaml ends a block of text elsewhere, so this is the scanner in Python
    return list(yaml.scan(text, Loader=yaml.SafeLoader))


def document_starts(tokens: Sequence[yaml.Token], roots: list[int]) -> list[int]:
    """Where each document begins: at its dashes, the first at the beginning of the text."""
    marks = [t.start_mark.index for t in tokens if isinstance(t, yaml.DocumentStartToken)]
    found = []
    for number, root in enumerate(roots):
        own = [m for m in marks if m <= root]
        found.append(own[-1] if own and number else 0)
    return found


def comments_in(text: str, tokens: Sequence[yaml.Token]) -> list[Comment]:
    """Every comment: what begins with a hash between two tokens, or behind a block's mark."""
    found: list[Comment] = []
    end = 0
    for token in tokens:
        start = token.start_mark.index
        found += _between(text, end, start)
        if isinstance(token, yaml.ScalarToken) and token.style in {"|", ">"}:
            match = _HEADER.match(text, start)
            if match is not None:
                found.append(Comment(match.group(1).rstrip(), match.start(1)))
        end = max(end, token.end_mark.index)
    return [*found, *_between(text, end, len(text))]


def _between(text: str, start: int, end: int) -> Iterator[Comment]:
    for match in _COMMENT.finditer(text, start, max(start, end)):
        yield Comment(match.group().rstrip(), match.start())
