"""Both operations of Ongoing on spyne; prints its port."""

# ruff: noqa: ARG002, N802, N803, N805, T201 - the names are those of the service, and spyne gives a context for self

from __future__ import annotations

from datetime import UTC, datetime
from wsgiref.simple_server import WSGIRequestHandler, make_server

from spyne import Application, DateTime, Integer, ServiceBase, Unicode, rpc
from spyne.protocol.soap import Soap11
from spyne.server.wsgi import WsgiApplication

NAMESPACE = "http://ongoingsystems.se/WSI"


class Ongoing(ServiceBase):
    @rpc(Unicode, Unicode, Integer, Unicode, DateTime)
    def SetTimeOfLastSync(ctx, UserName, Password, GoodsOwnerId, IntegrationType, syncTime):
        pass

    @rpc(Unicode, Unicode, Integer, Unicode, _returns=DateTime)
    def GetTimeOfLastSync(ctx, UserName, Password, GoodsOwnerId, IntegrationType):
        return datetime(2024, 5, 1, 12, tzinfo=UTC)


class Silent(WSGIRequestHandler):
    def log_message(self, *_):
        pass


application = Application([Ongoing], NAMESPACE, in_protocol=Soap11(validator="lxml"), out_protocol=Soap11())
server = make_server("127.0.0.1", 0, WsgiApplication(application), handler_class=Silent)
print(server.server_port, flush=True)
server.serve_forever()
