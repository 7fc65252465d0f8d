"""A request as a behaviour gets it."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from contracts.envelope import elements_of
from contracts.names import BLANKS, local_name
from contracts.rules import open_case
from contracts.schema import misfit_of
from contracts.xml import value_of

if TYPE_CHECKING:
    from contracts.catalog import Catalog
    from contracts.findings import Finding, Verdict
    from contracts.messages import Message
    from contracts.model import Operation, Service
    from contracts.rules import Case


class Call:
    """A request, and what was found in it.

    ``message`` has its content codings undone; ``verdict`` has the findings that count. ``operation`` is the one that
    the request calls, None where that is not certain. ``forgiven`` says that somebody has accepted what is wrong with
    the message: it is to be answered as a valid one. The repr shows no body and no secret.
    """

    def __init__(
        self, message: Message, verdict: Verdict, service: Service, catalog: Catalog, *, forgiven: bool = False
    ) -> None:
        self.message = message
        self.verdict = verdict
        self.service = service
        self.forgiven = forgiven
        self.operation: Operation | None = service.operation(verdict.operation or "")
        self._catalog = catalog

    def __repr__(self) -> str:
        return f"<call of {self.service.name}/{'?' if self.operation is None else self.operation.name}>"

    @cached_property
    def case(self) -> Case:
        """The message parsed and taken for what it is."""
        return open_case(self.message, self._catalog)

    @cached_property
    def errors(self) -> tuple[Finding, ...]:
        """The errors that nobody has accepted."""
        return tuple(one for one in self.verdict.findings if one.severity == "error" and not one.accepted)

    @property
    def error(self) -> Finding | None:
        """The first of `errors`; None where the request is valid."""
        return next(iter(self.errors), None)

    @cached_property
    def is_usable(self) -> bool:
        """Whether every value that the operation requires is there and is one: of what is forgiven that is not sure."""
        if self.operation is None:
            return False
        block = self.service.header(self.operation.header) if self.operation.header else None
        needed = [(field, self.header_values) for field in (() if block is None else block.fields)]
        needed += [(field, self.values) for field in self.operation.request.fields if field.type is not None]
        return all(
            field.name in texts and misfit_of(texts[field.name], field.base or "") is None
            for field, texts in needed
            if field.min_occurs
        )

    @cached_property
    def values(self) -> dict[str, str]:
        """The texts of the payload's declared values by local name, the first of each, without outer blanks."""
        found: dict[str, str] = {}
        for _, field, text in self.case.values:
            found.setdefault(field.name, text.strip(BLANKS))
        return found

    @cached_property
    def header_values(self) -> dict[str, str]:
        """The same of the SOAP header blocks that the contract declares."""
        found: dict[str, str] = {}
        for block, declaration in self.case.declared_blocks:
            names = {field.tag for field in declaration.fields}
            for node in elements_of(block):
                if node.tag in names:
                    found.setdefault(local_name(str(node.tag)), value_of(node).strip(BLANKS))
        return found
