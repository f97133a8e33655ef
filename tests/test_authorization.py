"""Who may do what: keys with policies, asked with boto3; and `likeness policy`."""

import json
import re

import botocore.exceptions
import pytest

from support import contract, keys, pictures, policies, raw_http, sigv4
from support.policies import allow, deny
from support.server import Server, run_likeness

PICTURE = pictures.png(pictures.blank(100, 100))
PHOTOS = "arn:aws:rekognition:us-east-1:000000000000:collection/photos"


def denied(call, **arguments) -> str:
    """Why the call is denied; empty if it is not, whatever else becomes of it."""
    try:
        call(**arguments)
    except botocore.exceptions.ClientError as error:
        if error.response["Error"]["Code"] != "AccessDeniedException":
            return ""
        assert isinstance(error, call.__self__.exceptions.AccessDeniedException), "boto3 has a type for it"
        assert error.response["ResponseMetadata"]["HTTPStatusCode"] == 400
        return error.response["Error"]["Message"]
    return ""


@pytest.fixture
def key_with(server, tmp_path):
    """A client of a key whose one policy has these statements; made anew by each call, and gone afterwards."""
    made = []

    def make(*statements: dict):
        name = f"test-{len(made)}-{tmp_path.name}"
        policies.put(server.data, name, *statements, folder=tmp_path)
        key = keys.create(server.data, "--policy", name)
        made.append((key, name))
        return server.client(keys=key)

    yield make
    for key, name in made:
        keys.run(server.data, "delete", key[0])
        policies.run(server.data, "delete", name)


def client_with(server, *names: str):
    return server.client(keys=keys.create(server.data, *(word for name in names for word in ("--policy", name))))


def test_ready_made_policies_hold_what_they_say(server):
    search = client_with(server, "search")
    assert search.detect_faces(Image={"Bytes": PICTURE})["FaceDetails"] == []
    assert not denied(search.search_faces, CollectionId="photos", FaceId="0" * 8 + "-0000-0000-0000-" + "0" * 12)
    why = denied(search.create_collection, CollectionId="photos")
    key = re.search(r"user/(LKIA\w+)", why).group(1)
    assert why == (f"User: arn:aws:iam::000000000000:user/{key} is not authorized to perform: rekognition:CreateCollection "
                   f"on resource: {PHOTOS} because no identity-based policy allows the rekognition:CreateCollection action")
    assert denied(client_with(server, "read-only").detect_faces, Image={"Bytes": PICTURE})
    assert not denied(client_with(server, "search", "enroll").index_faces, CollectionId="photos", Image={"Bytes": PICTURE})


def test_the_administrator_may_do_everything_and_a_key_without_policies_nothing(server):
    nobody = keys.ask(server.data, "create")
    nobody = (nobody["AccessKeyId"], nobody["SecretAccessKey"])
    for operation in contract.operations():
        answers = []
        for credentials in (server.keys, nobody):
            head = sigv4.headers_for(server, operation, b"{}", keys=credentials)
            answers.append(json.loads(raw_http.exchange(server, head, b"{}").body))
        assert answers[0].get("__type") != "AccessDeniedException", operation
        assert answers[1]["__type"] == "AccessDeniedException", operation
        assert f"perform: rekognition:{operation} on resource: " in answers[1]["message"]


def test_a_resource_is_what_the_policy_names(key_with):
    client = key_with(allow(["rekognition:*Collection", "rekognition:*User"], PHOTOS),
                      deny("*", PHOTOS + "/user/eve"))
    assert not denied(client.describe_collection, CollectionId="photos")
    assert "collection/photos2 because" in denied(client.describe_collection, CollectionId="photos2")
    assert not denied(client.create_user, CollectionId="photos", UserId="bob")
    assert "with an explicit deny in an identity-based policy" in denied(client.create_user, CollectionId="photos",
                                                                         UserId="eve")


def test_the_address_counts(key_with):
    here = key_with(allow(Condition={"IpAddress": {"aws:SourceIp": ["127.0.0.0/8", "::1"]}}))
    assert not denied(here.detect_faces, Image={"Bytes": PICTURE})
    elsewhere = key_with(allow(), deny(Condition={"NotIpAddress": {"aws:SourceIp": "192.0.2.0/24"}}))
    assert "explicit deny" in denied(elsewhere.detect_faces, Image={"Bytes": PICTURE})


def test_the_time_counts(key_with):
    before = key_with(allow(Condition={"DateLessThan": {"aws:CurrentTime": "2020-01-01T00:00:00Z"}}))
    assert denied(before.detect_faces, Image={"Bytes": PICTURE})
    after = key_with(allow(Condition={"DateGreaterThan": {"aws:CurrentTime": "2020-01-01T00:00:00Z"}}))
    assert not denied(after.detect_faces, Image={"Bytes": PICTURE})


def test_tags_of_the_request_count(key_with):
    client = key_with(allow(["rekognition:CreateCollection", "rekognition:TagResource"],
                            Condition={"StringEquals": {"aws:RequestTag/team": "red"},
                                       "ForAllValues:StringLike": {"aws:TagKeys": ["team", "cost-*"]}}))
    assert not denied(client.create_collection, CollectionId="tagged", Tags={"team": "red", "cost-centre": "7"})
    assert denied(client.create_collection, CollectionId="tagged", Tags={"team": "blue"})
    assert denied(client.create_collection, CollectionId="tagged", Tags={"team": "red", "other": "x"})
    assert denied(client.create_collection, CollectionId="tagged")
    untagged = key_with(allow("rekognition:CreateCollection"))
    assert "perform: rekognition:TagResource on" in denied(untagged.create_collection, CollectionId="tagged",
                                                           Tags={"team": "red"})


def test_permission_comes_before_validation_and_after_reading(server):
    search = keys.create(server.data, "--policy", "search")

    def code(body: bytes, credentials) -> str:
        head = sigv4.headers_for(server, "CreateCollection", body, keys=credentials)
        return json.loads(raw_http.exchange(server, head, body).body)["__type"]

    assert code(b'{"CollectionId":"not a name"}', search) == "AccessDeniedException"
    assert code(b'{"CollectionId":"not a name"}', server.keys) == "InvalidParameterException"
    assert code(b'{"CollectionId":', search) == "SerializationException"


def test_a_change_holds_from_the_next_request_on(server, tmp_path):
    policies.put(server.data, "moving", allow(), folder=tmp_path)
    key = keys.create(server.data, "--policy", "moving")
    client = server.client(keys=key)
    assert not denied(client.detect_faces, Image={"Bytes": PICTURE})
    policies.put(server.data, "moving", deny(), folder=tmp_path)
    assert "explicit deny" in denied(client.detect_faces, Image={"Bytes": PICTURE})
    assert "still names this policy" in policies.run(server.data, "delete", "moving", code=1)
    keys.run(server.data, "policies", key[0], "--policy", "admin")
    assert not denied(client.detect_faces, Image={"Bytes": PICTURE})
    policies.run(server.data, "delete", "moving")
    assert "moving" not in policies.run(server.data, "list")


def test_a_session_may_no_more_than_its_key(server):
    key = keys.create(server.data, "--policy", "search", "--policy", "enroll")
    session = server.client(keys=keys.session(server.data, key[0], "--ttl", "15m", "--policy", "enroll"))
    assert not denied(session.detect_faces, Image={"Bytes": PICTURE})
    assert f"user/{key[0]} is not authorized" in denied(session.compare_faces, SourceImage={"Bytes": PICTURE},
                                                        TargetImage={"Bytes": PICTURE})


# The commands.

def test_policies_outlive_the_server_and_work_without_one(binary, tmp_path):
    data = tmp_path / "data"
    with Server(data) as server:
        assert server.stop() == 0
    policies.put(data, "mine", allow("rekognition:DetectFaces"), folder=tmp_path)
    with Server(data) as server:
        listing = json.loads(policies.run(data, "list", "--json"))["Policies"]
        assert [policy["Name"] for policy in listing] == ["admin", "auditor", "enroll", "read-only", "reviewer", "search",
                                                          "mine"]
        assert json.loads(policies.run(data, "show", "mine")) == json.loads((tmp_path / "mine.json").read_text())
        client = client_with(server, "mine")
        assert not denied(client.detect_faces, Image={"Bytes": PICTURE})
        assert denied(client.list_collections)


@pytest.mark.parametrize(("name", "text", "says"), [
    ("mine", "{", "This is no JSON at line 1"),
    ("mine", policies.document(allow("rekognition:DetectFace")), 'Statement[0].Action: no action is named'),
    ("mine", policies.document(allow(Principal="*")), "Statement[0].Principal"),
    ("mine", " " * 30_000, "at most 20480 bytes"),
    ("search", policies.document(allow()), "ready-made"),
    ("a/b", policies.document(allow()), "a policy's name has"),
], ids=["no JSON", "action", "principal", "too long", "ready-made", "name"])
def test_what_is_no_policy_is_refused(server, tmp_path, name, text, says):
    file = tmp_path / "policy.json"
    file.write_text(text)
    assert says in policies.run(server.data, "put", name, str(file), code=1)


def simulate(*arguments: str):
    return run_likeness("policy", "simulate", *arguments)


def test_simulate_names_the_statement_that_decides(binary, tmp_path):
    file = tmp_path / "night.json"
    file.write_text(policies.document(deny("rekognition:Search*", Sid="NotAtNight", Condition={
        "DateGreaterThan": {"aws:CurrentTime": "2026-02-03T22:00:00Z"}})))
    both = ("--policy", "search", "--policy", str(file), "--action", "rekognition:SearchFaces", "--resource", PHOTOS)
    day = simulate(*both, "--time", "2026-02-03T12:00:00Z")
    assert (day.returncode, day.stderr) == (0, "")
    assert day.stdout == (f"allowed: rekognition:SearchFaces on {PHOTOS}\n"
                          'allowed by statement "SearchCollections" (Statement[0]) of policy "search"\n')
    night = simulate(*both, "--time", "2026-02-03T23:30:00Z")
    assert night.returncode == 1
    assert night.stdout.splitlines()[1] == f'explicit deny by statement "NotAtNight" (Statement[0]) of policy "{file}"'
    nothing = simulate("--policy", "search", "--action", "rekognition:CreateCollection", "--resource", PHOTOS)
    assert nothing.returncode == 1 and "implicit deny" in nothing.stdout
    wrong = simulate("--policy", "serach", "--action", "rekognition:SearchFaces")
    assert wrong.returncode == 2 and wrong.stdout == "" and "serach" in wrong.stderr


def test_simulate_takes_what_conditions_ask_for(binary, tmp_path):
    file = tmp_path / "conditions.json"
    file.write_text(policies.document(allow(Condition={
        "IpAddress": {"aws:SourceIp": "2001:db8::/32"}, "StringEquals": {"aws:RequestTag/team": "red",
                                                                        "aws:ResourceTag/team": "blue"}})))
    asked = ("--policy", str(file), "--action", "rekognition:TagResource", "--resource", PHOTOS,
             "--source-ip", "2001:db8::7", "--request-tag", "team=red")
    assert simulate(*asked, "--resource-tag", "team=blue").returncode == 0
    assert simulate(*asked, "--resource-tag", "team=red").returncode == 1
    assert simulate(*asked).returncode == 1
