"""What zeep makes of each condition: a client made from the WSDL, with its defaults and a timeout."""  # noqa: INP001

import logging
import os
from typing import Any

import zeep
from steps import CALLER, PARTITION, SECONDS, SESSION, walk

FIELDS = ("PartitionId", "Start", "End", "SyncId")
# It logs the values that it cannot read.
logging.disable()


def connect(name: str) -> zeep.Client:
    """A client of the published WSDL."""
    transport = zeep.Transport(timeout=SECONDS, operation_timeout=SECONDS)
    return zeep.Client(os.environ[f"{name}_WSDL"], transport=transport)


LUMINATE, ONGOING = connect("LUMINATE"), connect("ONGOING")


def service(client: zeep.Client, address: str) -> Any:
    """The operations, at an address of their own."""
    return client.create_service(next(iter(client.wsdl.bindings)), address)


def end(address: str) -> dict[str, Any]:
    """End a synchronization."""
    session = {"Session": {"SessionId": SESSION}}
    ended = service(LUMINATE, address).EndSynchronization(PartitionId=PARTITION, _soapheaders=session)
    return {} if ended is None else {name: getattr(ended, name, None) for name in FIELDS}


def get(address: str) -> dict[str, Any]:
    """Read the time of the last synchronization."""
    return {"GetTimeOfLastSyncResult": service(ONGOING, address).GetTimeOfLastSync(**CALLER)}


walk(end, get)
