"""A report as JUnit XML: a test case a message, in the form that both Jenkins' and Apache Ant's schema allow.

The form that they share has one suite below the root, its properties first and its output last, and in a test case at
most one failure or error and no output of its own.
"""

from __future__ import annotations

import time
from collections import Counter
from functools import partial
from tempfile import SpooledTemporaryFile
from typing import TYPE_CHECKING, Final

from contracts.findings import SEVERITIES
from contracts.version import VERSION

from .json import counts
from .reporter import Reporter
from .terminal import escaped
from .text import amount, finding_lines, message_line, name_of, noun_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from types import TracebackType
    from typing import IO

    from contracts.findings import Verdict

    from .reporter import Stream, Terms

_NAME: Final = "soap-contracts"
_CLIENT: Final = "client"
#: What is kept in memory of each part before it goes to a file, in bytes; and how much of it is copied at once.
_ROOM: Final = 1 << 18
_PIECE: Final = 1 << 16
_MARKUP: Final = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"})


class JUnitReporter(Reporter):
    """Writes everything at the end, since the counts stand first; until then the test cases wait in temporary files.

    The XML is ASCII, and so right in whatever encoding the stream has.
    """

    def __init__(self, stream: Stream, terms: Terms, *, owned: bool = False) -> None:
        super().__init__(stream, terms, owned=owned)
        self._cases: IO[bytes] = SpooledTemporaryFile(_ROOM)  # noqa: SIM115 - closed in __exit__
        self._output: IO[bytes] = SpooledTemporaryFile(_ROOM)  # noqa: SIM115 - closed in __exit__
        self._notes: list[str] = []
        self.counts: Counter[str] = Counter()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        with self._cases, self._output:
            super().__exit__(kind, error, traceback)

    def begin(self) -> None:
        """Take the time."""
        self._timestamp = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime())
        self._started = time.monotonic()

    def show(self, verdict: Verdict, *, failed: bool) -> None:
        """Keep one message as a test case; what was found in one that passes goes to the output of the suite."""
        group = ".".join(filter(None, (verdict.service, verdict.operation))) or "unknown"
        name = f"{noun_of(verdict.kind)} {name_of(verdict)}"
        if not failed:
            self._case(group, name)
            if verdict.findings:
                lines = [message_line(verdict, failed=False), *finding_lines(verdict)]
                self._output.write(_text(lines))
            return
        found = [finding for finding in verdict.findings if not finding.accepted]
        worst = min(found, key=lambda finding: SEVERITIES.index(finding.severity))
        message = f"{amount(len(found), 'finding')}: {worst.message}"
        self._case(group, name, "failure", worst.rule, message, finding_lines(verdict))

    def show_error(self, source: str, message: str) -> None:
        """Keep one error as a test case."""
        self._case("error", source, "error", "error", message, [f"{escaped(source)}: {escaped(message)}"])

    def show_note(self, source: str, message: str) -> None:
        """Keep one note for the end."""
        self._notes.append(f"NOTE {escaped(source)}: {escaped(message)}")

    def end(self) -> None:
        """Write the counts, the test cases and the output."""
        if self.summary.client is not None:
            self._add_client(self.summary.client)
        self.stream.write(f'<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n{self._head()}')
        self._copy(self._cases)
        self.stream.write("<system-out>")
        self._copy(self._output)
        self.stream.write(f"</system-out>\n<system-err>{_text(self._notes).decode()}</system-err>\n")
        self.stream.write("</testsuite>\n</testsuites>\n")

    def _head(self) -> str:
        attributes = _attributes(
            name=_NAME,
            package=_NAME,
            id=0,
            hostname="localhost",
            timestamp=self._timestamp,
            time=f"{time.monotonic() - self._started:.3f}",
            tests=self.counts["tests"],
            failures=self.counts["failure"],
            errors=self.counts["error"],
            skipped=0,
        )
        told: dict[str, object] = {"version": VERSION}
        told |= {f"contract.{service}": version for service, version in self.terms.contracts.items()}
        told |= {f"summary.{name}": count for name, count in counts(self.summary).items()}
        properties = "".join(f"<property{_attributes(name=name, value=value)}/>\n" for name, value in told.items())
        return f"<testsuite{attributes}>\n<properties>\n{properties}</properties>\n"

    def _add_client(self, code: int) -> None:
        if code:
            told = f"the client ended with exit code {code}"
            self._case(_CLIENT, _CLIENT, "failure", "exit-code", told, [told])
        else:
            self._case(_CLIENT, _CLIENT)

    def _case(
        self, group: str, name: str, outcome: str = "", type_: str = "", message: str = "", lines: Iterable[str] = ()
    ) -> None:
        self.counts.update(filter(None, ("tests", outcome)))
        head = f"<testcase{_attributes(classname=f'{_NAME}.{group}', name=name, time=0)}"
        if not outcome:
            self._cases.write(f"{head}/>\n".encode())
            return
        self._cases.write(f"{head}>\n<{outcome}{_attributes(type=type_, message=message)}>\n".encode())
        self._cases.write(_text(lines))
        self._cases.write(f"</{outcome}>\n</testcase>\n".encode())

    def _copy(self, file: IO[bytes]) -> None:
        file.seek(0)
        for piece in iter(partial(file.read, _PIECE), b""):
            self.stream.write(piece.decode("ascii"))


def _text(lines: Iterable[str]) -> bytes:
    return "".join(f"{line}\n" for line in lines).translate(_MARKUP).encode("ascii", "xmlcharrefreplace")


def _attributes(**values: object) -> str:
    text = "".join(f' {name}="{escaped(str(value)).translate(_MARKUP)}"' for name, value in values.items())
    return text.encode("ascii", "xmlcharrefreplace").decode()
