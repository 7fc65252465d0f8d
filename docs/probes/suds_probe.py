"""What suds makes of each condition: a client made from the WSDL, with its defaults and a timeout."""  # noqa: INP001

import logging
import os
from typing import Any

from steps import CALLER, PARTITION, SECONDS, SESSION, walk
from suds.client import Client

FIELDS = ("PartitionId", "Start", "End", "SyncId")
# It logs the envelopes that it cannot read.
logging.disable()


def connect(name: str) -> Client:
    """A client of the published WSDL."""
    return Client(os.environ[f"{name}_WSDL"], cache=None, timeout=SECONDS)


LUMINATE, ONGOING = connect("LUMINATE"), connect("ONGOING")
SERVICE = ONGOING.wsdl.services[0].ports[0].name


def end(address: str) -> dict[str, Any]:
    """End a synchronization."""
    session = LUMINATE.factory.create("Session")
    session.SessionId = SESSION
    LUMINATE.set_options(location=address, soapheaders=session)
    ended = LUMINATE.service.EndSynchronization(PartitionId=PARTITION)
    return {name: getattr(ended, name, None) for name in FIELDS}


def get(address: str) -> dict[str, Any]:
    """Read the time of the last synchronization."""
    ONGOING.set_options(location=address)
    return {"GetTimeOfLastSyncResult": ONGOING.service[SERVICE].GetTimeOfLastSync(**CALLER)}


walk(end, get)
