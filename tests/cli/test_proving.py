"""`tallystick doctor --prove` on a served simulator: what it says, and what it leaves."""

from pathlib import Path

from cli.terminal import Terminal, assert_clear, connect, set_up, town

FIELD = "cf_sync_key"


def name_the_field(terminal: Terminal) -> None:
    """Name the field of the accounts in the configuration."""
    path = terminal.home / "tallystick.toml"
    named = f'system = "zoho_books"\nunique_field = "{FIELD}"\nduplicate_codes = "15"'
    path.write_text(path.read_text().replace('system = "zoho_books"', named))


def test_a_guard_is_proven_shown_and_taken_back(tmp_path: Path) -> None:
    with town(tmp_path) as (terminal, place):
        connect(terminal, place)
        assert set_up(terminal).exit == 0
        assert_clear(terminal("doctor", "--prove"), "CFG-06", 2)
        name_the_field(terminal)
        books = place.simulators["zoho_books"]
        books.switch(unique_custom_field=FIELD)
        proven = terminal("doctor", "--prove")
        assert proven.exit == 0, proven.out
        assert f"{FIELD} refused the second of two drafts" in proven.out
        assert "refuses a second use, proven" in terminal("doctor").out
        books.switch(unique_custom_field="")
        failed = terminal("doctor", "--prove")
        assert failed.exit == 1
        assert "accepted twice" in failed.out
        assert "is not proven" in terminal("doctor").out
        drafts = [i for b in books.organizations.values() for i in b.rows("invoices")]
        ours = [i for i in drafts if i["reference_number"].startswith("TSY-")]
        assert {i["status"] for i in ours} == {"void"}
        assert len(ours) == 3
