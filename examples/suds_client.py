"""A small real client of both services, made with suds-community.

    soap-contracts run -- python examples/suds_client.py

It finds the services in its environment, as `soap-contracts run` sets it: LUMINATE_ENDPOINT, LUMINATE_WSDL,
ONGOING_ENDPOINT, ONGOING_WSDL. Its exit code is 1 when a service answers a fault.
"""

import os
import sys
from datetime import UTC, datetime

from suds import WebFault
from suds.client import Client


def connect(name: str) -> Client:
    """A client with the service's WSDL; its address is the endpoint that the environment gives."""
    # Without cache: by default suds keeps a WSDL for a day in a folder that all of its programs share.
    return Client(os.environ[f"{name}_WSDL"], location=os.environ[f"{name}_ENDPOINT"], cache=None)


def credentials(name: str) -> dict[str, str]:
    """User name and password, from the environment so that they are in no file; the stub takes any."""
    user, password = (os.environ.get(f"{name}_{what}", "placeholder") for what in ("USER", "PASSWORD"))
    return {"UserName": user, "Password": password}


def synchronize() -> None:
    """Luminate Online: a session, and a synchronization begun and ended in it."""
    luminate = connect("LUMINATE")
    session = luminate.factory.create("Session")
    session.SessionId = luminate.service.Login(**credentials("LUMINATE")).SessionId
    # Made by the factory, the block is in the service's namespace; a plain dict would be in none.
    luminate.set_options(soapheaders=session)
    luminate.service.StartSynchronization(PartitionId=123)
    ended = luminate.service.EndSynchronization(PartitionId=123)
    print(f"Luminate: synchronization {ended.SyncId} of partition {ended.PartitionId} ended")


def remember() -> None:
    """Ongoing WMS: the time of the last synchronization set and read back."""
    ongoing = connect("ONGOING")
    # The WSDL offers SOAP 1.2 as well; this is the port of SOAP 1.1, which the provider documents.
    ongoing.set_options(port="ServiceSoap")
    caller = {**credentials("ONGOING"), "GoodsOwnerId": 42, "IntegrationType": "example"}
    # With its offset: Ongoing's page does not say in which zone it reads a time without one.
    ongoing.service.SetTimeOfLastSync(**caller, syncTime=datetime.now(UTC).replace(microsecond=0))
    print(f"Ongoing: last synchronization at {ongoing.service.GetTimeOfLastSync(**caller)}")


def main() -> int:
    """Call both services; 1 when one answers a fault, or nothing that is SOAP."""
    try:
        synchronize()
        remember()
    except WebFault as error:
        print(f"the service answers a fault: {error.fault.faultstring}", file=sys.stderr)
        return 1
    except Exception as error:  # noqa: BLE001 - suds has no class of its own for the other HTTP statuses
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
