"""Workers that enrol, delete and give faces to users, each in a collection of its own, and know what was acknowledged."""

import pathlib
import random
import uuid

import botocore.exceptions

from support.pictures import file_bytes

PICTURES = ("obama.jpg", "obama2.jpg", "obama3.jpg", "biden.jpg")
NO_ANSWER = (botocore.exceptions.ConnectionError, botocore.exceptions.HTTPClientError)
SLOT = 64  # docs/key-slots.md


class Wrong(AssertionError):
    """The server holds what it must not, or not what it must."""


class FaceWorker:
    def __init__(self, name: str, seed: int):
        self.collection, self.chance = f"kill-{name}", random.Random(seed)
        self.faces: dict[str, str] = {}  # FaceId -> ExternalImageId, of acknowledged faces
        self.users: dict[str, set[str]] = {}  # UserId -> FaceIds
        self.pending: tuple | None = None  # what was asked and not answered
        self.acknowledged = 0

    def start(self, client) -> None:
        client.create_collection(CollectionId=self.collection)

    def step(self, client) -> bool:
        """One request; False if the server is gone."""
        loose = sorted(set(self.faces) - set().union(set(), *self.users.values()))
        kind = self.chance.choices(["index", "delete", "associate", "search"], [4, 2 if loose else 0, 1 if loose else 0, 1])[0]
        try:
            getattr(self, "_" + kind)(client, loose)
        except NO_ANSWER:
            return False
        self.pending = None
        self.acknowledged += 1
        return True

    def _index(self, client, _loose) -> None:
        external = uuid.uuid4().hex
        self.pending = ("index", external)
        answer = client.index_faces(CollectionId=self.collection, ExternalImageId=external,
                                    Image={"Bytes": file_bytes(self.chance.choice(PICTURES))})
        record, = answer["FaceRecords"]
        self.faces[record["Face"]["FaceId"]] = external

    def _delete(self, client, loose) -> None:
        face = self.chance.choice(loose)
        self.pending = ("delete", face)
        if client.delete_faces(CollectionId=self.collection, FaceIds=[face])["DeletedFaces"] != [face]:
            raise Wrong(f"{face} was not deleted")
        del self.faces[face]

    def _associate(self, client, loose) -> None:
        user, face = f"u{len(self.users)}", self.chance.choice(loose)
        self.pending = ("user", user, face)
        client.create_user(CollectionId=self.collection, UserId=user)
        client.associate_faces(CollectionId=self.collection, UserId=user, FaceIds=[face])
        self.users[user] = {face}

    def _search(self, client, _loose) -> None:
        self.pending = None
        if self.faces:
            client.search_faces(CollectionId=self.collection, FaceId=self.chance.choice(sorted(self.faces)))

    def check(self, client) -> None:
        """After the crash. Raises Wrong if what is there is neither what was acknowledged nor that with the one request under
        way done."""
        held = {face["FaceId"]: face for page in client.get_paginator("list_faces").paginate(CollectionId=self.collection)
                for face in page["Faces"]}
        missing, more = set(self.faces) - set(held), set(held) - set(self.faces)
        if self.pending and self.pending[0] == "delete":
            missing.discard(self.pending[1])
        if self.pending and self.pending[0] == "index" and len(more) == 1:
            more = {face for face in more if held[face]["ExternalImageId"] != self.pending[1]}
        if missing or more:
            raise Wrong(f"{self.collection}: lost {missing}, has {more}; under way was {self.pending}")
        if self.pending and self.pending[0] == "user":
            user, face = self.pending[1:]
            if held[face].get("UserId") not in (None, user):
                raise Wrong(f"{face} belongs to {held[face]['UserId']}")
            if held[face].get("UserId") == user:
                self.users[user] = {face}
            elif user in {each["UserId"] for each in client.list_users(CollectionId=self.collection)["Users"]}:
                client.delete_user(CollectionId=self.collection, UserId=user)
        for user, faces in self.users.items():
            if any(held[face].get("UserId") != user for face in faces):
                raise Wrong(f"{user} has lost a face")
        self.faces = {face: record["ExternalImageId"] for face, record in held.items()}
        self.pending = None
        self._check_index(client)

    def _check_index(self, client) -> None:
        """The index equals the store: every face finds all the others, and every user is found."""
        for face in sorted(self.faces)[:3]:
            found = {match["Face"]["FaceId"] for match in client.search_faces(
                CollectionId=self.collection, FaceId=face, FaceMatchThreshold=0)["FaceMatches"]}
            if found != set(self.faces) - {face}:
                raise Wrong(f"{self.collection}: a search finds {len(found)} of {len(self.faces) - 1} faces")
            users = {match["User"]["UserId"] for match in client.search_users(
                CollectionId=self.collection, FaceId=face, UserMatchThreshold=0)["UserMatches"]}
            if users != set(self.users):
                raise Wrong(f"{self.collection}: a search finds {users} of {set(self.users)}")


def keys_on_disk(data: pathlib.Path) -> int:
    """Slots that hold a key."""
    content = (data / "face-keys").read_bytes()[SLOT:]
    return sum(any(content[place:place + SLOT]) for place in range(0, len(content), SLOT))
