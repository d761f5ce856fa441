"""Bad input: one clear message with code and next step, the documented exit code, no trace."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.terminal import Printed, Terminal, connect, set_up, town


@pytest.fixture
def bare(tmp_path: Path) -> Terminal:
    """A new project folder, nothing connected."""
    made = Terminal(tmp_path / "home")
    assert made("init").exit == 0
    return made


@pytest.fixture(scope="module")
def connected(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Terminal]:
    """A folder on the demo world that is connected but not set up."""
    with town(tmp_path_factory.mktemp("connected"), "demo") as (made, place):
        connect(made, place)
        yield made


def assert_clear(printed: Printed, code: str, exit_code: int) -> None:
    """One message with code and fix, the exit code, and no trace."""
    assert printed.exit == exit_code, printed.err + printed.out
    assert code in printed.err
    assert "fix" in printed.err
    assert "Traceback" not in printed.err + printed.out


def test_a_folder_that_is_no_project_folder(tmp_path: Path) -> None:
    assert_clear(Terminal(tmp_path)("status"), "CFG-03", 2)


def test_a_command_that_does_not_exist_is_told_the_nearest(tmp_path: Path) -> None:
    printed = Terminal(tmp_path)("synk")
    assert printed.exit == 2
    assert "Did you mean sync" in printed.err


def test_wrong_credentials_are_refused_and_not_kept(bare: Terminal, connected: Terminal) -> None:
    """AUTH-01; the folder stays unconnected."""
    facts = json.loads(
        json.dumps({"client_id": "sim-client", "client_secret": "wrong", "refresh_token": "wrong"})
    )
    shown = connected.data("integration", "show")
    assert shown["state"] == "authorized"
    settings = _settings(connected)
    printed = bare(
        "integration",
        "connect",
        "--side",
        "source",
        "--key-stdin",
        "--set",
        f"accounts_url={settings['accounts_url']}",
        "--set",
        f"base_url={settings['base_url']}",
        stdin=json.dumps(facts),
    )
    assert_clear(printed, "AUTH-01", printed.exit)
    assert printed.exit in {4, 6}
    assert "wrong" not in printed.err
    assert bare.data("integration", "show")["state"] == "none"


def _settings(terminal: Terminal) -> dict[str, str]:
    from tallystick.app.workspace import open_workspace  # noqa: PLC0415 - what the store keeps

    with open_workspace(terminal.home) as ws:
        return ws.settings("source")


def test_a_credential_that_is_no_json_is_refused(bare: Terminal) -> None:
    printed = bare("integration", "connect", "--side", "source", "--key-stdin", stdin="not json")
    assert_clear(printed, "AUTH-01", 2)
    assert "not json" not in printed.err


def test_a_portal_that_is_not_owned(connected: Terminal) -> None:
    """R-007, SETUP-02."""
    printed = connected(
        "integration",
        "setup",
        "--portal",
        "Harbor Partners",
        "--organization",
        "Zylker Books",
        "--all-unbilled",
        "--consent",
    )
    assert printed.exit in {2, 6}
    assert_clear(printed, "SETUP-02", 6)


def test_a_portal_that_is_not_there(connected: Terminal) -> None:
    printed = connected(
        "integration", "setup", "--portal", "Nowhere", "--all-unbilled", "--consent"
    )
    assert_clear(printed, "SETUP-03", 6)


def test_an_unknown_module(connected: Terminal) -> None:
    printed = connected(
        "integration",
        "setup",
        "--portal",
        "Zylker Studio",
        "--modules",
        "projects,timeshets",
        "--all-unbilled",
        "--consent",
    )
    assert_clear(printed, "CFG-06", 2)
    assert "timeshets" in printed.err


def test_a_cutoff_that_is_no_date(connected: Terminal) -> None:
    printed = connected(
        "integration", "setup", "--portal", "Zylker Studio", "--cutoff", "soon", "--consent"
    )
    assert_clear(printed, "CFG-01", 2)
    assert "YYYY-MM-DD" in printed.err


def test_a_cutoff_question_without_answer(connected: Terminal) -> None:
    """R-012."""
    printed = connected("integration", "setup", "--portal", "Zylker Studio", "--consent")
    assert_clear(printed, "SETUP-07", 6)


def test_no_consent(connected: Terminal) -> None:
    """R-006."""
    printed = connected("integration", "setup", "--portal", "Zylker Studio", "--all-unbilled")
    assert_clear(printed, "SETUP-08", 6)


def test_a_sync_before_the_set_up(bare: Terminal) -> None:
    assert_clear(bare("sync", "run"), "SETUP-07", 6)


def test_an_unknown_record(bare: Terminal) -> None:
    assert_clear(bare("records", "why", "time_entry:404"), "CFG-12", 2)
    assert_clear(bare("records", "list", "timeentry"), "CFG-12", 2)
    assert_clear(bare("records", "list", "task", "--where", "name"), "CFG-06", 2)


def test_a_plan_file_that_is_missing_or_damaged(bare: Terminal, tmp_path: Path) -> None:
    assert_clear(bare("sync", "apply", str(tmp_path / "none.plan")), "CFG-09", 2)
    broken = tmp_path / "broken.plan"
    broken.write_text('{"tallystick": "plan/1"}\n', encoding="utf-8")
    assert_clear(bare("sync", "apply", str(broken)), "CFG-09", 2)


@pytest.mark.parametrize(
    ("name", "text", "word"),
    [
        ("typo", "tallystick: rules/1\ndecision: record.push\nstrategie: first\n", "strategy"),
        ("duplicate", "tallystick: rules/1\ndecision: record.push\ndecision: record.push\n", ":3:"),
        ("tab", "tallystick: rules/1\n\tdecision: record.push\n", ":2:"),
        ("no-decision", "tallystick: rules/1\ntitle: nothing\n", "decision"),
    ],
)
def test_a_rule_file_that_is_wrong_is_shown_with_its_line(
    bare: Terminal, name: str, text: str, word: str
) -> None:
    file = bare.home / "rules" / f"{name}.yaml"
    file.write_text(text, encoding="utf-8")
    printed = bare("rules", "check", str(file))
    assert printed.exit == 1
    assert "RUL-" in printed.out
    assert f"{name}.yaml:" in printed.out
    assert word in printed.out
    assert "Traceback" not in printed.out + printed.err


def test_a_store_of_a_newer_version_is_left_alone(bare: Terminal) -> None:
    import sqlite3  # noqa: PLC0415 - makes the store of tomorrow

    bare("status")
    with sqlite3.connect(bare.home / "tallystick.db") as database:
        database.execute("UPDATE tallystick_version SET version_num = '9999_tomorrow'")
    database.close()
    before = (bare.home / "tallystick.db").read_bytes()
    assert_clear(bare("status"), "STO-02", 1)
    assert (bare.home / "tallystick.db").read_bytes() == before


def test_a_simulator_that_is_not_there(bare: Terminal) -> None:
    facts = {"client_id": "a", "client_secret": "b", "refresh_token": "c"}
    printed = bare(
        "integration",
        "connect",
        "--side",
        "source",
        "--key-stdin",
        "--set",
        "accounts_url=http://127.0.0.1:9",
        "--set",
        "base_url=http://127.0.0.1:9/x",
        stdin=json.dumps(facts),
    )
    assert_clear(printed, "NET-02", 4)


def test_a_connector_that_is_not_installed(bare: Terminal) -> None:
    path = bare.home / "tallystick.toml"
    path.write_text(path.read_text().replace("zoho_projects", "tickbird"), encoding="utf-8")
    printed = bare(
        "integration",
        "connect",
        "--side",
        "source",
        "--key-stdin",
        stdin='{"client_id": "a", "client_secret": "b", "refresh_token": "c"}',
    )
    assert_clear(printed, "PLG-02", 1)
    assert "pip install" in printed.err


def test_ctrl_c_in_the_middle_of_a_sync_can_be_gone_on_from(tmp_path: Path) -> None:
    """Exit 130, one line; the next run goes on and nothing is doubled."""
    with town(tmp_path / "home", "demo") as (terminal, place):
        connect(terminal, place)
        assert set_up(terminal, "--organization", _organization(place)).exit == 0
        process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "tallystick",
                "--home",
                str(terminal.home),
                "sync",
                "run",
                "--auto-approve",
            ],
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "NO_COLOR": "1"},
        )
        while place.simulators["zoho_projects"].requests < 30:
            assert process.poll() is None
            time.sleep(0.02)  # noqa: TID251 - a person waits, too
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)
        assert process.returncode == 130, err
        assert "CFG-30" in err
        assert "Traceback" not in err
        assert terminal("sync", "run", "--auto-approve").exit in {0, 5}
        assert not any(place.double_billed().values())
        assert terminal("sync", "plan").exit == 0


def _organization(place: object) -> str:
    return str(place.announced["zoho_books"]["organization_id"])  # type: ignore[attr-defined]
