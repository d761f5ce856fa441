"""Questions that errors ask, and the answers that stand: in words, and as a command."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tallystick.app.entry_answers import ANSWERS, entry_answers
from tallystick.app.workspace import Workspace
from tallystick.store import ErrorData, IntegrationData

CONTACT_CODES = frozenset({"CON-01", "CON-02"})
CONTACT_ANSWERS = ("clone", "overwrite", "skip")
_WORDS = {
    "new": "it is new work",
    "same": "it is the same work",
    "reopen": "bill it after all",
    "accept": "leave it as invoiced",
    "clone": "make a new customer",
    "skip": "it is the customer {customer}",
    "overwrite": "it is the customer {customer}, and its values are carried over",
}


@dataclass(frozen=True, slots=True)
class Answered:
    """The answer that stands about an error: its word, and what it means."""

    answer: str
    meaning: str

    def sentence(self, *, settled: bool) -> str:
        """The answer for people; what an open error's answer means is still to be done."""
        after = "." if settled else "; the next sync carries it out."
        return f"Answered: {self.answer} ({self.meaning}){after}"


def answered(
    ws: Workspace, row: IntegrationData, errors: Sequence[ErrorData]
) -> Mapping[int, Answered]:
    """The answers that stand about errors of an integration, by the error's number.

    A contact's answer stands while its error is open; one that names a customer only as long as
    the two are a pair. An entry's answer stands until it is taken back.
    """
    entries = entry_answers(row.answers)
    asking = [e for e in errors if e.code in CONTACT_CODES and e.closed_at is None]
    pairs: Mapping[str, str] = {}
    if any(row.answers.get(e.external_id) in {"skip", "overwrite"} for e in asking):
        ids = [e.external_id for e in asking]
        pairs = ws.store.links.targets(row.source_id, "contact", ids)
    found = {}
    for error in errors:
        if error.code in ANSWERS:
            given = entries.get(error.external_id)
        elif error.code in CONTACT_CODES and error.closed_at is None:
            given = row.answers.get(error.external_id)
        else:
            continue
        customer = pairs.get(error.external_id)
        unpaired = given in {"skip", "overwrite"} and customer is None
        if given in _WORDS and not unpaired:
            found[error.id] = Answered(given, _WORDS[given].format(customer=customer))
    return found


def command(error: ErrorData, given: Answered | None) -> str | None:
    """How to answer what an error asks, or to answer it otherwise; None if it asks nothing."""
    head = f"tallystick errors decide E-{error.id}"
    answer = given.answer if given else None
    if error.code in CONTACT_CODES and error.closed_at is None:
        others = {"skip": "skip --with ID", "overwrite": "overwrite --with ID", "clone": "clone"}
        # another customer may be named, so these two stay on offer
        left = [words for name, words in others.items() if name != "clone" or name != answer]
    elif error.code in ANSWERS and (error.closed_at is None or given is not None):
        left = [a for a in ANSWERS[error.code] if a != answer] + (["undo"] if given else [])
    else:
        return None
    return f"{head} {left[0]}   (or {', '.join(left[1:])})" if left[1:] else f"{head} {left[0]}"
