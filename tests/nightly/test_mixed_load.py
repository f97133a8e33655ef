"""A long mixed load on collections: enrolling, deleting, searching, users, listing, collections that come and go. Memory stays flat,
and at the end the index equals the store and no key is left of a face that is not there.

MIXED_MINUTES (10) is how long; the lines it prints with -s are for docs/performance.md.
"""

import os
import random
import threading
import time
import uuid

from support.kill_faces import PICTURES, Wrong, keys_on_disk
from support.pictures import file_bytes

MINUTES = float(os.environ.get("MIXED_MINUTES", "10"))
WORKERS = 4
STEADY = 250  # faces of a worker
GROWTH = 1.03  # of the median of the last quarter over that of the second


class MixedWorker:
    def __init__(self, number: int):
        self.collection, self.chance = f"mixed-{number}", random.Random(number)
        self.faces: set[str] = set()
        self.users: dict[str, set[str]] = {}
        self.calls = 0

    def start(self, client) -> None:
        client.create_collection(CollectionId=self.collection)

    def step(self, client) -> None:
        loose = sorted(self.faces - set().union(set(), *self.users.values()))
        full = len(self.faces) >= STEADY
        kinds = {"index": 1 if full else 6, "delete": 6 if full and loose else 1 if loose else 0, "search": 6, "picture": 2,
                 "associate": 1 if loose else 0, "end_user": 1 if len(self.users) > 20 else 0, "list": 1, "come_and_go": 0.2}
        kind = self.chance.choices(list(kinds), list(kinds.values()))[0]
        getattr(self, "_" + kind)(client, loose)
        self.calls += 1

    def _index(self, client, _loose) -> None:
        answer = client.index_faces(CollectionId=self.collection, ExternalImageId=uuid.uuid4().hex,
                                    Image={"Bytes": file_bytes(self.chance.choice(PICTURES))})
        self.faces |= {record["Face"]["FaceId"] for record in answer["FaceRecords"]}

    def _delete(self, client, loose) -> None:
        gone = self.chance.sample(loose, min(len(loose), self.chance.randint(1, 3)))
        assert set(client.delete_faces(CollectionId=self.collection, FaceIds=gone)["DeletedFaces"]) == set(gone)
        self.faces -= set(gone)

    def _search(self, client, _loose) -> None:
        if self.faces:
            client.search_faces(CollectionId=self.collection, FaceId=self.chance.choice(sorted(self.faces)), FaceMatchThreshold=0)

    def _picture(self, client, _loose) -> None:
        client.search_faces_by_image(CollectionId=self.collection, Image={"Bytes": file_bytes(self.chance.choice(PICTURES))})

    def _associate(self, client, loose) -> None:
        user, face = uuid.uuid4().hex, self.chance.choice(loose)
        client.create_user(CollectionId=self.collection, UserId=user)
        client.associate_faces(CollectionId=self.collection, UserId=user, FaceIds=[face])
        self.users[user] = {face}

    def _end_user(self, client, _loose) -> None:
        user = self.chance.choice(sorted(self.users))
        client.delete_user(CollectionId=self.collection, UserId=user)
        del self.users[user]

    def _list(self, client, _loose) -> None:
        client.list_faces(CollectionId=self.collection, MaxResults=100)

    def _come_and_go(self, client, _loose) -> None:
        name = f"brief-{uuid.uuid4().hex}"
        client.create_collection(CollectionId=name)
        client.index_faces(CollectionId=name, Image={"Bytes": file_bytes("obama.jpg")})
        client.delete_collection(CollectionId=name)

    def check(self, client) -> None:
        held = {face["FaceId"] for page in client.get_paginator("list_faces").paginate(CollectionId=self.collection)
                for face in page["Faces"]}
        if held != self.faces:
            raise Wrong(f"{self.collection}: {len(held)} faces, not {len(self.faces)}")
        for face in sorted(self.faces)[:5]:
            found = {match["Face"]["FaceId"] for match in client.search_faces(
                CollectionId=self.collection, FaceId=face, FaceMatchThreshold=0)["FaceMatches"]}
            if found != self.faces - {face}:
                raise Wrong(f"{self.collection}: a search finds {len(found)} of {len(self.faces) - 1}")


def median(values: list[float]) -> float:
    return sorted(values)[len(values) // 2]


def test_memory_stays_flat_under_a_mixed_load(own_server, used_folder):
    server = own_server(used_folder)
    workers = [MixedWorker(number) for number in range(WORKERS)]
    client = server.client(connections=WORKERS, attempts=3)
    for worker in workers:
        worker.start(client)
    wrong: list[Exception] = []
    end = time.monotonic() + 60 * MINUTES

    def work(worker):
        try:
            while time.monotonic() < end and not wrong:
                worker.step(client)
        except Exception as failure:  # noqa: BLE001: shown by the test's own thread
            wrong.append(failure)

    threads = [threading.Thread(target=work, args=(worker,)) for worker in workers]
    for thread in threads:
        thread.start()
    samples = []
    while time.monotonic() < end and not wrong:
        time.sleep(60 * MINUTES / 100)
        samples.append(server.resident() / 2**20)
    for thread in threads:
        thread.join()
    assert not wrong, wrong[0]
    quarters = [median(samples[len(samples) * part // 4:len(samples) * (part + 1) // 4]) for part in range(4)]
    print(f"\n{sum(worker.calls for worker in workers)} calls in {MINUTES:g} minutes; resident, medians of the quarters: "
          + ", ".join(f"{value:.1f}" for value in quarters) + f" MiB; {server.open_files()} open files")
    for worker in workers:
        worker.check(client)
    assert keys_on_disk(server.data) == sum(len(worker.faces) for worker in workers)
    # The first quarter fills the collections.
    assert quarters[3] < quarters[1] * GROWTH, quarters
    assert server.stop() == 0
