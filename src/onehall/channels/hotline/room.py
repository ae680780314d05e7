"""What the hotline is: a channel of digits and spoken words, where the network vouches for the caller's number."""

from onehall.kernel.functions import Proof
from onehall.kernel.i18n import _
from onehall.kernel.journeys import channel

HOTLINE = channel(
    "hotline", _("Hotline"), asks="choose enter confirm pay prove pick_time wait", proves=(Proof.LINE, Proof.CODE),
    takes={"web": Proof.CODE, "api": Proof.CODE, "sms": Proof.CODE, "wechat": Proof.CODE, "hotline": Proof.CODE, "desk": Proof.CODE,
           "kiosk": Proof.CODE},
)  # fmt: skip
