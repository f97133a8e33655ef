"""A thief with the data folder of a server, backups from before and after an erasure, and the master key: what was erased over
the API cannot be read. The thief is a program of its own (src/gallery/thief.h); that it works is shown with what was not erased,
and with an old copy of the key file, which nobody should keep (docs/key-slots.md)."""

import shutil
import subprocess
import time

from support.pictures import file_bytes
from support.server import BUILD, run_likeness

TOOL = BUILD / "src/gallery/thief_tool"
C = "people"


def enrol(client, name: str) -> str:
    record, = client.index_faces(CollectionId=C, Image={"Bytes": file_bytes(name)})["FaceRecords"]
    return record["Face"]["FaceId"]


def test_what_was_erased_cannot_be_stolen(own_server, used_folder, tmp_path):
    server = own_server(used_folder)
    client = server.client()
    client.create_collection(CollectionId=C)
    kept, erased = enrol(client, "obama.jpg"), enrol(client, "biden.jpg")
    account = client.describe_collection(CollectionId=C)["CollectionARN"].split(":")[4]
    copies = []

    def steal(name: str, *, keys: bool) -> None:
        """The folder as it is, with its log, while the server runs."""
        left_out = ["model-cache", "control.sock", "lock", *([] if keys else ["face-keys"])]
        copies.append(tmp_path / name)
        shutil.copytree(server.data, copies[-1], ignore=shutil.ignore_patterns(*left_out))

    def readable(*more) -> set[str]:
        work = tmp_path / f"work{time.monotonic_ns()}"
        work.mkdir()
        done = subprocess.run([TOOL, server.data / "master-key", account, "us-east-1", C, work, *copies, *more],
                              capture_output=True, text=True, check=True)
        assert int(done.stderr.split()[0]) >= 2
        return set(done.stdout.split())

    backups = tmp_path / "backups"
    assert run_likeness("backup", "--data", server.data, "--to", backups).returncode == 0
    old_keys = tmp_path / "old-keys"
    old_keys.mkdir()
    shutil.copy(backups / "face-keys", old_keys)
    steal("before", keys=False)
    assert readable(old_keys) == {kept, erased}, "the attack is a real one"

    assert client.delete_faces(CollectionId=C, FaceIds=[erased])["DeletedFaces"] == [erased]
    steal("after", keys=True)
    time.sleep(1.1)
    assert run_likeness("backup", "--data", server.data, "--to", backups).returncode == 0
    assert readable(backups) == {kept}
    assert server.stop() == 0
    steal("stopped", keys=True)
    assert readable(backups) == {kept}
    assert readable(backups, old_keys) == {kept, erased}, "what docs/key-slots.md says of old copies of the keys"

    server = own_server(used_folder, keys=server.keys)
    server.client().delete_collection(CollectionId=C)
    assert server.stop() == 0
    copies.clear()
    steal("ended", keys=True)
    before = tmp_path / "before"
    assert readable(before) == set()
