"""The requests of a probe, made and judged before the first of them is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from contracts import samples
from contracts.checking import check
from contracts.errors import ContractError
from contracts.messages import Message

from .plans import PlanError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from contracts.catalog import Catalog
    from contracts.model import Service

    from .credentials import Credentials
    from .plans import Plan, Planned


def request_of(service: Service, planned: Planned, known: Mapping[str, str], source: str) -> Message:
    """The request of a call; ``known`` are values of fields that the call does not give itself.

    Raises PlanError for a value that no XML can hold, and where no sample of a field can be guessed.
    """
    operation = planned.operation
    try:
        body = samples.smallest(service, operation, "request", {**known, **planned.values})
    except ContractError as error:
        raise PlanError(f"{error}: --set NAME=VALUE") from None
    except ValueError:
        # Of lxml: a control character, or bytes of the environment that are no UTF-8.
        raise PlanError(
            f"nothing was sent: a value for {operation.name}, or a credential, has a character that XML cannot hold"
        ) from None
    headers = samples.request_headers(operation)
    return Message(body, headers, "request", "POST", source=source, service=service.name)


def named(service: Service, credentials: Credentials | None) -> dict[str, str]:
    """The credentials by the fields of the contract that take them."""
    if credentials is None:
        return {}
    fields = ((service.probe.user, credentials.user), (service.probe.password, credentials.password))
    return {name: text for name, text in fields if name is not None}


def refuse_misfits(plan: Plan, service: Service, credentials: Credentials | None, catalog: Catalog) -> None:
    """Raise PlanError where a request would break its own contract: the endpoint's answer would then tell little."""
    for planned in plan.calls:
        request = request_of(service, planned, named(service, credentials), planned.operation.name)
        for finding in check(request, catalog=catalog).findings:
            if finding.severity == "error":
                raise PlanError(f"nothing was sent: {planned.operation.name}: {finding.message}")
