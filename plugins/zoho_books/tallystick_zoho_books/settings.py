"""What a connection's settings say: hosts, organization, limits, the guard of invoices."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from tallystick.errors import ConfigError

HOSTS = {
    "us": ("https://accounts.zoho.com", "https://www.zohoapis.com"),
    "eu": ("https://accounts.zoho.eu", "https://www.zohoapis.eu"),
    "in": ("https://accounts.zoho.in", "https://www.zohoapis.in"),
    "au": ("https://accounts.zoho.com.au", "https://www.zohoapis.com.au"),
    "jp": ("https://accounts.zoho.jp", "https://www.zohoapis.jp"),
    "ca": ("https://accounts.zohocloud.ca", "https://www.zohoapis.ca"),
    "cn": ("https://accounts.zoho.com.cn", "https://www.zohoapis.com.cn"),
    "sa": ("https://accounts.zoho.sa", "https://www.zohoapis.sa"),
}
"""Accounts and API host of each data centre; Canada has two different ones."""
_TRUE = frozenset({"1", "true", "yes", "on"})


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings, read and checked once."""

    accounts: str
    base: str
    organization_id: str = ""
    per_minute: int = 100
    per_day: int = 0
    unique_field: str = ""
    """Custom field of invoices that refuses a second use; empty until that was proven."""
    duplicate_codes: frozenset[int] = frozenset()
    refusal_codes: frozenset[int] = frozenset()
    user_role_id: str = ""


def read_settings(given: Mapping[str, Any]) -> Settings:
    """Read the settings of a connection. Raises ConfigError."""
    centre = str(given.get("dc") or "us").strip().lower()
    if centre not in HOSTS:
        raise ConfigError(
            f"Zoho has no data centre {centre!r}; known are {', '.join(HOSTS)}.",
            fix="Correct dc in the connection's settings, or set accounts_url and base_url.",
        )
    accounts, api = HOSTS[centre]
    proven = str(given.get("unique_field_proven") or "").strip().lower() in _TRUE
    return Settings(
        accounts=_url(given, "accounts_url", accounts),
        base=_url(given, "base_url", f"{api}/books/v3"),
        organization_id=str(given.get("organization_id") or ""),
        per_minute=_whole(given, "requests_per_minute", 100),
        per_day=_whole(given, "requests_per_day", 0),
        unique_field=str(given.get("unique_field") or "") if proven else "",
        duplicate_codes=_codes(given, "duplicate_codes"),
        refusal_codes=_codes(given, "refusal_codes"),
        user_role_id=str(given.get("user_role_id") or ""),
    )


def _url(given: Mapping[str, Any], name: str, otherwise: str) -> str:
    url = str(given.get(name) or otherwise).strip().rstrip("/")
    try:
        parts = urlsplit(url)
        usable = parts.scheme in {"https", "http"} and parts.hostname and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise ConfigError(f"{name} must be a web address such as {otherwise}.")
    return url


def _whole(given: Mapping[str, Any], name: str, otherwise: int) -> int:
    text = str(given.get(name, otherwise)).strip()
    if not (text.isascii() and text.isdigit()):
        raise ConfigError(f"{name} must be a whole number, not {text!r}.")
    return int(text)


def _codes(given: Mapping[str, Any], name: str) -> frozenset[int]:
    value = given.get(name) or ()
    parts = value.split(",") if isinstance(value, str) else value
    parts = [parts] if isinstance(parts, int) else list(parts)
    if not all(str(part).strip().isdigit() for part in parts):
        raise ConfigError(f"{name} must be whole numbers.")
    return frozenset(int(str(part)) for part in parts)
