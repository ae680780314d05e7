"""People, documents and faces to try things with."""

import base64

from onehall.domains.party import rules

JPEG = base64.b64encode(b"\xff\xd8\xff\xe0" + b"face" * 10).decode()


def resident_id(born: str, order: int = 1) -> str:
    """This will make a resident ID number of somebody born on a day (yyyymmdd), with its right check digit."""
    first = f"440106{born}{order:03}"
    return first + rules.check_digit(first)


ADULT = resident_id("19900307")
OTHER = resident_id("19881212", 7)
CHILD = resident_id("20190101")
