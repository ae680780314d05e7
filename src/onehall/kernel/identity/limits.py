"""Limits on how often: a bucket of tokens per caller that fills up again with time, in this process."""

from collections import OrderedDict
from datetime import datetime

from onehall.kernel.i18n import _
from onehall.kernel.refusals import Refusal
from onehall.kernel.settings import Settings

CALLERS_MAX = 50_000
STRANGERS_MAX = 3  # behind one address
_NEARLY = 1e-9


class Limit:
    """At most `count` in `seconds` for each key, in bursts of up to `count`."""

    def __init__(self, count: int, seconds: float, keys_max: int = CALLERS_MAX) -> None:
        self.count = count
        self.per_second = count / seconds
        self.keys_max = keys_max
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, key: str, now: datetime) -> None:
        """This will count one for `key`.

        :raises Refusal: `too.many`, 429, with `retry_after` in seconds.
        """
        wait = self.wait(key, now.timestamp())
        if wait > 0:
            seconds = max(1, int(wait + 0.999))
            raise Refusal("too.many", _("Too many tries. Please wait {seconds} seconds.", seconds=seconds), 429, retry_after=seconds)

    def wait(self, key: str, moment: float) -> float:
        """This will count one for `key` and give 0, or count none and give the seconds until one is free."""
        left, since = self._left.pop(key, (float(self.count), moment))
        left = min(float(self.count), left + max(0.0, moment - since) * self.per_second)
        free = left >= 1 - _NEARLY
        self._left[key] = (max(0.0, left - 1) if free else left, moment)
        while len(self._left) > self.keys_max:
            self._left.popitem(last=False)
        return 0.0 if free else (1 - left) / self.per_second


class Limits:
    """The limits of the house on what strangers try."""

    def __init__(self, rules: Settings) -> None:
        self.login = Limit(rules.login_per_minute, 60)
        self.code = Limit(rules.otp_per_address, 3600)
        self.hand_over = Limit(rules.handover_tries, 60)
        self.hand_over_address = Limit(rules.handover_tries * STRANGERS_MAX, 60)
        self.agent = Limit(rules.agent_per_minute, 60)
        self.sms = Limit(rules.sms_per_minute, 60)
