"""A customer with one of everything, and those who are none of their business."""

from typing import Any

import httpx
import msgspec

from onehall.demo.people import CLIENT
from onehall.kernel.identity import sessions
from onehall.kernel.identity.who import GUEST
from onehall.kernel.ids import home_for, new_id
from tests.conformance import answers
from tests.conformance.face import payloads
from tests.conformance.people import Person
from tests.ground.counter import Counter

STATE = """SELECT md5(concat(
  (SELECT string_agg(t::text, '|' ORDER BY id) FROM journey t WHERE party = $1),
  (SELECT string_agg(t::text, '|' ORDER BY id) FROM product t WHERE party = $1),
  (SELECT string_agg(t::text, '|' ORDER BY id) FROM product_order t WHERE party = $1),
  (SELECT string_agg(t::text, '|' ORDER BY id) FROM billing_account t WHERE party = $1),
  (SELECT string_agg(t::text, '|' ORDER BY id) FROM payment t WHERE party = $1),
  (SELECT string_agg(t::text, '|' ORDER BY id) FROM shopping_cart t WHERE party = $1),
  (SELECT string_agg(b::text, '|' ORDER BY b.id) FROM bucket b JOIN billing_account a ON a.id = b.account WHERE a.party = $1),
  (SELECT string_agg(t::text, '|' ORDER BY id) FROM balance_action t WHERE party = $1),
  (SELECT string_agg(u::text, '|' ORDER BY u.id) FROM usage u JOIN billing_account a ON a.home = u.home AND a.id = u.account
    WHERE a.party = $1),
  (SELECT string_agg(t::text, '|' ORDER BY id) FROM payment_method t WHERE party = $1),
  (SELECT string_agg(t::text, '|' ORDER BY id) FROM refund t WHERE party = $1),
  (SELECT string_agg(t::text, '|' ORDER BY id) FROM customer_bill t WHERE party = $1),
  (SELECT string_agg(t::text, '|' ORDER BY id) FROM bill_line t WHERE party = $1),
  (SELECT string_agg(t::text, '|' ORDER BY id) FROM bill_demand t WHERE party = $1),
  (SELECT string_agg(t::text, '|' ORDER BY id) FROM other_account t WHERE party = $1),
  (SELECT string_agg(t::text, '|' ORDER BY id) FROM cancel_product_order t WHERE t.doc #>> '{productOrder,id}' IN
    (SELECT id FROM product_order WHERE party = $1)),
  (SELECT string_agg(t::text, '|' ORDER BY id) FROM party t WHERE id IN ($1, $2))))"""
FIRST = "SELECT {} FROM product WHERE kind = 'line' AND party = $1 AND activated IS NOT NULL ORDER BY activated LIMIT 1"
NAME = "欧阳见月"
Headers = dict[str, str]


class Victim:
    """The customer `person`, their things by name in `things`, and the headers of all who call in `callers`."""

    def __init__(self, counter: Counter, client: httpx.AsyncClient, person: Person) -> None:
        self.counter, self.client, self.person = counter, client, person
        self.things: dict[str, str] = {}
        self.callers: dict[str, Headers] = {}

    @property
    def marks(self) -> list[str]:
        """What nobody else may be shown."""
        secret = ("order", "line", "account", "product", "cart", "company", "adjustment", "reservation", "refund", "cancel", "use")
        return [NAME, self.person.document, self.person.other_phone, *(self.things[name] for name in secret)]

    async def state(self) -> str:
        """This will sum up all that is theirs, so that a change is seen."""
        return str(await self.counter.one(STATE, self.person.party, self.things.get("company")))

    async def prepare(self) -> "Victim":
        """This will have them own one of everything, and let the others log in."""
        await answers.BEFORE["receipt"](self.counter, self.person)
        await answers.BEFORE["pack.drop"](self.counter, self.person)
        await answers.BEFORE["order.cancel"](self.counter, self.person)
        caller = self.person.logged_in(self.counter, "api")
        view = await self.counter.hall.start(caller, "line.open", {"offer": "hall-59"})
        self.things |= {"journey": view.id, "key": view.question["key"], "turn": str(view.question["turn"])}  # type: ignore[index]
        self.things["code"] = (await self.counter.hall.hand_over(caller, view.id)).code
        found = {
            "order": "SELECT id FROM product_order WHERE party = $1 ORDER BY id",
            "pending": "SELECT id FROM product_order WHERE party = $1 AND completed IS NULL ORDER BY id DESC",
            "payment": f"SELECT id FROM payment WHERE account = ({FIRST.format('account')})",
            "line": FIRST.format("id"), "account": FIRST.format("account"),
            "product": "SELECT id FROM product WHERE kind = 'pack' AND party = $1",
        }  # fmt: skip
        self.things |= {name: str(await self.counter.one(sql, self.person.party)) for name, sql in found.items()}
        self.things |= {"party": self.person.party, "number": self.person.number}
        self.things |= {"function": "balance.check", "plan": "hall-59", "tag": "en"}
        await self._callers()
        await self._cart()
        await self._books()
        return self

    async def _callers(self) -> None:
        gate, store = self.counter.house.front.gate, self.counter.store
        other = await Person().settle(self.counter)
        tokens = {name: (await gate.log_in(GUEST, one.party, app=True)).token for name, one in (("owner", self.person), ("another", other))}
        for name, unit, role in (
            ("own clerk", "onehall.gd.gz.s1", "clerk"), ("own supervisor", "onehall.gd", "supervisor"),
            ("clerk of another province", "onehall.zj.hz.s1", "clerk"), ("supervisor of another province", "onehall.zj", "supervisor"),
            ("operations of another province", "onehall.zj", "operations"),
        ):  # fmt: skip
            staff = new_id(home_for(name), store.clock.now())
            async with store.edge(staff) as tx:
                tokens[name] = (await sessions.log_in_staff(tx, staff, unit, (role,))).token
        form = {"grant_type": "client_credentials", "client_id": CLIENT[0], "client_secret": CLIENT[1]}
        tokens["partner"] = (await self.client.post("/oauth/token", data=form)).json()["access_token"]
        self.callers = {"nobody": {}} | {name: {"authorization": f"Bearer {token}"} for name, token in tokens.items()}

    async def _cart(self) -> None:
        cart = {"cartItem": [{"id": "1", "action": "add", "quantity": 1, "productOffering": {"id": "hall-99"}}]}
        self.things["cart"] = await self._make("/tmf-api/shoppingCart/v4/shoppingCart", cart, "owner")

    async def _books(self) -> None:
        """What a partner does on their account: money put right, set aside and given back; an order taken back; their company."""
        for name, noun, path in (
            ("adjustment", "AdjustBalance", "/tmf-api/prepayBalanceManagement/v4/adjustBalance"),
            ("reservation", "ReserveBalance", "/tmf-api/prepayBalanceManagement/v4/reserveBalance"),
            ("transfer", "TransferBalance", "/tmf-api/prepayBalanceManagement/v4/transferBalance"),
            ("question", "QueryUsageConsumption", "/tmf-api/usageConsumption/v4/queryUsageConsumption"),
            ("refund", "Refund", "/tmf-api/payment/v4/refund"),
            ("bill", "CustomerBillOnDemand", "/tmf-api/customerBillManagement/v4/customerBillOnDemand"),
            ("all accounts", "PartyAccount", "/tmf-api/accountManagement/v4/partyAccount"),
            ("receivables", "FinancialAccount", "/tmf-api/accountManagement/v4/financialAccount"),
            ("settlement", "SettlementAccount", "/tmf-api/accountManagement/v4/settlementAccount"),
            ("company", "Organization", "/tmf-api/party/v4/organization"),
            ("method", "PaymentMethod", "/tmf-api/paymentMethod/v4/paymentMethod"),
        ):  # fmt: skip
            self.things[name] = await self._make(path, self.aimed(payloads()[noun]))
        order = {"productOrder": {"id": self.things["pending"]}}
        self.things["use"] = await self._make("/tmf-api/usageManagement/v4/usage", self.aimed(payloads()["Usage"]))
        self.things["cancel"] = await self._make("/tmf-api/productOrderingManagement/v4/cancelProductOrder", order)
        await self.counter.settle()
        gate = self.counter.house.front.gate
        company = await gate.log_in(GUEST, self.things["company"], app=True)
        self.callers["their company"] = {"authorization": f"Bearer {company.token}"}

    def aimed(self, body: dict[str, Any]) -> dict[str, Any]:
        """This will give a body that names their things wherever it names things."""
        named = {
            "account": "account", "billingAccount": "account", "bucket": "account", "partyAccount": "account", "payment": "payment",
            "product": "line", "productOrder": "pending", "engagedParty": "party",
        }  # fmt: skip
        found = {name: {**part, "id": self.things[named[name]]} if name in named else part for name, part in body.items()}
        if "usageCharacteristic" in found:
            theirs = [{**part, "value": self.person.number} if part["name"] == "number" else part for part in body["usageCharacteristic"]]
            found |= {"usageCharacteristic": theirs, "usageDate": self.counter.store.clock.now().isoformat()}
        customer = {"id": self.person.party, "role": "customer", "@referredType": "Individual"}
        one = isinstance(body.get("relatedParty"), dict)
        return found | {"relatedParty": customer if one else [customer]}

    async def _make(self, path: str, body: dict[str, Any], who: str = "partner") -> str:
        answer = await self.client.post(path, json=body, headers=self.callers[who])
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])


async def victim(counter: Counter, client: httpx.AsyncClient) -> Victim:
    """This will make one."""
    person = Person()
    person.made = msgspec.structs.replace(person.made, name=NAME)
    return await Victim(counter, client, await person.settle(counter)).prepare()

