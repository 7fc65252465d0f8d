"""Real answers compared with a contract: what a recorded exchange has that the contract does not foresee."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from contracts.checking import check
from contracts.rules import open_case
from contracts.rules.faults import own_names
from contracts.tapes import found_in, load_all

from .differences import Difference, Drift, breaking
from .problems import NothingToCompareError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from contracts.catalog import Catalog
    from contracts.findings import Finding, Verdict
    from contracts.model import Service
    from contracts.tapes import Recorded

    from .differences import Class, Direction, What

_WHAT: Final[dict[str, What]] = {
    "schema/unknown-operation": "name",
    "schema/missing-element": "occurrence",
    "schema/duplicate-element": "occurrence",
    "schema/element-order": "order",
    "schema/element-namespace": "namespace",
    "schema/nil": "nillable",
    "schema/max-length": "facet",
    "schema/out-of-range": "facet",
    "schema/negative": "facet",
    "schema/value": "facet",
    "schema/date-time": "type",
    "schema/integer": "type",
    "schema/boolean": "type",
    "schema/xsi-type": "type",
    "soap/version": "binding",
    "soap/encoding-style": "style",
    "soap/unknown-header": "header",
    "http/soapaction-missing": "soapaction",
    "http/soapaction-mismatch": "soapaction",
    "http/soapaction-unquoted": "soapaction",
    "http/fault-status": "fault",
    "contract/unknown-fault": "fault",
}
_FAMILIES: Final[dict[str, What]] = {"http": "http", "xml": "xml", "contract": "header", "schema": "name"}
#: What is worth no more than a look by itself, but is news of the provider.
_ADDITIVE: Final = ("contract/unknown-fault", "soap/unknown-header")


def drift_of_answers(service: Service, paths: Iterable[str], catalog: Catalog) -> Drift:
    """What the exchanges in the cassettes at ``paths`` have that the contract of ``service`` does not foresee.

    Raises ReadError, UnknownNameError, and NothingToCompareError where no exchange is one of the service.
    """
    listed = list(paths)
    source = ", ".join(listed)
    names, found = set[str](), dict[tuple[str, ...], Difference]()
    count = 0
    for recorded in load_all((file for path in listed for file in found_in(path)), catalog):
        asked, answered = check(recorded.request, catalog=catalog), check(recorded.response, catalog=catalog)
        if service.name not in (recorded.request.service, asked.service, answered.service):
            continue
        count += 1
        names.update(filter(None, (asked.operation, answered.operation)))
        for difference in _differences(service, recorded, asked, answered, catalog):
            found.setdefault(difference[:7], difference)
    if not count:
        raise NothingToCompareError(f"{source}: there is no exchange of {service.name} in it")
    compared = tuple(operation.name for operation in service.operations if operation.name in names)
    notes = (f"{count} exchange{'s' if count > 1 else ''} compared; the same difference of several is told once",)
    return Drift(service.name, source, None, compared, tuple(found.values()), notes)


def _differences(
    service: Service, recorded: Recorded, asked: Verdict, answered: Verdict, catalog: Catalog
) -> Iterator[Difference]:
    place = "/".join(filter(None, (service.name, asked.operation or answered.operation)))
    if recorded.response.status == 200 and answered.kind == "response":
        # It was answered all the same: the contract is the stricter one.
        for finding in asked.findings:
            if finding.severity == "error":
                yield _found(place, recorded, finding, "request")
    for finding in answered.findings:
        if finding.severity != "info" or finding.rule in _ADDITIVE:
            yield _explained(service, _found(place, recorded, finding, "response"), finding)
    yield from _codes(service, place, recorded, catalog)


def _found(place: str, recorded: Recorded, finding: Finding, direction: Direction) -> Difference:
    family = finding.rule.partition("/")[0]
    what = _WHAT.get(finding.rule) or ("fault" if "fault" in finding.rule else _FAMILIES.get(family, "type"))
    told = f"as its cassette says ({_basis(recorded)})" if finding.rule in recorded.provenance.findings else ""
    at = f"{recorded.place}:{finding.line}" if finding.line else recorded.place
    path = "/".join(filter(None, (direction, finding.path.lstrip("/"))))
    if direction == "request":
        return Difference(place, path, what, finding.rule, finding.message, "request", "tolerated", told, at)
    class_: Class = "additive" if finding.rule in _ADDITIVE else "breaking for responses"
    return Difference(place, path, what, finding.rule, finding.message, "response", class_, told, at)


def _explained(service: Service, difference: Difference, finding: Finding) -> Difference:
    """``difference``, known where the contract itself says why it is a warning only at this service."""
    stated = service.severities.get(finding.rule)
    if difference.known or stated is None or stated.level != "warning":
        return difference
    ground = stated.ground
    return difference._replace(known=f"the contract foresees it, as a warning ({ground.basis}: {ground.source})")


def _codes(service: Service, place: str, recorded: Recorded, catalog: Catalog) -> Iterator[Difference]:
    """A fault that is named in its detail and has another code than the contract says."""
    case = open_case(recorded.response, catalog)
    names = own_names(case)
    for fault in service.faults:
        if fault.name in names and fault.code not in names:
            told = case.clean(", ".join(sorted(names - {each.name for each in service.faults}))) or "a code of SOAP"
            path, class_ = f"response/{fault.name}", breaking("response")
            yield Difference(place, path, "fault", fault.code, told, "response", class_, at=recorded.place)


def _basis(recorded: Recorded) -> str:
    return ": ".join(filter(None, recorded.provenance[:2]))
