"""A small client, and what it does when its connection breaks: ``give up``, ``start anew`` or ``retry``.

As a program it takes the operation and one of these; it finds the service in its environment.
"""

from __future__ import annotations

import os
import sys
import urllib.request

ENVELOPE = (
    '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/">'
    "<s:Header>{header}</s:Header><s:Body>{body}</s:Body></s:Envelope>"
)
SESSION = '<Session xmlns="urn:soap.convio.com"><SessionId>placeholder</SessionId></Session>'
PARTITION = '<{} xmlns="urn:soap.convio.com"><PartitionId>123</PartitionId></{}>'
ONGOING = "http://ongoingsystems.se/WSI"
TIME = (
    f'<GetTimeOfLastSync xmlns="{ONGOING}"><UserName>u</UserName><Password>p</Password>'
    "<GoodsOwnerId>42</GoodsOwnerId><IntegrationType>shop</IntegrationType></GetTimeOfLastSync>"
)


def call(endpoint: str, operation: str) -> bytes:
    """The answer. Raises OSError where none comes."""
    if operation == "GetTimeOfLastSync":
        body, header, action = TIME, "", f"{ONGOING}/{operation}"
    else:
        body, header, action = PARTITION.format(operation, operation), SESSION, ""
    headers = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": f'"{action}"'}
    envelope = ENVELOPE.format(header=header, body=body).encode()
    with urllib.request.urlopen(urllib.request.Request(endpoint, envelope, headers), timeout=10) as answer:
        return answer.read()


def come_back(endpoint: str, operation: str, after: str) -> str:
    """What came of it, when a connection that breaks makes the client do what ``after`` says."""
    try:
        call(endpoint, operation)
    except OSError:
        if after == "give up":
            return "gave up"
    else:
        return "done at once"
    if after == "start anew":
        call(endpoint, "StartSynchronization")
    try:
        call(endpoint, operation)
    except OSError:
        return "failed"
    return "done"


if __name__ == "__main__":
    service = "ONGOING" if sys.argv[1] == "GetTimeOfLastSync" else "LUMINATE"
    sys.stdout.write(come_back(os.environ[f"{service}_ENDPOINT"], *sys.argv[1:]))
