"""Cutting texts into messages that fit one segment: 160 GSM 7-bit characters, or 70 of UCS-2 when one letter needs it."""

GSM_LENGTH = 160
UCS2_LENGTH = 70
MESSAGES_MAX = 10
_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)  # 3GPP TS 23.038
_EXTENDED = frozenset("^{}\\[~]|€\f")


def is_gsm(text: str) -> bool:
    """This will tell whether a text can be sent in the GSM 7-bit alphabet."""
    return all(letter in _BASIC or letter in _EXTENDED for letter in text)


def length(text: str) -> int:
    """This will count a text as the network does: septets (an extended letter is two), or UTF-16 units."""
    if is_gsm(text):
        return sum(2 if letter in _EXTENDED else 1 for letter in text)
    return len(text.encode("utf-16-be")) // 2


def fits(text: str) -> bool:
    """This will tell whether a text is one segment."""
    return length(text) <= (GSM_LENGTH if is_gsm(text) else UCS2_LENGTH)


def cut(text: str) -> list[str]:
    """This will cut a text into messages of one segment each, between lines where it can, else between words."""
    messages: list[str] = []
    for line in text.splitlines():
        for piece in _pieces(line):
            joined = f"{messages[-1]}\n{piece}" if messages else piece
            if messages and fits(joined):
                messages[-1] = joined
            else:
                messages.append(piece)
    return messages[:MESSAGES_MAX]


def _pieces(line: str) -> list[str]:
    pieces = []
    while not fits(line):
        end = next(end for end in range(len(line) - 1, 0, -1) if fits(line[:end]))
        space = line.rfind(" ", end // 2, end)
        end = space if space > 0 else end
        pieces.append(line[:end].rstrip())
        line = line[end:].lstrip()
    return [*pieces, line.rstrip()]
