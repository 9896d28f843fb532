"""The broker made of files loses nothing and gives nothing twice, also while several processes write and read."""

import json
import multiprocessing
from collections import Counter
from queue import Empty

import pytest
from kombu import Connection

SENDERS, READERS, EACH = 2, 2, 150


def connection(folder):
    options = {"data_folder_in": str(folder), "data_folder_out": str(folder), "control_folder": str(folder / "control")}
    return Connection("embedded://", transport_options=options | {"polling_interval": 0.01})


def send(folder, sender):
    with connection(folder) as broker, broker.SimpleQueue("work") as queue:
        for number in range(EACH):
            # Larger than a page, so that a write under the final name would be seen half done.
            queue.put({"id": f"{sender}-{number}", "padding": "x" * 10_000})


def read(folder, found):
    taken = []
    with connection(folder) as broker, broker.SimpleQueue("work") as queue:
        while True:
            try:
                message = queue.get(timeout=4)
            except Empty:
                break
            taken.append(message.payload["id"])
            message.ack()
    found.write_text(json.dumps(taken))


@pytest.mark.slow
def test_many_processes_lose_nothing_and_take_nothing_twice(tmp_path):
    folder, spawn = tmp_path / "broker", multiprocessing.get_context("fork")
    answers = [tmp_path / f"reader-{number}.json" for number in range(READERS)]
    workers = [spawn.Process(target=read, args=(folder, answer)) for answer in answers]
    workers += [spawn.Process(target=send, args=(folder, sender)) for sender in range(SENDERS)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(timeout=60)
    assert [worker.exitcode for worker in workers] == [0] * len(workers)
    taken = Counter(name for answer in answers for name in json.loads(answer.read_text()))
    assert taken == Counter(f"{sender}-{number}" for sender in range(SENDERS) for number in range(EACH))
    assert [path for path in folder.iterdir() if path.is_file()] == []


def test_messages_come_in_the_order_in_which_they_were_sent(tmp_path):
    with connection(tmp_path) as broker, broker.SimpleQueue("work") as queue:
        for number in range(5):
            queue.put(number)
        assert [queue.get(timeout=20).payload for _ in range(5)] == [0, 1, 2, 3, 4]


def test_one_queue_does_not_see_the_messages_of_another(tmp_path):
    with connection(tmp_path) as broker, broker.SimpleQueue("mine") as mine, broker.SimpleQueue("theirs") as theirs:
        theirs.put("not for me")
        with pytest.raises(Empty):
            mine.get(block=False)
        assert theirs.qsize() == 1


def test_half_a_message_is_never_seen(tmp_path):
    with connection(tmp_path) as broker, broker.SimpleQueue("work") as queue:
        (tmp_path / ".abc.part").write_text('{"half')
        with pytest.raises(Empty):
            queue.get(block=False)


def test_one_process_may_use_two_folders(tmp_path):
    for folder in (tmp_path / "one", tmp_path / "two"):
        with connection(folder) as broker, broker.SimpleQueue("work") as queue:
            queue.put(folder.name)
            assert queue.get(timeout=20).payload == folder.name
