"""kill -9 at random instants while faces are enrolled, deleted, searched and given to users: every acknowledged change is there,
nothing unacknowledged is half there, the index equals the store, and no key is left of a face that is not there."""

import os
import random
import threading
import time

import pytest

from support.kill_faces import FaceWorker, keys_on_disk
from support.server import StartFailed

ROUNDS = int(os.environ.get("KILL_FACE_ROUNDS", "5"))


def test_faces_survive_being_killed(own_server, used_folder):
    seed = int(os.environ.get("KILL_SEED", "7"))
    chance = random.Random(seed)
    workers = [FaceWorker(f"{seed}-{number}", seed + number) for number in range(3)]
    server = own_server(used_folder)
    for worker in workers:
        worker.start(server.client(connections=20))
    wrong: list[Exception] = []
    for _ in range(ROUNDS):
        client = server.client(connections=20)

        def work(worker, client=client):
            try:
                while worker.step(client):
                    pass
            except Exception as failure:  # noqa: BLE001: shown by the test's own thread
                wrong.append(failure)

        before = sum(worker.acknowledged for worker in workers)
        threads = [threading.Thread(target=work, args=(worker,)) for worker in workers]
        for thread in threads:
            thread.start()
        deadline = time.monotonic() + 120
        while sum(worker.acknowledged for worker in workers) < before + 12 and time.monotonic() < deadline and not wrong:
            time.sleep(0.01)
        time.sleep(chance.uniform(0, 0.3))
        server.process.kill()
        server.wait()
        for thread in threads:
            thread.join()
        assert not wrong, wrong[0]
        server = own_server(used_folder, keys=server.keys)
        client = server.client(connections=20)
        for worker in workers:
            worker.check(client)
        assert keys_on_disk(server.data) == sum(len(worker.faces) for worker in workers)
    assert sum(worker.acknowledged for worker in workers) >= 12 * ROUNDS
    for worker in workers:
        client.delete_collection(CollectionId=worker.collection)
    assert keys_on_disk(server.data) == 0
    assert server.stop() == 0


def test_a_damaged_file_of_keys_is_said(own_server, used_folder):
    file = used_folder / "face-keys"
    content = bytearray(file.read_bytes()) if file.exists() else bytearray(128)
    good = bytes(content)
    content[3] ^= 1
    file.write_bytes(content)
    with pytest.raises(StartFailed) as failure:
        own_server(used_folder)
    file.write_bytes(good)
    assert "face keys is damaged" in failure.value.stderr
