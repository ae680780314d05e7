"""Every decision about sheets: what a file may be, what a line asks for, and what is told of it."""

from collections.abc import Iterable, Mapping, Sequence

from onehall.domains.estore.model import EStore, Member, Request, SheetLine, Shelved
from onehall.domains.estore.rules.shops import KEY, plain_key
from onehall.kernel.i18n import ZONE, Text, Words, _, thaw
from onehall.kernel.money import Money
from onehall.kernel.refusals import Refusal

SHEET_BYTES_MAX = 1_000_000
UNPACKED_BYTES_MAX = 10_000_000
PARTS_MAX = 100
ROWS_MAX = 5_000
COLUMNS_MAX = 30
CELL_MAX = 200
LINE_KINDS: Mapping[str, tuple[str, ...]] = {
    "open": ("open", "new", "新开", "开户", "新号"), "plan": ("plan", "change", "改套餐", "变更套餐", "套餐变更"),
    "pack": ("pack", "加包", "叠加包"),
}  # fmt: skip
HEADINGS: Mapping[str, tuple[str, ...]] = {
    "reference": ("参考号", "序号", "流水号"), "kind": ("业务", "业务类型", "类型"), "key": ("工号", "学号", "邮箱", "编号"),
    "name": ("姓名",), "department": ("部门",), "role": ("角色",), "from": ("开始日期", "生效日期"), "until": ("结束日期", "失效日期"),
    "offering": ("套餐", "产品", "商品"), "number": ("号码",), "phone": ("手机", "联系电话", "手机号"),
}  # fmt: skip


def plain_heading(text: str) -> str:
    """A column is known by its English name or by a Chinese one."""
    name = text.strip().lower()
    return next((known for known, others in HEADINGS.items() if name == known or name in others), name)


def check_size(size: int) -> None:
    """A sheet has at most a million bytes; a longer one is refused whole, never cut.

    :raises Refusal: `estore.sheet`, 413.
    """
    if size > SHEET_BYTES_MAX:
        raise Refusal("estore.sheet", _("This file is too large. A sheet may have up to 1 MB."), 413)


def check_packed(sizes: Sequence[int]) -> None:
    """A spreadsheet is a packed folder; one that would unpack to very much is refused before it is unpacked.

    :raises Refusal: `estore.sheet`, 413.
    """
    if len(sizes) > PARTS_MAX or sum(sizes) > UNPACKED_BYTES_MAX:
        raise Refusal("estore.sheet", _("This spreadsheet holds too much. Please save only the lines into a new one."), 413)


def check_lines(count: int, most: int) -> None:
    """A sheet has lines, and not too many.

    :raises Refusal: `estore.sheet`, 422.
    """
    if not count:
        raise Refusal("estore.sheet", _("The sheet has no lines."), 422)
    if count > most:
        raise Refusal("estore.sheet", _("At most {count} lines at once.", count=most), 422)


def check_columns(names: Sequence[str], needs: Iterable[str]) -> None:
    """The first line of a sheet names its columns.

    :raises Refusal: `estore.sheet`, 422.
    """
    lacking = [name for name in needs if name not in names]
    if lacking:
        raise Refusal("estore.sheet", _("The first line must name the columns {columns}.", columns=", ".join(lacking)), 422)


def check_order_line(row: Mapping[str, str], phone: str | None, batch: str, store: str, place: int) -> SheetLine:
    """A line of a sheet says for whom it is, what is to be ordered and whether that is a new line, another plan or a pack.

    :raises Refusal: `estore.row`, 422.
    """
    word = row.get("kind", "").strip().lower()
    kind = next((kind for kind, words in LINE_KINDS.items() if word in words), "" if word else "open")
    key, offering = plain_key(row.get("key", "")), row.get("offering", "").strip()
    if "\0formula" in row:
        raise Refusal("estore.row", _("A formula is not read. Please write the value itself."), 422)
    if not kind:
        raise Refusal("estore.row", _("The kind is open (a new line), plan (another plan) or pack."), 422)
    if not KEY.fullmatch(key) or not offering or not offering.isprintable():
        raise Refusal("estore.row", _("A line needs the person's number or mail address, and what is to be ordered."), 422)
    number = "".join(sign for sign in row.get("number", "") if sign.isdigit()) or None
    reference = reference_of(row)
    return SheetLine(
        batch=batch, place=place, store=store, reference=reference, kind=kind, key=key, offering=offering[:80], number=number,
        phone=phone, state="queued",
    )  # fmt: skip


def reference_of(row: Mapping[str, str]) -> str:
    """A line is known by its reference; without one by person, kind, offering and number."""
    given = " ".join(row.get("reference", "").split())[:80]
    words = (plain_key(row.get("key", "")), row.get("kind", "").strip().lower(), row.get("offering", "").strip(), row.get("number", ""))
    return given or "|".join(word for word in words if word)[:200]


def check_shelved_for(shop: EStore, line: SheetLine) -> Shelved:
    """A line orders what stands on the store's shelf: a plan for a line, a pack on top of one.

    :raises Refusal: `estore.not_shelved`, 422.
    """
    shelved = shop.offer(line.offering)
    if shelved is None or (shelved.kind == "pack") != (line.kind == "pack"):
        raise Refusal("estore.not_shelved", _("This store does not sell that."), 422)
    return shelved


def check_standing(member: Member | None, standing: Sequence[Request], number: str | None) -> Request:
    """Another plan and a pack are for a line that a member has from this store: the one named, or the only one.

    :raises Refusal: `estore.not_member`, `estore.which_line`, 422; `estore.no_line`, 409.
    """
    if member is None:
        raise Refusal("estore.not_member", _("This person has not joined the store yet."), 422)
    lines = [one for one in standing if one.kind != "pack" and (number is None or one.number == number)]
    if not lines:
        raise Refusal("estore.no_line", _("This person has no such line from this store."), 409)
    if len({one.line for one in lines}) > 1:
        raise Refusal("estore.which_line", _("This person has several lines from this store. Please give the number."), 422)
    return lines[-1]


def check_no_dearer(pays: Money, will_pay: Money) -> None:
    """What a company orders never costs a member more than before: to that only they can agree themselves.

    :raises Refusal: `estore.dearer`, 409.
    """
    if will_pay.minor > pays.minor:
        raise Refusal("estore.dearer", _("It would cost the member more than now. They can only agree to that themselves."), 409)


def outcome(line: SheetLine, request: Request | None) -> str:
    """A line waits its turn, was refused or done before; else it stands where what it asked for stands."""
    if line.state in ("queued", "refused", "repeated"):
        return line.state
    state = request.state if request else "prepared"
    if request and request.kind != "open" and state == "approved":
        return "doing"
    return {
        "asked": "approval", "prepared": "proof", "approved": "begun", "ordered": "doing", "active": "done", "ended": "done",
        "declined": "refused", "withdrawn": "refused",
    }[state]  # fmt: skip


def outcome_words(line: SheetLine, request: Request | None) -> Words:
    """Of a line that was not ordered the reason is told, of any other how far it is."""
    step = outcome(line, request)
    if step == "refused" and line.state == "refused":
        return thaw(line.words) or ""
    words_of: dict[str, Text] = {
        "queued": _("Waits its turn."), "repeated": _("Done before; nothing was done again."), "approval": _("Waits for an approver."),
        "begun": _("The person has taken it up and is showing who they are."), "doing": _("Is being set up."),
        "done": _("In use from {day}.", day=request.began.astimezone(ZONE).date()) if request and request.began else _("Is in use."),
        "refused": _("The company does not pay for it.") if request and request.state == "declined" else _("It came to nothing."),
    }  # fmt: skip
    return words_of[step] if step in words_of else _proof_words(line)


def _proof_words(line: SheetLine) -> Text:
    if line.told is None:
        return _("Waits for the person, who finds it in the store and shows who they are there.")
    if line.told_by == "mail":
        return _("Waits for the person to show who they are; a mail was sent to them.")
    return _("Waits for the person to show who they are; a link was sent to their phone.")


def settled(steps: Iterable[str]) -> bool:
    """A sheet is worked through when no line of it waits its turn or is being set up."""
    return not {"queued", "doing"} & set(steps)
