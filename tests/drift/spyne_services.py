"""The services of both contracts as spyne declares them; prints the WSDL that spyne writes of one."""

# ruff: noqa: N802, N803, N805, RUF012 - the names are those of the services, and spyne hands over a context

from __future__ import annotations

import re
import sys

from spyne import Application, Boolean, ComplexModel, DateTime, Integer32, ServiceBase, Unicode, UnsignedInteger, rpc
from spyne.interface.wsdl import Wsdl11
from spyne.model.fault import Fault
from spyne.protocol.soap import Soap11
from spyne.server.wsgi import WsgiApplication

ONGOING, LUMINATE = "http://ongoingsystems.se/WSI", "urn:soap.convio.com"

Text = Unicode(min_occurs=0, nillable=False)
Word = Unicode(min_occurs=1, nillable=False)
Int = Integer32(min_occurs=1, nillable=False)
Number = UnsignedInteger(min_occurs=1, nillable=False)
Time = DateTime(min_occurs=1, nillable=False)
Later = DateTime(min_occurs=0, nillable=False)
NilTime = DateTime(min_occurs=1, nillable=True)


class Ongoing(ServiceBase):
    @rpc(Text, Text, Int, Text, Time)
    def SetTimeOfLastSync(ctx, UserName, Password, GoodsOwnerId, IntegrationType, syncTime):
        pass

    @rpc(Text, Text, Int, Text, _returns=NilTime)
    def GetTimeOfLastSync(ctx, UserName, Password, GoodsOwnerId, IntegrationType):
        pass


class Session(ComplexModel):
    __namespace__ = LUMINATE
    SessionId = Word


class LoginResult(ComplexModel):
    __namespace__ = LUMINATE
    SessionId = Text


class Synchronization(ComplexModel):
    __namespace__ = LUMINATE
    _type_info = [("PartitionId", Number), ("Start", Time), ("End", Time), ("SyncId", Number)]


class SynchronizationFault(Fault):
    __namespace__ = LUMINATE


class Entrance(ServiceBase):
    @rpc(Word, Word, _returns=LoginResult.customize(min_occurs=1, nillable=False), _out_variable_name="Result")
    def Login(ctx, UserName, Password):
        pass


RESULT = {"_returns": Synchronization.customize(min_occurs=1, nillable=False), "_out_variable_name": "Result"}


class Luminate(ServiceBase):
    __in_header__ = Session

    @rpc(Number, Later, Later, Boolean(min_occurs=0, nillable=False), _throws=[SynchronizationFault], **RESULT)
    def StartSynchronization(ctx, PartitionId, Start, End, Force):
        pass

    @rpc(Number, _throws=[SynchronizationFault], **RESULT)
    def EndSynchronization(ctx, PartitionId):
        pass


APPLICATIONS = {"ongoing": ([Ongoing], ONGOING), "luminate": ([Entrance, Luminate], LUMINATE)}


ACTIONS = {"ongoing": ONGOING + "/{}", "luminate": ""}


def wsdl_of(service: str, *, documented: bool) -> bytes:
    """What spyne writes; ``documented`` puts the documented SOAPActions in the place of its own."""
    services, namespace = APPLICATIONS[service]
    application = Application(services, namespace, in_protocol=Soap11(), out_protocol=Soap11(), name="Service")
    wsdl = Wsdl11(WsgiApplication(application).app.interface)
    wsdl.build_interface_document("https://host.example/service")
    text = wsdl.get_interface_document().decode()
    if documented:
        text = re.sub(r'soapAction="(\w+)"', lambda found: f'soapAction="{ACTIONS[service].format(found[1])}"', text)
    return text.encode()


if __name__ == "__main__":
    sys.stdout.buffer.write(wsdl_of(sys.argv[1], documented="--documented" in sys.argv))
