"""One form beside another: in what they differ, in sentences."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Final, NamedTuple

from contracts.names import local_name, split

if TYPE_CHECKING:
    from collections.abc import Iterator

    from contracts.rules import Case

    from .forms import Form

_MOST_LISTED: Final = 10


class Compared(NamedTuple):
    """The two requests whose payloads are compared: they know what may be shown of each."""

    ours: Case
    theirs: Case

    def told(self, asked: Form, recorded: Form) -> str:
        """What to say of two values."""
        if asked.told is None or recorded.told is None:
            return "another value was recorded" if recorded.typed else "another text was recorded"
        return f"{self.theirs.clean(recorded.told)!r} was recorded, {self.ours.clean(asked.told)!r} came"

    def name(self, tag: str) -> str:
        """The local name in ``tag``, as it is where a contract knows it: else a client may have made anything of it."""
        name, catalog = local_name(tag), self.ours.catalog
        if name in catalog.public or name in catalog.secrets:
            return name
        return self.theirs.clean(self.ours.clean(name))


def forms_differ(compared: Compared, asked: Form, recorded: Form, path: str = "") -> Iterator[str]:
    """In what ``asked`` differs from ``recorded``, nothing where they are equal; ``path`` is where the two stand."""
    where = path or compared.name(recorded.tag)
    if asked.tag != recorded.tag:
        yield f"{where} was recorded, and came {_otherwise(compared, recorded.tag, asked.tag)}"
    elif asked.attributes != recorded.attributes:
        yield f"{where}: its attributes differ"
    if asked.content != recorded.content:
        yield f"{where}: {compared.told(asked, recorded)}"
    yield from _children_differ(compared, asked.children, recorded.children, path)


def _children_differ(
    compared: Compared, asked: tuple[Form, ...], recorded: tuple[Form, ...], path: str
) -> Iterator[str]:
    ours, theirs = _grouped(asked), _grouped(recorded)
    yield from _missing(compared, _counts(ours), _counts(theirs), path)
    if _counts(ours) == _counts(theirs):
        first = next(
            (at for at, pair in enumerate(zip(asked, recorded, strict=True)) if pair[0].tag != pair[1].tag), None
        )
        if first is not None:
            were, came = (_listed(compared, forms[first:]) for forms in (recorded, asked))
            yield f"{path or 'payload'}: recorded in the order {were}, came as {came}"
    for tag, forms in theirs.items():
        for number, pair in enumerate(zip(ours.get(tag, ()), forms, strict=False), 1):
            name = compared.name(tag) if len(forms) == 1 else f"{compared.name(tag)}[{number}]"
            if pair[0] != pair[1]:
                yield from forms_differ(compared, *pair, f"{path}/{name}" if path else name)


def _grouped(forms: tuple[Form, ...]) -> dict[str, list[Form]]:
    """The forms by their names."""
    groups: defaultdict[str, list[Form]] = defaultdict(list)
    for form in forms:
        groups[form.tag].append(form)
    return dict(groups)


def _counts(groups: dict[str, list[Form]]) -> Counter[str]:
    return Counter({tag: len(forms) for tag, forms in groups.items()})


def _missing(compared: Compared, came: Counter[str], were: Counter[str], path: str) -> Iterator[str]:
    """What was recorded and did not come, and the other way round; what came in another case or namespace once."""
    prefix = f"{path}/" if path else ""
    rest = came - were
    namesakes = {local_name(tag).lower(): tag for tag in rest}
    for tag in (were - came).elements():
        namesake = namesakes.get(local_name(tag).lower())
        if namesake is None or not rest[namesake]:
            yield f"{prefix}{compared.name(tag)} was recorded and did not come"
        else:
            rest[namesake] -= 1
            yield f"{prefix}{compared.name(tag)} was recorded, and came {_otherwise(compared, tag, namesake)}"
    for tag in rest.elements():
        yield f"{prefix}{compared.name(tag)} came and was not recorded"


def _otherwise(compared: Compared, recorded: str, came: str) -> str:
    if local_name(recorded) != local_name(came):
        return f"as {compared.name(came)}"
    return "in another namespace" if split(came)[0] else "in no namespace"


def _listed(compared: Compared, forms: tuple[Form, ...]) -> str:
    shown = ", ".join(compared.name(form.tag) for form in forms[:_MOST_LISTED])
    return f"{shown}, ..." if len(forms) > _MOST_LISTED else shown
