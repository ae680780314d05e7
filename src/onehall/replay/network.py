"""The network tells what people used: records by TMF635, as a partner with a token of its own."""

from datetime import timedelta
from typing import Any, Final
from urllib.parse import urlencode

import msgspec

from onehall.demo.people import CLIENT
from onehall.kernel.i18n import ZONE
from onehall.replay.day import Event
from onehall.replay.scene import Scene
from onehall.replay.talking import Ending

USAGE: Final = "/tmf-api/usageManagement/v4/usage"
KINDS: Final = ("data_mb", "voice_min", "sms")
TOKEN_LASTS: Final = timedelta(minutes=50)
NETWORK: Final = Event("00:00:00", "network", "network", "")


async def tell_of_use(scene: Scene, event: Event) -> Ending:
    """This will tell of what somebody used since the network spoke of them last; a record that is refused is named."""
    person, token = scene.people[event.who], await _token(scene)
    for kind in KINDS:
        if amount := event.with_.get(kind):
            record = {"number": person.number, "amount": str(amount), "record": f"{event.who} {event.at} {kind}"}
            body = {
                "usageDate": scene.clock.at.astimezone(ZONE).isoformat(timespec="seconds"), "usageType": kind,
                "usageCharacteristic": [{"name": name, "value": value} for name, value in record.items()],
            }  # fmt: skip
            answer = await scene.way_of(NETWORK, "network").send("POST", USAGE, msgspec.json.encode(body), token=token)
            if answer.status >= 300:
                return Ending("refused", str(answer.json().get("code")))
    return Ending("done")


async def _token(scene: Scene) -> str:
    if scene.clock.at >= scene.network_until:
        form: dict[str, Any] = {"grant_type": "client_credentials", "client_id": CLIENT[0], "client_secret": CLIENT[1]}
        answer = await scene.way_of(NETWORK, "network").send("POST", "/oauth/token", urlencode(form).encode(), kind="form")
        scene.network_token, scene.network_until = str(answer.json()["access_token"]), scene.clock.at + TOKEN_LASTS
    return scene.network_token
