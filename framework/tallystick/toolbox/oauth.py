"""OAuth 2 by refresh token: one access token per connection, shared by all processes."""

import hashlib
from dataclasses import dataclass, field
from datetime import timedelta

from tallystick.errors import CredentialRefused, Throttled, Unreachable
from tallystick.model.ports import Token
from tallystick.toolbox.limits import Limit, lock_out, take
from tallystick.toolbox.login import Grant, Login
from tallystick.toolbox.reply import Reply, exact

_NEEDED = ("client_id", "client_secret", "refresh_token")
_LIFE_SECONDS = 3600
_BLOCK_SECONDS = 600


@dataclass(frozen=True, slots=True)
class OAuthRefresh:
    """Gets access tokens from `token_url` and sends them as `header: scheme TOKEN`.

    A token is replaced `early_seconds` before it ends. At most ten refreshes in ten minutes
    are made, as many as the service allows for one refresh token.
    """

    token_url: str
    header: str = "Authorization"
    scheme: str = "Zoho-oauthtoken"
    early_seconds: int = 60
    _held: dict[str, Token] = field(default_factory=dict, init=False, repr=False, compare=False)

    def grant(self, login: Login, *, refused: str = "") -> Grant:
        """Return a grant with a live token, refreshed under the connection's lock if need be."""
        key = self._key(login)
        # a token lives until it ends, whoever gets a newer one meanwhile, so it is looked up once
        token = self._held.get(key)
        if token is None or not self._usable(token, login, refused):
            token = login.ports.tokens.get(key)
        if token is None or not self._usable(token, login, refused):
            with login.ports.locks.hold(f"token:{key}"):
                token = login.ports.tokens.get(key)
                if token is None or not self._usable(token, login, refused):
                    token = self._refresh(login, key)
                    login.ports.tokens.put(key, token)
        self._held[key] = token
        login.redactor.learn(token.value)
        return Grant({self.header: f"{self.scheme} {token.value}"}, {}, token.value)

    def _usable(self, token: Token, login: Login, refused: str) -> bool:
        early = timedelta(seconds=self.early_seconds)
        return token.value != refused and token.expires_at - early > login.ports.clock.now()

    @staticmethod
    def _key(login: Login) -> str:
        """Name the token by the credential too: a new credential never meets an old token."""
        parts = "\n".join(login.credential.values.get(name, "") for name in _NEEDED)
        return f"{login.connection_id}:{hashlib.sha256(parts.encode()).hexdigest()[:12]}"

    def _refresh(self, login: Login, key: str) -> Token:
        values = login.credential.values
        missing = [name for name in _NEEDED if not values.get(name)]
        if missing:
            raise CredentialRefused(f"the credential lacks {', '.join(missing)}")
        limit = Limit(f"token:{key}", calls=10, per_seconds=_BLOCK_SECONDS)
        take([limit], login.ports, patience=0)
        form = {name: values[name] for name in _NEEDED} | {"grant_type": "refresh_token"}
        reply = login.post_form(self.token_url, form)
        found = reply.mapping()
        value = found.get("access_token")
        if not isinstance(value, str) or not value:
            raise self._failure(reply, limit, login)
        login.redactor.learn(value)
        return Token(value, login.ports.clock.now() + timedelta(seconds=_life(found)))

    @staticmethod
    def _failure(
        reply: Reply, limit: Limit, login: Login
    ) -> CredentialRefused | Throttled | Unreachable:
        word = str(reply.mapping().get("error", ""))
        if word.casefold() == "access denied" or reply.status == 429:
            error = Throttled(
                "the accounts server gives no more access tokens for ten minutes",
                after_seconds=_BLOCK_SECONDS,
            )
            return lock_out(error, [limit], login.ports)
        if not word or reply.status >= 500:
            return Unreachable(
                f"the accounts server answered HTTP {reply.status} without a token", code="NET-02"
            )
        return CredentialRefused(f"the accounts server refused the credential: {word}")


def _life(found: dict[str, object]) -> int:
    try:
        seconds = int(exact(found.get("expires_in")))
    except ValueError:
        return _LIFE_SECONDS
    return seconds if seconds > 0 else _LIFE_SECONDS
