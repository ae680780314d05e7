"""Files of any size, read in blocks of whole lines; what is compressed is opened as it is read."""

import gzip
import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Final

import msgspec

from onehall.launch.trouble import Trouble

BLOCK_BYTES: Final = 16 * 1024 * 1024
MARK_BYTES: Final = 65_536
GZIP: Final = b"\x1f\x8b"


class Block(msgspec.Struct, frozen=True):
    """Whole lines of a file: the number of the first, from 1, and where the next block begins. `too_long`: one line fills it all."""

    first: int
    end: int
    body: bytes
    too_long: bool = False

    @property
    def lines(self) -> list[str]:
        """This will give the lines as texts; what is no UTF-8 stands in them as no letter that can be printed."""
        return self.body.decode("utf-8", "surrogateescape").replace("\r\n", "\n").removesuffix("\n").split("\n")


class Source:
    """A file that is open to be read in blocks."""

    def __init__(self, path: Path) -> None:
        """:raises Trouble: it cannot be read."""
        self.path = path
        try:
            with path.open("rb") as raw:
                begin = raw.read(MARK_BYTES)
            self.size = path.stat().st_size
            self.packed = begin.startswith(GZIP)
            self.mark = hashlib.sha256(begin + str(self.size).encode()).hexdigest()
            self._raw = path.open("rb")
        except OSError as error:
            raise Trouble(f"{path} cannot be read: {error.strerror}") from None
        self._file: IO[bytes] = gzip.open(self._raw) if self.packed else self._raw  # type: ignore[assignment]

    @property
    def share(self) -> int:
        """This will tell how far the file was read, percent."""
        return min(100, 100 * self._raw.tell() // self.size) if self.size else 100

    def head(self, size: int) -> bytes:
        """This will give the beginning of the file, unpacked; reading goes on at the beginning."""
        found = self._read(size)
        self._file.seek(0)
        return found

    def close(self) -> None:
        """This will close the file."""
        self._file.close()
        self._raw.close()

    def blocks(self, place: int, line: int, size: int = BLOCK_BYTES) -> Iterator[Block]:
        """This will give the file from a place on, where a line of this number begins."""
        self._file.seek(place)
        rest = b""
        while got := self._read(size):
            whole, cut, after = (rest + got).rpartition(b"\n")
            rest = after
            if cut:
                block = Block(line, place + len(whole) + 1, whole + cut)
                line, place = line + block.body.count(b"\n"), block.end
                yield block
            elif len(rest) >= size:
                block, rest = self._skip(line, place, rest)
                line, place = line + 1, block.end
                yield block
        if rest:
            yield Block(line, place + len(rest), rest)

    def _skip(self, line: int, place: int, begun: bytes) -> tuple[Block, bytes]:
        length, rest = len(begun), b""
        while got := self._read(MARK_BYTES):
            inside, cut, rest = got.partition(b"\n")
            length += len(inside) + len(cut)
            if cut:
                break
        return Block(line, place + length, b"", too_long=True), rest

    def _read(self, size: int) -> bytes:
        try:
            return self._file.read(size)
        except (OSError, EOFError) as error:
            raise Trouble(f"{self.path} cannot be read to its end: {error}") from None
