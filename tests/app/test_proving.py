"""Mode A: whether the accounts refuse a second use of a reference is tried, never believed."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from tallystick.app import guards, invoicing, lifecycle, proving, runs, sync
from tallystick.app.integrations import record
from tallystick.app.proving import prove
from tallystick.app.results import CheckLine
from tallystick.app.workspace import Workspace
from tallystick.errors import ConfigError, Refused
from tallystick.model.operation import Mode, OperationStatus
from tallystick.model.record import Cursor
from tallystick.testing.simulated import Pair, pair, set_up

FIELD = "cf_sync_key"


@pytest.fixture
def firm(tmp_path: Path) -> Pair:
    """Both simulators, and a folder whose accounts have a field that is not proven."""
    made = pair(tmp_path)
    configure(made, FIELD)
    made.books.switch(unique_custom_field=FIELD)
    with made.opened() as ws:
        set_up(ws, made.announced)
    return made


def configure(firm: Pair, field: str, codes: str = "15") -> None:
    """Name the field, and the code of its refusal, in the project's configuration."""
    path = firm.home / "tallystick.toml"
    head, _, tail = path.read_text().partition('system = "zoho_books"\n')
    kept = "".join(x for x in tail.splitlines(True) if not x.startswith(("unique_", "duplicate_")))
    named = f'unique_field = "{field}"\nduplicate_codes = "{codes}"\n' if field else ""
    path.write_text(f'{head}system = "zoho_books"\n{named}{kept}')


def mode(ws: Workspace) -> Mode:
    """How invoices are sent now."""
    return ws.connector(record(ws, None).target_id).writes["transaction"].mode


def invoices(firm: Pair) -> list[dict[str, Any]]:
    """Our proofs in the accounts."""
    everything = firm.books.organizations.values()
    rows = [i for organization in everything for i in organization.rows("invoices")]
    return [i for i in rows if i["reference_number"].startswith("TSY-")]


def guard(ws: Workspace) -> CheckLine:
    """What the doctor says of the guard."""
    row = record(ws, None)
    found = guards.line(ws, row, ws.connector(row.target_id))
    assert found is not None
    return found


@contextmanager
def proven(firm: Pair) -> Iterator[Workspace]:
    """The folder after a proof that held."""
    with firm.opened() as ws:
        assert prove(ws).level == "ok"
        yield ws


def test_invoices_are_sent_under_the_guard_only_once_it_was_proven(firm: Pair) -> None:
    with firm.opened() as ws:
        assert mode(ws) is Mode.C
        assert prove(ws).level == "ok"
        assert mode(ws) is Mode.A
    with firm.opened() as ws:
        assert mode(ws) is Mode.A
        assert "refuses a second use" in guard(ws).message


def test_a_proof_leaves_one_void_draft_and_nothing_else(firm: Pair) -> None:
    with proven(firm):
        made = invoices(firm)
    assert [i["status"] for i in made] == ["void"]


def test_a_field_that_takes_a_value_twice_is_not_proven_and_both_drafts_are_void(
    firm: Pair,
) -> None:
    firm.books.switch(unique_custom_field="")
    with firm.opened() as ws:
        found = prove(ws)
        assert (found.level, found.code) == ("fail", "INV-03")
        assert "accepted twice" in found.message
        assert mode(ws) is Mode.C
    assert [i["status"] for i in invoices(firm)] == ["void", "void"]


def test_a_refusal_that_does_not_say_duplicate_proves_nothing(firm: Pair) -> None:
    configure(firm, FIELD, codes="")
    with firm.opened() as ws:
        found = prove(ws)
        assert found.level == "fail"
        assert "duplicate_codes" in str(found.fix)
        assert mode(ws) is Mode.C
    assert [i["status"] for i in invoices(firm)] == ["void"]


def test_a_proof_that_fails_later_takes_the_earlier_one_back(firm: Pair) -> None:
    with proven(firm) as ws:
        firm.books.switch(unique_custom_field="")
        firm.clock.advance(hours=1)
        assert prove(ws).level == "fail"
        assert mode(ws) is Mode.C


def test_a_field_that_was_named_when_connecting_outlives_a_proof_that_fails(firm: Pair) -> None:
    configure(firm, "")
    with firm.opened() as ws:
        row = record(ws, None)
        stored = ws.store.settings.connection(row.target_id)
        assert stored is not None
        given = {**stored.settings, "unique_field": FIELD, "duplicate_codes": "15"}
        ws.store.settings.put_connection(replace(stored, settings=given), now=firm.clock.now())
        firm.books.switch(unique_custom_field="")
        assert prove(ws).level == "fail"
        firm.books.switch(unique_custom_field=FIELD)
        firm.clock.advance(minutes=1)
        assert prove(ws).level == "ok"


def test_another_field_in_the_settings_undoes_the_proof(firm: Pair) -> None:
    with proven(firm):
        configure(firm, "cf_other")
    with firm.opened() as ws:
        found = guard(ws)
        assert (found.level, found.code) == ("warn", "INV-03")
        assert "cf_other" in found.message
        assert mode(ws) is Mode.C


def test_a_reference_that_stands_twice_in_the_accounts_undoes_the_proof(firm: Pair) -> None:
    """What a run finds counts at once, not only when somebody asks the doctor."""
    with proven(firm) as ws:
        sync.run(ws, approve=lambda _plan: True)
        made = invoicing.invoice(ws, project="Atlas rollout")
        sent = ws.store.outbox.get(made.reference)
        assert sent is not None
        assert sent.mode == Mode.A
        run = runs.begin(ws, record(ws, None), "sweep")
        ws.store.outbox.park(
            made.reference,
            epoch=sent.lease_epoch,
            code="INV-03",
            message="The other system holds it more than once: 1, 2.",
            now=firm.clock.now(),
            status=OperationStatus.CONFLICT,
        )
        assert mode(ws) is Mode.A
        runs.conclude(ws, run, "ok", "")
        assert mode(ws) is Mode.C
        assert made.reference in guard(ws).message


@pytest.mark.parametrize(("stands", "level"), [(True, "ok"), (False, "warn")])
def test_a_field_that_lost_the_reference_undoes_the_proof(
    firm: Pair, level: str, *, stands: bool
) -> None:
    """Where the connector can look."""
    asked: list[tuple[str, str]] = []

    def guarded(external_id: str, reference: str) -> bool:
        asked.append((external_id, reference))
        return stands

    with proven(firm) as ws:
        looking: Any = SimpleNamespace(guarded=guarded)
        found = guards.line(ws, record(ws, None), looking)
        assert found is not None
        assert found.level == level
        assert (mode(ws) is Mode.A) is stands
    draft = invoices(firm)[0]
    assert asked == [(draft["invoice_id"], draft["reference_number"])]


def test_a_proof_that_was_cut_off_is_told_and_its_draft_is_voided_by_the_next(
    firm: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: object) -> list[str]:
        raise KeyboardInterrupt

    with firm.opened() as ws, monkeypatch.context() as patch:
        patch.setattr(proving, "_void", killed)
        with pytest.raises(KeyboardInterrupt):
            prove(ws)
        assert mode(ws) is Mode.C
    assert [i["status"] for i in invoices(firm)] == ["draft"]
    with firm.opened() as ws:
        assert "cut off" in guard(ws).message
        firm.clock.advance(minutes=1)
        assert prove(ws).level == "ok"
    assert [i["status"] for i in invoices(firm)] == ["void", "void"]


def test_a_real_organization_is_never_tried_without_its_id_and_a_customer(
    firm: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(proving, "_on_this_machine", lambda *_: False)
    with firm.opened() as ws:
        stored = ws.store.settings.connection(record(ws, None).target_id)
        assert stored is not None
        container = str(stored.container_id)
        for chosen in ({}, {"organization": container}, {"customer": "1"}):
            with pytest.raises(ConfigError) as refused:
                prove(ws, **chosen)
            assert f"--organization {container}" in refused.value.fix
        with pytest.raises(ConfigError):
            prove(ws, organization="other", customer="1")
        assert invoices(firm) == []
        contact = next(
            r
            for r in ws.connector(record(ws, None).target_id).read("contact", Cursor()).rows
            if r["contact_type"] == "customer"
        )
        agreed = prove(ws, organization=container, customer=contact["external_id"])
        assert agreed.level == "ok"


@pytest.mark.parametrize(
    ("url", "simulated"),
    [
        ("http://127.0.0.1:40118", True),
        ("http://books.test", True),
        ("https://www.zohoapis.eu/books/v3", False),
        ("", False),
    ],
)
def test_only_an_address_of_this_machine_counts_as_simulated(
    firm: Pair, monkeypatch: pytest.MonkeyPatch, url: str, *, simulated: bool
) -> None:
    with firm.opened() as ws:
        known = {"base_url": url, "accounts_url": "http://localhost:1"}
        monkeypatch.setattr(ws, "settings", lambda _id: known)
        assert proving._on_this_machine(ws, record(ws, None)) is simulated


def test_nothing_is_proven_where_no_field_is_named(firm: Pair) -> None:
    configure(firm, "")
    with firm.opened() as ws, pytest.raises(ConfigError) as refused:
        prove(ws)
    assert "unique_field" in refused.value.fix


def test_nothing_is_written_for_a_proof_while_the_integration_is_off(firm: Pair) -> None:
    """I-08."""
    with firm.opened() as ws:
        sync.run(ws, approve=lambda _plan: True)
        lifecycle.disable(ws, None)
        with pytest.raises(Refused) as refused:
            prove(ws)
    assert refused.value.code == "INT-02"


def test_a_proof_that_is_only_said_is_told(firm: Pair) -> None:
    path = firm.home / "tallystick.toml"
    named = f'unique_field = "{FIELD}"\n'
    path.write_text(path.read_text().replace(named, f"{named}unique_field_proven = true\n"))
    with firm.opened() as ws:
        assert guard(ws).level == "warn"
        assert "not proven here" in guard(ws).message
