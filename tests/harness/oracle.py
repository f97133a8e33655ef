"""What may come back at all, and whether what came back does.

Allowed errors are those that the service description lists for the operation, those that AWS lists as common to all its
services, and UnsupportedOperationException for an operation that this server does not have. An error with a status of 500
or more is never allowed, whatever its name.
"""

import json
import re

from harness import answers
from harness.client import Answer, Outcome
from harness.description import errors_of, output_of

# https://docs.aws.amazon.com/rekognition/latest/APIReference/CommonErrors.html and the names that the live services of
# the same protocol use for the same things.
COMMON = {
    "AccessDeniedException", "ExpiredTokenException", "IncompleteSignature", "IncompleteSignatureException",
    "InvalidClientTokenId", "InvalidSignatureException", "MalformedHttpRequestException", "MissingAuthenticationToken",
    "MissingAuthenticationTokenException", "NotAuthorized", "OptInRequired", "ProvisionedThroughputExceededException",
    "RequestAbortedException", "RequestEntityTooLargeException", "RequestExpired", "RequestTimeoutException",
    "SerializationException", "ThrottlingException", "UnknownOperationException", "UnrecognizedClientException",
    "ValidationError", "ValidationException",
}
UNSUPPORTED = "UnsupportedOperationException"
BUSY = {"ThrottlingException", "ProvisionedThroughputExceededException"}
REQUEST_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
COMPLAINT = re.compile(r"\d+ validation errors? detected")


def _no_duplicates(pairs):
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a member twice")
    return found


def _no_constants(name):
    raise ValueError(f"{name} is no JSON")


def parsed(body: bytes):
    return json.loads(body.decode("utf-8"), object_pairs_hook=_no_duplicates, parse_constant=_no_constants)


def code_of(answer: Answer) -> str:
    try:
        return "" if answer.status == 200 else str(parsed(answer.body).get("__type"))
    except (ValueError, AttributeError):
        return "?"


def about(answer: Answer, operation: str | None) -> list[str]:
    """What is wrong with an answer, whatever was asked. `operation` None: none could be recognised."""
    found = []
    if answer.status >= 500:
        found.append(f"status {answer.status}")
    if not REQUEST_ID.fullmatch(answer.headers.get("x-amzn-requestid", "")):
        found.append("no request id")
    if answer.headers.get("content-type") != "application/x-amz-json-1.1":
        found.append(f"content type {answer.headers.get('content-type')}")
    try:
        value = parsed(answer.body)
    except ValueError as error:
        return [*found, f"the body is no JSON: {error}: {answer.body[:200]!r}"]
    if answer.status == 200:
        output = operation and output_of(operation)
        return found + (answers.problems(output, value) if output else [])
    return found + _about_error(answer, value, operation)


def _about_error(answer: Answer, value, operation: str | None) -> list[str]:
    if not isinstance(value, dict):
        return ["the error is no object"]
    found = []
    code, message = value.get("__type"), value.get("message")
    allowed = COMMON | {UNSUPPORTED} | (errors_of(operation) if operation else set())
    if operation is None:
        allowed |= {"InvalidParameterException"}  # modelled by every operation
    if code not in allowed:
        found.append(f"{code} is neither modelled for {operation} nor common")
    if not 400 <= answer.status < 500:
        found.append(f"status {answer.status} for {code}")
    if not isinstance(message, str) or not message or len(message) > 4000:
        found.append(f"message {str(message)[:80]!r}")
    if value.get("Message") != message or value.get("Code") != code:
        found.append("Code and Message differ from __type and message")
    return found


def about_case(case, answer: Answer) -> list[str]:
    """What is wrong with an answer to that body."""
    found = about(answer, case.operation)
    code = code_of(answer)
    if code in BUSY:
        return found
    message = "" if answer.status == 200 else str(parsed(answer.body).get("message"))
    if code.startswith(("IncompleteSignature", "InvalidSignature", "MissingAuth", "UnrecognizedClient", "UnknownOperation")):
        found.append(f"{code} for a request that is signed and named correctly")
    if case.expect == "valid" and (code == "SerializationException" or COMPLAINT.match(message)):
        found.append(f"a valid request was refused: {code}: {message[:200]}")
    if case.expect == "malformed" and (answer.status, code) != (400, "SerializationException"):
        found.append(f"{answer.status} {code} instead of SerializationException: {message[:200]}")
    if case.expect == "constraint":
        if (answer.status, code) not in ((400, "InvalidParameterException"), (400, "ValidationException")):
            found.append(f"{answer.status} {code} instead of a validation error: {message[:200]}")
        elif not COMPLAINT.match(message) or not _names(message, case.path):
            found.append(f"the message does not name {case.path}: {message[:300]}")
    return found


def _names(message: str, path: str) -> bool:
    """Whether the message blames that member; what AWS adds for elements of lists (`.1.member`) is left open."""
    blamed = re.findall(r" at '([^']*)' failed to satisfy constraint: Member must ", message)
    plain = [".".join(part for part in said.split(".") if not part.isdigit() and part != "member") for said in blamed]
    return path in plain


def about_exchange(outcome: Outcome, wanted: int) -> list[str]:
    """What is wrong with an exchange that was owed so many answers."""
    if outcome.hang:
        return [f"hang: {len(outcome.answers)} of {wanted} answers before the deadline"]
    found = []
    if len(outcome.answers) < wanted:
        found.append(f"dropped: {len(outcome.answers)} of {wanted} answers, then the connection was closed")
    if outcome.left_over:
        found.append(f"bytes that are no answer: {outcome.left_over[:80]!r}")
    return found
