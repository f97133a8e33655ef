"""Disks that are full, read-only or wrong in one byte, and clocks that go back: a clear error or repair, never silent loss.

The real binary, and the clients' record of what it acknowledged (support/kill.py). kill -9 is test_kill.py. More bytes are flipped
in tests/nightly/test_faults_long.py.
"""

import contextlib
import datetime
import os
import pathlib
import random
import re
import shutil
import subprocess

import botocore.exceptions
import pytest

from support import kill, pictures, raw_http, sigv4
from support.server import Server, StartFailed, is_asan
from test_kill import KEYS, needs_collections

MIB = 1 << 20


def serve(folder, **options) -> Server:
    return Server(folder, keys=KEYS, metrics=False, **options)


@pytest.fixture(scope="module")
def keeps_things(used_folder, pytestconfig):
    """A used data folder, if this server keeps anything at all."""
    with serve(used_folder) as server:
        needs_collections(server.client(), pytestconfig)
        assert server.stop() == 0
    return used_folder


def filled(server: Server, steps: int, name: str = "f") -> kill.Worker:
    """A client that has changed things so often."""
    worker = kill.Worker(name, 1)
    client = server.client(attempts=5)
    for _ in range(steps):
        assert worker.step(client), server.stderr()[-2000:]
    return worker


# Full and read-only disks: a small file system of its own, which takes root.

@contextlib.contextmanager
def small_disk(place: pathlib.Path, size: int):
    place.mkdir()
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(place)], capture_output=True, text=True,
                          check=False)
    if done.returncode != 0:
        pytest.skip(f"mounting a file system takes root and a kernel that lets it: {done.stderr.strip()}")
    try:
        yield place
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=True)


@contextlib.contextmanager
def no_space(disk: pathlib.Path, left: int):
    """All but so many bytes of the disk are taken."""
    room = os.statvfs(disk)
    filler = disk / "filler"
    with filler.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, max(1, room.f_bavail * room.f_frsize - left))
    try:
        yield
    finally:
        filler.unlink()


def size_of(folder: pathlib.Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def steps_on_a_full_disk(worker: kill.Worker, client, count: int) -> int:
    """How many of so many requests were answered with an error of the server's. Those may have no effect at all."""
    failed = 0
    for _ in range(count):
        try:
            assert worker.step(client), "the server is gone"
        except kill.Wrong as wrong:
            assert "InternalServerError" in str(wrong), wrong
            worker.pending = None
            failed += 1
    return failed


@pytest.mark.parametrize("left", [0, 64 << 10])
def test_a_full_disk(keeps_things, tmp_path, left):
    """Changes are refused with an error, reading goes on, nothing acknowledged is lost, and it works again with room."""
    with small_disk(tmp_path / "disk", size_of(keeps_things) + 32 * MIB) as disk:
        shutil.copytree(keeps_things, disk / "data")
        with serve(disk / "data") as server:
            client = server.client()
            worker = filled(server, 60)
            with no_space(disk, left):
                assert steps_on_a_full_disk(worker, client, 400) > 0
                assert server.alive() and server.get("/healthz")[0] == 200
                worker.check(client)
                assert client.detect_faces(Image={"Bytes": pictures.file_bytes("obama.jpg")})["FaceDetails"]
                assert re.search(r"full|no space|cannot write", server.stderr(), re.IGNORECASE), server.stderr()[-2000:]
            for _ in range(60):
                assert worker.step(client)
            worker.check(client)
            server.process.kill()
            server.process.wait()
        with serve(disk / "data") as server:
            worker.check(server.client())


def test_a_start_on_a_full_disk(keeps_things, tmp_path):
    """Either it serves what is there, or it says at once what is wrong."""
    with small_disk(tmp_path / "disk", size_of(keeps_things) + 32 * MIB) as disk:
        shutil.copytree(keeps_things, disk / "data")
        with serve(disk / "data") as server:
            worker = filled(server, 60)
            server.process.kill()
            server.process.wait()
        with no_space(disk, 0):
            try:
                with serve(disk / "data") as server:
                    worker.check(server.client())
            except StartFailed as failed:
                assert failed.code == 1 and re.search(r"full|space", failed.stderr, re.IGNORECASE), failed
        with serve(disk / "data") as server:
            worker.check(server.client())


def test_a_read_only_disk(keeps_things, tmp_path):
    with small_disk(tmp_path / "disk", size_of(keeps_things) + 32 * MIB) as disk:
        shutil.copytree(keeps_things, disk / "data")
        with serve(disk / "data") as server:
            worker = filled(server, 60)
            server.process.kill()
            server.process.wait()
        subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
        with pytest.raises(StartFailed) as failed, serve(disk / "data") as server:
            server.stop()
        assert failed.value.code == 1 and re.search("read-only|cannot", failed.value.stderr, re.IGNORECASE), failed.value
        assert str(disk) in failed.value.stderr, "the message names the folder or the file"
        subprocess.run(["mount", "-o", "remount,rw", str(disk)], check=True)
        with serve(disk / "data") as server:
            worker.check(server.client())


# One wrong byte in the database.

def databases(folder: pathlib.Path) -> list[pathlib.Path]:
    """SQLite's file and its log."""
    found = sorted(path for path in folder.glob("*.db*") if path.suffix != ".db-shm" and path.stat().st_size > 0)
    assert found, f"no database in {folder}"
    return found


def before_the_newest_transaction(log: bytes) -> int:
    """How many bytes of SQLite's log (sqlite.org/fileformat2.html#the_write_ahead_log) come before its newest transaction: that
    one is dropped when it is damaged, as after a loss of power (docs/store.md)."""
    header, frame = 32, 24
    page = int.from_bytes(log[8:12], "big")
    commits, place = [header], header
    while place + frame + page <= len(log) and log[place + 8:place + 16] == log[16:24]:  # of this round of the log
        place += frame + page
        if int.from_bytes(log[place - page - frame + 4:place - page - frame + 8], "big"):
            commits.append(place)
    return commits[-2] if len(commits) > 1 else header


def flip(file: pathlib.Path, chance: random.Random) -> str:
    data = bytearray(file.read_bytes())
    covered = before_the_newest_transaction(data) if file.name.endswith("-wal") else len(data)
    # Half of them where there is something: pages of a young database are mostly empty.
    places = [i for i, byte in enumerate(data[:covered]) if byte] if chance.random() < 0.5 else range(covered)
    place, bit = chance.choice(places), chance.randrange(8)
    data[place] ^= 1 << bit
    file.write_bytes(data)
    return f"bit {bit} of byte {place} of {file.name} ({len(data)} bytes)"


def flipped_bytes(folder: pathlib.Path, tmp_path: pathlib.Path, count: int, seed: int, clean: bool) -> None:
    """Each time: what is told is the truth, or an error. `clean`: the server was stopped, not killed."""
    template = tmp_path / "template"
    a_killed_server_leaves_it = shutil.ignore_patterns("control.sock")
    shutil.copytree(folder, template, ignore=a_killed_server_leaves_it)
    with serve(template) as server:
        worker = filled(server, 120)
        if clean:
            assert server.stop() == 0
        else:
            server.process.kill()
            server.process.wait()
    chance, noticed = random.Random(seed), 0
    for number in range(count):
        copy = tmp_path / f"flip-{number}"
        shutil.copytree(template, copy, ignore=a_killed_server_leaves_it)
        where = flip(chance.choice(databases(copy)), chance)
        noticed += is_noticed(copy, worker, where)
        shutil.rmtree(copy)
    print(f"{noticed} of {count} flipped bits were reported; the others changed nothing that is told")


def is_noticed(folder: pathlib.Path, worker: kill.Worker, where: str) -> bool:
    """False if everything is told as it was. Fails if something else is told."""
    try:
        with serve(folder) as server:
            try:
                there = kill.held(server.client(), worker.name)
            except botocore.exceptions.ClientError as error:
                code = error.response["Error"]["Code"]
                # Not "there is no such collection": that would be loss without a word.
                assert code == "InternalServerError", f"{where}: {error}"
                assert re.search("corrupt|damage|checksum", server.stderr(), re.IGNORECASE), f"{where}: the log says nothing"
                return True
            assert there == worker.state, f"{where}: told {there} instead of {worker.state}"
            return "corrupt" in server.stderr().lower() or "damage" in server.stderr().lower()
    except StartFailed as failed:
        assert failed.code == 1, f"{where}: {failed}"
        assert re.search("corrupt|damage|checksum|not a database|malformed", failed.stderr, re.IGNORECASE), f"{where}: {failed}"
        return True


@pytest.mark.parametrize("clean", [True, False], ids=["stopped", "killed"])
def test_a_flipped_byte(keeps_things, tmp_path, clean):
    flipped_bytes(keeps_things, tmp_path, 2 if is_asan() else 5, 1, clean)


# Clocks.

@pytest.fixture(scope="module")
def clock(tmp_path_factory):
    """(environment of a server, a function that sets its clock wrong by some time)."""
    if is_asan():
        pytest.skip("AddressSanitizer must be the first library, and this test preloads one")
    folder = tmp_path_factory.mktemp("clock")
    source = pathlib.Path(__file__).parent / "support/clock_shift.c"
    subprocess.run(["g++", "-x", "c", "-Wall", "-Werror", "-O1", "-shared", "-fPIC", source, "-o", folder / "shift.so", "-ldl"],
                   check=True)
    (folder / "seconds").write_text("0")

    def set_by(shift: datetime.timedelta) -> None:
        (folder / "new").write_text(str(int(shift.total_seconds())))
        (folder / "new").rename(folder / "seconds")

    return {"LD_PRELOAD": str(folder / "shift.so"), "LIKENESS_TEST_CLOCK": str(folder / "seconds")}, set_by


def test_the_preloaded_clock_works(used_folder, clock):
    """Else the tests below would show nothing: what a client signs now is not of the server's day."""
    environment, set_by = clock
    set_by(datetime.timedelta())
    with serve(used_folder, variables=environment) as server:
        client = server.client()
        picture = {"Bytes": pictures.file_bytes("obama.jpg")}
        assert client.detect_faces(Image=picture)["FaceDetails"]
        set_by(datetime.timedelta(days=-1))
        with pytest.raises(botocore.exceptions.ClientError) as refused:
            client.detect_faces(Image=picture)
        assert refused.value.response["Error"]["Code"] == "InvalidSignatureException"
        assert "not yet current" in refused.value.response["Error"]["Message"]
        set_by(datetime.timedelta())
        assert client.detect_faces(Image=picture)["FaceDetails"]
        assert server.stop() == 0


@pytest.mark.parametrize("restart", [False, True], ids=["while it runs", "across a restart"])
def test_a_clock_that_goes_back_ten_minutes(keeps_things, tmp_path, clock, restart):
    """Signatures still count, so clients go on, and nothing that was acknowledged is lost or done twice."""
    environment, set_by = clock
    set_by(datetime.timedelta())
    shutil.copytree(keeps_things, tmp_path / "data")
    server = serve(tmp_path / "data", variables=environment)
    try:
        worker, client = filled(server, 60), server.client()
        name = next(iter(worker.state))
        said = {"CollectionId": name, "UserId": "once", "ClientRequestToken": "a-token"}
        client.create_user(**said)
        token = client.list_collections(MaxResults=1).get("NextToken")
        set_by(datetime.timedelta(minutes=-10))
        if restart:
            assert server.stop() == 0
            server = serve(tmp_path / "data", variables=environment)
            client = server.client()
        client.create_user(**said)  # the same token: no ConflictException, no second effect
        if token:
            with contextlib.suppress(client.exceptions.InvalidPaginationTokenException):  # from the future: may be refused
                client.list_collections(MaxResults=1, NextToken=token)
        client.delete_user(CollectionId=name, UserId="once")
        worker.check(client)
        for _ in range(60):
            assert worker.step(client)
        set_by(datetime.timedelta())
        worker.check(client)
    finally:
        set_by(datetime.timedelta())
        server.__exit__()


def test_a_clock_that_goes_back_a_year_with_everybody(keeps_things, tmp_path, clock):
    """The clients' clocks too: they can sign. What is told is the truth or an error, and with the right time all is there."""
    environment, set_by = clock
    set_by(datetime.timedelta())
    shutil.copytree(keeps_things, tmp_path / "data")
    with serve(tmp_path / "data", variables=environment) as server:
        worker = filled(server, 60)
        set_by(datetime.timedelta(days=-365))
        date = sigv4.timestamp(datetime.timedelta(days=-365))
        for name in worker.state:
            answer = raw_http.call(server, "DescribeCollection", {"CollectionId": name}, date=date)
            if answer.status == 200:
                assert answer.json["UserCount"] == len(worker.state[name].users)
            else:
                assert answer.code != "ResourceNotFoundException", answer.body
        set_by(datetime.timedelta())
        worker.check(server.client())
        server.process.kill()
        server.process.wait()
    with serve(tmp_path / "data", variables=environment) as server:
        worker.check(server.client())
