"""Whether a host is this machine; apart from `addresses`, because a plain check must not pay for ipaddress."""

from __future__ import annotations

import ipaddress


def is_loopback(host: str) -> bool:
    """Whether ``host``, in lower case, is this machine. Only what is written as an address or ``localhost`` is."""
    if host == "localhost":
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    return (getattr(address, "ipv4_mapped", None) or address).is_loopback
