"""The session a connector is built with: authorised, paced, classified HTTP calls."""

import logging
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode, urlsplit

import stamina

from tallystick.errors import (
    CredentialRefused,
    Fatal,
    OutcomeUnknown,
    RemoteError,
    TallystickError,
    Throttled,
    Unreachable,
)
from tallystick.model.connection import Credential
from tallystick.model.ports import Ports
from tallystick.toolbox.ask import Ask
from tallystick.toolbox.limits import Limit, lock_out, take
from tallystick.toolbox.login import Authenticator, Grant, Login, NoLogin
from tallystick.toolbox.redaction import Redactor, guard_http_logs
from tallystick.toolbox.reply import Known, Reply, dumps
from tallystick.toolbox.tries import Tries
from tallystick.toolbox.wire import DEADLINE_SECONDS, Cut, Wire

Classify = Callable[[Reply], Exception | None]
logging.getLogger("stamina").addHandler(logging.NullHandler())  # its news are not for a terminal
READ_TRIES = 6
PATIENCE_SECONDS = 90.0
_UNKNOWN_STATUSES = frozenset({408, 409})
_SAYS_NOTHING = "[no JSON object]"


def _no_opinion(reply: Reply) -> Exception | None:
    del reply
    return None


class Session:
    """Calls of one connection.

    `get` reads: paced by the limits, repeated with growing pauses, one token refresh and one
    replay on a refused token. `send` writes: one request, never repeated. A connector calls
    `configured` once with what it knows of its service.
    """

    def __init__(self, credential: Credential, ports: Ports, *, connection_id: str) -> None:
        self._ports = ports
        self._credential = credential
        self._connection_id = connection_id
        secrets = (v for k, v in credential.values.items() if k not in {"email", "client_id"})
        self._redactor = Redactor(secrets)
        self._wire = Wire(ports.transport)
        self._login = Login(credential, ports, connection_id, self._redactor, self._post_form)
        self._auth: Authenticator = NoLogin()
        self._limits: tuple[Limit, ...] = ()
        self._classify: Classify = _no_opinion
        self._tries, self._patience = READ_TRIES, PATIENCE_SECONDS
        self._renewed = ""
        guard_http_logs()

    @property
    def kind(self) -> str:
        """Kind of the credential: "oauth" or "authtoken"."""
        return self._credential.kind

    @property
    def ports(self) -> Ports:
        """Clock and waiting, for connectors that need the present."""
        return self._ports

    @property
    def redactor(self) -> Redactor:
        """Hides this connection's secrets."""
        return self._redactor

    def configured(
        self,
        *,
        auth: Authenticator,
        limits: Sequence[Limit] = (),
        classify: Classify = _no_opinion,
        origins: Collection[str] | None = None,
        deadline_seconds: float = DEADLINE_SECONDS,
        tries: int = READ_TRIES,
        patience_seconds: float = PATIENCE_SECONDS,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> "Session":
        """Return a session for one service.

        `classify` turns an answer into the error it stands for, None where it stands for none;
        it never raises. `origins` are the only hosts that are called, the accounts host among
        them. Waits of up to `patience_seconds` are waited, longer ones raise Throttled.
        """
        made = Session(self._credential, self._ports, connection_id=self._connection_id)
        made._auth, made._limits, made._classify = auth, tuple(limits), classify
        made._tries = min(tries, self._ports.read_tries)
        made._patience = patience_seconds
        made._wire = Wire(
            self._ports.transport,
            origins=origins,
            deadline_seconds=deadline_seconds,
            monotonic=monotonic,
        )
        return made

    def get(
        self,
        url: str,
        params: Mapping[str, Any] | None = None,
        *,
        allow: Collection[int] = (),
        known: Known[Any] | None = None,
    ) -> Reply:
        """Read. Returns a JSON answer, or an empty one for 204.

        Returned unclassified are statuses in `allow` (404 of a read by id), and an answer of status
        200 in a `known` shape, which no error has. Raises what `classify` gives, Unreachable when
        all tries failed, Throttled when a limit lasts longer than the patience.
        """
        tries = Tries(self._ports, most=self._tries, patience=self._patience)
        for attempt in stamina.retry_context(on=tries.again, attempts=self._tries, timeout=None):
            with attempt:
                tries.begin(attempt.num)
                return self._read(Ask("GET", url, params or {}), allow, known)
        raise Unreachable("no attempt was made", code="NET-02")

    def send(
        self,
        method: str,
        url: str,
        *,
        params: Mapping[str, Any] | None = None,
        json: Any = None,
        form: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        """Write: one request on a fresh connection, never repeated.

        Raises Unreachable (nothing was done), what `classify` gives, or OutcomeUnknown.
        """
        body, kind = None, {}
        if json is not None:
            body, kind = dumps(json), {"Content-Type": "application/json"}
        elif form is not None:
            body = urlencode(form).encode()
            kind = {"Content-Type": "application/x-www-form-urlencoded"}
        ask = Ask(method, url, params or {}, {**kind, **(headers or {})}, body)
        grant = self._authorise()
        cut: Cut
        try:
            reply = self._wire.exchange(self._granted(ask, grant), fresh=True)
        except Cut as error:
            cut = error
        else:
            return self._settled(ask, grant, reply)
        text = f"{method} to {urlsplit(url).hostname}: {cut.reason}"
        if not cut.sent:
            raise self._redactor.error(cut.error(text))
        raise self._redactor.error(OutcomeUnknown(text))

    def _authorise(self, refused: str = "") -> Grant:
        cleaned: TallystickError
        try:
            grant = self._auth.grant(self._login, refused=refused)
            take(self._limits, self._ports, self._patience)
        except TallystickError as error:
            cleaned = error
        else:
            return grant
        raise self._redactor.error(cleaned)

    @staticmethod
    def _granted(ask: Ask, grant: Grant) -> Ask:
        headers = {"Accept": "application/json", **ask.headers, **grant.headers}
        return Ask(ask.method, ask.url, {**ask.params, **grant.params}, headers, ask.body)

    def _read(self, ask: Ask, allow: Collection[int], known: Known[Any] | None) -> Reply:
        grant = self._authorise()
        reply = self._one_read(ask, grant)
        if known is not None and reply.status == 200 and reply.known(known) is not None:
            return reply
        error = self._judge_read(ask, reply, allow)
        if grant.secret and _token_refused(reply, error):
            grant = self._authorise(refused=grant.secret)
            reply = self._one_read(ask, grant)
            error = self._judge_read(ask, reply, allow)
        if error is not None:
            raise self._noted(error)
        return reply

    def _one_read(self, ask: Ask, grant: Grant) -> Reply:
        try:
            return self._wire.exchange(self._granted(ask, grant))
        except Cut as error:
            cut = error
        raise cut.error(f"{urlsplit(ask.url).hostname}: {cut.reason}")

    def _judge_read(self, ask: Ask, reply: Reply, allow: Collection[int]) -> Exception | None:
        if reply.status in allow:
            return None
        if (error := self._classify(reply)) is not None:
            return error
        host = urlsplit(ask.url).hostname
        if reply.status >= 500 or reply.status == 408:
            return Unreachable(f"{host} answered HTTP {reply.status}", code="NET-02")
        if reply.status == 429:
            wait = reply.retry_after(self._ports.clock.now(), 60.0)
            return Throttled(f"{host} answered HTTP 429", after_seconds=wait)
        if 300 <= reply.status < 400:
            return Fatal(
                f"{host} redirects, which is not followed (HTTP {reply.status})",
                code="NET-02",
                fix="Correct the base URL in the connection's settings.",
            )
        if reply.status >= 400:
            return RemoteError(f"{host} answered HTTP {reply.status}: {self._words(reply)}")
        if reply.status != 204 and not reply.is_json():
            return Unreachable(f"{host} answered something that is not JSON", code="NET-02")
        return None

    def _settled(self, ask: Ask, grant: Grant, reply: Reply) -> Reply:
        """Return a good answer to a write, or raise what it means."""
        host = urlsplit(ask.url).hostname
        told = f"{ask.method} to {host} was answered HTTP {reply.status}"
        if reply.status in _UNKNOWN_STATUSES or reply.status >= 500:
            raise self._redactor.error(OutcomeUnknown(f"{told}: {self._words(reply)}"))
        error = self._classify(reply)
        if grant.secret and _token_refused(reply, error):
            raise self._noted(self._renew(grant, error))
        if error is not None:
            raise self._noted(error)
        if reply.status >= 300:
            raise self._redactor.error(OutcomeUnknown(f"{told}: {self._words(reply)}"))
        if reply.status != 204 and not reply.is_json():
            raise OutcomeUnknown(f"{told} without whole JSON")
        return reply

    def _renew(self, grant: Grant, error: Exception | None) -> Exception:
        """Get another token after a write was refused for its token.

        The refused write had no effect; the error says that a new attempt may be made, once.
        """
        if self._renewed == grant.secret:
            return error or CredentialRefused("the credential was rejected twice")
        self._renewed = self._authorise(refused=grant.secret).secret
        return Unreachable(
            "the access token had ended; nothing was written, and a new token is there",
            code="NET-02",
            after_seconds=0.0,
        )

    def _noted(self, error: Exception) -> Exception:
        if isinstance(error, Throttled):
            lock_out(error, self._limits, self._ports)
        return self._redactor.error(error) if isinstance(error, TallystickError) else error

    def _words(self, reply: Reply) -> str:
        """Return what an error body says, shortened."""
        found = reply.mapping()
        words = found.get("message") or found.get("error") or _SAYS_NOTHING
        return self._redactor.text(str(words))[:300]

    def _post_form(self, url: str, form: Mapping[str, str]) -> Reply:
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        ask = Ask("POST", url, {}, headers, urlencode(form).encode())
        try:
            return self._wire.exchange(ask, fresh=True)
        except Cut as error:
            cut = error
        raise cut.error(f"{urlsplit(url).hostname}: {cut.reason}")

    def __repr__(self) -> str:
        return f"Session({self._connection_id!r}, {self._credential.kind!r})"


def _token_refused(reply: Reply, error: Exception | None) -> bool:
    """True when a new token may help; a 401 that stands for something else is left alone."""
    if isinstance(error, CredentialRefused):
        return True
    return reply.status == 401 and not isinstance(error, Fatal)
