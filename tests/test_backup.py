"""`likeness backup` and `likeness restore`: online, whole or not at all, and what was deleted after a backup stays deleted."""

import contextlib
import hashlib
import json
import os
import random
import shutil
import sqlite3
import subprocess
import threading
import time
import uuid

import pytest

from support.pictures import file_bytes
from support.server import BINARY, StartFailed, clean_environment, run_likeness

C = "people"


@pytest.fixture
def folders(tmp_path, used_folder):
    """A data folder whose models are compiled, with the master key outside of it; and a folder of backups."""
    data, key = tmp_path / "data", tmp_path / "master-key"
    data.mkdir(mode=0o700)
    shutil.copytree(used_folder / "model-cache", data / "model-cache")
    key.write_text(os.urandom(32).hex() + "\n")
    key.chmod(0o600)
    return data, tmp_path / "backups", key


@pytest.fixture
def start(own_server, folders):
    return lambda data=None, **options: own_server(data or folders[0],
                                                   arguments=("--master-key-file", str(folders[2])), **options)


def enrol(client, name: str, collection: str = C) -> str:
    record, = client.index_faces(CollectionId=collection, Image={"Bytes": file_bytes(name)})["FaceRecords"]
    return record["Face"]["FaceId"]


def listed(client, collection: str = C) -> set[str]:
    return {face["FaceId"] for face in client.list_faces(CollectionId=collection)["Faces"]}


def found(client, name: str) -> list[str]:
    answer = client.search_faces_by_image(CollectionId=C, Image={"Bytes": file_bytes(name)}, FaceMatchThreshold=80)
    return [match["Face"]["FaceId"] for match in answer["FaceMatches"]]


def erase(client, face: str, user: str | None = "barack") -> None:
    if user:
        client.disassociate_faces(CollectionId=C, UserId=user, FaceIds=[face])
    assert client.delete_faces(CollectionId=C, FaceIds=[face])["DeletedFaces"] == [face]


def users(client) -> list[str]:
    return sorted(user["UserId"] for user in client.list_users(CollectionId=C)["Users"])


def back_up(data, to, *more, expect=0):
    done = run_likeness("backup", "--data", data, "--to", to, *more)
    assert done.returncode == expect, done.stderr + done.stdout
    return done


def newest(backups):
    return sorted(backups.glob("likeness-*.db"))[-1]


def restore(folders, backup, *more, data=None, expect=0, key=None):
    done = run_likeness("restore", backup, "--data", data or folders[0], "--master-key-file", key or folders[2], *more)
    assert done.returncode == expect, done.stderr + done.stdout
    return done.stdout + done.stderr


def outbox(database) -> list[tuple[int, str]]:
    with contextlib.closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        return connection.execute("SELECT sequence, kind FROM outbox ORDER BY sequence").fetchall()


def digests(folder) -> dict:
    return {path.relative_to(folder): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(folder.rglob("*")) if path.is_file() and "model-cache" not in path.parts}


def populate(client) -> dict[str, str]:
    client.create_collection(CollectionId=C)
    faces = {name: enrol(client, name) for name in ("obama.jpg", "obama2.jpg", "biden.jpg")}
    for user in ("barack", "joe"):
        client.create_user(CollectionId=C, UserId=user)
    client.associate_faces(CollectionId=C, UserId="barack", FaceIds=[faces["obama.jpg"], faces["obama2.jpg"]])
    client.associate_faces(CollectionId=C, UserId="joe", FaceIds=[faces["biden.jpg"]])
    return faces


def test_backup_erase_restore_still_gone(start, folders):
    data, backups, _ = folders
    server = start()
    client = server.client()
    faces = populate(client)
    client.create_collection(CollectionId="gone")
    enrol(client, "obama3.jpg", "gone")
    done = back_up(data, backups)
    assert "checked" in done.stdout and str(backups) in done.stdout
    assert sorted(path.name for path in backups.iterdir()) == ["face-keys", newest(backups).name]
    assert all(path.stat().st_mode & 0o777 == 0o600 for path in backups.iterdir())

    erase(client, faces["obama2.jpg"])
    client.disassociate_faces(CollectionId=C, UserId="joe", FaceIds=[faces["biden.jpg"]])
    client.delete_user(CollectionId=C, UserId="joe")
    client.delete_collection(CollectionId="gone")
    later = enrol(client, "obama3.jpg")
    assert server.stop() == 0
    records = outbox(data / "likeness.db")

    said = restore(folders, newest(backups))
    assert "2 faces\n" in said and "1 faces are not brought back" in said and "1 users are not" in said
    after = outbox(data / "likeness.db")
    assert after[:len(records)] == records, "the log is the present one"
    assert [number for number, _ in after] == list(range(1, len(after) + 1))
    assert after[-1][1] == "store.restore"
    assert "store.backup" in [kind for _, kind in records]

    server = start(keys=server.keys)
    client = server.client()
    assert listed(client) == {faces["obama.jpg"], faces["biden.jpg"]}
    assert set(found(client, "obama2.jpg")) == {faces["obama.jpg"]} and later not in listed(client)
    assert users(client) == ["barack"]
    assert client.list_collections()["CollectionIds"] == [C]
    assert client.list_faces(CollectionId=C, UserId="barack")["Faces"][0]["FaceId"] == faces["obama.jpg"]
    # And it goes on: numbers, keys and searches.
    again = enrol(client, "obama2.jpg")
    assert again in found(client, "obama2.jpg")
    assert server.stop() == 0


def test_a_lost_data_folder_comes_back_with_the_copied_keys(start, folders, tmp_path):
    data, backups, _ = folders
    server = start()
    client = server.client()
    faces = populate(client)
    back_up(data, backups)
    first = newest(backups)
    erase(client, faces["obama2.jpg"])
    time.sleep(1.1)
    back_up(data, backups)  # replaces the keys: the erasure reaches the backups
    assert server.stop() == 0

    lost = tmp_path / "lost"
    lost.mkdir(mode=0o700)
    (lost / "face-keys").write_bytes((start(tmp_path / "fresh").data / "face-keys").read_bytes())  # of another server
    assert "probably another server's" in restore(folders, first, data=lost, expect=1)
    assert sorted(path.name for path in lost.iterdir()) == ["face-keys", "lock"], "as it was"
    (lost / "face-keys").unlink()
    (lost / "likeness.db.restored-wal").write_bytes((data / "likeness.db").read_bytes())  # of a restore that was killed
    restore(folders, first, data=lost)
    assert not list(lost.glob("*restored*"))
    for name in ("face-keys", "likeness.db"):
        assert (lost / name).stat().st_mode & 0o777 == 0o600
    server = start(lost, keys=server.keys)
    client = server.client()
    assert listed(client) == {faces["obama.jpg"], faces["biden.jpg"]}
    assert found(client, "biden.jpg") == [faces["biden.jpg"]]
    assert server.stop() == 0


def test_nobody_gets_a_key_back_that_was_taken(start, folders):
    data, backups, _ = folders
    server = start()
    made = run_likeness("keys", "create", "--data", data, "--policy", "read-only", "--json")
    pair = json.loads(made.stdout)
    other = server.client(keys=(pair["AccessKeyId"], pair["SecretAccessKey"]))
    other.list_collections()
    back_up(data, backups)
    assert run_likeness("keys", "delete", "--data", data, pair["AccessKeyId"]).returncode == 0
    assert server.stop() == 0
    restore(folders, newest(backups))
    server = start(keys=server.keys)
    with pytest.raises(server.client().exceptions.ClientError) as refused:
        server.client(keys=(pair["AccessKeyId"], pair["SecretAccessKey"])).list_collections()
    assert refused.value.response["Error"]["Code"] == "UnrecognizedClientException"


def test_trying_changes_nothing(start, folders):
    data, backups, _ = folders
    server = start()
    faces = populate(server.client())
    back_up(data, backups)
    erase(server.client(), faces["obama.jpg"])
    assert server.stop() == 0
    before = digests(data)
    said = restore(folders, newest(backups), "--dry-run")
    assert "Nothing was changed" in said and "1 faces are not brought back" in said
    assert digests(data) == before


def test_what_is_refused(start, folders, tmp_path):
    data, backups, key = folders
    server = start()
    populate(server.client())
    assert "would be lost with it" in back_up(data, data / "backups", expect=1).stderr
    assert "a number from 1 on" in back_up(data, backups, "--keep", "0", expect=1).stderr
    (tmp_path / "file").write_text("x")
    assert "cannot make this folder" in back_up(data, tmp_path / "file" / "x", expect=1).stderr
    back_up(data, backups)
    assert "another likeness process" in restore(folders, newest(backups), expect=1)
    assert server.stop() == 0
    before = digests(data)

    assert "no such backup" in restore(folders, backups / "none.db", expect=1)
    assert "own database" in restore(folders, data / "likeness.db", expect=1)
    other_key = tmp_path / "other-key"
    other_key.write_text("0" * 64)
    other_key.chmod(0o600)
    assert "master key" in restore(folders, newest(backups), expect=1, key=other_key)
    damaged = tmp_path / "damaged.db"
    content = bytearray(newest(backups).read_bytes())
    content[len(content) // 2] ^= 1
    damaged.write_bytes(content)
    assert "damaged" in restore(folders, damaged, "--keys", backups / "face-keys", expect=1)
    (tmp_path / "text.db").write_text("no database")
    assert "is not a database" in restore(folders, tmp_path / "text.db", "--keys", backups / "face-keys", expect=1)
    assert digests(data) == before, "what is refused changes nothing"

    lone = tmp_path / "lone" / newest(backups).name
    lone.parent.mkdir()
    shutil.copy(newest(backups), lone)
    assert "no face keys" in restore(folders, lone, data=tmp_path / "empty", expect=1)

    other = tmp_path / "other"
    other.mkdir(mode=0o700)
    shutil.copytree(data / "model-cache", other / "model-cache")
    assert start(other).stop() == 0
    assert "another server's data" in restore(folders, newest(backups), data=other, expect=1)


def test_a_damaged_database_is_replaced_when_the_operator_gives_it_up(start, folders):
    data, backups, _ = folders
    server = start()
    faces = populate(server.client())
    back_up(data, backups)
    client = server.client()
    erase(client, faces["obama.jpg"])
    assert server.stop() == 0
    content = bytearray((data / "likeness.db").read_bytes())
    for at in range(4196, len(content), 4096):
        content[at] ^= 1
    (data / "likeness.db").write_bytes(content)
    assert "--present-lost" in restore(folders, newest(backups), expect=1)
    said = restore(folders, newest(backups), "--present-lost")
    assert "likeness keys list" in said
    server = start(keys=server.keys)
    assert listed(server.client()) == {faces["obama2.jpg"], faces["biden.jpg"]}, "the keys decide"


def test_backups_of_two_days_may_be_restored_after_one_that_was_killed(start, folders):
    """What the killed one left beside the database belongs to another backup."""
    data, backups, _ = folders
    server = start()
    populate(server.client())
    back_up(data, backups)
    time.sleep(1.1)
    later = enrol(server.client(), "obama3.jpg")
    back_up(data, backups)
    assert server.stop() == 0
    first, second = sorted(backups.glob("likeness-*.db"))
    saved = data.parent / "saved"
    shutil.copytree(data, saved)
    for delay in (0.01, 0.02, 0.03, 0.04, 0.06):
        shutil.rmtree(data)
        shutil.copytree(saved, data)
        process = subprocess.Popen([BINARY, "restore", first, "--data", data, "--master-key-file", folders[2]],
                                   env=clean_environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(delay)
        process.kill()
        process.wait()
        restore(folders, second)
        with contextlib.closing(sqlite3.connect(f"file:{data / 'likeness.db'}?mode=ro", uri=True)) as connection:
            there = {row[0] for row in connection.execute("SELECT id FROM faces")}
            assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert later in there or len(there) == 3  # the first had come to its end


def test_old_backups_go_and_nothing_half_stays(start, folders):
    data, backups, _ = folders
    backups.mkdir()
    half = backups / "likeness-20200101T000000Z.db.partial"
    half.write_bytes(b"half")
    (backups / "mine.db").write_bytes(b"not ours")
    server = start()
    for _ in range(3):
        back_up(data, backups, "--keep", "2", "--without-keys")
        time.sleep(1.1)
    assert not half.exists() and (backups / "mine.db").exists() and not (backups / "face-keys").exists()
    assert len(list(backups.glob("likeness-*.db"))) == 2
    assert server.stop() == 0
    time.sleep(1.1)
    done = run_likeness("backup", "--data", data, "--to", backups, "--master-key-file", folders[2])
    assert done.returncode == 0, done.stderr  # without a server


def test_a_restore_that_is_killed_is_repeated(start, folders):
    """At any instant: the folder is as it was, or no server starts on it before the restore was repeated."""
    data, backups, _ = folders
    server = start()
    faces = populate(server.client())
    back_up(data, backups)
    erase(server.client(), faces["obama.jpg"])
    later = enrol(server.client(), "obama3.jpg")
    keys = server.keys
    assert server.stop() == 0
    saved = data.parent / "saved"
    shutil.copytree(data, saved)
    chance, refused, kept, done = random.Random(3), 0, 0, 0
    began = time.monotonic()
    restore(folders, newest(backups))
    whole = time.monotonic() - began
    for _ in range(12):
        shutil.rmtree(data)
        shutil.copytree(saved, data)
        process = subprocess.Popen([BINARY, "restore", newest(backups), "--data", data, "--master-key-file", folders[2]],
                                   env=clean_environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(chance.uniform(0, whole))
        process.kill()
        process.wait()
        if (data / "restore-begun").exists():
            refused += 1
            answer = run_likeness("keys", "list", "--data", data, "--master-key-file", folders[2])
            assert answer.returncode == 1 and "likeness restore" in answer.stderr
            if refused == 1:
                with pytest.raises(StartFailed) as failure:
                    start(keys=keys)
                assert "likeness restore" in failure.value.stderr
            restore(folders, newest(backups))
        with contextlib.closing(sqlite3.connect(f"file:{data / 'likeness.db'}?mode=ro", uri=True)) as connection:
            there = {row[0] for row in connection.execute("SELECT id FROM faces")}
        assert there in ({faces["obama2.jpg"], faces["biden.jpg"]}, {faces["obama2.jpg"], faces["biden.jpg"], later})
        kept += later in there
        done += later not in there
    assert refused > 0 and done > 0
    server = start(keys=keys)
    assert listed(server.client()) in ({faces["obama2.jpg"], faces["biden.jpg"]},
                                       {faces["obama2.jpg"], faces["biden.jpg"], later})


def test_backups_while_faces_come_and_go(start, folders, tmp_path):
    """Each backup of a busy server restores to what was acknowledged when it was made, less what was erased since."""
    data, backups, _ = folders
    server = start()
    client = server.client(connections=4)
    client.create_collection(CollectionId=C)
    acknowledged: dict[str, float] = {}
    erased: dict[str, float] = {}
    stopping = threading.Event()

    def work():
        chance = random.Random(5)
        while not stopping.is_set():
            face = enrol(client, chance.choice(("obama.jpg", "biden.jpg", "obama2.jpg"))) if chance.random() < .7 else None
            if face:
                acknowledged[face] = time.monotonic()
            elif alive := sorted(set(acknowledged) - set(erased)):
                face = chance.choice(alive)
                client.delete_faces(CollectionId=C, FaceIds=[face])
                erased[face] = time.monotonic()

    worker = threading.Thread(target=work)
    worker.start()
    made = []
    for _ in range(3):
        time.sleep(1.2)
        began = time.monotonic()
        back_up(data, backups)
        made.append((newest(backups), began, time.monotonic()))
    stopping.set()
    worker.join()
    assert server.stop() == 0
    for backup, began, ended in made:
        copy = tmp_path / uuid.uuid4().hex
        shutil.copytree(data, copy, ignore=shutil.ignore_patterns("model-cache", "control.sock", "lock"))
        restore(folders, backup, data=copy)
        with contextlib.closing(sqlite3.connect(f"file:{copy / 'likeness.db'}?mode=ro", uri=True)) as connection:
            there = {row[0] for row in connection.execute("SELECT id FROM faces")}
        assert not there & set(erased), "erased at any time: gone"
        must = {face for face, when in acknowledged.items() if when < began} - set(erased)
        may = {face for face, when in acknowledged.items() if when < ended + 5} - set(erased)
        assert must <= there <= may
