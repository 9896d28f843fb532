"""A broker made of files, for installations without Redis.

kombu's own writes a message under its final name: a reader can take an empty file, and the worker ends.
It claims by a move to another folder, which between file systems is a copy that two readers can both make.
Here a message is written aside and renamed into place, and claimed by a rename.
"""

import fcntl
import os
import time
import uuid
from pathlib import Path
from queue import Empty
from typing import Any

from kombu.transport import filesystem, virtual
from kombu.utils.json import dumps, loads


class Channel(filesystem.Channel):
    """Names sort by time: `<nanoseconds>_<random>.<queue>.msg`."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        Path(self.control_folder).mkdir(parents=True, exist_ok=True)

    def _put(self, queue: str, payload: Any, **kwargs: Any) -> None:  # type: ignore[override] # as kombu's own
        name = f"{time.time_ns()}_{uuid.uuid4().hex}.{queue}.msg"
        self._write_whole(Path(self.data_folder_out), name, dumps(payload))

    def _get(self, queue: str, timeout: float | None = None) -> Any:
        """The oldest message of the queue that nobody else has claimed. Raises queue.Empty."""
        folder = Path(self.data_folder_in)
        for name in sorted(os.listdir(folder)):
            if name.partition(".")[2] != f"{queue}.msg":
                continue
            claimed = folder / f".{name}.claimed"
            try:
                (folder / name).rename(claimed)
            except FileNotFoundError:
                continue
            payload = loads(claimed.read_text())
            claimed.unlink()
            return payload
        raise Empty

    def _queue_bind(self, exchange: str, routing_key: str | None, pattern: str | None, queue: str | None) -> None:
        entry = filesystem.exchange_queue_t(routing_key or "", pattern or "", queue or "")
        with (Path(self.control_folder) / "lock").open("w") as lock_file:
            fcntl.flock(lock_file, fcntl.LOCK_EX)
            entries = self.get_table(exchange)
            if entry not in entries:
                file: Path = self._exchange_file(exchange)  # type: ignore[attr-defined]
                self._write_whole(file.parent, file.name, dumps([entry, *entries]))

    @staticmethod
    def _write_whole(folder: Path, name: str, text: str) -> None:
        aside = folder / f".{uuid.uuid4().hex}.part"
        aside.write_text(text)
        aside.rename(folder / name)


class Transport(filesystem.Transport):
    """Each connection asks the folder which queues are bound. kombu's own remembers it for the whole process, whichever
    folder it was, and then loses what is sent into another one.
    """

    Channel = Channel

    def __init__(self, client: Any, **kwargs: Any) -> None:
        super().__init__(client, **kwargs)
        self.state = virtual.BrokerState()
