"""A small real client of both services, made with zeep: log in and synchronize, then set a time and read it back.

    soap-contracts run -- python examples/zeep_client.py

It finds the services in its environment, as `soap-contracts run` sets it: LUMINATE_ENDPOINT, LUMINATE_WSDL,
ONGOING_ENDPOINT, ONGOING_WSDL.

With ``--wrong`` it makes two mistakes that zeep and the providers' own WSDLs let pass: a negative number where the page
wants none, and a password of 51 characters where the page says 50. Its exit code is 1 when a service answers a fault.
"""

import os
import sys
from datetime import UTC, datetime
from typing import Any

import requests
import zeep
import zeep.exceptions


def connect(name: str) -> Any:
    """The operations of a service: its WSDL read, its address the endpoint that the environment gives."""
    client = zeep.Client(os.environ[f"{name}_WSDL"])
    # A WSDL may offer SOAP 1.2 as well; the first binding is SOAP 1.1, which both providers document.
    binding = next(iter(client.wsdl.bindings))
    return client.create_service(binding, os.environ[f"{name}_ENDPOINT"])


def credentials(name: str) -> dict[str, str]:
    """User name and password, from the environment so that they are in no file; the stub takes any."""
    user, password = (os.environ.get(f"{name}_{what}", "placeholder") for what in ("USER", "PASSWORD"))
    return {"UserName": user, "Password": password}


def synchronize(*, wrong: bool) -> None:
    """Luminate Online: a session, and a synchronization begun and ended in it."""
    luminate = connect("LUMINATE")
    session_id = luminate.Login(**credentials("LUMINATE"))
    # Luminate knows its caller by this header block alone, and zeep sends it only where it is given.
    session = {"Session": {"SessionId": session_id}}
    luminate.StartSynchronization(PartitionId=123, _soapheaders=session)
    ended = luminate.EndSynchronization(PartitionId=-1 if wrong else 123, _soapheaders=session)
    print(f"Luminate: synchronization {ended.SyncId} of partition {ended.PartitionId} ended")


def remember(*, wrong: bool) -> None:
    """Ongoing WMS: the time of the last synchronization set and read back."""
    ongoing = connect("ONGOING")
    caller = {**credentials("ONGOING"), "GoodsOwnerId": 42, "IntegrationType": "example"}
    if wrong:
        caller["Password"] = "x" * 51
    # With its offset: Ongoing's page does not say in which zone it reads a time without one.
    ongoing.SetTimeOfLastSync(**caller, syncTime=datetime.now(UTC).replace(microsecond=0))
    print(f"Ongoing: last synchronization at {ongoing.GetTimeOfLastSync(**caller)}")


def main() -> int:
    """Call both services; 1 when one answers a fault, or nothing that is SOAP."""
    failures = 0
    for flow in (synchronize, remember):
        try:
            flow(wrong="--wrong" in sys.argv[1:])
        except zeep.exceptions.Fault as fault:
            # zeep sees no faultstring that is in the namespace of SOAP, as it is in the one fault that Luminate prints.
            reason = fault.message or "zeep finds no text in it"
            print(f"{flow.__name__}: the service answers a fault: {reason}", file=sys.stderr)
            failures += 1
        except (zeep.exceptions.TransportError, requests.RequestException) as error:
            print(f"{flow.__name__}: {error}", file=sys.stderr)
            failures += 1
    return min(failures, 1)


if __name__ == "__main__":
    sys.exit(main())
