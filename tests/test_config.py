"""The configuration: the file, the environment and the command line of the real binary, and what a reload does."""

import os
import pathlib
import signal
import time

import pytest

from support import pictures, raw_http
from support.server import ROOT, StartFailed, run_likeness

FACE = {"Image": {"Bytes": pictures.base64_of(pictures.file_bytes("obama.jpg"))}}


def config(folder: pathlib.Path, text: str) -> pathlib.Path:
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "likeness.toml"
    file.write_text(text)
    return file


def reload(server, event: str, count: int = 1) -> dict:
    """Sends SIGHUP and waits for the count-th such line in the log."""
    server.process.send_signal(signal.SIGHUP)
    deadline = time.monotonic() + 60
    while True:
        found = [entry for entry in server.log_entries() if entry["event"] == event]
        if len(found) >= count:
            return found[count - 1]
        assert time.monotonic() < deadline, server.stderr()[-2000:]
        time.sleep(0.01)


def test_the_page_is_what_the_program_prints(binary):
    done = run_likeness("config", "reference")
    assert done.returncode == 0
    assert (ROOT / "docs/configuration.md").read_text() == done.stdout, \
        "run: build/release/likeness config reference > docs/configuration.md"


def test_the_reference_as_a_file_is_right(binary, tmp_path):
    done = run_likeness("config", "reference", "--format", "toml")
    file = config(tmp_path, done.stdout)
    done = run_likeness("config", "check", file)
    assert done.returncode == 0, done.stderr
    assert "right" in done.stdout


def test_check_says_file_and_line_and_what_was_meant(binary, tmp_path):
    file = config(tmp_path, "[server]\nlisten = '127.0.0.1:0'\nthread = 2\n[logs]\nlevel = 'info'\n")
    done = run_likeness("config", "check", file)
    assert done.returncode == 1 and done.stdout == ""
    assert f"{file}:3: unknown setting 'server.thread'; did you mean 'server.threads'?" in done.stderr
    assert f"{file}:4: unknown table 'logs'; did you mean 'log'?" in done.stderr


def test_a_wrong_file_stops_the_start(own_server, tmp_path):
    config(tmp_path / "data", "[server]\nthreads = 'two'\n")
    with pytest.raises(StartFailed) as raised:
        own_server(tmp_path / "data")
    assert raised.value.code == 1
    assert "likeness.toml:2: server.threads takes a whole number from 0 to 1024" in raised.value.stderr


def test_a_wrong_variable_stops_the_start(binary, tmp_path):
    done = run_likeness("serve", "--data", tmp_path / "data", LIKENESS_SERVER_THREADS="two")
    assert done.returncode == 1
    assert "LIKENESS_SERVER_THREADS" in done.stderr and "whole number" in done.stderr


def test_a_file_that_is_not_there_stops_the_start(binary, tmp_path):
    done = run_likeness("serve", "--data", tmp_path / "data", "--config", tmp_path / "none.toml")
    assert done.returncode == 1 and "none.toml" in done.stderr


def test_each_place_beats_the_one_before(own_server, used_folder, tmp_path, monkeypatch):
    """The region decides which signatures are taken, so it shows which place won."""
    file = config(tmp_path, "[account]\nregion = 'eu-west-1'\n[server]\nthreads = 1\n")

    def region_of(**more) -> str:
        server = own_server(used_folder, arguments=("--config", str(file)), **more)
        entry = next(entry for entry in server.log_entries() if entry["event"] == "started")
        assert entry["threads"] == 1 and entry["config"] == str(file)
        answer = raw_http.call(server, "DetectFaces", FACE, region=entry["region"])
        assert answer.status == 200, answer.body
        assert server.stop() == 0
        return entry["region"]

    assert region_of() == "eu-west-1"
    from support import server as support
    clean = support.clean_environment
    monkeypatch.setattr(support, "clean_environment",
                        lambda **more: clean(**more) | {"LIKENESS_ACCOUNT_REGION": "eu-west-2"})
    assert region_of() == "eu-west-2"
    assert region_of(region="eu-west-3") == "eu-west-3"


def test_an_unknown_variable_is_warned_about(own_server, used_folder, monkeypatch):
    from support import server as support
    clean = support.clean_environment
    monkeypatch.setattr(support, "clean_environment", lambda **more: clean(**more) | {"LIKENESS_LOG_LEVLE": "hunter2"})
    server = own_server(used_folder)
    warning = next(entry for entry in server.log_entries() if entry["event"] == "settings")
    assert warning["level"] == "warning" and "did you mean LIKENESS_LOG_LEVEL?" in warning["problem"]
    assert "hunter2" not in server.stderr()


def test_a_reload_takes_what_it_can_and_names_the_rest(own_server, used_folder, tmp_path):
    file = config(tmp_path, "[log]\nlevel = 'info'\n")
    server = own_server(used_folder, arguments=("--config", str(file)))
    config(tmp_path, "[log]\nlevel = 'debug'\n[server]\nthreads = 1\n")
    assert reload(server, "reloaded")["changed"] == "log.level"
    waiting = next(entry for entry in server.log_entries() if entry["event"] == "reload_needs_restart")
    assert waiting["settings"] == "server.threads"
    raw_http.exchange(server, {"host": "x"}, method="GET", path="/healthz")
    assert server.wait_for_log('"path":"/healthz"'), "probes are logged at debug"


def test_the_command_does_what_the_signal_does_and_says_it(own_server, used_folder, tmp_path):
    file = config(tmp_path, "[log]\nlevel = 'info'\n")
    done = run_likeness("config", "reload", "--data", used_folder)
    assert done.returncode == 1 and "no server runs on this data folder" in done.stderr
    server = own_server(used_folder, arguments=("--config", str(file)))
    config(tmp_path, "[log]\nlevel = 'debug'\n[server]\nthreads = 1\n")
    done = run_likeness("config", "reload", "--data", used_folder)
    assert done.returncode == 0, done.stderr
    assert done.stdout == "changed: log.level\nwaits for a restart: server.threads\n"
    assert server.wait_for_log('"event":"reloaded"')
    config(tmp_path, "[log]\nlevel = 'loud'\n")
    done = run_likeness("config", "reload", "--data", used_folder)
    assert done.returncode == 1 and "loud" in done.stderr, done.stderr
    config(tmp_path, "[log]\nlevel = 'debug'\n[server]\nthreads = 1\n[audit]\nfile = '/nowhere/audit'\n")
    done = run_likeness("config", "reload", "--data", used_folder)
    assert done.returncode == 1 and "failed: audit.*" in done.stderr, done.stderr


def test_a_broken_file_changes_nothing(own_server, used_folder, tmp_path):
    file = config(tmp_path, "[log]\nlevel = 'info'\n")
    server = own_server(used_folder, arguments=("--config", str(file)))
    config(tmp_path, "[log]\nlevel = 'debug'\nthis is no TOML\n")
    refused = reload(server, "reload_refused")
    assert refused["level"] == "error" and f"{file}:3: no TOML" in refused["problem"]
    raw_http.exchange(server, {"host": "x"}, method="GET", path="/healthz")
    assert raw_http.call(server, "DetectFaces", FACE).status == 200
    assert server.wait_for_log('"operation":"DetectFaces"')
    assert "/healthz" not in server.stderr(), "the level is still info"


def test_the_command_line_keeps_its_word_on_reload(own_server, used_folder, tmp_path):
    file = config(tmp_path, "")
    server = own_server(used_folder, arguments=("--config", str(file), "--log-level", "info"))
    config(tmp_path, "[log]\nlevel = 'error'\n")
    assert reload(server, "reloaded")["changed"] == ""


def test_a_log_file_follows_logrotate(own_server, used_folder, tmp_path):
    log = tmp_path / "likeness.log"
    server = own_server(used_folder, arguments=("--log-file", str(log)))
    assert '"started"' in log.read_text() and server.stderr() == ""
    log.rename(tmp_path / "likeness.log.1")
    server.process.send_signal(signal.SIGHUP)
    deadline = time.monotonic() + 60
    while not (log.exists() and '"reloaded"' in log.read_text()):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    assert log.stat().st_mode & 0o777 == 0o600


def test_neither_core_dumps_nor_the_secret_in_the_environment(own_server, used_folder):
    if os.geteuid() != 0:
        pytest.skip("the server hides from other users, and the tests' servers of ordinary users do not")
    server = own_server(used_folder)
    limits = pathlib.Path(f"/proc/{server.process.pid}/limits").read_text()
    core = next(line.split() for line in limits.splitlines() if line.startswith("Max core file size"))
    assert core[4:6] == ["0", "0"]
    environment = pathlib.Path(f"/proc/{server.process.pid}/environ").read_bytes()
    assert server.keys[1].encode() not in environment
