"""All 75 operations of the public service description: the valid is let through, the rest gets the typed error."""

import re
import uuid

import pytest

from support import contract, raw_http

IN_PICTURES = {"DetectFaces", "CompareFaces"}
ANSWERED = IN_PICTURES | {
    "CreateCollection", "DeleteCollection", "DescribeCollection", "ListCollections", "CreateUser", "DeleteUser", "ListUsers",
    "TagResource", "UntagResource", "ListTagsForResource",
}
each_operation = pytest.mark.parametrize("operation", contract.operations())
FAILURE = re.compile(r"Value (?:null|'.*?') at '([^']+)' failed to satisfy constraint: "
                     r"(Member must .+?)(?:; (?=Value )|$)", re.DOTALL)


def test_there_are_75():
    assert len(contract.operations()) == 75


@each_operation
@pytest.mark.parametrize("make", [contract.minimal, contract.full], ids=["minimal", "full"])
def test_a_valid_request_gets_past_validation(server, operation, make):
    """An answer, an error of the operation's own, or the statement that it has no meaning yet."""
    answer = raw_http.call(server, operation, make(operation))
    assert answer.headers["content-type"] == "application/x-amz-json-1.1"
    if answer.status == 200:
        assert isinstance(answer.json, dict)
        return
    assert answer.status == 400, answer.body
    assert answer.code not in ("SerializationException", "UnknownOperationException"), answer.message
    assert not answer.message.startswith("1 validation error"), answer.message
    modelled = {shape.name for shape in contract.service().operation_model(operation).error_shapes}
    if answer.code == "UnsupportedOperationException":
        assert operation not in ANSWERED
        assert re.search(rf"\b{operation}\b", answer.message) and "api-coverage" in answer.message
    else:
        assert answer.code in modelled, answer.body


@pytest.mark.parametrize("operation", sorted(IN_PICTURES))
def test_operations_that_have_a_meaning_answer(server, operation):
    answer = raw_http.call(server, operation, contract.minimal(operation))
    if operation == "CompareFaces":  # there is no face in the small picture
        assert (answer.status, answer.code) == (400, "InvalidParameterException")
    else:
        assert answer.status == 200 and answer.json["FaceDetails"] == []


@each_operation
def test_each_missing_member_is_named(server, operation):
    valid = contract.minimal(operation)
    wrong = []
    for name in contract.service().operation_model(operation).input_shape.required_members:
        for body in ({key: value for key, value in valid.items() if key != name}, valid | {name: None}):
            answer = raw_http.call(server, operation, body)
            expected = (f"1 validation error detected: Value null at '{contract.camel(name)}' failed to satisfy "
                        "constraint: Member must not be null")
            if (answer.status, answer.code, answer.message) != (400, "InvalidParameterException", expected):
                wrong.append((name, answer.status, answer.body[:300]))
    assert not wrong


def test_several_errors_are_counted(server):
    answer = raw_http.call(server, "CompareFaces", {"SimilarityThreshold": 101})
    assert (answer.status, answer.code) == (400, "InvalidParameterException")
    assert answer.message.startswith("3 validation errors detected: ")
    for path in ("sourceImage", "targetImage", "similarityThreshold"):
        assert f"at '{path}'" in answer.message


def agrees(mutation: contract.Mutation, answer: raw_http.Answer) -> bool:
    if (answer.status, answer.code) != (400, mutation.code):
        return False
    if mutation.code == "SerializationException":
        return len(answer.message) > 0
    count, _, failures = answer.message.partition(" detected: ")
    found = FAILURE.findall(failures)  # one value may break several constraints: too short and against the pattern
    if not found or count != f"{len(found)} validation error{'s' if len(found) > 1 else ''}":
        return False
    return all(names(mutation.path, said) for said, _ in found) and any(
        mutation.constraint in constraint for _, constraint in found)


def names(path: str, said: str) -> bool:
    """What AWS adds for elements of lists ("tags.1.member.key", or the list itself) is left open here."""
    plain = [part for part in path.split(".") if not part.isdigit()]
    heard = [part for part in said.split(".") if not part.isdigit() and part != "member"]
    in_list = any(part.isdigit() for part in path.split("."))
    return bool(heard) and (heard == plain[:len(heard)] if in_list else heard == plain)


@each_operation
def test_each_member_out_of_its_bounds(server, operation):
    """Type, length, range, pattern, enumeration and presence of every member, nested ones too."""
    wrong, count = [], 0
    with raw_http.Connection(server) as connection:
        for mutation in contract.mutations(operation):
            body = raw_http.sigv4.body_of(mutation.body)
            connection.send_request(raw_http.sigv4.headers_for(server, operation, body), body)
            answer = connection.read()
            count += 1
            if not agrees(mutation, answer):
                wrong.append(f"{mutation.what}: expected {mutation.code} {mutation.constraint!r}, "
                             f"got {answer.status} {answer.body[:250]}")
    assert not wrong, f"{len(wrong)} of {count}:\n" + "\n".join(wrong)


@pytest.mark.parametrize("tags", [{"": "v"}, {"k" * 129: "v"}, {"aws:key": "v"}, {"k": "v" * 257}, {"k\x01": "v"}],
                         ids=["empty key", "long key", "reserved key", "long value", "control character"])
def test_keys_and_values_of_maps(server, tags):
    answer = raw_http.call(server, "CreateCollection", {"CollectionId": "c", "Tags": tags})
    assert (answer.status, answer.code) == (400, "InvalidParameterException"), answer.body
    assert "at 'tags" in answer.message


@pytest.mark.parametrize("tags", [{"Größe 中": "wert: a/b=c+d@e_f.g-h"}, {"k": ""}, {}], ids=str)
def test_letters_of_the_world_in_tags(server, tags):
    answer = raw_http.call(server, "CreateCollection", {"CollectionId": f"tags-{uuid.uuid4()}", "Tags": tags})
    assert answer.status == 200, answer.body


def test_patterns_match_the_whole_value(server):
    for bad in ("a b", "a\n", "\na", "a/b", "ä", "a\u0000", "ok ", " ok"):
        answer = raw_http.call(server, "CreateCollection", {"CollectionId": bad})
        assert (answer.status, answer.code) == (400, "InvalidParameterException"), bad
        assert "at 'collectionId' failed to satisfy constraint: Member must satisfy regular expression pattern: " \
            "[a-zA-Z0-9_.\\-]+" in answer.message


def test_lengths_count_characters_not_bytes(server):
    fits = raw_http.call(server, "DetectText", {"Image": {"S3Object": {"Bucket": "abc", "Name": "é" * 1024}}})
    assert "Member must have length" not in fits.message
    over = raw_http.call(server, "DetectText", {"Image": {"S3Object": {"Bucket": "abc", "Name": "é" * 1025}}})
    assert (over.status, over.code) == (400, "InvalidParameterException")
    assert "at 'image.s3Object.name' failed to satisfy constraint: Member must have length less than or equal to 1024" \
        in over.message


def test_messages_quote_little_of_a_long_value(server):
    answer = raw_http.call(server, "CreateCollection", {"CollectionId": "x" * 1_000_000})
    assert (answer.status, answer.code) == (400, "InvalidParameterException")
    assert len(answer.message) < 600


def test_validation_comes_before_the_statement_that_an_operation_has_no_meaning(server):
    answer = raw_http.call(server, "StartProjectVersion", {"ProjectVersionArn": "x" * 30, "MinInferenceUnits": 0})
    assert answer.code == "InvalidParameterException"
