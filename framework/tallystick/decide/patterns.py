"""Patterns of `matches`: RE2, which takes time in proportion to the text, whatever the pattern."""

from functools import lru_cache
from typing import Any

import re2

PATTERN_MAX = 200
TEXT_MAX = 100_000
"""Longer texts are not judged: unknown."""
_MEMORY = 1 << 20


@lru_cache(maxsize=1024)
def compiled(pattern: str) -> Any:
    """A pattern ready to match whole texts; `.` stands for line ends too. Raises `re2.error`."""
    options = re2.Options()
    options.max_mem = _MEMORY
    options.log_errors = False
    options.dot_nl = True
    return re2.compile(pattern, options=options)


def pattern_flaw(pattern: str) -> str | None:
    """What is wrong with a pattern, in words; None when it can be used."""
    try:
        compiled(pattern)
    except re2.error as error:
        reason = error.args[0] if error.args else "it is no pattern"
        return reason.decode("utf-8", "replace") if isinstance(reason, bytes) else str(reason)
    except UnicodeError:
        return "it holds half a character"
    return None


def matches(pattern: str, text: str) -> bool | None:
    """Whether a whole text has the form of a pattern; None when that cannot be said."""
    if len(text) > TEXT_MAX:
        return None
    try:
        return compiled(pattern).fullmatch(text) is not None
    except UnicodeError:  # half a character, which no encoding can write
        return None
