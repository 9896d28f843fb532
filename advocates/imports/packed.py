"""What comes packed as .xz, unpacked in a bounded memory: a file of some bytes may ask for a window of gigabytes."""

import lzma
from pathlib import Path

BLOCK = 1 << 20
# The strongest setting of xz needs 65 MB.
MEMORY = 128 << 20


class Unxz:
    """Reads like a file. Raises LZMAError for what is damaged or wants more memory, EOFError for what is cut short."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("rb")
        self._engine = _engine()

    def read(self, size: int) -> bytes:
        """At most so many bytes, at least one of them until the end."""
        while True:
            packed = self._more()
            if packed is None:
                return b""
            block = self._engine.decompress(packed, size)
            if block:
                return block

    def close(self) -> None:
        self._file.close()

    def _more(self) -> bytes | None:
        """What goes into the engine next; None at the end of the file."""
        if self._engine.eof:
            return self._next_part()
        if not self._engine.needs_input:
            return b""
        packed = self._file.read(BLOCK)
        if not packed:
            raise EOFError
        return packed

    def _next_part(self) -> bytes | None:
        """Files that were strung together are one file; zeros may stand between them."""
        packed = self._engine.unused_data.lstrip(b"\0")
        while not packed:
            block = self._file.read(BLOCK)
            if not block:
                return None
            packed = block.lstrip(b"\0")
        self._engine = _engine()
        return packed


def _engine() -> lzma.LZMADecompressor:
    return lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=MEMORY)
