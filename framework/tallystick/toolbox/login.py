"""What an authenticator gets and gives: the credential on one side, a grant on the other."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from tallystick.model.connection import Credential
from tallystick.model.ports import Ports
from tallystick.toolbox.redaction import Redactor
from tallystick.toolbox.reply import Reply


@dataclass(frozen=True, slots=True)
class Grant:
    """Headers and query parameters that authorise one call; `secret` names the token used."""

    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    params: Mapping[str, str] = field(default_factory=dict, repr=False)
    secret: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Login:
    """One connection's credential with what is needed to use it.

    `post_form` sends a form once, without authorisation, and raises Unreachable.
    """

    credential: Credential
    ports: Ports
    connection_id: str
    redactor: Redactor
    post_form: Callable[[str, Mapping[str, str]], Reply] = field(repr=False)


class Authenticator(Protocol):
    """Turns a credential into grants."""

    def grant(self, login: Login, *, refused: str = "") -> Grant:
        """Return a grant whose secret is not `refused` (the one the other system rejected).

        Raises CredentialRefused when the credential cannot give one, Throttled when it may not
        now, Unreachable when it could not be asked.
        """
        ...


class NoLogin:
    """Calls without any credential."""

    def grant(self, login: Login, *, refused: str = "") -> Grant:
        """Return an empty grant."""
        del login, refused
        return Grant()
