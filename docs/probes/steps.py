"""What the probes in Python share: ask the stub for each condition, call, and print a line about the outcome.

The plan, a JSON list, is the probe's first argument: each step has what is to be POSTed to the control endpoint
(`asks`), and the `service` to call then.
"""  # noqa: INP001 - the probes beside it are run as scripts

import json
import os
import sys
import urllib.request
from collections.abc import Callable
from datetime import datetime
from typing import Any

#: What the stub knows its caller by, and the numbers that it is asked about.
SESSION = "placeholder"
PARTITION = 123
CALLER = {"UserName": "placeholder", "Password": "placeholder", "GoodsOwnerId": 42, "IntegrationType": "example"}
SECONDS = 5


def ask(act: str, fields: dict[str, Any]) -> None:
    """POST to the control endpoint."""
    headers = {"Authorization": f"Bearer {os.environ['SOAP_CONTRACTS_CONTROL_TOKEN']}"}
    address = f"{os.environ['SOAP_CONTRACTS_CONTROL']}/{act}"
    with urllib.request.urlopen(urllib.request.Request(address, json.dumps(fields).encode(), headers), timeout=SECONDS):  # noqa: S310 - the stub's own address
        pass


def shown(value: object) -> str | None:
    """A value as text: nothing of it is lost."""
    if value is None:
        return None
    return value.isoformat() if isinstance(value, datetime) else str(value)


def walk(end: Callable[[str], dict[str, Any]], get: Callable[[str], dict[str, Any]]) -> None:
    """Go through the plan: ``end`` ends a synchronization, ``get`` reads a time; both take an address, give values."""
    for number, step in enumerate(json.loads(sys.argv[1])):
        for act, fields in step["asks"]:
            ask(act, fields)
        call, name = (end, "LUMINATE") if step["service"] == "luminate" else (get, "ONGOING")
        try:
            values = call(f"{os.environ[f'{name}_ENDPOINT']}/{number}")
            told = {"values": {key: shown(value) for key, value in values.items()}}
        except Exception as error:  # noqa: BLE001 - which one it is, is the answer
            told = {"raises": type(error).__name__}
        print(json.dumps(told), flush=True)  # noqa: T201 - what the generator reads
