"""AWS Signature Version 4, written from its public description, so that every part of a request can be made wrong.

test_auth.py holds it against botocore's own signer.
"""

import dataclasses
import datetime
import hashlib
import hmac
import json
import urllib.parse

TARGET_PREFIX = "RekognitionService."
BOTO_SIGNED = ("content-type", "host", "x-amz-date", "x-amz-target")
# What the JavaScript SDK v3 signs; its header names are in lower case on the wire.
JAVASCRIPT_SIGNED = ("amz-sdk-invocation-id", "amz-sdk-request", "content-length", "content-type", "host",
                     "x-amz-content-sha256", "x-amz-date", "x-amz-target", "x-amz-user-agent")


def timestamp(offset: datetime.timedelta = datetime.timedelta()) -> str:
    return (datetime.datetime.now(datetime.timezone.utc) + offset).strftime("%Y%m%dT%H%M%SZ")


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _mac(key: bytes, text: str) -> bytes:
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


@dataclasses.dataclass
class Signer:
    keys: tuple[str, ...]  # id, secret and, of a session, its token
    region: str = "us-east-1"
    service: str = "rekognition"
    date: str | None = None  # x-amz-date; now unless given
    scope_date: str | None = None  # the day in the credential scope; of `date` unless given
    terminator: str = "aws4_request"

    def authorization(self, headers: dict[str, str], body: bytes, signed: tuple[str, ...], *, method: str = "POST",
                      path: str = "/", query: str = "", payload_hash: str | None = None) -> str:
        """The Authorization header over those of `headers` that `signed` names (lower case, sorted)."""
        date = self.date or headers.get("x-amz-date") or timestamp()
        scope, signature = self._signature(date, method, path, query, headers, signed, payload_hash or sha256(body))
        return (f"AWS4-HMAC-SHA256 Credential={self.keys[0]}/{scope}, SignedHeaders={';'.join(signed)}, "
                f"Signature={signature}")

    def presigned(self, headers: dict[str, str], payload_hash: str, *, method: str = "POST", expires: str = "900",
                  **change: str | None) -> str:
        """A target with the claim in its query, over all `headers`. `change` replaces parameters before they are signed
        (named without X-Amz-) or leaves them out (None)."""
        date = self.date or timestamp()
        signed = tuple(sorted(name.lower() for name in headers))
        parameters = {"Algorithm": "AWS4-HMAC-SHA256", "Credential": f"{self.keys[0]}/{self._scope(date)}",
                      "Date": date, "Expires": expires, "SignedHeaders": ";".join(signed)}
        if len(self.keys) > 2:
            parameters["Security-Token"] = self.keys[2]
        parameters = {name: value for name, value in (parameters | change).items() if value is not None}
        quoted = {f"X-Amz-{name}": urllib.parse.quote(value, safe="-._~") for name, value in parameters.items()}
        query = "&".join(f"{name}={value}" for name, value in sorted(quoted.items()))
        _, signature = self._signature(date, method, "/", query, headers, signed, payload_hash)
        return f"/?{query}&X-Amz-Signature={signature}"

    def _scope(self, date: str) -> str:
        return f"{self.scope_date or date[:8]}/{self.region}/{self.service}/{self.terminator}"

    def _signature(self, date, method, path, query, headers, signed, payload_hash) -> tuple[str, str]:
        values = {name.lower(): " ".join(value.split()) for name, value in headers.items()}
        canonical = "\n".join([method, path, query, *(f"{name}:{values.get(name, '')}" for name in signed), "",
                               ";".join(signed), payload_hash])
        scope = self._scope(date)
        text = "\n".join(["AWS4-HMAC-SHA256", date, scope, sha256(canonical.encode())])
        key = ("AWS4" + self.keys[1]).encode()
        for part in scope.split("/"):
            key = _mac(key, part)
        return scope, hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


def headers_for(server, operation: str, body: bytes, *, signed: tuple[str, ...] = BOTO_SIGNED,
                extra: dict[str, str] | None = None, content_type: str = "application/x-amz-json-1.1",
                keys: tuple[str, ...] | None = None, payload_hash: str | None = None, **scope) -> dict[str, str]:
    """All headers of a signed request but Content-Length. `operation` may be a whole target with a dot in it."""
    signer = Signer(keys or server.keys, **({"region": server.region} | scope))
    headers = {
        "host": f"{server.host}:{server.port}",
        "content-type": content_type,
        "x-amz-date": signer.date or timestamp(),
        "x-amz-target": operation if "." in operation else TARGET_PREFIX + operation,
    }
    if len(signer.keys) > 2:
        headers["x-amz-security-token"] = signer.keys[2]
        signed = tuple(sorted({*signed, "x-amz-security-token"}))
    headers |= extra or {}
    headers["authorization"] = signer.authorization(headers, body, signed, payload_hash=payload_hash)
    return headers


def body_of(value) -> bytes:
    return value if isinstance(value, bytes) else json.dumps(value).encode()
