"""The short cut for documented pages of time logs gives what the reading of any page gives."""

import json
from collections.abc import Mapping
from datetime import tzinfo
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from connectors.zoho_projects.answers import LOG
from hypothesis import event, given, settings
from hypothesis import strategies as st
from tallystick.toolbox import Reply
from tallystick_zoho_projects.documented import LOG_PAGE, Unusual, entries
from tallystick_zoho_projects.logs import flattened
from tallystick_zoho_projects.reading import mapped
from tallystick_zoho_projects.time_entries import time_entry

_NAMES = [
    "id",
    "id_string",
    "date",
    "log_date",
    "log_hour",
    "total_minutes",
    "hours",
    "total_hours",
    "notes",
    "billing_status",
    "bill_status",
    "project",
    "project_id",
    "module_detail",
    "module",
    "owner",
    "owner_zpuid",
    "owner_id",
    "approval",
    "approval_status",
    "start_time",
    "started_at",
    "end_time",
    "last_modified_time",
    "modified_time",
    "invoice_id",
    "invoice",
    "invoice_status",
    "billed_status",
    "log_name",
    "name",
    "task",
    "bug",
    "issue",
]
_INNER = ("id", "id_string", "zpuid", "type", "name", "status", "value")
_WORDS = (
    None,
    "",
    "-",
    "0",
    "00:00",
    "1:75",
    "25:30",
    "2026-02-30",
    "2026-07-02",
    "03:15 PM",
    "2026-07-02T09:30:00Z",
    "2026-07-02T09:30:00",
    "tomorrow",
    "Billable",
    "Perhaps",
    "Rejected",
    "task",
    "Issue",
    "general",
    "milestone",
    "invoiced",
    "5100",
    5100,
    1.5,
    True,
)
_values = st.sampled_from(_WORDS)
_deep = _values | st.dictionaries(st.sampled_from(_INNER), _values, max_size=3)
_changes = st.dictionaries(st.sampled_from(_NAMES), _deep, max_size=4)


def kolkata() -> tzinfo:
    return ZoneInfo("Asia/Kolkata")


def page(*logs: Mapping[str, Any], **more: Any) -> Reply:
    body = {"time_logs": [{"date": "2026-07-02", "log_details": logs}], "page_info": {}, **more}
    return Reply(200, {}, json.dumps(body).encode())


def short(reply: Reply) -> list[dict[str, Any]] | None:
    found = reply.known(LOG_PAGE)
    try:
        return None if found is None else entries(found, "task", kolkata)
    except Unusual:
        return None


def whole(reply: Reply) -> tuple[list[dict[str, Any]], Any]:
    raws = flattened(reply.json()["time_logs"])
    return mapped(raws, lambda raw: time_entry(raw, "task", kolkata))


@settings(max_examples=600)
@given(st.lists(st.tuples(_changes, st.sets(st.sampled_from(_NAMES), max_size=2)), min_size=1))
def test_the_short_cut_gives_the_rows_that_the_long_way_gives(
    drawn: list[tuple[dict[str, Any], set[str]]],
) -> None:
    logs = [{k: v for k, v in {**LOG, **new}.items() if k not in gone} for new, gone in drawn]
    reply = page(*logs)
    rows = short(reply)
    event("the long way" if rows is None else "the short cut")
    if rows is not None:
        assert (rows, ()) == whole(reply)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"start_time": "03:15 PM", "notes": ""},
        {"invoice_id": "77"},
        {"invoice_id": "0"},
        {"invoice_id": ""},
        {"module_detail": {"type": "general", "name": "Travel"}},
        {"module_detail": {"type": "issue", "id": "66"}},
        {"billing_status": "Perhaps", "approval": {"status": "Recalled"}},
        {"module_detail": {"type": "milestone", "id": "1"}},
        {"last_modified_time": "tomorrow"},
    ],
)
def test_documented_logs_take_the_short_cut(changes: dict[str, Any]) -> None:
    reply = page({**LOG, **changes})
    assert short(reply) == whole(reply)[0]


@pytest.mark.parametrize(
    "reply",
    [
        page({**LOG, "invoice": {"id": "5"}}),
        page({**LOG, "id": "-"}),
        page({**LOG, "id": 5}),
        page({**LOG, "log_hour": "an hour"}),
        page(LOG, title="URL_ROLLING_THROTTLES_LIMIT_EXCEEDED"),
        page(LOG, error={"code": 6404}),
        page(LOG, error=None),
        Reply(200, {}, b"<html>"),
        Reply(200, {}, b"\xff"),
        Reply(204, {}, b""),
    ],
)
def test_what_departs_from_the_documented_shape_goes_the_long_way(reply: Reply) -> None:
    assert short(reply) is None
