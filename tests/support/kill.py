"""Clients that make and delete collections, users, tags and keys while the server is killed, and what they may then find.

The oracle is each client's own record. A client has one request under way at most, so after a crash what the server holds of
its things is the state that was acknowledged last, or that state with the one request applied: whole or not at all.
"""

import copy
import dataclasses
import random
import threading
import uuid

import botocore.exceptions

NO_ANSWER = (botocore.exceptions.ConnectionError, botocore.exceptions.HTTPClientError)
BUSY = {"ThrottlingException", "ProvisionedThroughputExceededException"}


@dataclasses.dataclass
class Collection:
    tags: dict[str, str] = dataclasses.field(default_factory=dict)
    users: set[str] = dataclasses.field(default_factory=set)


State = dict[str, Collection]


@dataclasses.dataclass
class Request:
    method: str  # of boto3's client
    parameters: dict
    after: State  # if it was applied
    refused: str = ""  # the error that it must get instead, if it may not succeed


class Wrong(AssertionError):
    """The server did something that its record of answers forbids."""


class Worker:
    """One client with collections of its own, whose names begin with `name`. Not thread-safe; one thread drives it."""

    def __init__(self, name: str, seed: int):
        self.name = name
        self.chance = random.Random(f"{name} {seed}")
        self.state: State = {}  # what was acknowledged
        self.pending: Request | None = None  # sent, and no answer came
        self.acknowledged = 0
        self._made = 0
        self._arns: dict[str, str] = {}

    # What it asks.

    def _new(self, what: str) -> str:
        self._made += 1
        return f"{self.name}-{what}-{self._made}"

    def next_request(self) -> Request:
        after = copy.deepcopy(self.state)
        kind = self.chance.choices(["create_collection", "delete_collection", "create_user", "delete_user", "tag_resource",
                                    "untag_resource", "again", "gone"], [3, 1, 6, 2, 3, 1, 1, 1])[0]
        if not self.state or kind == "create_collection":
            return self._create_collection(after)
        name = self.chance.choice(sorted(self.state))
        if kind == "again":
            return Request("create_collection", {"CollectionId": name}, after, "ResourceAlreadyExistsException")
        if kind == "gone":
            return Request("delete_collection", {"CollectionId": self._new("never")}, after, "ResourceNotFoundException")
        if kind == "delete_collection":
            del after[name]
            return Request("delete_collection", {"CollectionId": name}, after)
        return self._inside(kind, name, after)

    def _create_collection(self, after: State) -> Request:
        name = self._new("c")
        after[name] = Collection({"made-by": self.name})
        return Request("create_collection", {"CollectionId": name, "Tags": dict(after[name].tags)}, after)

    def _inside(self, kind: str, name: str, after: State) -> Request:
        collection, own = self.state[name], {"CollectionId": name}
        if kind == "delete_user" and collection.users:
            user = self.chance.choice(sorted(collection.users))
            after[name].users.remove(user)
            return Request("delete_user", own | {"UserId": user, "ClientRequestToken": str(uuid.uuid4())}, after)
        if kind == "untag_resource" and collection.tags and name in self._arns:
            key = self.chance.choice(sorted(collection.tags))
            del after[name].tags[key]
            return Request("untag_resource", {"ResourceArn": self._arns[name], "TagKeys": [key]}, after)
        if kind == "tag_resource" and name in self._arns:
            added = {f"key{self.chance.randrange(4)}": self._new("v"), f"key{self.chance.randrange(4)}": self._new("v")}
            after[name].tags |= added
            return Request("tag_resource", {"ResourceArn": self._arns[name], "Tags": added}, after)
        user = self._new("u")
        after[name].users.add(user)
        return Request("create_user", own | {"UserId": user, "ClientRequestToken": str(uuid.uuid4())}, after)

    # What comes of it.

    def step(self, client) -> bool:
        """One request; False if the server is gone. Raises Wrong."""
        self.pending = self.next_request()
        try:
            answer = getattr(client, self.pending.method)(**self.pending.parameters)
        except NO_ANSWER:
            return False
        except botocore.exceptions.ClientError as error:
            self._refused(error)
            return True
        if self.pending.refused:
            raise Wrong(f"{self.pending} succeeded")
        self._applied(answer)
        return True

    def _refused(self, error) -> None:
        code = error.response["Error"]["Code"]
        if code != self.pending.refused and code not in BUSY:
            raise Wrong(f"{self.pending.method} {self.pending.parameters}: {code}: {error}")
        self.pending = None

    def _applied(self, answer: dict) -> None:
        if self.pending.method == "create_collection":
            arn = answer["CollectionArn"]
            self._arns[self.pending.parameters["CollectionId"]] = arn if arn.startswith("arn:") else f"arn:{arn}"
        self.state, self.pending = self.pending.after, None
        self.acknowledged += 1

    # After the crash.

    def check(self, client) -> None:
        """Raises Wrong if what is there is neither state. Then the one request is made good, if it can be, and its effect
        counted."""
        there = held(client, self.name, self._arns)
        allowed = [self.state] + ([self.pending.after] if self.pending else [])
        if there not in allowed:
            raise Wrong(f"{self.name}: the server holds\n{there}\nacknowledged was\n{self.state}\nunder way was {self.pending}")
        if self.pending and "ClientRequestToken" in self.pending.parameters:
            self._send_again(client)
        elif self.pending:
            self.state = there
        self.pending = None

    def _send_again(self, client) -> None:
        """The same request with its token, twice: one effect. Another with that token is refused."""
        call = getattr(client, self.pending.method)
        call(**self.pending.parameters)
        call(**self.pending.parameters)
        there = held(client, self.name, self._arns)
        if there != self.pending.after:
            raise Wrong(f"{self.name}: sent again, {self.pending.method} left\n{there}\ninstead of\n{self.pending.after}")
        self.state = there
        try:
            call(**self.pending.parameters | {"UserId": "somebody-else"})
        except client.exceptions.IdempotentParameterMismatchException:
            return
        raise Wrong(f"{self.name}: a token was taken for two different requests")


def pages(call, key: str, **parameters):
    token: dict = {}
    while True:
        page = call(**parameters, **token)
        yield from page[key]
        if not page.get("NextToken"):
            return
        token = {"NextToken": page["NextToken"]}


def held(client, prefix: str, arns: dict[str, str] | None = None) -> State:
    """All collections whose names begin with the prefix, as the server tells it. Raises Wrong if two answers of it disagree."""
    found: State = {}
    for name in pages(client.list_collections, "CollectionIds"):
        if not name.startswith(prefix + "-"):
            continue
        described = client.describe_collection(CollectionId=name)
        arn = described["CollectionARN"]
        arn = arn if arn.startswith("arn:") else f"arn:{arn}"
        users = [user["UserId"] for user in pages(client.list_users, "Users", CollectionId=name)]
        tags = client.list_tags_for_resource(ResourceArn=arn)["Tags"]
        if len(users) != len(set(users)) or described.get("UserCount", 0) != len(users):
            raise Wrong(f"{name}: {len(users)} users listed, {described.get('UserCount')} counted: {users}")
        if name in found:
            raise Wrong(f"{name} is listed twice")
        if arns is not None:
            arns[name] = arn
        found[name] = Collection(tags, set(users))
    return found


class Round:
    """Workers that ask until the server is gone; `until(count)` waits for so many requests to be under way or done."""

    def __init__(self, workers: list[Worker], make_client):
        self._begun = 0
        self._changed = threading.Condition()
        self.wrong: list[Exception] = []
        self._threads = [threading.Thread(target=self._work, args=(worker, make_client())) for worker in workers]
        for thread in self._threads:
            thread.start()

    def _work(self, worker: Worker, client) -> None:
        try:
            going = True
            while going:
                with self._changed:
                    self._begun += 1
                    self._changed.notify_all()
                going = worker.step(client)
        except Exception as error:  # noqa: BLE001, told by the test
            self.wrong.append(error)
            with self._changed:
                self._begun += 1 << 30
                self._changed.notify_all()

    def until(self, count: int, seconds: float = 60) -> None:
        with self._changed:
            assert self._changed.wait_for(lambda: self._begun >= count, seconds), f"{self._begun} of {count} in {seconds} s"

    def join(self) -> None:
        for thread in self._threads:
            thread.join()
        if self.wrong:
            raise self.wrong[0]
