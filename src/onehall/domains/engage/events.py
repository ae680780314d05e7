"""What this domain tells."""

from onehall.kernel.events import Fact


class CampaignMade(Fact, frozen=True, tag="engage.campaign_made"):
    """Somebody wrote a campaign; nothing is sent yet."""

    campaign: str
    name: str


class CampaignMoved(Fact, frozen=True, tag="engage.campaign_moved"):
    """A campaign was begun, paused, resumed or stopped, or came to its end."""

    campaign: str
    source: str
    target: str


class MarketingSent(Fact, frozen=True, tag="engage.marketing_sent"):
    """Marketing was sent to a customer who allowed it at this moment; it is handed over right after."""

    contact: str
    campaign: str
    party: str
    way: str


class MarketingSuppressed(Fact, frozen=True, tag="engage.marketing_suppressed"):
    """A customer whom a campaign meant was sent nothing; `why` is a code of the rules."""

    contact: str
    campaign: str
    party: str
    why: str


class MarketingDelivered(Fact, frozen=True, tag="engage.marketing_delivered"):
    """Some of what was sent from one home was taken by the world outside: `count` of it."""

    campaign: str
    count: int


class MarketingWithdrawn(Fact, frozen=True, tag="engage.marketing_withdrawn"):
    """What was sent had not left the house when the customer stopped it, and does not leave it any more."""

    contact: str
    campaign: str
    party: str
    way: str


class MarketingFailed(Fact, frozen=True, tag="engage.marketing_failed"):
    """What was sent was not taken by the world outside."""

    contact: str
    campaign: str
    party: str
    why: str


class CallListTaken(Fact, frozen=True, tag="engage.call_list_taken"):
    """Somebody took the list of those who are to be called, as of now: `count` numbers."""

    campaign: str
    count: int
