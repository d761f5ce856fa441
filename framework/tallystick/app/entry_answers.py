"""What people answered about single time entries, kept beside the answers about contacts."""

from collections.abc import Mapping

_PREFIX = "time_entry:"
ANSWERS: Mapping[str, tuple[str, ...]] = {"TS-09": ("new", "same"), "TS-12": ("reopen", "accept")}
"""By code: a look-alike is new work or the same; work before the cutoff is billed or left."""
ASK = "ask"
"""An answer that was taken back: the question is asked anew."""


def answer_key(external_id: str) -> str:
    """The key of an entry among an integration's answers; contacts are keyed by their bare id."""
    return f"{_PREFIX}{external_id}"


def entry_answers(answers: Mapping[str, str]) -> dict[str, str]:
    """Answers by the id of the time entry; one that was taken back is "ask"."""
    return {
        key.removeprefix(_PREFIX): answer
        for key, answer in answers.items()
        if key.startswith(_PREFIX)
    }
