"""Texts that have the form of a pattern, made up from the pattern and then tried."""

from functools import lru_cache

from tallystick.decide.patterns import matches, pattern_flaw

EXAMPLES_MAX = 8
_CLASSES = {"d": "0", "w": "a", "s": " ", "D": "x", "W": "-", "S": "x", "n": "\n", "t": "\t"}
_CANDIDATES = "a0A -._@x1Zz!/"


class _Unclear(ValueError):
    """A pattern with something that is not read here."""


@lru_cache(maxsize=256)
def examples(pattern: str) -> tuple[str, ...]:
    """A few texts that match as a whole, shortest first; none when none was found."""
    try:
        found = [] if pattern_flaw(pattern) else _Reader(pattern).all()
    except _Unclear:
        return ()
    tried = (text for text in found if matches(pattern, text))
    return tuple(dict.fromkeys(tried))[:EXAMPLES_MAX]


class _Reader:
    """Reads a pattern and makes up texts as it goes: for each part a few alternatives."""

    def __init__(self, pattern: str) -> None:
        self._text = pattern
        self._at = 0

    def all(self) -> list[str]:
        """Texts for the whole pattern."""
        found = self._either()
        if self._at < len(self._text):
            raise _Unclear
        return sorted(found, key=len)

    def _peek(self) -> str:
        return self._text[self._at : self._at + 1]

    def _take(self) -> str:
        taken = self._peek()
        if not taken:
            raise _Unclear
        self._at += 1
        return taken

    def _either(self) -> list[str]:
        found = self._row()
        while self._peek() == "|":
            self._at += 1
            found += self._row()
        return found[:EXAMPLES_MAX]

    def _row(self) -> list[str]:
        found = [""]
        while self._peek() not in {"", "|", ")"}:
            part = self._repeated(self._one())
            found = [a + b for b in part for a in found][:EXAMPLES_MAX]
        return found

    def _one(self) -> list[str]:
        char = self._take()
        if char == "(":
            return self._group()
        if char == "[":
            return self._any_of()
        if char == "\\":
            return self._escaped()
        if char in "^$":
            return [""]
        return ["x"] if char == "." else [char]

    def _group(self) -> list[str]:
        if self._text.startswith("?:", self._at) or self._text.startswith("?i:", self._at):
            self._at = self._text.index(":", self._at) + 1
        elif self._text.startswith("?P<", self._at):
            self._at = self._text.find(">", self._at) + 1 or len(self._text)
        elif self._text.startswith("?i)", self._at):
            self._at += 3
            return [""]
        elif self._peek() == "?":
            raise _Unclear
        found = self._either()
        if self._take() != ")":
            raise _Unclear
        return found

    def _any_of(self) -> list[str]:
        """Characters of a class; which ones are in it is asked of the matcher."""
        start = self._at - 1
        if self._peek() == "^":
            self._at += 1
        if self._peek() == "]":
            self._at += 1
        while self._peek() != "]":
            if self._text.startswith("[:", self._at) and ":]" in self._text[self._at :]:
                self._at = self._text.index(":]", self._at) + 2
            elif self._take() == "\\":
                self._take()
        self._at += 1
        inside = self._text[start : self._at]
        if pattern_flaw(inside) is not None:
            raise _Unclear
        candidates = dict.fromkeys([*_CANDIDATES, *inside])
        found = [c for c in candidates if matches(inside, c)]
        if not found:
            raise _Unclear
        return found[:2]

    def _escaped(self) -> list[str]:
        char = self._take()
        if char in _CLASSES:
            return [_CLASSES[char]]
        if char in "bBAz":
            return [""]
        if char.isalnum():
            raise _Unclear
        return [char]

    def _repeated(self, part: list[str]) -> list[str]:
        least, most = self._times()
        if (least, most) == (1, 1):
            return part
        few = [text * least for text in part]
        more = [text * (least + 1) for text in part] if most > least else []
        return [*dict.fromkeys([*few, *more])]

    def _times(self) -> tuple[int, int]:
        marks = {"*": (0, 2), "+": (1, 2), "?": (0, 1)}
        found = (1, 1)
        if self._peek() in marks:
            found = marks[self._take()]
        elif self._peek() == "{":
            end = self._text.find("}", self._at)
            low, comma, high = self._text[self._at + 1 : end].partition(",")
            if end < 0 or not low.isdigit() or (high and not high.isdigit()):
                raise _Unclear
            found = (int(low), int(high or int(low) + 1) if comma else int(low))
            self._at = end + 1
        else:
            return found
        if self._peek() == "?":  # as few as can be: the same texts
            self._at += 1
        return found
