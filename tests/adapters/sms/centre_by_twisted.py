"""A message centre that is not ours: the server of smpp.twisted3, with the codec of smpp.pdu3, run by itself.

It prints a line of JSON for what it has heard, and does what it is told by lines of JSON: deliver, receipt, throttle, unbind.
"""

import json
import sys
from typing import Any

from smpp.pdu.operations import DeliverSM
from smpp.pdu.pdu_types import AddrNpi, AddrTon, CommandStatus, DataCoding, DataCodingDefault, EsmClass, EsmClassMode, EsmClassType
from smpp.twisted.config import SMPPServerConfig
from smpp.twisted.protocol import DataHandlerResponse
from smpp.twisted.server import SMPPServerFactory
from twisted.cred.checkers import InMemoryUsernamePasswordDatabaseDontUse
from twisted.cred.portal import IRealm, Portal
from twisted.internet import reactor, stdio
from twisted.protocols.basic import LineReceiver
from zope.interface import implementer

CODINGS = {0: DataCodingDefault.SMSC_DEFAULT_ALPHABET, 8: DataCodingDefault.UCS2}
SAR = ("msg_ref_num", "total_segments", "segment_seqnum")
throttled = [0]
taken = [0]


def say(**what: Any) -> None:
    """This will print a line."""
    print(json.dumps(what), flush=True)


def heard(system_id: str, _smpp: Any, pdu: Any) -> Any:
    """This will answer a message of the hall."""
    if throttled[0]:
        throttled[0] -= 1
        return CommandStatus.ESME_RTHROTTLED
    taken[0] += 1
    fields = {name: value for name, value in pdu.params.items() if value is not None}
    octets = fields.get("short_message") or fields.get("message_payload") or b""
    say(
        heard=system_id, id=f"m{taken[0]}", to=_plain(fields["destination_addr"]), source=_plain(fields["source_addr"]),
        octets=octets.hex(), coding=fields["data_coding"].schemeData.name, sar=[fields.get(f"sar_{name}") for name in SAR],
    )  # fmt: skip
    return DataHandlerResponse(status=CommandStatus.ESME_ROK, message_id=f"m{taken[0]}")


def _plain(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)


@implementer(IRealm)
class Realm:
    """Who may bind."""

    def requestAvatar(self, name: Any, mind: Any, *interfaces: Any) -> Any:
        """This will let in whoever knew the password."""
        return interfaces[0], name, lambda: None


class Orders(LineReceiver):
    """Lines of JSON that say what to do."""

    delimiter = b"\n"

    def __init__(self, factory: SMPPServerFactory) -> None:
        self.factory = factory

    def lineReceived(self, line: bytes) -> None:
        """This will do what a line says."""
        order = json.loads(line)
        if "throttle" in order:
            throttled[0] = order["throttle"]
            return
        bound = next(iter(self.factory.bound_connections.values()))
        link = bound.getNextBindingForDelivery()
        if "unbind" in order:
            link.unbindAndDisconnect()
            return
        sent = link.sendDataRequest(self._message(order))
        sent.addCallbacks(lambda done: say(answered=done.response.status.name), lambda failed: say(answered=str(failed.value)))

    def _message(self, order: dict[str, Any]) -> DeliverSM:
        kind = EsmClassType.SMSC_DELIVERY_RECEIPT if order.get("receipt") else EsmClassType.DEFAULT
        features = {"gsm_features": [_udhi()]} if order.get("udh") else {}
        return DeliverSM(
            source_addr_ton=AddrTon.INTERNATIONAL, source_addr_npi=AddrNpi.ISDN, source_addr=order["from"].encode(),
            destination_addr=b"10016", esm_class=EsmClass(EsmClassMode.DEFAULT, kind, **_gsm(features)),
            data_coding=DataCoding(schemeData=CODINGS[order.get("coding", 0)]), short_message=bytes.fromhex(order["octets"]),
        )  # fmt: skip


def _udhi() -> Any:
    from smpp.pdu.pdu_types import EsmClassGsmFeatures

    return EsmClassGsmFeatures.UDHI_INDICATOR_SET


def _gsm(features: dict[str, Any]) -> dict[str, Any]:
    return {"gsmFeatures": features["gsm_features"]} if features else {}


if __name__ == "__main__":
    config = SMPPServerConfig(msgHandler=heard, systems={"hall": {"max_bindings": 2}}, inactivityTimerSecs=60, sessionInitTimerSecs=10)
    portal = Portal(Realm())
    checker = InMemoryUsernamePasswordDatabaseDontUse()
    checker.addUser("hall", "secret")
    checker.addUser(b"hall", b"secret")
    portal.registerChecker(checker)
    factory = SMPPServerFactory(config, auth_portal=portal)
    port = reactor.listenTCP(int(sys.argv[1]) if len(sys.argv) > 1 else 0, factory, interface="127.0.0.1")
    stdio.StandardIO(Orders(factory))
    say(port=port.getHost().port)
    reactor.run()
