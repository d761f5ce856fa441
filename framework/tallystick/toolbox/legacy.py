"""The older credential: an e-mail address and a key that goes into the query."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from tallystick.errors import CredentialRefused
from tallystick.toolbox.login import Grant, Login


@dataclass(frozen=True, slots=True)
class LegacyToken:
    """Sends the key as the query parameter `parameter`, with `more` beside it.

    Both the e-mail address and the key must be there (R-017). A refused key cannot be renewed:
    it was generated anew in the other system (R-021).
    """

    parameter: str = "authtoken"
    more: Mapping[str, str] = field(default_factory=dict)

    def grant(self, login: Login, *, refused: str = "") -> Grant:
        """Return the grant. Raises CredentialRefused AUTH-01 (incomplete) or AUTH-02 (refused)."""
        email = login.credential.values.get("email", "").strip()
        key = login.credential.values.get("key", "").strip()
        if not email or not key:
            lacking = "e-mail address" if not email else "key"
            raise CredentialRefused(
                f"the {lacking} is missing: e-mail address and key are both needed"
            )
        if refused == key:
            raise CredentialRefused(
                "the key is no longer accepted; it was generated anew",
                code="AUTH-02",
                fix="Enter the new key: `tallystick integration connect`.",
            )
        return Grant({}, {self.parameter: key, **self.more}, key)
