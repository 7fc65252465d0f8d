"""Every client in `examples/` that is installed: through `run`, against awkward values, faults and no SOAP at all."""

from __future__ import annotations

import json
import os
import re
import runpy
import subprocess
import threading
from collections import Counter
from datetime import UTC, datetime, timedelta
from html import unescape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace

import pytest
from engines import BRIEFLY
from repository import ROOT, repository_files

from contracts.catalog import load
from contracts.cli import main
from contracts.driving import environment_of
from contracts.server import Stub

PAGE = SimpleNamespace(**runpy.run_path(str(ROOT / "docs" / "clients.py")))
KNOWN = PAGE.rows_on((ROOT / "docs" / "clients.md").read_text(encoding="utf-8"))
OVERVIEW = (ROOT / "examples" / "README.md").read_text(encoding="utf-8")
OPERATIONS = {(service.name, operation.name) for service in load() for operation in service.operations}
#: What breaks a client that does not escape, that formats its own envelope twice, or that takes ASCII for granted.
AWKWARD = "a&b<c>\"d'é]]>\\n%s$x {y}"
#: Far from UTC, so that a local time without its offset is not right by chance; and able to hold the é.
ELSEWHERE = {"TZ": "Asia/Kolkata", "LC_ALL": "C.UTF-8"}
EACH_CLIENT = pytest.mark.parametrize("client", PAGE.CLIENTS, ids=lambda client: client.file, scope="module")

#: A client that starts fast and is installed wherever the tests run.
SMALL = [client for client in PAGE.CLIENTS if client.file == "requests_client.py"]
SOAP = '<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body>{}</soap:Body></soap:Envelope>'
LOGIN = (
    200,
    "text/xml; charset=utf-8",
    SOAP.format(
        '<LoginResponse xmlns="urn:soap.convio.com"><Result>'
        '<SessionId>a&amp;b&lt;c&gt;"d :JSESSIONID=e</SessionId></Result></LoginResponse>'
    ),
)
FAULT = (
    500,
    "text/xml; charset=utf-8",
    SOAP.format(
        "<soap:Fault><faultcode>soap:Server</faultcode><faultstring>no active synchronization</faultstring></soap:Fault>"
    ),
)


@pytest.fixture(scope="module", autouse=True)
def _brief_java():
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JDK_JAVA_OPTIONS", " ".join(BRIEFLY))
        yield


@pytest.fixture(scope="module")
def installed(client):
    if PAGE.version_of(client) is None:
        pytest.skip(f"{client.name} is not installed; it needs {client.needs}")
    return client


@pytest.fixture(scope="module")
def exchanges(installed):
    """A run with awkward credentials, and when it began and ended."""
    names = [f"{service}_{what}" for service in ("LUMINATE", "ONGOING") for what in ("USER", "PASSWORD")]
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {**ELSEWHERE, **dict.fromkeys(names, AWKWARD)}.items():
            patch.setenv(name, value)
        began = datetime.now(UTC)
        return PAGE.exchanges_of(installed), began, datetime.now(UTC)


def values(body: bytes, name: str) -> list[str]:
    return [unescape(found) for found in re.findall(rf"<(?:\w+:)?{name}\b[^>]*>([^<]*)</", body.decode())]


@EACH_CLIENT
def test_an_example_passes_through_run_and_calls_every_operation(installed, tmp_path):
    report = tmp_path / "report.json"
    expected = [word for service, name in sorted(OPERATIONS) for word in ("--expect", f"{service}/{name}")]
    options = [*expected, "--timeout", "120", "--format", "json", "--output", str(report)]
    assert main(["run", *options, "--", *installed.command]) == 0
    told = json.loads(report.read_text(encoding="utf-8"))
    assert told["client"] == {"exit_code": 0}
    seen = Counter((message["service"], message["operation"], message["kind"]) for message in told["messages"])
    assert seen == {(*operation, kind): 1 for operation in OPERATIONS for kind in ("request", "response")}
    found = [finding["rule"] for message in told["messages"] for finding in message["findings"]]
    assert found == re.findall(r"`(.+?)`", KNOWN[PAGE.cell_of(installed)][-1])


@EACH_CLIENT
def test_the_row_of_an_example_is_what_it_sends(installed, exchanges):
    row = PAGE.row_of(installed, exchanges[0])
    assert PAGE.versioned(row, KNOWN) == KNOWN[row[0]], "run python docs/clients.py"


@EACH_CLIENT
def test_an_example_sends_its_credentials_and_its_time_as_they_are(exchanges):
    sent, began, ended = exchanges
    body = b"".join(exchange.request.body for exchange in sent)
    assert values(body, "UserName") == values(body, "Password") == [AWKWARD] * 3
    (moment,) = map(datetime.fromisoformat, values(body, "syncTime"))
    assert began - timedelta(seconds=1) <= moment <= ended


@EACH_CLIENT
def test_an_example_gives_a_session_back_as_it_came_and_tells_a_fault(installed):
    session = 'a&b<c>"d :JSESSIONID=e'
    done, bodies = run_against(installed, lambda body: LOGIN if b"UserName" in body else FAULT)
    assert values(bodies[1], "SessionId") == [session]
    assert done.returncode == 1
    assert "no active synchronization" in done.stderr
    assert "Luminate" not in done.stdout


@EACH_CLIENT
def test_an_example_fails_in_a_sentence_where_the_answer_is_no_soap(installed):
    done, _ = run_against(installed, lambda _: (503, "text/html", "<p>down for maintenance"))
    assert done.returncode == 1
    assert re.search(r"503|Service Unavailable", done.stderr)
    assert not re.search(r"Traceback|Stack trace|^\s+at ", done.stderr, re.MULTILINE)
    assert "Luminate" not in done.stdout


@EACH_CLIENT
def test_an_example_fails_where_a_page_that_is_no_soap_comes_with_status_200(installed):
    done, _ = run_against(installed, lambda _: (200, "text/html", "<p>Welcome to the portal"))
    assert done.returncode == 1
    assert "Luminate" not in done.stdout


@pytest.mark.parametrize("client", PAGE.CLIENTS, ids=lambda client: client.file)
def test_an_example_says_in_its_head_how_it_is_run_and_the_overview_says_it_too(client):
    command = f"{re.sub('python.*', 'python', Path(client.program).name)} examples/{client.file}"
    assert f" soap-contracts run -- {command}\n" in (ROOT / "examples" / client.file).read_text(encoding="utf-8")
    assert f"]({client.file})" in OVERVIEW
    assert f"| `{command}` |" in OVERVIEW


def test_every_client_of_the_folder_is_run():
    found = {path.as_posix() for path in repository_files() if path.parts[0] == "examples"}
    programs = {name for name in found if Path(name).suffix in (".py", ".js", ".php", ".sh", ".java")}
    assert programs == {f"examples/{client.file}" for client in PAGE.CLIENTS}


class TestThePageOfClients:
    def test_has_a_row_for_each_example_in_their_order(self):
        assert list(KNOWN) == [PAGE.cell_of(client) for client in PAGE.CLIENTS]

    def test_is_written_and_then_current_whatever_the_version(self, tmp_path):
        assert PAGE.main([], tmp_path, SMALL) == 0
        path = tmp_path / "clients.md"
        path.write_text(path.read_text().replace(f"| {PAGE.version_of(*SMALL)} |", "| 0.1 |"))
        assert PAGE.main(["--check"], tmp_path, SMALL) == 0
        assert "| 0.1 |" in path.read_text()

    @pytest.mark.parametrize("other", ["`YYYY-MM-DDThh:mm:ss`", ""], ids=["another-form", "nothing"])
    def test_is_called_stale_and_left_alone_when_a_row_is_not_what_is_sent(self, tmp_path, capsys, other):
        path = tmp_path / "clients.md"
        PAGE.main([], tmp_path, SMALL)
        stale = path.read_text().replace("`YYYY-MM-DDThh:mm:ss+00:00`", other)
        path.write_text(stale)
        assert PAGE.main(["--check"], tmp_path, SMALL) == 1
        assert "python docs/clients.py" in capsys.readouterr().err
        assert path.read_text() == stale

    def test_keeps_the_row_of_a_client_that_is_not_installed(self, tmp_path, capsys):
        PAGE.main([], tmp_path, SMALL)
        before = (tmp_path / "clients.md").read_text()
        absent = [SMALL[0]._replace(asked=("no-such-program",))]
        assert PAGE.main([], tmp_path, absent) == 0
        assert (tmp_path / "clients.md").read_text() == before
        assert f"not installed: {SMALL[0].name}. It needs {SMALL[0].needs}" in capsys.readouterr().err

    def test_is_not_made_of_a_client_that_fails(self, tmp_path):
        with pytest.raises(RuntimeError, match="exit code 1"):
            PAGE.main([], tmp_path, [SMALL[0]._replace(file="no-such-file.py", program="false")])
        assert not (tmp_path / "clients.md").exists()


def run_against(client, answer_to):
    """The client after a run in which Luminate answers as told, and the bodies that Luminate got."""
    bodies = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
            status, media_type, text = answer_to(bodies[-1])
            self.send_response(status)
            self.send_header("Content-Type", media_type)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *_):
            pass

    with Stub(load()) as stub, ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=[0.02], daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}/luminate"
        environment = {**os.environ, **environment_of(stub), "LUMINATE_ENDPOINT": address}
        done = subprocess.run(client.command, env=environment, capture_output=True, text=True, timeout=120, check=False)
        server.shutdown()
    return done, bodies
