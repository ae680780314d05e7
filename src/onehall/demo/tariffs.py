"""The tariffs of the demo operator, as TMF620 bodies: our own invention, plausible for China."""

from typing import Any, Final

Doc = dict[str, Any]
GB: Final = 1024
FAMILIES: Final = (
    ("plans-everyday", "Everyday plans", "日常套餐"), ("plans-data", "Data plans", "大流量套餐"),
    ("plans-youth", "Youth plans", "青春套餐"),
    ("plans-family", "Family plans", "家庭套餐"), ("plans-senior", "Senior plans", "银龄套餐"),
    ("plans-device", "Data-only plans", "物联流量套餐"),
    ("plans-visitor", "Visitor plans", "旅客预付套餐"), ("packs-data", "Data packs", "流量包"), ("packs-voice", "Call packs", "语音包"),
    ("packs-sms", "Message packs", "短信包"), ("packs-roaming", "Roaming packs", "漫游包"), ("packs-fun", "Entertainment packs", "娱乐包"),
    ("services", "Services", "增值服务"), ("roaming", "Roaming rates", "漫游资费"),
)  # fmt: skip
BY_USE: Final = {"data_mb": (500, GB), "voice_min": (15, 1), "sms": (10, 1)}  # fen for units: 5 yuan a GB, 0.15 a minute, 0.10 a message
SPECIFICATIONS: Final = {"plan": "Mobile plan", "pack": "Pack on top of a plan", "service": "Service of a line"}
SINGLES: Final = ("pack-data-10", "pack-voice-100", "pack-sms-100")
LEFT_EARLY: Final[Doc] = {"left": {"min_spend": "99", "exit_percent": 50, "pay_back": "part"}}
# id, family, English, Chinese, fen a month, GB, minutes, messages, contract months, more
PLANS: Final[tuple[tuple[str, str, str, str, int, int, int, int, int, Doc], ...]] = (
    ("hall-8", "plans-everyday", "Keep 8", "保号8元", 800, 0, 0, 0, 0, {"note": ("Pay only for what you use.", "用多少付多少。")}),
    ("hall-29", "plans-everyday", "Light 29", "轻享29元", 2900, 5, 100, 0, 0, {}),
    ("hall-59", "plans-everyday", "Hall 59", "畅享59元", 5900, 20, 300, 50, 0, {"badge": ("Most taken", "人气首选")}),
    ("hall-99", "plans-everyday", "Hall 99", "畅享99元", 9900, 40, 600, 100, 0, {}),
    ("data-79", "plans-data", "River 79", "江河79元", 7900, 80, 200, 0, 0, {}),
    ("data-129", "plans-data", "Ocean 129", "海洋129元", 12900, 150, 500, 100, 12, {"note": ("5G at full speed.", "5G满速畅用。")}),
    ("data-199", "plans-data", "Star 199", "星河199元", 19900, 300, 1000, 200, 24, LEFT_EARLY | {"badge": ("Most data", "流量之王")}),
    (
        "youth-19",
        "plans-youth",
        "Campus 19",
        "校园19元",
        1900,
        30,
        100,
        0,
        12,
        {"terms": ("For customers of up to 25 years.", "仅限25周岁及以下客户办理。")},
    ),
    (
        "youth-39",
        "plans-youth",
        "Campus 39",
        "校园39元",
        3900,
        60,
        200,
        50,
        12,
        {"terms": ("For customers of up to 25 years.", "仅限25周岁及以下客户办理。")},
    ),
    (
        "family-169",
        "plans-family",
        "Home 169",
        "全家享169元",
        16900,
        120,
        1500,
        0,
        24,
        {"note": ("Shared by up to four lines.", "最多四个号码共享。")},
    ),
    (
        "family-269",
        "plans-family",
        "Home 269",
        "全家享269元",
        26900,
        260,
        3000,
        0,
        24,
        {"note": ("Shared by up to six lines.", "最多六个号码共享。")},
    ),
    ("senior-15", "plans-senior", "Silver 15", "银龄15元", 1500, 3, 200, 50, 0, {"note": ("A clerk answers first.", "人工客服优先接听。")}),
    ("senior-25", "plans-senior", "Silver 25", "银龄25元", 2500, 10, 400, 50, 0, {}),
    ("device-10", "plans-device", "Watch 10", "手表卡10元", 1000, 2, 0, 0, 0, {"rates": ("data_mb",)}),
    ("device-49", "plans-device", "Tablet 49", "平板卡49元", 4900, 60, 0, 0, 0, {"rates": ("data_mb",)}),
    (
        "visitor-50",
        "plans-visitor",
        "Visitor 50",
        "旅客卡50元",
        5000,
        15,
        100,
        20,
        0,
        {"note": ("30 days from activation, no bill.", "激活后30天有效，预付无账单。")},
    ),
)
# id, family, English, Chinese, fen, once?, GB, minutes, messages, days
PACKS: Final[tuple[tuple[str, str, str, str, int, bool, int, int, int, int], ...]] = (
    ("pack-day-1", "packs-data", "1 GB for a day", "1GB日包", 100, True, 1, 0, 0, 1),
    ("pack-data-2", "packs-data", "2 GB for a week", "2GB周包", 600, True, 2, 0, 0, 7),
    ("pack-data-10", "packs-data", "10 GB", "10GB月包", 1500, False, 10, 0, 0, 0),
    ("pack-data-30", "packs-data", "30 GB", "30GB月包", 3000, False, 30, 0, 0, 0),
    ("pack-night-50", "packs-data", "50 GB at night", "50GB夜间包", 1000, False, 50, 0, 0, 0),
    ("pack-voice-100", "packs-voice", "100 minutes", "100分钟语音包", 1000, False, 0, 100, 0, 0),
    ("pack-voice-300", "packs-voice", "300 minutes", "300分钟语音包", 2500, False, 0, 300, 0, 0),
    ("pack-voice-1000", "packs-voice", "1,000 minutes", "1000分钟语音包", 5000, False, 0, 1000, 0, 0),
    ("pack-sms-100", "packs-sms", "100 messages", "100条短信包", 500, False, 0, 0, 100, 0),
    ("pack-sms-500", "packs-sms", "500 messages", "500条短信包", 2000, False, 0, 0, 500, 0),
    ("pack-hmt-3", "packs-roaming", "Hong Kong, Macao, Taiwan, 3 days", "港澳台3日包", 6800, True, 3, 0, 0, 3),
    ("pack-asia-7", "packs-roaming", "Asia, 7 days", "亚洲7日包", 12800, True, 5, 0, 0, 7),
    ("pack-world-7", "packs-roaming", "The world, 7 days", "全球7日包", 19800, True, 5, 0, 0, 7),
    ("pack-video", "packs-fun", "Video hall, 30 GB for video", "视频厅30GB定向包", 1900, False, 30, 0, 0, 0),
    ("pack-music", "packs-fun", "Music hall, 10 GB for music", "音乐厅10GB定向包", 900, False, 10, 0, 0, 0),
    ("pack-game", "packs-fun", "Game hall, 20 GB for games", "游戏厅20GB定向包", 1500, False, 20, 0, 0, 0),
)
# id, English, Chinese, fen a month
SERVICES: Final = (
    ("caller-id", "Caller ID", "来电显示", 0), ("voicemail", "Voicemail", "语音信箱", 300), ("spam-shield", "Spam shield", "骚扰拦截", 0),
    ("call-forward", "Call forwarding", "呼叫转移", 0), ("missed-calls", "Missed-call notes", "来电提醒", 200),
)  # fmt: skip
# id, English, Chinese, fen for 1 MB... data a 100 MB, a minute, a message
ZONES: Final = (
    ("roam-hmt", "Hong Kong, Macao and Taiwan", "中国港澳台地区", 500, 39, 39),
    ("roam-asia", "Japan, Korea and Southeast Asia", "日韩及东南亚", 1000, 99, 49),
    ("roam-europe", "Europe", "欧洲", 1500, 199, 79), ("roam-america", "North America", "北美洲", 1500, 199, 79),
    ("roam-other", "Rest of the world", "其他国家和地区", 3000, 299, 129),
)  # fmt: skip


def all_offerings() -> list[tuple[str, Doc]]:
    """This will give every offering, what stands by itself before the bundles that name it."""
    return [*map(_pack, PACKS), *map(_service, SERVICES), *map(_zone, ZONES), *map(_plan, PLANS)]


def specifications() -> list[tuple[str, Doc]]:
    """This will give what the offerings are made to, one for each kind."""
    return [(id_, {"name": name, "brand": "Onehall", "isBundle": False}) for id_, name in SPECIFICATIONS.items()]


def categories() -> list[tuple[str, Doc]]:
    """This will give the families in the order in which they are shown."""
    return [
        (id_, {"name": name, "names": {"zh-CN": chinese}, "isRoot": True, "rank": rank})
        for rank, (id_, name, chinese) in enumerate(FAMILIES, 1)
    ]


def _plan(row: tuple[str, str, str, str, int, int, int, int, int, Doc]) -> tuple[str, Doc]:
    id_, family, name, chinese, fen, gigabytes, minutes, messages, months, more = row
    doc = _doc(id_, family, name, chinese, "plan", {"data_mb": gigabytes * GB, "voice_min": minutes, "sms": messages})
    doc["prodSpecCharValueUse"] += [_trait("contract_months", months), _trait("first_month", "per_day")]
    doc["prodSpecCharValueUse"] += [_trait(name, value) for name, value in more.get("left", {}).items()]
    doc["productOfferingPrice"] = [_monthly(id_, fen)]
    doc["productOfferingPrice"] += [_usage(id_, service, *BY_USE[service]) for service in more.get("rates", BY_USE)]
    if sum(bool(count) for count in (gigabytes, minutes, messages)) > 1:
        doc |= {"isBundle": True, "productOfferingRelationship": [{"id": one, "relationshipType": "alternative"} for one in SINGLES]}
        doc["bundledProductOffering"] = [{"id": one, "name": one} for one in SINGLES]
    for word, plain, several in (("note", "description", "descriptions"), ("badge", "", "badges")):
        if word in more:
            doc |= {several: {"en": more[word][0], "zh-CN": more[word][1]}} | ({plain: more[word][0]} if plain else {})
    if "terms" in more:
        doc["terms"] = [{"en": more["terms"][0], "zh-CN": more["terms"][1]}]
    return id_, doc


def _pack(row: tuple[str, str, str, str, int, bool, int, int, int, int]) -> tuple[str, Doc]:
    id_, family, name, chinese, fen, once, gigabytes, minutes, messages, days = row
    doc = _doc(id_, family, name, chinese, "pack", {"data_mb": gigabytes * GB, "voice_min": minutes, "sms": messages})
    doc["prodSpecCharValueUse"] += [_trait("valid_days", days)] if days else []
    doc["productOfferingPrice"] = [_price(f"{id_}.once", "oneTime", fen) if once else _monthly(id_, fen)]
    return id_, doc


def _service(row: tuple[str, str, str, int]) -> tuple[str, Doc]:
    id_, name, chinese, fen = row
    return id_, _doc(id_, "services", name, chinese, "service", {}) | {"productOfferingPrice": [_monthly(id_, fen)]}


def _zone(row: tuple[str, str, str, int, int, int]) -> tuple[str, Doc]:
    id_, name, chinese, data, voice, sms = row
    rates = (("data_mb", data, 100), ("voice_min", voice, 1), ("sms", sms, 1))
    prices = [_monthly(id_, 0), *(_usage(id_, service, fen, per) for service, fen, per in rates)]
    return id_, _doc(id_, "roaming", name, chinese, "service", {}) | {"productOfferingPrice": prices}


def _doc(id_: str, family: str, name: str, chinese: str, kind: str, allowances: dict[str, int]) -> Doc:
    return {
        "name": name, "names": {"en": name, "zh-CN": chinese}, "lifecycleStatus": "Launched", "isSellable": True,
        "category": [{"id": family}],
        "productSpecification": {"id": kind, "name": SPECIFICATIONS[kind], "@referredType": "ProductSpecification"},
        "prodSpecCharValueUse": [_trait("kind", kind), *(_trait(service, count) for service, count in allowances.items() if count)],
    }  # fmt: skip


def _trait(name: str, value: Any) -> Doc:
    return {"name": name, "productSpecCharacteristicValue": [{"value": value, "isDefault": True}]}


def _monthly(id_: str, fen: int) -> Doc:
    return _price(f"{id_}.fee", "recurring", fen) | {"recurringChargePeriodType": "month", "recurringChargePeriodLength": 1}


def _usage(id_: str, service: str, fen: int, per: int) -> Doc:
    return _price(f"{id_}.{service}", "usage", fen) | {"unitOfMeasure": {"amount": per, "units": service}}


def _price(id_: str, kind: str, fen: int) -> Doc:
    yuan, rest = divmod(fen, 100)
    value: Any = yuan if not rest else float(f"{yuan}.{rest:02}")
    return {"id": id_, "name": id_, "priceType": kind, "price": {"unit": "CNY", "value": value}}
