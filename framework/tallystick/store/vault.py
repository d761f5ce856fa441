"""Secrets, encrypted with AES-GCM and bound to their row."""

import base64
import os
from collections.abc import Callable
from functools import cached_property
from pathlib import Path

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import delete, select, update

from tallystick.errors import StoreError
from tallystick.model.connection import Credential
from tallystick.model.ports import Token
from tallystick.store.database import Database, aware, table
from tallystick.store.upserts import upsert

ENVIRONMENT = "TALLYSTICK_KEY"
LOST_KEY = (
    "Where it is lost: `tallystick db rekey`, then connect both sides again. Keep the store: it "
    "is the ledger of what was billed."
)
_VERSION = "v1"
_KEY_BYTES, _NONCE_BYTES = 32, 12


def load_key(path: Path | None) -> bytes:
    """The key: 32 bytes in base64 from the environment, else from a file only its owner reads.

    Makes the file when there is none. Raises `StoreError` STO-08.
    """
    text = os.environ.get(ENVIRONMENT)
    if text is None and path is not None:
        text = _read(path) if path.exists() else _make(path)
    try:
        key = base64.b64decode(text or "", validate=True)
    except ValueError:
        key = b""
    if len(key) != _KEY_BYTES:
        raise StoreError(
            "The key that protects the credentials is not 32 bytes in base64.",
            code="STO-08",
            fix=f"Restore the key file, or set {ENVIRONMENT}. {LOST_KEY}",
        )
    return key


def _read(path: Path) -> str:
    if path.stat().st_mode & 0o077:
        raise StoreError(
            f"The key file {path} can be read by others.", code="STO-08", fix=f"chmod 600 {path}"
        )
    return path.read_text(encoding="ascii").strip()


def _make(path: Path) -> str:
    text = base64.b64encode(AESGCM.generate_key(_KEY_BYTES * 8)).decode()
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        if path.is_file():
            return _read(path)
        raise StoreError(
            f"The key file {path} cannot be made: {error.strerror}.", code="STO-03"
        ) from None
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(text)
    return text


def new_key(path: Path) -> None:
    """Put a new key in the place of the file's, whatever that holds; all at once.

    Nothing is done where the environment gives the key. Raises `StoreError` STO-03 where the
    folder cannot be written.
    """
    if ENVIRONMENT in os.environ:
        return
    fresh = path.with_name(f"{path.name}.new")
    fresh.unlink(missing_ok=True)
    _make(fresh)
    fresh.replace(path)


class Vault:
    """Credentials of connections, and access tokens shared by all processes."""

    def __init__(self, database: Database, key: Callable[[], bytes]) -> None:
        self._database = database
        self._key = key

    @cached_property
    def _cipher(self) -> AESGCM:
        """Made when a secret is first needed: what needs none works without the key."""
        return AESGCM(self._key())

    def forget(self) -> int:
        """Forget every credential and token, and nothing else; returns how many connections
        had a credential.
        """
        of = table("connection")
        with self._database.write() as connection:
            had = connection.execute(
                update(of).where(of.c.credential.is_not(None)).values(credential=None)
            )
            connection.execute(delete(table("token")))
            return had.rowcount

    def _seal(self, text: bytes, place: str) -> str:
        nonce = os.urandom(_NONCE_BYTES)
        sealed = nonce + self._cipher.encrypt(nonce, text, place.encode())
        return f"{_VERSION}:{base64.b64encode(sealed).decode()}"

    def _open(self, sealed: str, place: str) -> bytes:
        version, _, text = sealed.partition(":")
        try:
            data = base64.b64decode(text if version == _VERSION else "", validate=True)
            return self._cipher.decrypt(data[:_NONCE_BYTES], data[_NONCE_BYTES:], place.encode())
        except (InvalidTag, ValueError):
            raise StoreError(
                f"The stored secret of {place} cannot be opened: another key, or it was moved "
                "here from another row.",
                code="STO-08",
                fix=f"Restore the key. {LOST_KEY}",
            ) from None

    def put_credential(self, connection_id: str, credential: Credential) -> None:
        """Store a connection's credential. Raises `StoreError` STO-06: no such connection."""
        text = orjson.dumps(dict(credential.values))
        of = table("connection")
        values = {
            "credential": self._seal(text, f"connection/{connection_id}"),
            "credential_kind": credential.kind,
        }
        with self._database.write() as connection:
            changed = connection.execute(
                update(of).where(of.c.id == connection_id).values(**values)
            )
            if changed.rowcount != 1:
                raise StoreError(f"There is no connection {connection_id}.", code="STO-06")

    def credential(self, connection_id: str) -> Credential | None:
        """A connection's credential, if it has one."""
        of = table("connection")
        query = select(of.c.credential, of.c.credential_kind).where(of.c.id == connection_id)
        with self._database.read() as connection:
            row = connection.execute(query).first()
        if row is None or row[0] is None:
            return None
        values = orjson.loads(self._open(row[0], f"connection/{connection_id}"))
        return Credential(row[1], values)

    def get(self, key: str) -> Token | None:
        """A shared access token."""
        of = table("token")
        with self._database.read() as connection:
            row = connection.execute(
                select(of.c.ciphertext, of.c.expires_at).where(of.c.key == key)
            ).first()
        if row is None:
            return None
        return Token(self._open(row[0], f"token/{key}").decode(), aware(row[1]))

    def put(self, key: str, token: Token) -> None:
        """Replace a shared access token."""
        values = {
            "key": key,
            "ciphertext": self._seal(token.value.encode(), f"token/{key}"),
            "expires_at": token.expires_at,
        }
        with self._database.write() as connection:
            upsert(connection, table("token"), [values])
