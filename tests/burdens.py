"""Messages that cost much: each is judged in a process of its own, which the kernel ends when it takes too much.

Run as a program it prints a line of JSON for each message. The bounds are those of a resource and no stop-watch:
seconds of processor time, which another process's load does not use up, and bytes of memory.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from contracts.checking import check
from contracts.names import SOAP11, XSD, XSI
from contracts.xml import MAX_BYTES, MAX_CHILDREN, MAX_TAGS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

#: What one message may cost.
SECONDS: Final = 5
MEGABYTES: Final = 200
#: Where a process begins its peak of memory anew. Not every sandbox has it.
CLEAR_REFS: Final = Path("/proc/self/clear_refs")
#: Beyond the bound, so that what exceeds it is measured and not killed, and below what would harm the machine.
_ADDRESS_SPACE: Final = 2 << 30

_ONGOING: Final = "http://ongoingsystems.se/WSI"
_FIELDS: Final = {
    "UserName": "u",
    "Password": "p",
    "GoodsOwnerId": "42",
    "IntegrationType": "i",
    "syncTime": "2024-05-01T12:00:00Z",
}
#: Without a few for the envelope and the declared elements.
_TAGS: Final = MAX_TAGS - 40
_CHILDREN: Final = MAX_CHILDREN - 10


class Burden(NamedTuple):
    """A message, made when it is asked for, and the rules that it breaks, also as warnings."""

    name: str
    body: Callable[[], bytes]
    rules: tuple[str, ...] = ()


class Cost(NamedTuple):
    """What a verdict came to: ``died`` is the signal that ended it or the exception that it raised, if any."""

    name: str
    rules: list[str]
    seconds: float
    megabytes: float
    died: str


def envelope(payload: str, header: str = "", attributes: str = "") -> bytes:
    head = f"<soap:Header>{header}</soap:Header>" if header else ""
    return (
        f'<soap:Envelope xmlns:soap="{SOAP11}" xmlns:xsi="{XSI}"{attributes}>{head}'
        f"<soap:Body>{payload}</soap:Body></soap:Envelope>"
    ).encode()


def ongoing(more: str = "", attributes: str = "", **values: str) -> bytes:
    """A request with ``more`` behind its fields and ``attributes`` on GoodsOwnerId."""
    fields = {**_FIELDS, **values}
    inner = "".join(f"<{name}>{value}</{name}>" for name, value in fields.items())
    inner = inner.replace("<GoodsOwnerId>", f"<GoodsOwnerId{attributes}>")
    return envelope(f'<SetTimeOfLastSync xmlns="{_ONGOING}">{inner}{more}</SetTimeOfLastSync>')


def luminate(number: str = "1", header: str = "<c:Session><c:SessionId>s:1</c:SessionId></c:Session>") -> bytes:
    payload = f"<c:EndSynchronization><c:PartitionId>{number}</c:PartitionId></c:EndSynchronization>"
    return envelope(payload, header, ' xmlns:c="urn:soap.convio.com"')


def _typed(more: str, number: str = "1") -> bytes:
    """Thousands of xsi:types whose prefix is declared behind fifty thousand others."""
    declared = _distinct(' xmlns:a{0}="u"', 50_000) + f' xmlns:c="urn:soap.convio.com" xmlns:xsd="{XSD}"'
    payload = f"<c:EndSynchronization><c:PartitionId>{number}</c:PartitionId></c:EndSynchronization>"
    return envelope(payload, more, declared)


def _attributes(count: int) -> str:
    return "".join(f' a{number}=""' for number in range(count))


def _grouped(inner: str, tags: int = _TAGS) -> str:
    """Nearly as many of ``inner``, an empty tag, as ``tags``, in groups of thousands."""
    return f"<x>{inner * 9_990}</x>" * (tags // 9_992)


def _distinct(form: str, count: int) -> str:
    return "".join(form.format(number) for number in range(count))


def _fault(detail: str, attributes: str = "") -> bytes:
    inner = f"<faultcode>soap:Server</faultcode><faultstring>s</faultstring><detail>{detail}</detail>"
    return envelope(f"<soap:Fault>{inner}</soap:Fault>", attributes=attributes)


_TYPED: Final = '<c:Session><c:SessionId xsi:type="xsd:string">s</c:SessionId></c:Session>'

LARGE: Final = ("xml/too-large",)
DEEP: Final = ("xml/too-deep",)
BROKEN: Final = ("xml/not-well-formed",)
UNKNOWN: Final = ("schema/unknown-operation",)
UNEXPECTED: Final = ("schema/unexpected-element",)
REPEATED: Final = ("schema/duplicate-element",)
DOCTYPE: Final = ("xml/doctype", "xml/not-well-formed")

#: The known ways to make a parser work, and what is quadratic where somebody looks twice.
BURDENS: Final = (
    # Bytes
    Burden("10 MB of <a>", lambda: b"<a>" * (MAX_BYTES // 3), LARGE),
    Burden("10 MB of <a> in UTF-16", lambda: ("<a>" * (MAX_BYTES // 6 - 1)).encode("utf-16"), LARGE),
    Burden("10 MB of <?", lambda: b"<?" * (MAX_BYTES // 2), LARGE),
    Burden("10 MB of ampersands", lambda: ongoing(UserName="& " * 5_000_000), LARGE),
    Burden("10 MB of entities", lambda: ongoing(UserName="&nbsp;" * 1_700_000), LARGE),
    Burden("10 MB of references", lambda: ongoing(IntegrationType="&#65;" * 2_000_000)),
    Burden("5 MB of wrong references", lambda: ongoing(UserName="&#x11000000;" * 400_000), BROKEN),
    Burden("10 MB that are not UTF-8", lambda: b"<a>" + b"\xff" * (MAX_BYTES - 3), ("xml/encoding-conflict", *LARGE)),
    Burden("as many tags as may be, open", lambda: b"<a>" * _TAGS, DEEP),
    Burden("a million empty elements", lambda: envelope("<a/>" * 1_000_000), LARGE),
    Burden(
        "8 MB of astral characters in UTF-16",
        lambda: ongoing(UserName="\U0001f600" * 2_000_000).decode().encode("utf-16"),
        ("schema/max-length",),
    ),
    # Prologues
    Burden("a declaration that does not end", lambda: b'<?xml version="1.0"' + b" " * 10_000_000, LARGE),
    Burden("many declarations", lambda: b'<?xml version="1.0" encoding="' * 300_000, LARGE),
    Burden("comments before a DOCTYPE", lambda: b"<!--a-->" * _TAGS + b"<!DOCTYPE", DOCTYPE),
    Burden("a DOCTYPE of comments", lambda: b"<!DOCTYPE e [" + b"<!--a-->" * _TAGS, DOCTYPE),
    Burden("a large DOCTYPE", lambda: b"<!DOCTYPE e [" + b" " * 10_000_000 + b"]>" + ongoing(), DOCTYPE[:1]),
    # Elements and attributes
    Burden("100,000 attributes", lambda: ongoing(attributes=_attributes(100_000)), LARGE),
    Burden("many attributes", lambda: ongoing(attributes=_attributes(_TAGS // 2)), ("schema/stray-attribute",)),
    Burden("many attributes on Envelope", lambda: envelope("", "", _attributes(_TAGS // 2)),
           ("schema/stray-attribute", "soap/body-empty")),
    Burden("one attribute many times", lambda: b"<a" + b' a=""' * (_TAGS // 2) + b"/>", BROKEN),
    Burden("many children", lambda: ongoing("<a/>t" * _CHILDREN), (*UNEXPECTED, "schema/stray-text")),
    Burden("many grandchildren", lambda: ongoing(_grouped("<a/>")), UNEXPECTED),
    Burden("many elements in a value", lambda: ongoing(UserName="<a/>" * _CHILDREN), ("schema/element-in-value",)),
    Burden("one field many times", lambda: ongoing("<UserName>u</UserName>" * _CHILDREN), REPEATED),
    Burden("two fields many times", lambda: ongoing("<Password>a</Password><UserName>a</UserName>" * (_CHILDREN // 2)),
           REPEATED),
    Burden("many secrets", lambda: ongoing(_distinct("<Password>secret{}</Password>", _CHILDREN)), REPEATED),
    Burden("many names that are nearly right", lambda: ongoing(_distinct("<UserNam{}/>", _CHILDREN)), UNEXPECTED),
    Burden("many names that are nearly secret",
           lambda: envelope("<a>" + _distinct("<Passwor{0}>secret{0}</Passwor{0}>", _CHILDREN) + "</a>"), UNKNOWN),
    Burden("many payloads", lambda: envelope(f'<GetTimeOfLastSync xmlns="{_ONGOING}"/>' * (_TAGS // 3)),
           ("schema/missing-element", "soap/multiple-payloads")),
    Burden("many header blocks", lambda: luminate(header="<c:a/>" * _CHILDREN),
           ("contract/header-missing", "soap/unknown-header")),
    Burden("one header block many times", lambda: luminate(header="<c:Session/>" * _CHILDREN),
           ("contract/header-empty", "contract/header-repeated")),
    Burden("many wrong header blocks in a fault",
           lambda: _fault(_grouped("<c:Session/>", _TAGS // 2), ' xmlns:c="urn:soap.convio.com"'),
           ("contract/unknown-fault", "schema/invalid")),
    Burden("many comments in a value", lambda: ongoing(IntegrationType="<!---->t" * 20_000),
           ("provider/comment-in-value",)),
    Burden("many processing instructions", lambda: ongoing("<?a?>" * 20_000), ("xml/processing-instruction",)),
    Burden("much CDATA", lambda: ongoing(IntegrationType="<![CDATA[a]]>" * _TAGS)),
    Burden("CDATA that does not end", lambda: ongoing(IntegrationType="<![CDATA[" * _TAGS), BROKEN),
    Burden("a million levels", lambda: b"<a>" * 1_000_000 + b"</a>" * 1_000_000, LARGE),
    Burden("open secrets", lambda: b"<a>" + b"<Password>x</b>" * (_TAGS // 2), BROKEN),
    Burden("open fields", lambda: b"<a>" + b"<GoodsOwnerId>1</b>" * (_TAGS // 2), BROKEN),
    # Names
    Burden("a name of 4 MB", lambda: envelope(f"<{'n' * 4_000_000}/>"), LARGE),
    Burden("long names", lambda: ongoing(_distinct(f"<{'n' * 40_000}{{}}/>", 200)), UNEXPECTED),
    Burden("many undeclared prefixes", lambda: envelope("<a:b/>" * _TAGS), BROKEN),
    Burden("many namespaces", lambda: envelope("<a" + _distinct(' xmlns:a{0}="u{0}"', _TAGS // 2) + "/>"), UNKNOWN),
    Burden("a namespace of 1 MB on many elements",
           lambda: luminate(header=f'<b:c xmlns:b="{"u" * 1_000_000}">{"<b:a/>" * 9_000}</b:c>'), LARGE),
    Burden("a long namespace on many elements",
           lambda: ongoing(f'<b:c xmlns:b="{"u" * 2_000}">{"<b:a/>" * 9_000}</b:c>'), UNEXPECTED),
    Burden("many types and many namespaces", lambda: _typed(_TYPED * 8_000), ("contract/header-repeated",)),
    Burden("many types and many namespaces beside a fault", lambda: _typed(_TYPED * 8_000, "x"),
           ("contract/header-repeated", "schema/integer")),
    Burden("many errors beside each other", lambda: luminate(header="<c:Session><c:a/></c:Session>" * (_TAGS // 2)),
           ("contract/header-empty", "contract/header-repeated")),
    Burden("many errors beside a text of many parts",
           lambda: luminate(f"1{'>' * 1_000_000}", header="<c:Session/>" * 20_000), LARGE),
    Burden("10 MB of end tags", lambda: b"<a>" + b"</a>" * 2_500_000, BROKEN),
    Burden("tags in an instruction that ends late", lambda: ongoing(f"<?a {'<!--' * 100} ?>" + "<a/>" * 1_000_000), LARGE),
    Burden("8 MB of tags in CDATA, and a fault",
           lambda: ongoing(GoodsOwnerId="x", IntegrationType="<![CDATA[" + '<b c="d">' * 800_000 + "]]>"), ("schema/integer",)),
    # Values
    Burden("a text of 1 MB", lambda: ongoing(IntegrationType="x" * 1_000_000)),
    Burden("a secret of 9 MB", lambda: ongoing(Password="x" * 9_000_000), ("schema/max-length",)),
    Burden("a secret of many parts", lambda: ongoing(Password="abcdef;" * 700_000), ("schema/max-length",)),
    Burden("a number of a million digits", lambda: luminate("9" * 1_000_000)),
    Burden("an int of a million digits", lambda: ongoing(GoodsOwnerId="9" * 1_000_000), ("schema/out-of-range",)),
    Burden("a million zeros", lambda: ongoing(GoodsOwnerId="-" + "0" * 1_000_000)),
    Burden("a number of 4 MB of blanks", lambda: ongoing(GoodsOwnerId=" " * 4_000_000), ("schema/integer",)),
    Burden("a year of a million digits", lambda: ongoing(syncTime=f"{'9' * 1_000_000}-05-01T12:00:00Z"),
           ("schema/date-time",)),
    Burden("a fraction of a million digits", lambda: ongoing(syncTime=f"2024-05-01T12:00:00.{'9' * 1_000_000}Z"),
           ("provider/date-time-range",)),
    Burden("a million hyphens in a date", lambda: ongoing(syncTime="0-" * 500_000), ("schema/date-time",)),
    Burden("a date of 4 MB of blanks", lambda: ongoing(syncTime=" " * 4_000_000), ("schema/date-time",)),
    # Places
    Burden("a fault behind four million lines", lambda: ongoing("\r\n" * 4_000_000, GoodsOwnerId="x"),
           ("schema/integer",)),
    Burden("a hundred faults on four million lines", lambda: ongoing(("\r\n" * 400 + "<a/>") * 9_990), UNEXPECTED),
)  # fmt: skip


def rules_of(body: bytes) -> set[str]:
    return {finding.rule for finding in check(body).findings}


def cost_of(
    burden: Burden, path: Path, judge: Callable[[bytes], Iterable[str]] = rules_of, seconds: int = SECONDS
) -> Cost:
    """``judge`` it in a process of its own, and make it, in the file ``path``, in another one.

    So what one message leaves behind in a heap is at no other's disposal.
    """
    _in_child(lambda: path.write_bytes(burden.body()))
    receiving, sending = os.pipe()
    status, used = _in_child(lambda: _judge(path.read_bytes(), sending, judge, seconds))
    os.close(sending)
    with os.fdopen(receiving, "rb") as pipe:
        told = pipe.read()
    rules, megabytes, died = json.loads(told) if told else ([], 0.0, f"exit status {status}")
    return Cost(burden.name, rules, used.ru_utime + used.ru_stime, megabytes, died)


def _in_child(act: Callable[[], object]) -> tuple[int, resource.struct_rusage]:
    """Do it in a child process; its exit status, below 0 for a signal, and what the kernel says that it used."""
    child = os.fork()
    if not child:
        try:
            act()
        finally:
            os._exit(0)
    _, status, used = os.wait4(child, 0)
    return os.waitstatus_to_exitcode(status), used


def _judge(body: bytes, sending: int, judge: Callable[[bytes], Iterable[str]], seconds: int) -> None:
    """Say to ``sending``, a descriptor, what the verdict was and how much memory it took."""
    rules, died, before = [], "", 0.0
    try:
        _limit(resource.RLIMIT_CPU, seconds)
        _limit(resource.RLIMIT_AS, _ADDRESS_SPACE)
        before = _megabytes("VmRSS")
        # The peak begins anew: that of the process which made this one is none of the message's.
        CLEAR_REFS.write_text("5", encoding="ascii")
        rules = sorted(judge(body))
    except BaseException as error:  # noqa: BLE001 - that there is none is what is to be shown
        died = repr(error)[:200]
    os.write(sending, json.dumps([rules, _megabytes("VmHWM") - before, died]).encode())


def _limit(kind: int, most: int) -> None:
    """Let this process have ``most`` of a resource, or less where the machine allows less."""
    hard = resource.getrlimit(kind)[1]
    most = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(kind, (most, most))


def _megabytes(name: str) -> float:
    """A line of what the kernel says of this process's memory."""
    lines = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines())
    return int(lines[name].split()[0]) / 1024


def main(part: int = 0, parts: int = 1) -> None:
    """Print what each ``parts``-th message costs, from ``part`` on."""
    for body in (ongoing(), ongoing(GoodsOwnerId="x"), luminate(), luminate("x"), _fault("d"), b"<a"):
        check(body)
    with tempfile.TemporaryDirectory() as folder:
        for burden in BURDENS[part::parts]:
            sys.stdout.write(f"{json.dumps(cost_of(burden, Path(folder, 'message')))}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
