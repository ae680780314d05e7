"""What the kiosk is: a channel with every device, and full-screen pages for whoever stands before it."""

from pathlib import Path

from onehall.kernel.functions import Proof
from onehall.kernel.i18n import _
from onehall.kernel.journeys import channel
from onehall.pages import Room

KIOSK = channel(
    "kiosk", _("Kiosk"), asks="choose enter confirm pay prove pick_time wait", proves=(Proof.CODE, Proof.REAL_NAME), hands_over=True,
    takes={"web": Proof.CODE, "api": Proof.CODE, "sms": Proof.LINE, "wechat": Proof.CODE, "hotline": Proof.LINE, "kiosk": Proof.CODE,
           "desk": Proof.REAL_NAME},
)  # fmt: skip
ROOM = Room("kiosk", _("Kiosk"), "/kiosk", Path(__file__).parent)
IDLE_SECONDS = 60
"""After so many quiet seconds the session is over; the page warns before."""
WARN_SECONDS = 15
