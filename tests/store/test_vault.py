"""Secrets: encrypted, bound to their row, nowhere in the clear."""

import base64
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update
from tallystick.errors import StoreError
from tallystick.model.connection import Credential
from tallystick.model.ports import Token
from tallystick.store import ConnectionData, Store, backup_store, open_store, rekey_store
from tallystick.store.database import table
from tallystick.store.vault import ENVIRONMENT, Vault, load_key
from tallystick.testing.clock import START, FakeClock

CANARIES = [f"canary-{n:02}-{'xyzzy' * 3}" for n in range(20)]


def _secret(store: Store, name: str, text: str) -> None:
    store.settings.put_connection(ConnectionData(name, "books"), now=START)
    store.vault.put_credential(name, Credential("oauth", {"refresh_token": text}))


def _sealed(store: Store, name: str) -> str:
    of = table("connection")
    with store.database.read() as connection:
        found = connection.execute(select(of.c.credential).where(of.c.id == name)).scalar_one()
    return str(found)


def _put_sealed(store: Store, name: str, sealed: str) -> None:
    of = table("connection")
    with store.database.write() as connection:
        connection.execute(update(of).where(of.c.id == name).values(credential=sealed))


def test_a_credential_is_read_back_by_another_process(
    store: Store, reopen: Callable[[], Store]
) -> None:
    _secret(store, "a", "hush")
    assert reopen().vault.credential("a") == Credential("oauth", {"refresh_token": "hush"})


def test_a_connection_without_a_credential_has_none(store: Store) -> None:
    store.settings.put_connection(ConnectionData("a", "books"), now=START)
    assert store.vault.credential("a") is None
    assert store.vault.credential("nobody") is None


def test_a_credential_of_no_connection_is_refused(store: Store) -> None:
    with pytest.raises(StoreError) as refused:
        store.vault.put_credential("nobody", Credential("oauth", {}))
    assert refused.value.code == "STO-06"


def test_a_secret_moved_to_another_row_cannot_be_opened(store: Store) -> None:
    """S02."""
    _secret(store, "a", "hush")
    _secret(store, "b", "other")
    _put_sealed(store, "b", _sealed(store, "a"))
    with pytest.raises(StoreError) as refused:
        store.vault.credential("b")
    assert refused.value.code == "STO-08"
    assert "hush" not in str(refused.value)


@pytest.mark.parametrize("wrong", ["v2:AAAA", "v1:not base64!", "v1:AAAA", "nonsense", "v1:"])
def test_a_secret_that_was_changed_cannot_be_opened(store: Store, wrong: str) -> None:
    _secret(store, "a", "hush")
    _put_sealed(store, "a", wrong)
    with pytest.raises(StoreError) as refused:
        store.vault.credential("a")
    assert refused.value.code == "STO-08"


def test_a_secret_with_one_bit_turned_cannot_be_opened(store: Store) -> None:
    _secret(store, "a", "hush")
    data = bytearray(base64.b64decode(_sealed(store, "a").removeprefix("v1:")))
    data[-1] ^= 1
    _put_sealed(store, "a", "v1:" + base64.b64encode(bytes(data)).decode())
    with pytest.raises(StoreError, match="cannot be opened"):
        store.vault.credential("a")


def test_another_key_opens_nothing(store: Store) -> None:
    _secret(store, "a", "hush")
    with pytest.raises(StoreError, match="another key"):
        Vault(store.database, lambda: bytes(32)).credential("a")


def test_the_same_secret_twice_does_not_look_the_same(store: Store) -> None:
    _secret(store, "a", "hush")
    _secret(store, "b", "hush")
    assert _sealed(store, "a") != _sealed(store, "b")


def test_tokens_are_shared_and_replaced(store: Store, reopen: Callable[[], Store]) -> None:
    ends = START + timedelta(hours=1)
    store.vault.put("books", Token("one", ends))
    store.vault.put("books", Token("two", ends))
    assert reopen().vault.get("books") == Token("two", ends)
    assert store.vault.get("other") is None


def test_no_secret_is_in_the_clear_in_database_log_or_backup(
    store: Store, dialect: str, tmp_path: Path
) -> None:
    """S01: 20 canaries."""
    for number, canary in enumerate(CANARIES):
        _secret(store, f"c{number}", canary)
        store.vault.put(f"t{number}", Token(canary, START))
    if dialect == "sqlite":
        backup_store(str(store.database.url), tmp_path / "copy.db")
        places = [tmp_path / n for n in ("store.db", "store.db-wal", "copy.db")]
        assert all(p.stat().st_size for p in places)
        everything = b"".join(p.read_bytes() for p in places)
    else:
        rows: list[object] = []
        with store.database.read() as connection:
            for name in ("connection", "token"):
                rows += connection.execute(select(table(name))).all()
        assert len(rows) == 40
        everything = repr(rows).encode()
    for canary in CANARIES:
        assert canary.encode() not in everything
        assert base64.b64encode(canary.encode())[:-4] not in everything


def test_a_key_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "key"
    made = load_key(path)
    assert load_key(path) == made
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_key_others_can_read_is_refused(tmp_path: Path) -> None:
    load_key(tmp_path / "key")
    (tmp_path / "key").chmod(0o644)
    with pytest.raises(StoreError) as refused:
        load_key(tmp_path / "key")
    assert refused.value.code == "STO-08"
    assert "chmod 600" in refused.value.fix


def test_a_key_in_the_environment_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(ENVIRONMENT, base64.b64encode(b"k" * 32).decode())
    assert load_key(tmp_path / "key") == b"k" * 32
    assert not (tmp_path / "key").exists()


@pytest.mark.parametrize("text", ["", "short", base64.b64encode(b"k" * 31).decode()])
def test_a_key_that_is_not_32_bytes_is_refused(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(ENVIRONMENT, text)
    with pytest.raises(StoreError) as refused:
        load_key(None)
    assert refused.value.code == "STO-08"
    assert text not in str(refused.value) or not text


def test_a_key_file_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError) as refused:
        load_key(tmp_path / "file" / "key")
    assert refused.value.code == "STO-03"


def test_what_needs_no_secret_works_without_the_key(tmp_path: Path) -> None:
    """STO-08 is told where a secret is needed, with the way that keeps the ledger."""
    url, key = f"sqlite:///{tmp_path / 'store.db'}", tmp_path / "key"
    with closing(open_store(url, clock=FakeClock(), key_file=key)) as store:
        _secret(store, "a", "hush")
    key.unlink()
    with closing(open_store(url, clock=FakeClock(), key_file=key)) as store:
        assert store.settings.connection("a") is not None
        with pytest.raises(StoreError) as refused:
            store.vault.credential("a")
    assert refused.value.code == "STO-08"
    assert "tallystick db rekey" in refused.value.fix
    assert "Keep the store" in refused.value.fix
    assert not key.exists()


def test_a_new_key_forgets_the_secrets_and_keeps_all_else(tmp_path: Path) -> None:
    url, key = f"sqlite:///{tmp_path / 'store.db'}", tmp_path / "key"
    with closing(open_store(url, clock=FakeClock(), key_file=key)) as store:
        _secret(store, "a", "hush")
        store.vault.put("token", Token("1000.access", START + timedelta(hours=1)))
    former = key.read_text()
    key.unlink()
    assert rekey_store(url, key_file=key) == 1
    assert key.read_text() != former
    assert key.stat().st_mode & 0o777 == 0o600
    with closing(open_store(url, clock=FakeClock(), key_file=key)) as store:
        assert store.settings.connection("a") is not None
        assert store.vault.credential("a") is None
        assert store.vault.get("token") is None
        store.vault.put_credential("a", Credential("oauth", {"refresh_token": "anew"}))
        assert store.vault.credential("a") == Credential("oauth", {"refresh_token": "anew"})


def test_only_its_owner_reads_a_store_and_its_backup(tmp_path: Path) -> None:
    path, out = tmp_path / "store.db", tmp_path / "out.backup"
    url = f"sqlite:///{path}"
    with closing(open_store(url, clock=FakeClock(), key_file=tmp_path / "key")) as store:
        _secret(store, "a", "hush")
        backup_store(url, out)
        found = [*tmp_path.glob("store.db*"), out]
        assert {"store.db", "store.db-wal", "store.db-shm"} <= {p.name for p in found}
        assert {p.stat().st_mode & 0o777 for p in found} == {0o600}
