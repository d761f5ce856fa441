"""Where a session may connect to: the hosts its settings name, over TLS, on public addresses."""

import ipaddress
import socket
from collections.abc import Collection
from urllib.parse import urlsplit

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
_PORTS = {"https": 443, "http": 80}


def origin_of(url: str) -> str:
    """Scheme, host and port of a URL in one spelling; a port of the scheme's own is left out.

    Raises ValueError for a port that is no number.
    """
    parts = urlsplit(url)
    host = parts.hostname or ""
    host = f"[{host}]" if ":" in host else host
    port = "" if parts.port in (None, _PORTS.get(parts.scheme)) else f":{parts.port}"
    return f"{parts.scheme}://{host}{port}"


def refusal(url: str, origins: Collection[str] | None, *, simulated: bool) -> str | None:
    """Return why a URL may not be called, or None when it may.

    `origins` are the allowed ones in the spelling of `origin_of`. Plain HTTP goes to the loopback
    only, except where a `simulated` service stands in for the network.
    """
    try:
        parts, origin = urlsplit(url), origin_of(url)
    except ValueError:
        return "the address is malformed"
    if parts.scheme not in _PORTS or not parts.hostname:
        return "the address is no web address"
    if parts.username is not None or "\\" in url or any(ord(c) <= 32 for c in url):
        return "the address holds what no address of a service holds"
    if origins is not None and origin not in origins:
        return f"{parts.hostname} is not among the hosts of this connection's settings"
    if parts.scheme == "http" and not simulated and parts.hostname not in LOOPBACK:
        return "plain HTTP is spoken on this machine only"
    return None


def public_address(host: str, port: int) -> str:
    """Return the address to connect to for a host of the settings.

    A host given as an address, or as localhost, is meant as it stands. A name must lead to public
    addresses only: one that leads into the own network is refused, whoever answers for it.
    Raises OSError when the name is unknown or refused.
    """
    bare = host.strip("[]")
    if bare in LOOPBACK or _address(bare) is not None:
        return bare
    found = [str(info[4][0]) for info in socket.getaddrinfo(bare, port, type=socket.SOCK_STREAM)]
    for text in found:
        address = _address(text)
        if address is None or not address.is_global or address.is_multicast:
            msg = "the name leads to an address that is not public"
            raise OSError(msg)
    return found[0]


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text.split("%", 1)[0])
    except ValueError:
        return None
