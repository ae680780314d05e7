"""WeChat's official-account platform: the real one where its address is set, else a simulated one."""

from onehall.adapters.wechat.official import OfficialWechat
from onehall.adapters.wechat.simulated import SimulatedWechat
from onehall.kernel import crypto
from onehall.kernel.settings import Settings
from onehall.kernel.store import Store


def platform(store: Store, rules: Settings) -> OfficialWechat | SimulatedWechat:
    """This will give the platform that is set up. With no token set it is one that nobody outside knows, so no call of theirs counts."""
    token = rules.wechat_token or crypto.keyed_hash(rules.secret, "wechat", "token")
    if not rules.wechat_api:
        return SimulatedWechat(store, token, rules.wechat_app_id or "wxsimulated0000001", rules.wechat_aes_key)
    return OfficialWechat(rules.wechat_api, rules.wechat_app_id, rules.wechat_secret, token, rules.wechat_aes_key, store.clock.now)
