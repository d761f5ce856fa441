"""Planning of contacts (R-069…R-086) and users (R-061…R-066)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from tallystick.model.fold import fold_name
from tallystick.model.operation import Action, Because, Operation
from tallystick.model.record import RecordKey, Row
from tallystick.plan.context import Context, Decider, Issue, Standing, offered
from tallystick.plan.upsert import Wanted, link, linked_to, ok, place, reference_of, update

CONTACT_FIELDS = ("name", "company_name", "email", "phone", "currency", "website", "address")
_ERASED = ("email", "phone", "website")
_OVERWRITE = ("name", "email", "phone", "website", "address")


def _contact(context: Context, row: Row, currency: str | None) -> Wanted:
    key = RecordKey(context.setting.source.connection_id, "contact", row["external_id"])
    payload = {n: row[n] for n in CONTACT_FIELDS if row.get(n) not in (None, "", {})}
    payload["contact_type"] = "customer"
    if currency and "currency" not in payload:
        payload["currency"] = currency
    name = str(row.get("name") or "")
    return Wanted(
        key, name, "contact", "projects", name, payload, (), version=row.get("content_hash", "")
    )


def plan_contact(
    context: Context, row: Row, candidates: Sequence[Row], *, currency: str | None
) -> Standing:
    """Find the customer a client company already is, make one, or leave it to a person."""
    wanted = _contact(context, row, currency)
    context.sink.count("projects", "contacts")
    pair = linked_to(context, wanted)
    if pair is not None:
        if (wanted.source.type, wanted.source.external_id) not in context.links:
            link(context, wanted, pair[1], Because("contact.match", "id-map", "", "Our marker."))
        if context.answers.get(row["external_id"]) == "overwrite":
            because = Because("contact.match", "answer", "", "A person answered Overwrite.")
            matcher = context.matcher(row["external_id"])
            update(context, _overwriting(wanted, row, matcher), pair[1], because)
        return ok(wanted, target_id=pair[1])
    subject = {"incoming": _facts(row), "candidates": [_facts(c) for c in candidates]}
    matcher = context.matcher(row["external_id"])
    decision = context.decide("contact.match", wanted.source, subject, row, matcher)
    words = matcher.explain(decision, subject, advice=False)
    because = Because(decision.decision, decision.by, words.place, words.because)
    if decision.outcome == "create":
        return place(context, _fresh_name(context, wanted), because)
    if decision.outcome == "link" and decision.bound is not None:
        target_id = str(decision.bound["id"])
        link(context, wanted, target_id, because)
        if decision.fields == "incoming":
            update(context, _overwriting(wanted, row, matcher), target_id, because)
        return ok(wanted, target_id=target_id)
    code = decision.code or "CON-01"
    context.sink.issue(
        Issue("projects", wanted.source, wanted.name, code, "root", words.because, words.fix)
    )
    context.sink.count("projects", "failed")
    return Standing("contact", row["external_id"], wanted.name, "error", code)


def _overwriting(wanted: Wanted, row: Row, matcher: Decider) -> Wanted:
    """The same contact, with its values carried over where they are not empty (R-076, R-077).

    Where the rules say so, what the source knows to be empty is emptied too (P-06); a customer
    keeps a name.
    """
    if matcher.full({})["params"].get("overwrite_blanks") != "erase":
        return replace(wanted, follow=_OVERWRITE)
    known = offered(row)
    blank = {n: known[n] for n in _ERASED if n in known and known[n] in (None, "")}
    return replace(wanted, follow=_OVERWRITE, payload={**wanted.payload, **blank}, erases=True)


def _facts(row: Row) -> dict[str, Any]:
    fields = ("name", "email", "phone", "currency", "status", "contact_type", "company_name")
    facts = {name: row.get(name) for name in fields if name in row}
    return {"id": row["external_id"], **facts}


def _fresh_name(context: Context, wanted: Wanted) -> Wanted:
    """Give a new customer a display name that no contact has, vendors included (R-083, R-084)."""
    name, number = wanted.name, 1
    while fold_name(name) in context.names_taken:
        number += 1
        name = f"{wanted.name} ({number})"
    context.names_taken.add(fold_name(name))
    if number == 1:
        return wanted
    return replace(wanted, title=name, payload={**wanted.payload, "name": name})


def email_states(users: Iterable[Row]) -> dict[str, str]:
    """For each user id whether the e-mail address is ok, missing or shared (R-065)."""
    rows = list(users)
    counts: dict[str, int] = {}
    for row in rows:
        key = str(row.get("email_key") or "")
        counts[key] = counts.get(key, 0) + 1
    return {
        row["external_id"]: "missing"
        if not row.get("email_key")
        else ("ok" if counts[row["email_key"]] == 1 else "shared")
        for row in rows
    }


def plan_users(context: Context, users: Sequence[Row], targets: Mapping[str, Row]) -> None:
    """Pair users by e-mail address; unknown ones are added, then made inactive (R-062).

    `targets` maps a folded e-mail address to the target's user.
    """
    states = email_states(users)
    for row in users:
        wanted = _user(context, row)
        record = {
            **row,
            "type": "user",
            "module": "timesheets",
            "email_state": states[row["external_id"]],
        }
        subject = {"record": record}
        decision = context.decide("record.fetch", wanted.source, subject, row)
        if decision.outcome != "accept":
            words = context.explain(decision, subject)
            code = decision.code or "USR-01"
            context.sink.issue(
                Issue("users", wanted.source, wanted.name, code, "root", words.because, words.fix)
            )
            context.sink.count("users", "failed")
            standing = Standing("user", row["external_id"], wanted.name, "error", code)
        elif not context.adds_users and _unknown(context, wanted, row, targets):
            standing = _left_unknown(context, wanted)
        else:
            standing = _pair_user(
                context, wanted, row, targets, subject_because=context.because(decision, subject)
            )
        context.standing["user", row["external_id"]] = standing


def _unknown(context: Context, wanted: Wanted, row: Row, targets: Mapping[str, Row]) -> bool:
    """True for a user that the accounts do not have."""
    return str(row.get("email_key") or "") not in targets and linked_to(context, wanted) is None


def _left_unknown(context: Context, wanted: Wanted) -> Standing:
    """Leave a user out that would have to be added, so that their entries wait (P-38)."""
    reason = f"{wanted.name} is not in the accounts, and unknown users are not added."
    fix = "Invite the person there, or let users be added: users.unknown in rules/policies.yaml."
    context.sink.issue(Issue("users", wanted.source, wanted.name, "USR-02", "root", reason, fix))
    context.sink.count("users", "failed")
    return Standing("user", wanted.source.external_id, wanted.name, "error", "USR-02")


def _user(context: Context, row: Row) -> Wanted:
    key = RecordKey(context.setting.source.connection_id, "user", row["external_id"])
    name = str(row.get("name") or row.get("email") or "")
    payload = {"name": name, "email": row.get("email")}
    return Wanted(
        key, name, "user", "users", name, payload, (), version=row.get("content_hash", "")
    )


def _pair_user(
    context: Context,
    wanted: Wanted,
    row: Row,
    targets: Mapping[str, Row],
    *,
    subject_because: Because,
) -> Standing:
    known = targets.get(str(row.get("email_key") or ""))
    linked = context.links.get(("user", row["external_id"]))
    if linked is None and known is not None:
        link(context, wanted, known["external_id"], subject_because)
        return ok(wanted, target_id=known["external_id"])
    standing = place(context, wanted, subject_because)
    if standing.reference is not None:
        context.sink.operation(
            Operation(
                reference=reference_of(context, wanted, Action.DEACTIVATE),
                action=Action.DEACTIVATE,
                type="user",
                connection_id=context.setting.target.connection_id,
                title=f"{wanted.name}: inactive",
                payload={"status": "inactive"},
                because=subject_because,
                source=wanted.source,
                fills={"external_id": standing.reference},
                needs=(standing.reference,),
                versions={str(wanted.source): wanted.version},
                module="users",
            )
        )
    return standing
