"""What must reach upward goes by literal registries, filled once in `AppConfig.ready()`."""

from collections.abc import Iterator
from typing import Generic, TypeVar

T = TypeVar("T")


class DuplicateEntry(Exception):
    """Two rooms claim one name: a mistake in the code, found at start."""


class Registry(Generic[T]):
    """Entries by name, in the order in which they were registered."""

    def __init__(self, what: str) -> None:
        self.what = what
        self._entries: dict[str, T] = {}

    def register(self, name: str, entry: T) -> T:
        if name in self._entries:
            raise DuplicateEntry(f"{self.what} “{name}” is registered twice")
        self._entries[name] = entry
        return entry

    def __getitem__(self, name: str) -> T:
        return self._entries[name]

    def get(self, name: str) -> T | None:
        return self._entries.get(name)

    def __contains__(self, name: object) -> bool:
        return name in self._entries

    def __iter__(self) -> Iterator[T]:
        return iter(self._entries.values())

    def __len__(self) -> int:
        return len(self._entries)

    def names(self) -> list[str]:
        return list(self._entries)

    def items(self) -> list[tuple[str, T]]:
        return list(self._entries.items())
