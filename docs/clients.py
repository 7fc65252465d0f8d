"""Write `docs/clients.md` from runs of the clients in `examples/`: `python docs/clients.py`.

The row of a client that is not installed stays as it stands on the page. With ``--check`` nothing is written, and the
exit code is 1 when the page is not what it should be; versions, which differ from machine to machine, are not compared.
"""  # noqa: INP001 - a script beside the page that it writes

from __future__ import annotations

import argparse
import re
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

FOLDER: Final = Path(__file__).resolve().parent
EXAMPLES: Final = FOLDER.parent / "examples"
# The page is about this checkout, whatever is installed.
sys.path.insert(0, str(FOLDER.parent))

from contracts import xml  # noqa: E402
from contracts.catalog import load  # noqa: E402
from contracts.driving import drive  # noqa: E402
from contracts.names import local_name  # noqa: E402
from contracts.server import Stub  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from contracts.findings import Verdict
    from contracts.messages import Message
    from contracts.server import Exchange

PAGE: Final = "clients.md"
_INTRODUCTION: Final = """\
# Clients

What clients of several languages put on the wire for the same calls. Where two rows differ, both forms are legal and
mean the same; where your own client differs from all of them, look twice.

The [examples](../examples/README.md) made these rows, run against the stub by `python docs/clients.py`. `nsN` is a
prefix with a number; SOAPAction is that of `EndSynchronization`, then that of `SetTimeOfLastSync`."""
_TITLES: Final = (
    "client",
    "version",
    "prefixes of Envelope, payload",
    "SOAPAction at Luminate, Ongoing",
    "charset, in Content-Type",
    "dateTime",
    "verdict",
)
_VERSION: Final = _TITLES.index("version")
_NUMBERED: Final = re.compile(r"(ns)\d+")
_MOMENT: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.(\d+))?(.*)")
_STDERR: Final = 2


class Client(NamedTuple):
    """A client of ``examples/``.

    ``program`` and ``file`` are its command, ``asked`` the command that prints its version and fails where it is not
    installed, ``needs`` what has to be installed then.
    """

    name: str
    program: str
    file: str
    asked: tuple[str, ...]
    needs: str

    @property
    def command(self) -> list[str]:
        """The words of its command line."""
        return [self.program, str(EXAMPLES / self.file)]


def _python(name: str, distribution: str, file: str) -> Client:
    asked = (sys.executable, "-c", f"import importlib.metadata as m; print(m.version({distribution!r}))")
    return Client(name, sys.executable, file, asked, "pip install 'soap-contracts[examples]'")


def _php(name: str, file: str, extension: str, package: str) -> Client:
    asked = ("php", "-r", f"new ReflectionExtension('{extension}'); echo PHP_VERSION;")
    return Client(name, "php", file, asked, f"php-cli and {package}")


_SOAP: Final = str(EXAMPLES / "node" / "node_modules" / "soap" / "package.json")
CLIENTS: Final = (
    _python("Python, zeep", "zeep", "zeep_client.py"),
    _python("Python, suds-community", "suds-community", "suds_client.py"),
    _python("Python, requests by hand", "requests", "requests_client.py"),
    Client(
        "Node.js, soap",
        "node",
        "node/soap_client.js",
        ("node", "-p", f"require({_SOAP!r}).version"),
        "Node.js 14.17 or later, and npm install --prefix examples/node",
    ),
    _php("PHP, SoapClient", "php/soap_client.php", "soap", "php-soap"),
    _php("PHP, by hand", "php/by_hand.php", "dom", "php-xml"),
    Client("shell, curl by hand", "sh", "curl_client.sh", ("curl", "--version"), "curl"),
    Client(
        "Java, java.net.http by hand",
        "java",
        "java/HttpClientExample.java",
        ("javac", "--version"),
        "a JDK, 11 or later",
    ),
)


@cache
def version_of(client: Client) -> str | None:
    """The version of the client's library or program that is installed, None when it is not."""
    try:
        asked = subprocess.run(client.asked, capture_output=True, text=True, timeout=60, check=True)  # noqa: S603
    except (OSError, subprocess.CalledProcessError):
        return None
    found = re.search(r"\d+(\.\d+)+", asked.stdout)
    return found[0] if found else None


def exchanges_of(client: Client) -> tuple[Exchange, ...]:
    """All that the client and the stub say to each other. Raises RuntimeError when the client fails."""
    result = drive(client.command, Stub(load()), timeout=120, stdout=_STDERR)
    if result.exit_code or result.timed_out or result.failures:
        raise RuntimeError(f"{client.file} ended with exit code {result.exit_code} {result.failures or ''}")
    return result.exchanges


def cell_of(client: Client) -> str:
    """The first cell of the client's row: its name, with a link to the example."""
    return f"[{client.name}](../examples/{client.file})"


def row_of(client: Client, exchanges: Sequence[Exchange]) -> list[str]:
    """The cells of the client's row in the table."""
    requests = {exchange.verdicts[0].operation: exchange.request for exchange in exchanges}
    ends, sets = requests["EndSynchronization"], requests["SetTimeOfLastSync"]
    return [
        cell_of(client),
        version_of(client) or "",
        _prefixes(requests.values()),
        ", ".join(_code(request.header("SOAPAction")) for request in (ends, sets)),
        _each(_code(request.header("Content-Type")) for request in requests.values()),
        _code(_form(_value(sets, "syncTime"))),
        _findings(verdict for exchange in exchanges for verdict in exchange.verdicts),
    ]


def rows_on(text: str) -> dict[str, list[str]]:
    """The rows of the table in ``text``, by their first cells."""
    rows = [line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("| [")]
    return {row[0]: row for row in rows}


def versioned(row: list[str], known: dict[str, list[str]]) -> list[str]:
    """``row`` with the version that the row of the same client has in ``known``."""
    version = known.get(row[0], row)[_VERSION]
    return [*row[:_VERSION], version, *row[_VERSION + 1 :]]


def page(rows: Iterable[Sequence[str]]) -> str:
    """The text of `docs/clients.md`."""
    lines = [_TITLES, ["---"] * len(_TITLES), *rows]
    return "\n".join([_INTRODUCTION, "", *(f"| {' | '.join(cells)} |" for cells in lines), ""])


def main(arguments: Sequence[str] | None = None, folder: Path = FOLDER, clients: Sequence[Client] = CLIENTS) -> int:
    """Run those of ``clients`` that are installed, and write the page in ``folder`` or check it; the exit code."""
    parser = argparse.ArgumentParser(description=f"Write docs/{PAGE} from runs of the clients in examples/.")
    parser.add_argument("--check", action="store_true", help="write nothing; exit with 1 when the page is stale")
    checked = parser.parse_args(arguments).check
    path = folder / PAGE
    text = path.read_text(encoding="utf-8") if path.is_file() else ""
    known = rows_on(text)
    rows = [row for client in clients if (row := _made_or_kept(client, known))]
    if not checked:
        path.write_bytes(page(rows).encode())
    elif text != page(versioned(row, known) for row in rows):
        sys.stderr.write(f"{path.name} is stale: run python docs/clients.py\n")
        return 1
    return 0


def _made_or_kept(client: Client, known: dict[str, list[str]]) -> list[str] | None:
    if version_of(client) is not None:
        return row_of(client, exchanges_of(client))
    sys.stderr.write(f"not installed: {client.name}. It needs {client.needs}\n")
    return known.get(cell_of(client))


def _each(cells: Iterable[str]) -> str:
    return " or ".join(dict.fromkeys(cells))


def _code(value: str | None) -> str:
    return "none" if value is None else f"`{value}`"


def _prefixes(requests: Iterable[Message]) -> str:
    envelopes = [xml.parse(request.body).root for request in requests]
    payloads = [envelope.find("{*}Body")[0] for envelope in envelopes]
    # suds draws its numbers anew for each run.
    return ", ".join(
        _each(_code(node.prefix and _NUMBERED.sub(r"\1N", node.prefix)) for node in nodes)
        for nodes in (envelopes, payloads)
    )


def _value(request: Message, name: str) -> str:
    root = xml.parse(request.body).root
    return next(xml.value_of(node) for node in root.iter("{*}*") if local_name(node.tag) == name)


def _form(value: str) -> str:
    """``value`` without the moment that it tells: what is left differs from client to client, not from run to run."""
    found = _MOMENT.fullmatch(value)
    if found is None:
        return value
    fraction = f".{'s' * len(found[1])}" if found[1] else ""
    return f"YYYY-MM-DDThh:mm:ss{fraction}{found[2]}"


def _findings(verdicts: Iterable[Verdict]) -> str:
    found = [f"{finding.severity} `{finding.rule}`" for verdict in verdicts for finding in verdict.findings]
    return ", ".join(dict.fromkeys(found)) or "pass"


if __name__ == "__main__":
    sys.exit(main())
