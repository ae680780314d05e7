"""What makes a site installable on a phone: icons drawn here, point by point, and the manifest that names them."""

import struct
import zlib
from functools import lru_cache
from typing import Any, Final

SIZES: Final = (180, 192, 512)
NIGHT: Final = (7, 23, 15)
GLOW: Final = (34, 227, 154)
ARCHES: Final = ((13.5, 1.5), (7.5, 1.5))  # radius and half the width of each arch, on a field of 32
DOOR: Final = 3.0
SPRING, GROUND = 16.0, 30.0  # where the arches begin to bend, and where they stand
SAFE: Final = 0.62  # a phone may cut the icon to a circle: what matters lies well within


@lru_cache(maxsize=8)
def icon(size: int) -> bytes:
    """This will draw the icon of the house as a PNG, `size` pixels wide and high: our arches, lit, on a dark ground."""
    rows = bytearray()
    half = [_row(y, size) for y in range(size)]
    for row in half:
        rows += b"\0" + bytes(channel for x in row for channel in x)
    parts = [(b"IHDR", struct.pack(">IIBBBBB", size, size, 8, 2, 0, 0, 0)), (b"IDAT", zlib.compress(bytes(rows), 9)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, body) for kind, body in parts)


def manifest(name: str, short: str, start: str, icons: str, language: str) -> dict[str, Any]:
    """This will write the manifest of a site that begins at `start`; `icons` is where its pictures lie, with `{size}` in it."""
    pictures = [
        {"src": icons.format(size=size), "sizes": f"{size}x{size}", "type": "image/png", "purpose": purpose}
        for size in SIZES for purpose in ("any", "maskable")
    ]  # fmt: skip
    return {
        "name": name, "short_name": short, "id": start, "start_url": start, "scope": start, "display": "standalone", "lang": language,
        "background_color": "#07170f", "theme_color": "#07170f", "icons": pictures,
    }  # fmt: skip


def _row(y: int, size: int) -> list[tuple[int, int, int]]:
    """Left and right are alike: half a row is enough to know it."""
    left = [_blend(_lit(x, y, size)) for x in range((size + 1) // 2)]
    return left + left[: size // 2][::-1]


def _lit(x: int, y: int, size: int) -> float:
    """How much of a point is lit: 1 inside the drawing, 0 outside, between at its edges."""
    scale = 32 / size / SAFE
    across, down = abs((x + 0.5 - size / 2) * scale), (y + 0.5 - size / 2) * scale + 16.5
    inside = max(*(_arch(across, down, radius, half) for radius, half in ARCHES), _door(across, down))
    return min(1.0, max(0.0, inside / scale + 0.5))


def _arch(across: float, down: float, radius: float, half: float) -> float:
    far = across if down >= SPRING else (across**2 + (down - SPRING) ** 2) ** 0.5
    return min(half - abs(far - radius), GROUND - down)


def _door(across: float, down: float) -> float:
    far = across if down >= SPRING else (across**2 + (down - SPRING) ** 2) ** 0.5
    return min(DOOR - far, GROUND - down)


def _blend(lit: float) -> tuple[int, int, int]:
    return tuple(round(dark + (bright - dark) * lit) for dark, bright in zip(NIGHT, GLOW, strict=True))  # type: ignore[return-value]


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
