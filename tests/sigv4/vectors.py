"""vectors.txt: requests of our own making in the categories of the public SigV4 test suite, and what they must come to.

The file is read by src/sigv4/vectors_test.cc too. A case is some lines, with an empty line behind it:

    case NAME                  what it is about
    method, target             as on the request line
    header NAME: VALUE         signed, in this order; repeated names repeat
    unsigned NAME: VALUE       sent, but not signed
    payload hash | unsigned    what the signature covers of the body
    body TEXT
    presigned SECONDS          the claim is in the target; without this line it is in an Authorization header
    botocore no, REASON        botocore cannot say or does not do this; the values were made by hand
    refused KIND               canonical and signature are right, and the claim is refused all the same
    canonical TEXT             the canonical request
    signature HEX

with \\n, \\t, \\\\ and \\xHH in texts. Key, secret, time, region and service are those below, a session token is TOKEN.
"""

import dataclasses
import pathlib
import re

KEY, SECRET, TOKEN = "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "LikenessSession+of/tests=="
REGION, SERVICE, DATE = "us-east-1", "rekognition", "20260203T040506Z"
HOST = "likeness.example"
SCOPE = f"{DATE[:8]}/{REGION}/{SERVICE}/aws4_request"
FILE = pathlib.Path(__file__).parent / "vectors.txt"


@dataclasses.dataclass
class Vector:
    name: str
    method: str = "POST"
    target: str = "/"
    headers: list = dataclasses.field(default_factory=list)
    unsigned: list = dataclasses.field(default_factory=list)
    payload: str = "hash"
    body: str = ""
    presigned: int = 0
    botocore: str = ""
    refused: str = ""
    canonical: str = ""
    signature: str = ""

    @property
    def token(self) -> str | None:
        names = {name.lower() for name, _ in self.headers}
        return TOKEN if "x-amz-security-token" in names or "X-Amz-Security-Token" in self.target else None


def unescape(text: str) -> str:
    plain = {"\\n": "\n", "\\t": "\t", "\\\\": "\\"}
    return re.sub(r"\\(?:x([0-9A-F]{2})|[nt\\])",
                  lambda match: chr(int(match[1], 16)) if match[1] else plain[match[0]], text)


def read() -> list[Vector]:
    found = []
    for line in FILE.read_text().splitlines():
        if not line or line.startswith("#"):
            continue
        word, _, rest = line.partition(" ")
        if word == "case":
            found.append(Vector(rest))
        elif word in ("header", "unsigned"):
            name, _, value = unescape(rest).partition(": ")
            (found[-1].headers if word == "header" else found[-1].unsigned).append((name, value))
        elif word == "presigned":
            found[-1].presigned = int(rest)
        else:
            setattr(found[-1], word, unescape(rest))
    return found
