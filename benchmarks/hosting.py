"""The servers of `load.py` as processes: started, watched and ended."""

from __future__ import annotations

import contextlib
import importlib.util
import json
import os
import shutil
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path
from time import monotonic, sleep
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from clients import HOST

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_HERE: Final = Path(__file__).resolve().parent
#: Seconds.
_PATIENCE: Final = 15
_INSTALLING: Final = 300
MOUNTEBANK: Final = "2.9.1"


class UnavailableError(Exception):
    """A server cannot be had here; the text says why."""


class Hosted(NamedTuple):
    """A running server: its port, its process, and what ends it and tells what it has counted."""

    port: int
    pid: int
    end: Callable[[], dict[str, Any]]

    def memory(self) -> int | None:
        """The resident set in bytes, None where nobody tells."""
        with contextlib.suppress(OSError, StopIteration):
            status = Path(f"/proc/{self.pid}/status").read_text(encoding="ascii").splitlines()
            return int(next(line for line in status if line.startswith("VmRSS:")).split()[1]) * 1024
        with contextlib.suppress(OSError, ValueError):
            found = subprocess.run(["ps", "-o", "rss=", "-p", str(self.pid)], capture_output=True, check=False)
            return int(found.stdout) * 1024
        return None

    def work(self) -> float | None:
        """The CPU time that it has taken so far, user and system together, in seconds; None where nobody tells."""
        with contextlib.suppress(OSError):
            fields = Path(f"/proc/{self.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
            return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
        return None


@contextlib.contextmanager
def python(script: str, *arguments: str) -> Iterator[Hosted]:
    """A server that a script beside this one is, with these arguments."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    command = [sys.executable, str(_HERE / script), *arguments]
    environment = {**kept, "PYTHONPATH": str(_HERE.parent), "PYTHONDONTWRITEBYTECODE": "1"}
    with _process(command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        stdin, stdout = child.stdin, child.stdout

        def told() -> dict[str, Any]:
            line = stdout.readline()
            if not line:
                raise SystemExit(f"{' '.join([script, *arguments])} has failed")
            return dict(json.loads(line))

        def end() -> dict[str, Any]:
            stdin.close()
            return told()

        yield Hosted(told()["port"], child.pid, end)


def httpserver() -> contextlib.AbstractContextManager[Hosted]:
    """pytest-httpserver with one answer. Raises UnavailableError."""
    if importlib.util.find_spec("pytest_httpserver") is None:
        raise UnavailableError("pytest-httpserver is not installed")
    return python("httpserver.py")


@contextlib.contextmanager
def mountebank(folder: Path, answer: bytes) -> Iterator[Hosted]:
    """mountebank with an imposter that has one answer; what is not installed is put into ``folder``.

    Raises UnavailableError.
    """
    command, port = _mountebank(folder), _free_port()
    command += ["--port", str(port), "--nologfile", "--loglevel", "error", "--localOnly"]
    with _process([*command, "--pidfile", str(folder / "mb.pid")], cwd=folder, stdout=subprocess.DEVNULL) as child:
        address = f"http://{HOST}:{port}/imposters"
        _await(child, address)
        imposter = _asked(address, json.dumps(_imposter(answer)).encode())["port"]

        def end() -> dict[str, Any]:
            return {"count": _asked(f"{address}/{imposter}")["numberOfRequests"]}

        yield Hosted(imposter, child.pid, end)


def _imposter(answer: bytes) -> dict[str, Any]:
    # Without these fields it closes each connection, and does not tell the length that the clients wait for.
    headers = {"Content-Type": "text/xml; charset=utf-8", "Connection": "keep-alive", "Content-Length": len(answer)}
    response = {"is": {"statusCode": 200, "headers": headers, "body": answer.decode()}}
    return {"protocol": "http", "host": HOST, "stubs": [{"responses": [response]}]}


def _mountebank(folder: Path) -> list[str]:
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        raise UnavailableError("there is no Node.js with npm here")
    script = folder / "node_modules" / "mountebank" / "bin" / "mb"
    if not script.exists():
        install = [npm, "install", "--no-audit", "--no-fund", "--loglevel", "error", "--prefix", str(folder)]
        try:
            subprocess.run([*install, f"mountebank@{MOUNTEBANK}"], capture_output=True, timeout=_INSTALLING, check=True)
        except subprocess.TimeoutExpired:
            raise UnavailableError(f"npm was not done within {_INSTALLING} seconds") from None
        except subprocess.CalledProcessError as error:
            said = error.stderr.decode(errors="replace").strip().splitlines()
            raise UnavailableError(f"npm cannot install it: {said[0] if said else error.returncode}") from None
    return [node, str(script)]


def _await(child: subprocess.Popen[bytes], address: str) -> None:
    """Wait until it answers. Raises UnavailableError."""
    end = monotonic() + _PATIENCE
    while monotonic() < end and child.poll() is None:
        with contextlib.suppress(urllib.error.URLError):
            _asked(address)
            return
        sleep(0.1)
    raise UnavailableError("mountebank did not start")


def _asked(address: str, body: bytes | None = None) -> dict[str, Any]:
    request = urllib.request.Request(address, body, {"Content-Type": "application/json"})
    # No proxy stands between this machine and itself.
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=_PATIENCE) as answer:
        return dict(json.load(answer))


@contextlib.contextmanager
def _process(command: list[str], **more: Any) -> Iterator[subprocess.Popen[bytes]]:
    """The process while the context is entered, and no longer."""
    with subprocess.Popen(command, **more) as child:
        try:
            yield child
        finally:
            if child.stdin is None:
                child.terminate()
            else:
                child.stdin.close()
            try:
                child.wait(_PATIENCE)
            except subprocess.TimeoutExpired:
                child.kill()


def _free_port() -> int:
    with socket.create_server((HOST, 0)) as listening:
        return int(listening.getsockname()[1])
