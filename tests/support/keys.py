"""Access keys as an operator makes them, by `likeness keys`; and session tokens, made by hand."""

import base64
import ctypes
import hashlib
import hmac
import json
import os
import pathlib
import struct

from support.server import run_likeness


def run(data: pathlib.Path, *arguments: str, code: int = 0, **env: str) -> str:
    """Standard output of `likeness keys ...`; of a failure, standard error."""
    done = run_likeness("keys", *arguments, "--data", data, **env)
    assert done.returncode == code, (arguments, done.returncode, done.stdout, done.stderr)
    if code:
        assert done.stdout == "" and done.stderr.startswith("likeness: ")
        return done.stderr
    return done.stdout


def ask(data: pathlib.Path, *arguments: str) -> dict:
    return json.loads(run(data, *arguments, "--json"))


def create(data: pathlib.Path, *arguments: str) -> tuple[str, str]:
    """A key that may do everything, unless the arguments say otherwise."""
    made = ask(data, "create", *(arguments or ("--policy", "admin")))
    return made["AccessKeyId"], made["SecretAccessKey"]


def session(data: pathlib.Path, key: str, *arguments: str) -> tuple[str, str, str]:
    made = ask(data, "session", "--key", key, *(arguments or ("--ttl", "15m")))
    return made["AccessKeyId"], made["SecretAccessKey"], made["SessionToken"]


def listed(data: pathlib.Path) -> dict[str, dict]:
    return {key["AccessKeyId"]: key for key in ask(data, "list")["Keys"]}


def session_token(data: pathlib.Path, *, key: str, secret: str, parent: str, policies: tuple[str, ...], created: float,
                  expires: float) -> str:
    """A token as docs/authentication.md describes it, sealed with the folder's master key."""
    def text(value: str) -> bytes:
        return struct.pack(">H", len(value)) + value.encode()

    plain = (b"\x01" + struct.pack(">qq", int(created * 1e6), int(expires * 1e6)) + text(key) + text(secret) +
             text(parent) + bytes([len(policies)]) + b"".join(map(text, policies)))
    master = bytes.fromhex((data / "master-key").read_text().strip())
    extracted = hmac.new(bytes(32), master, hashlib.sha256).digest()  # HKDF, RFC 5869, with an empty salt
    sealing_key = hmac.new(extracted, b"session tokens\x01", hashlib.sha256).digest()
    return base64.b64encode(_aes_256_gcm(sealing_key, plain, b"likeness session token")).decode()


def _aes_256_gcm(key: bytes, plain: bytes, associated: bytes) -> bytes:
    """Nonce, ciphertext and tag, by OpenSSL."""
    library = ctypes.CDLL("libcrypto.so.3")
    for name in ("EVP_CIPHER_CTX_new", "EVP_aes_256_gcm"):
        getattr(library, name).restype = ctypes.c_void_p
    context = ctypes.c_void_p(library.EVP_CIPHER_CTX_new())
    nonce, length = os.urandom(12), ctypes.c_int()
    cipher = ctypes.c_void_p(library.EVP_aes_256_gcm())
    assert library.EVP_EncryptInit_ex(context, cipher, None, key, nonce) == 1
    assert library.EVP_EncryptUpdate(context, None, ctypes.byref(length), associated, len(associated)) == 1
    sealed = ctypes.create_string_buffer(len(plain))
    assert library.EVP_EncryptUpdate(context, sealed, ctypes.byref(length), plain, len(plain)) == 1
    tag = ctypes.create_string_buffer(16)
    assert library.EVP_EncryptFinal_ex(context, None, ctypes.byref(length)) == 1
    assert library.EVP_CIPHER_CTX_ctrl(context, 0x10, 16, tag) == 1  # EVP_CTRL_AEAD_GET_TAG
    library.EVP_CIPHER_CTX_free(context)
    return nonce + sealed.raw + tag.raw
