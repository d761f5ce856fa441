"""The toolbox: what connectors are built from. HTTP, credentials, limits, pages, redaction."""

from tallystick.toolbox.legacy import LegacyToken
from tallystick.toolbox.limits import Limit
from tallystick.toolbox.login import Authenticator, Grant, Login
from tallystick.toolbox.oauth import OAuthRefresh
from tallystick.toolbox.paging import Batch, indexed, numbered
from tallystick.toolbox.redaction import HIDDEN, RedactingFilter, Redactor, redact, redact_headers
from tallystick.toolbox.reply import Known, Reply, dumps, exact
from tallystick.toolbox.session import Session

__all__ = [
    "HIDDEN",
    "Authenticator",
    "Batch",
    "Grant",
    "Known",
    "LegacyToken",
    "Limit",
    "Login",
    "OAuthRefresh",
    "RedactingFilter",
    "Redactor",
    "Reply",
    "Session",
    "dumps",
    "exact",
    "indexed",
    "numbered",
    "redact",
    "redact_headers",
]
