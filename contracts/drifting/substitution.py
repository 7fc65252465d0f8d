"""Which elements may stand in the place of another one (XSD 1.0 part 1, section 3.3)."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Final

from .documents import clipped
from .problems import WsdlError

if TYPE_CHECKING:
    from .documents import Component, Documents

_MOST_TOLD: Final = 5


def is_abstract(found: Component) -> bool:
    """Whether the element or the type at ``found`` may not be used itself."""
    return found.node.get("abstract") in ("true", "1")


def substitutes(documents: Documents, found: Component) -> str:
    """The elements that may stand in the place of the one at ``found``, as they are told; "" where none may."""
    node, document = found
    blocked = (node.get("block") or document.root.get("blockDefault") or "").split()
    if node.getparent() is not document.root or {"substitution", "#all"} & set(blocked):
        return ""
    members = _members(documents)
    heads = [(document.namespace, node.get("name", ""))]
    names: dict[tuple[str | None, str], bool] = {}
    while heads:
        for member in members.get(heads.pop(), ()):
            name = member.document.namespace, member.node.get("name", "")
            if name not in names:
                names[name] = is_abstract(member)
                heads.append(name)
    told = [clipped(local) for (_, local), abstract in names.items() if not abstract]
    return ", ".join([*told[:_MOST_TOLD], *(["others"] if len(told) > _MOST_TOLD else [])])


def _members(documents: Documents) -> dict[tuple[str | None, str], list[Component]]:
    """By the name of each element, those that name it as theirs."""
    found: dict[tuple[str | None, str], list[Component]] = {}
    for component in documents.all("element"):
        head = component.node.get("substitutionGroup")
        if head is not None:
            # One that cannot be resolved matters to nobody: no element has such a name.
            with contextlib.suppress(WsdlError):
                found.setdefault(component.document.resolved(component.node, head), []).append(component)
    return found
