"""What test_kill.py and test_faults.py do, for as long as it takes to be believed: 200 rounds of kill -9, 100 flipped bytes."""

import os

import pytest

from test_faults import flipped_bytes, keeps_things  # noqa: F401, the fixture
from test_kill import rounds


def test_killed_200_times(used_folder, tmp_path, pytestconfig):
    rounds(used_folder, tmp_path / "data", pytestconfig, int(os.environ.get("KILL_ROUNDS", "200")),
           seed=int(os.environ.get("KILL_SEED", "7")))


@pytest.mark.parametrize("clean", [True, False], ids=["stopped", "killed"])
def test_50_flipped_bytes(keeps_things, tmp_path, clean):  # noqa: F811
    flipped_bytes(keeps_things, tmp_path, 50, 7, clean)
