"""pytest-httpserver with one answer, as its fixture has it, for `load.py`: a process as those of `servers.py`."""

from __future__ import annotations

import logging

from pytest_httpserver import HTTPServer
from servers import TYPE, canned, run, tell

if __name__ == "__main__":
    # pytest keeps a line about each request from the terminal; here nothing would.
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    with HTTPServer(host="127.0.0.1", port=0) as server:
        server.expect_request("/luminate", method="POST").respond_with_data(canned(), content_type=TYPE)
        run(server.port)
        tell({"count": len(server.log)})
