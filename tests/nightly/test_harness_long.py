"""The independent harness (tests/harness/), all of it: every case for every operation, and 1,200 random ones each."""

import os

import pytest

from harness import run
from test_harness import check, target  # noqa: F401, the fixture


@pytest.mark.parametrize("seed", [int(os.environ.get("HARNESS_SEED", "1"))])
def test_a_long_run(target, seed):  # noqa: F811
    check(target, run.LONG, seed)
