"""A small real client of both services that writes its envelopes by hand and sends them with requests.

    soap-contracts run -- python examples/requests_client.py

It finds the services in its environment, as `soap-contracts run` sets it: LUMINATE_ENDPOINT, ONGOING_ENDPOINT. Its exit
code is 1 when a service answers a fault.
"""

import os
import sys
from datetime import UTC, datetime
from xml.sax.saxutils import escape

import requests
from lxml import etree

LUMINATE = "urn:soap.convio.com"
ONGOING = "http://ongoingsystems.se/WSI"
ENVELOPE = """<?xml version="1.0" encoding="utf-8"?>
<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/">
  <soap:Header>{header}</soap:Header>
  <soap:Body>{body}</soap:Body>
</soap:Envelope>"""


class SoapError(Exception):
    """The service answers a fault; the text is its faultstring."""


def element(namespace: str, name: str, **fields: object) -> str:
    """An element with a child for each field, in the order given. Unescaped, one & in a password breaks it all."""
    children = "".join(f"<{field}>{escape(str(value))}</{field}>" for field, value in fields.items())
    return f'<{name} xmlns="{namespace}">{children}</{name}>'


def call(endpoint: str, action: str, body: str, header: str = "") -> etree._Element:
    """The answer's envelope. Raises SoapError and requests.RequestException."""
    answer = requests.post(
        endpoint,
        data=ENVELOPE.format(header=header, body=body).encode(),
        # The quotes are part of the value of a SOAPAction.
        headers={"Content-Type": "text/xml; charset=utf-8", "SOAPAction": f'"{action}"'},
        timeout=30,
    )
    if "xml" not in answer.headers.get("Content-Type", ""):
        answer.raise_for_status()
    root = etree.fromstring(answer.content)
    # By the body, not by the status: a fault should come with 500, but not every provider sees to that.
    if root.find(".//{*}Fault") is not None:
        raise SoapError(root.findtext(".//{*}faultstring"))
    answer.raise_for_status()
    return root


def credentials(name: str) -> dict[str, str]:
    """User name and password, from the environment so that they are in no file; the stub takes any."""
    user, password = (os.environ.get(f"{name}_{what}", "placeholder") for what in ("USER", "PASSWORD"))
    return {"UserName": user, "Password": password}


def synchronize(endpoint: str) -> None:
    """Luminate Online: a session, and a synchronization begun and ended in it."""
    login = call(endpoint, "", element(LUMINATE, "Login", **credentials("LUMINATE")))
    session = element(LUMINATE, "Session", SessionId=login.findtext(".//{*}SessionId"))
    call(endpoint, "", element(LUMINATE, "StartSynchronization", PartitionId=123), session)
    ended = call(endpoint, "", element(LUMINATE, "EndSynchronization", PartitionId=123), session)
    sync, partition = (ended.findtext(f".//{{*}}{name}") for name in ("SyncId", "PartitionId"))
    print(f"Luminate: synchronization {sync} of partition {partition} ended")


def remember(endpoint: str) -> None:
    """Ongoing WMS: the time of the last synchronization set and read back."""
    caller = {**credentials("ONGOING"), "GoodsOwnerId": 42, "IntegrationType": "example"}
    # With its offset: Ongoing's page does not say in which zone it reads a time without one.
    now = datetime.now(UTC).isoformat(timespec="seconds")
    call(endpoint, f"{ONGOING}/SetTimeOfLastSync", element(ONGOING, "SetTimeOfLastSync", **caller, syncTime=now))
    read = call(endpoint, f"{ONGOING}/GetTimeOfLastSync", element(ONGOING, "GetTimeOfLastSync", **caller))
    print(f"Ongoing: last synchronization at {read.findtext('.//{*}GetTimeOfLastSyncResult')}")


def main() -> int:
    """Call both services; 1 when one answers a fault, or nothing that is SOAP."""
    try:
        synchronize(os.environ["LUMINATE_ENDPOINT"])
        remember(os.environ["ONGOING_ENDPOINT"])
    except SoapError as fault:
        print(f"the service answers a fault: {fault}", file=sys.stderr)
        return 1
    except (requests.RequestException, etree.XMLSyntaxError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
