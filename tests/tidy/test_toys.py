"""Toys that tests register do not stay: what a process knows after a test module is what it knew before."""

from onehall.kernel.functions import FUNCTIONS, function
from onehall.kernel.i18n import _
from onehall.kernel.journeys import CHANNELS, channel
from tests.ground import registries


def test_a_toy_is_gone_and_what_it_replaced_is_back() -> None:
    channels, functions = dict(CHANNELS), dict(FUNCTIONS)
    with registries.as_before():
        channel("toy", _("Web"), asks="choose", proves=())
        channel("web", _("Web"), asks="choose", proves=())
        function("toy.sing", title=_("Web"), family="query")(lambda journey: None)
        del FUNCTIONS["topup"]
    assert (CHANNELS, FUNCTIONS) == (channels, functions)


def test_only_the_house_is_known_between_modules() -> None:
    assert sorted(CHANNELS) == ["agent", "api", "desk", "field", "hotline", "kiosk", "sms", "web", "wechat"]
    assert {one.run.__module__.split(".")[0] for one in FUNCTIONS.values()} == {"onehall"}
