"""The independent harness (tests/harness/), a short run of it: requests from the service description for all operations, good
and bad, and answers that it allows. The long run is tests/nightly/test_harness_long.py.
"""

import base64

import pytest

from harness import run
from harness.client import Target
from support import pictures
from support.server import is_asan

SEED = 1


@pytest.fixture
def target(own_server):
    server = own_server()
    return Target(server.host, server.port, *server.keys, pid=None if is_asan() else server.process.pid,
                  deadline=180 if is_asan() else 60)


def check(target: Target, size: run.Size, seed: int) -> None:
    seen = run.run(target, base64.b64encode(pictures.file_bytes("obama.jpg")).decode(), size, seed)
    print(f"seed {seed}: {seen.exchanges} exchanges, memory grew by {seen.growth >> 20} MiB, {dict(seen.codes.most_common(8))}")
    assert not seen.findings, f"seed {seed}: {len(seen.findings)} findings:\n" + "\n".join(map(str, seen.findings[:40]))


def test_a_short_run(target):
    check(target, run.TINY if is_asan() else run.SHORT, SEED)
