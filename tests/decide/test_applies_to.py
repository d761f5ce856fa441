"""`applies_to` narrows a file; a record it is not for falls to the next file of the decision."""

from typing import Any

import pytest
from rules.shipped import TYPES
from tallystick.decide import Rulebook, RuleSource, load_rulebook, parse_source
from tallystick.decide.applies import About, Places
from tallystick.decide.points import POINTS
from tallystick.errors import RuleFileError

BILLABLE = "{record.billable: true}"


def text(narrow: str = "", *, then: str = "accept", id_: str = "own", when: str = BILLABLE) -> str:
    applies = f"applies_to: {narrow}\n" if narrow else ""
    return (
        f"tallystick: rules/1\ndecision: record.fetch\n{applies}rules:\n"
        f"  - {{id: {id_}, when: [{when}], then: {then}, because: 'It is {id_}.'}}\n"
        "otherwise: skip\n"
    )


def book(*files: tuple[str, str]) -> Rulebook:
    """A rulebook of (origin, text) in the order in which later ones win."""
    sources = [RuleSource(f"f{n}.yaml", body, origin) for n, (origin, body) in enumerate(files)]
    return load_rulebook(sources, TYPES, POINTS)


PLACES = Places(
    {"p": About(connector="zoho_projects", integration="main"), "j": About(connector="jira")},
    About(integration="main"),
)


def by(rulebook: Rulebook, **record: Any) -> tuple[str, str]:
    decision = rulebook.decider("record.fetch", places=PLACES)(
        {"record": {"billable": True, **record}}
    )
    return decision.by, decision.outcome


def test_a_file_for_one_type_leaves_the_others_to_the_general_file() -> None:
    made = book(
        ("shipped", text(id_="general")),
        ("project", text("{types: [task]}", id_="tasks", then="skip")),
    )
    assert by(made, type="task") == ("tasks", "skip")
    assert by(made, type="bug") == ("general", "accept")
    assert set(made.packs) == {"record.fetch", "record.fetch (task)"}


def test_a_file_for_one_connector_is_asked_about_records_read_through_it() -> None:
    made = book(
        ("shipped", text(id_="general")),
        ("project", text("{connectors: [zoho_projects]}", id_="zoho")),
    )
    assert by(made, type="task", connection_id="p")[0] == "zoho"
    assert by(made, type="task", connection_id="j")[0] == "general"


def test_a_file_for_one_integration_is_asked_about_its_records() -> None:
    made = book(
        ("shipped", text(id_="general")), ("project", text("{integrations: [main]}", id_="main"))
    )
    assert by(made, type="task", connection_id="p")[0] == "main"
    assert by(made, type="task")[0] == "main"


def test_a_record_of_which_it_is_not_known_whether_a_file_is_for_it_gets_the_safe_outcome() -> None:
    made = book(
        ("shipped", text(id_="general")),
        ("project", text("{integrations: [main], types: [task]}", id_="main")),
    )
    decide = made.decider("record.fetch", places=PLACES)
    subject = {"record": {"type": "task", "billable": True, "connection_id": "j"}}
    decision = decide(subject)
    assert (decision.outcome, decision.by, decision.code) == ("skip", "unknown", "RUL-20")
    assert decision.unknown == ("applies_to.integrations",)
    assert "applies_to.integrations is not known" in decide.explain(decision, subject).because
    assert by(made, type="bug", connection_id="j")[0] == "general"


def test_the_type_not_fetched_is_doubt_too() -> None:
    made = book(("shipped", text(id_="general")), ("project", text("{types: [task]}", id_="tasks")))
    assert by(made) == ("unknown", "skip")


def test_the_narrower_of_two_files_is_asked_first_wherever_it_stands() -> None:
    wide, narrow = text("{types: [task, bug]}", id_="wide"), text("{types: [bug]}", id_="narrow")
    for files in ((wide, narrow), (narrow, wide)):
        made = book(("shipped", text(id_="general")), *(("project", f) for f in files))
        assert by(made, type="bug")[0] == "narrow"
        assert by(made, type="task")[0] == "wide"
        assert by(made, type="user")[0] == "general"


def test_a_general_file_of_the_project_wins_over_a_narrowed_shipped_one() -> None:
    made = book(
        ("shipped", text(id_="general")),
        ("shipped", text("{types: [task]}", id_="tasks")),
        ("project", text(id_="ours")),
    )
    assert by(made, type="task")[0] == "ours"
    assert set(made.packs) == {"record.fetch"}


def test_a_narrowed_file_of_the_project_wins_over_a_shipped_one_of_the_same_scope() -> None:
    made = book(
        ("shipped", text(id_="general")),
        ("shipped", text("{types: [task]}", id_="theirs")),
        ("project", text("{types: [task]}", id_="ours")),
    )
    assert by(made, type="task")[0] == "ours"
    assert by(made, type="bug")[0] == "general"


def test_the_file_that_decided_explains() -> None:
    made = book(
        ("shipped", text(id_="own", then="accept")),
        ("project", text("{types: [task]}", id_="own", then="skip")),
    )
    decide = made.decider("record.fetch", places=PLACES)
    for type_, file in (("task", "f1.yaml"), ("bug", "f0.yaml"), ("task", "f1.yaml")):
        subject = {"record": {"type": type_, "billable": True}}
        decision = decide(subject)
        assert decide.explain(decision, subject).place == f"{file}:{5 if type_ == 'task' else 4}"
        assert decide.place(decision).startswith(file)
        assert decide.because(decision, subject) == "It is own."


def test_a_decision_without_a_general_file_is_not_taken_by_a_narrowed_one() -> None:
    made = book(("project", text("{types: [task]}")))
    with pytest.raises(RuleFileError, match="No rule file takes"):
        made.decider("record.fetch")


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("{types: [task, bug]}", "{types: [bug, user]}"),
        ("{types: [task]}", "{types: [task]}"),
        ("{types: [task]}", "{connectors: [jira]}"),
    ],
)
def test_two_files_that_could_both_decide_a_record_are_refused(one: str, two: str) -> None:
    with pytest.raises(RuleFileError, match=r"decided by f0\.yaml already") as caught:
        book(("project", text(one)), ("project", text(two)))
    assert (caught.value.code, str(caught.value.where)) == ("RUL-07", "f1.yaml:1:1")


def test_files_of_different_connectors_do_not_meet() -> None:
    made = book(
        ("project", text("{connectors: [zoho_projects]}")),
        ("project", text("{connectors: [jira]}")),
        ("project", text()),
    )
    assert len(made.packs) == 3


@pytest.mark.parametrize(
    ("narrow", "column", "code", "words"),
    [
        ("{}", 13, "RUL-12", "each with a list"),
        ("[task]", 13, "RUL-12", "each with a list"),
        ("{type: [task]}", 14, "RUL-11", "mean types?"),
        ("{types: task}", 21, "RUL-12", "list of names"),
        ("{types: []}", 21, "RUL-12", "list of names"),
        ("{types: [tusk]}", 22, "RUL-11", "mean task?"),
        ("{types: [jira/issue]}", 22, "RUL-11", "never about jira/issue"),
        ("{connectors: [1]}", 26, "RUL-12", "list of names"),
    ],
)
def test_a_wrong_scope_is_refused_with_its_place(
    narrow: str, column: int, code: str, words: str
) -> None:
    with pytest.raises(RuleFileError) as caught:
        parse_source(RuleSource("f.yaml", text(narrow), "project"), TYPES, POINTS)
    assert (caught.value.code, str(caught.value.where)) == (code, f"f.yaml:3:{column}")
    assert words in caught.value.message


def test_the_scope_is_part_of_what_the_rules_are_known_by() -> None:
    general = ("shipped", text(id_="general"))
    hashes = {
        book(general).hash,
        book(general, ("project", text("{types: [task]}"))).hash,
        book(general, ("project", text("{types: [bug]}"))).hash,
    }
    assert len(hashes) == 3


@pytest.mark.parametrize(
    ("decision", "types"),
    [
        ("contact.match", "contact"),
        ("time_entry.status", "time_entry"),
        ("invoice_line.add", "expense"),
    ],
)
def test_every_decision_knows_the_types_it_is_about(decision: str, types: str) -> None:
    point = next(p for p in POINTS if p.name == decision)
    head = f"tallystick: rules/1\ndecision: {decision}\napplies_to: {{types: [{types}]}}\n"
    safe = (
        f"rules: [{{id: a, when: [], then: {point.safe}, because: No.}}]\notherwise: {point.safe}\n"
    )
    (pack,) = parse_source(RuleSource("f.yaml", head + safe, "project"), TYPES, POINTS)
    assert pack.applies_to.types == (types,)
