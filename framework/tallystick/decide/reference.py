"""The reference of fields for rule authors, written from the catalogue."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tallystick.decide.described import decision_data, records_data
from tallystick.model.catalogue import RecordType
from tallystick.model.decision import DecisionPoint

_HEAD = """# Fields

What rules may say of what, written from the record classes and decision points by
`tallystick.decide.reference`. An input that stands for a record has the record's fields, then those
below it. A field marked *fixed* is identity, history, or kept by a machine: nobody edits it.
"""


def reference(types: Mapping[str, RecordType], points: Sequence[DecisionPoint]) -> str:
    """The reference as Markdown."""
    lines = [_HEAD, "## Decisions", ""]
    for point in points:
        lines += _decision(decision_data(point, types), point)
    lines += ["## Records", ""]
    records = records_data(types)
    shared = _shared(records)
    lines += ["Every record has:", "", *_table(shared.values())]
    for record in records:
        own = [f for f in record["fields"] if shared.get(f["name"]) != f]
        lines += [f"### {record['type']}", "", record["meaning"], "", *_table(own)]
    return "\n".join(lines).rstrip() + "\n"


def _decision(data: Mapping[str, Any], point: DecisionPoint) -> Iterator[str]:
    outcomes = ", ".join(f"**{o}**" if o == data["safe"] else o for o in data["outcomes"])
    yield from (f"### {data['decision']}", "")
    yield from (f"{data['title']}: {outcomes} (the safe one in bold).", "")
    for outcome, meaning in data["meanings"].items():
        yield f"- `{outcome}`: {meaning.rstrip('.')}."
    if data["meanings"]:
        yield ""
    for given in data["inputs"]:
        wanted = point.inputs[given["name"]]
        own = [f for f in given["fields"] if f["name"] in wanted.own]
        words = f"`{given['name']}`" + (", a list" if given["list"] else "")
        if given["records"]:
            only = f" ({', '.join(wanted.only)})" if wanted.only else ""
            words += f": fields of {', '.join(given['records'])}{only}"
        yield from (words + ("." if not own else ":"), "")
        yield from _table(own)


def _shared(records: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The fields that are the same in every record."""
    first = {f["name"]: f for f in records[0]["fields"]}
    return {
        name: field for name, field in first.items() if all(field in r["fields"] for r in records)
    }


def _table(fields: Any) -> Iterator[str]:
    rows = list(fields)
    if not rows:
        return
    yield from ("| field | type | meaning |", "| --- | --- | --- |")
    for field in rows:
        kind = {"minutes": "whole minutes", "minor": "amount"}.get(field["unit"], field["type"])
        values = f" One of {', '.join(field['values'])}." if field["values"] else ""
        fixed = " *fixed*" if field["fixed"] else ""
        yield f"| `{field['name']}` | {kind} | {field['meaning']}{values}{fixed} |"
    yield ""
