"""kill -9 at random instants while clients change things: what was acknowledged is there, the rest whole or not at all.

The server is the real binary; `kill -9` shows what its processes lose, not what a power cut does (src/store/sqlite has a file
layer for that). Ten rounds here, 200 in tests/nightly/test_faults_long.py.
"""

import json
import random
import re
import shutil
import threading

import botocore.exceptions
import pytest

from support import kill
from support.server import Server, run_likeness

KEYS = ("AKIDKILL", "a-secret-that-stays")
WORKERS = 4


def needs_collections(client, config) -> None:
    """Skips as long as the server has none of these operations; with --collections that is a failure."""
    try:
        client.list_collections()
        client.list_users(CollectionId="none")
    except client.exceptions.ResourceNotFoundException:
        return
    except botocore.exceptions.ClientError as error:
        if error.response["Error"]["Code"] == "UnsupportedOperationException" and not config.getoption("--collections"):
            pytest.skip("this server keeps nothing yet")
        raise


class MadeKeys:
    """Access keys made by `likeness keys create` beside the other clients. Absent as long as there is no such command."""

    def __init__(self, folder):
        self._folder = folder
        self._made: list[str] = []
        self._enough = threading.Event()
        self._thread: threading.Thread | None = None
        self.there = re.search(r"^ +keys\b", run_likeness("--help").stdout, re.MULTILINE) is not None

    def start(self) -> None:
        self._enough.clear()
        self._thread = threading.Thread(target=self._make)
        self._thread.start()

    def _make(self) -> None:
        while self.there and not self._enough.is_set():
            done = run_likeness("keys", "create", "--data", self._folder, "--json", "--policy", "read-only")
            if done.returncode == 0:  # else the server went away under it
                self._made.append(json.loads(done.stdout)["AccessKeyId"])

    def stop(self) -> None:
        """Waits for the command under way: without a server it holds the folder, and the next server would be refused."""
        self._enough.set()
        self._thread.join()

    def check(self) -> None:
        if self.there:
            done = run_likeness("keys", "list", "--data", self._folder, "--json")
            assert done.returncode == 0, done.stderr
            listed = [key["AccessKeyId"] for key in json.loads(done.stdout)["Keys"]]
            assert set(self._made) <= set(listed) and len(listed) == len(set(listed)), (self._made, listed)


def rounds(used_folder, folder, config, count: int, seed: int) -> None:
    """A copy of the used folder goes through all rounds; a last start finds what they left."""
    shutil.copytree(used_folder, folder)
    chance = random.Random(seed)
    workers = [kill.Worker(f"w{number}", seed) for number in range(WORKERS)]
    keys = MadeKeys(folder)
    for number in range(count + 1):
        with Server(folder, keys=KEYS, metrics=False) as server:
            if number == 0:
                needs_collections(server.client(), config)
            for worker in workers:
                worker.check(server.client(attempts=5))
            keys.check()
            if number == count:
                assert server.stop() == 0
                break
            asking = kill.Round(workers, server.client)
            keys.start()
            try:
                asking.until(chance.randint(WORKERS, 150))
            finally:
                server.process.kill()
                server.process.wait()
                keys.stop()
                asking.join()
    assert sum(worker.acknowledged for worker in workers) > count


def test_killed_at_random_instants(used_folder, tmp_path, pytestconfig):
    rounds(used_folder, tmp_path / "data", pytestconfig, 10, seed=1)


# The oracle can say no: a server in memory that loses, revives or halves things.

class Broken(kill.botocore.exceptions.ClientError):
    def __init__(self, code: str):
        super().__init__({"Error": {"Code": code, "Message": code}}, "fake")


class FakeClient:
    """As much of boto3 as the workers use. `gone`: the server does not answer, but does the work first if `does_it`."""

    class exceptions:
        class IdempotentParameterMismatchException(Broken):
            def __init__(self):
                super().__init__("IdempotentParameterMismatchException")

    def __init__(self):
        self.collections: kill.State = {}
        self.tokens: dict[str, dict] = {}
        self.gone = self.does_it = False

    def __getattr__(self, method: str):
        def call(**parameters):
            if not self.gone or self.does_it:
                answer = getattr(self, "do_" + method)(**parameters)
            if self.gone:
                raise botocore.exceptions.EndpointConnectionError(endpoint_url="fake")
            return answer
        return call

    def do_create_collection(self, CollectionId, Tags=None):
        if CollectionId in self.collections:
            raise Broken("ResourceAlreadyExistsException")
        self.collections[CollectionId] = kill.Collection(dict(Tags or {}))
        return {"CollectionArn": f"aws:{CollectionId}"}

    def do_delete_collection(self, CollectionId):
        if self.collections.pop(CollectionId, None) is None:
            raise Broken("ResourceNotFoundException")
        return {}

    def _once(self, token: str, parameters: dict) -> bool:
        if self.tokens.setdefault(token, parameters) != parameters:
            raise self.exceptions.IdempotentParameterMismatchException()
        return self.tokens[token] is parameters

    def do_create_user(self, CollectionId, UserId, ClientRequestToken):
        if self._once(ClientRequestToken, {"create": UserId}):
            self.collections[CollectionId].users.add(UserId)
        return {}

    def do_delete_user(self, CollectionId, UserId, ClientRequestToken):
        if self._once(ClientRequestToken, {"delete": UserId}):
            self.collections[CollectionId].users.remove(UserId)
        return {}

    def _of_arn(self, arn: str) -> kill.Collection:
        return self.collections[arn.removeprefix("arn:aws:")]

    def do_tag_resource(self, ResourceArn, Tags):
        self._of_arn(ResourceArn).tags.update(Tags)
        return {}

    def do_untag_resource(self, ResourceArn, TagKeys):
        for key in TagKeys:
            del self._of_arn(ResourceArn).tags[key]
        return {}

    def do_list_collections(self):
        return {"CollectionIds": sorted(self.collections)}

    def do_describe_collection(self, CollectionId):
        return {"CollectionARN": f"aws:{CollectionId}", "UserCount": len(self.collections[CollectionId].users)}

    def do_list_users(self, CollectionId):
        return {"Users": [{"UserId": user} for user in self.collections[CollectionId].users]}

    def do_list_tags_for_resource(self, ResourceArn):
        return {"Tags": dict(self._of_arn(ResourceArn).tags)}


def worked(steps: int, seed: int) -> tuple[kill.Worker, FakeClient]:
    worker, client = kill.Worker("w", seed), FakeClient()
    for _ in range(steps):
        assert worker.step(client)
    return worker, client


def cut_off(worker: kill.Worker, client: FakeClient, does_it: bool) -> None:
    client.gone, client.does_it = True, does_it
    try:
        worker.step(client)
    except kill.Wrong:
        pass  # the server was gone before it could refuse
    client.gone = False


@pytest.mark.parametrize("does_it", [False, True], ids=["not applied", "applied"])
@pytest.mark.parametrize("seed", range(20))
def test_the_oracle_takes_both_outcomes_of_the_last_request(seed, does_it):
    worker, client = worked(40, seed)
    cut_off(worker, client, does_it)
    worker.check(client)
    worker.check(client)


def biggest(client: FakeClient) -> kill.Collection:
    return max(client.collections.values(), key=lambda collection: len(collection.users))


@pytest.mark.parametrize("damage", [
    lambda client: client.collections.popitem(),
    lambda client: client.collections.update({"w-old-1": kill.Collection()}),
    lambda client: biggest(client).users.pop(),
    lambda client: biggest(client).users.add("w-u-old"),
    lambda client: biggest(client).tags.update(key0="other"),
], ids=["a collection lost", "a collection revived", "a user lost", "a user revived", "a tag changed"])
def test_the_oracle_notices(damage):
    worker, client = worked(60, 3)
    worker.check(client)
    damage(client)
    with pytest.raises(kill.Wrong):
        worker.check(client)


def test_the_oracle_notices_a_token_with_two_effects():
    for seed in range(50):
        worker, client = worked(30, seed)
        cut_off(worker, client, does_it=True)
        if worker.pending and worker.pending.method == "create_user":
            break
    client.tokens.clear()  # they were not kept with the change: sent again, another user is another effect
    client.tokens[worker.pending.parameters["ClientRequestToken"]] = {"create": "nobody"}
    with pytest.raises((kill.Wrong, Broken)):
        worker.check(client)
