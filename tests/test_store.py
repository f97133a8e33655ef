"""The data folder's store and master key, seen from outside: what a start makes, refuses and says."""

import secrets
import shutil
import stat

import pytest

from support.server import run_likeness


def start(data, *arguments, **env):
    return run_likeness("serve", "--data", data, "--listen", "127.0.0.1:0", *arguments, **env)


@pytest.fixture
def stopped(used_folder, tmp_path):
    """A copy of a data folder that a server has made and left in order."""
    return shutil.copytree(used_folder, tmp_path / "data")


@pytest.fixture
def fresh(used_folder, tmp_path):
    """A data folder without a store, whose models need not be compiled again."""
    shutil.copytree(used_folder / "model-cache", tmp_path / "data/model-cache")
    return tmp_path / "data"


def test_the_first_start_makes_a_database_and_a_key_for_its_owner_alone(own_server, fresh):
    server = own_server(fresh)
    assert server.stop() == 0
    for name in ("likeness.db", "master-key"):
        assert stat.S_IMODE((fresh / name).stat().st_mode) == 0o600, name
    assert not (fresh / "likeness.db-wal").exists(), "an orderly stop leaves one file"
    warnings = [entry for entry in server.log_entries() if entry["event"] == "master_key_in_data_folder"]
    assert len(warnings) == 1 and warnings[0]["level"] == "warning"
    assert (fresh / "master-key").read_text().strip() not in server.stderr()


def test_a_killed_server_starts_again(own_server, fresh):
    first = own_server(fresh)
    first.process.kill()
    first.process.wait()
    assert (fresh / "likeness.db-wal").exists()
    assert own_server(fresh).stop() == 0


def test_a_key_from_outside_leaves_none_in_the_folder(own_server, fresh, tmp_path):
    key = tmp_path / "key"
    key.write_text(secrets.token_hex(32) + "\n")
    key.chmod(0o600)
    server = own_server(fresh, arguments=("--master-key-file", str(key)))
    assert server.stop() == 0
    assert not (fresh / "master-key").exists()
    assert "master_key_in_data_folder" not in server.stderr()
    done = start(fresh)
    assert done.returncode == 1 and "--master-key-file" in done.stderr, "no new key for a folder that has one"


def test_another_key_is_refused(stopped, tmp_path):
    other = tmp_path / "other"
    other.write_text(secrets.token_hex(32))
    other.chmod(0o600)
    done = start(stopped, LIKENESS_MASTER_KEY_FILE=str(other))
    assert done.returncode == 1 and "not the one that the data folder was made with" in done.stderr
    assert done.stdout == ""


def test_a_key_that_others_read_is_refused(stopped):
    (stopped / "master-key").chmod(0o644)
    done = start(stopped)
    assert done.returncode == 1 and "chmod 600" in done.stderr


def test_a_flipped_byte_is_said(stopped):
    database = bytearray((stopped / "likeness.db").read_bytes())
    database[len(database) // 2] ^= 1
    (stopped / "likeness.db").write_bytes(database)
    done = start(stopped)
    assert done.returncode == 1
    assert "likeness.db" in done.stderr and "restore a backup" in done.stderr


def test_a_database_that_cannot_be_written_is_said(stopped):
    (stopped / "likeness.db").unlink()
    (stopped / "likeness.db").mkdir()
    done = start(stopped)
    assert done.returncode == 1 and "likeness.db" in done.stderr
