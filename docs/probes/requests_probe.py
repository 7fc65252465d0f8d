"""What many write by hand: requests, its status looked at, and the values taken out with lxml or ElementTree.

The parser is the second argument.
"""  # noqa: INP001

import sys
import xml.etree.ElementTree as ET
from datetime import datetime
from typing import Any

import requests
from lxml import etree
from steps import CALLER, PARTITION, SECONDS, SESSION, walk

PARSE = {"lxml": etree.fromstring, "ElementTree": ET.fromstring}[sys.argv[2]]
LUMINATE, ONGOING = "urn:soap.convio.com", "http://ongoingsystems.se/WSI"
ENVELOPE = """<?xml version="1.0" encoding="utf-8"?>
<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/">
  <soap:Header>{header}</soap:Header>
  <soap:Body>{body}</soap:Body>
</soap:Envelope>"""
CONNECTION = requests.Session()


def element(namespace: str, name: str, **fields: object) -> str:
    """An element with a child for each field; no value here needs escaping."""
    children = "".join(f"<{field}>{value}</{field}>" for field, value in fields.items())
    return f'<{name} xmlns="{namespace}">{children}</{name}>'


def call(address: str, action: str, body: str, header: str = "") -> Any:
    """The root of the answer."""
    envelope = ENVELOPE.format(header=header, body=body).encode()
    headers = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": f'"{action}"'}
    answer = CONNECTION.post(address, data=envelope, headers=headers, timeout=SECONDS)
    answer.raise_for_status()
    return PARSE(answer.content)


def value(root: Any, name: str) -> Any:
    """The value of the first element of this name: a number, or a time."""
    text = root.findtext(f".//{{*}}{name}")
    if text is None:
        return None
    return int(text) if name.endswith("Id") else datetime.fromisoformat(text)


def end(address: str) -> dict[str, Any]:
    """End a synchronization."""
    session = element(LUMINATE, "Session", SessionId=SESSION)
    root = call(address, "", element(LUMINATE, "EndSynchronization", PartitionId=PARTITION), session)
    return {name: value(root, name) for name in ("PartitionId", "Start", "End", "SyncId")}


def get(address: str) -> dict[str, Any]:
    """Read the time of the last synchronization."""
    root = call(address, f"{ONGOING}/GetTimeOfLastSync", element(ONGOING, "GetTimeOfLastSync", **CALLER))
    return {"GetTimeOfLastSyncResult": value(root, "GetTimeOfLastSyncResult")}


walk(end, get)
