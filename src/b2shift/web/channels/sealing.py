"""What only one browser can read (RFC 8291 over RFC 8188), and the proof of who sends it (VAPID, RFC 8292).

Needs the extra `push`. Keys travel as base64url without padding, as browsers and push services write them.
"""

import base64
import json
from urllib.parse import urlsplit

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from b2shift.kernel.errors import InputError

RECORD = 4096
LARGEST = RECORD - 16 - 1 - 86
"""Bytes of text that fit one record with its tag, delimiter and header."""
_CURVE = ec.SECP256R1()


def unpadded(raw: bytes) -> str:
    """base64url without padding."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def bytes_of(text: str) -> bytes:
    """The bytes of a base64url text; ValueError when it is none."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def private_key(text: str) -> ec.EllipticCurvePrivateKey:
    """The key of 32 bytes in base64url; InputError when it is none."""
    try:
        raw = bytes_of(text.strip())
        if len(raw) != 32:
            raise ValueError(len(raw))
        return ec.derive_private_key(int.from_bytes(raw, "big"), _CURVE)
    except (ValueError, UnsupportedAlgorithm) as error:
        hint = "Dê 32 bytes ao acaso em base64url"
        raise InputError("A chave dos avisos em aparelhos não serve", value=f"{len(text)} letras", hint=hint) from error


def public_point(key: ec.EllipticCurvePrivateKey) -> bytes:
    """The public key as an uncompressed point of 65 bytes."""
    return key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def sealed(text: bytes, to: str, secret: str, key: ec.EllipticCurvePrivateKey, salt: bytes) -> bytes:
    """A body of `Content-Encoding: aes128gcm` for the browser whose key is `to` and whose secret is `secret`.

    `key` and `salt` must be of this message alone. InputError when the text is too long for one record, ValueError
    when the browser's key is no point of the curve.
    """
    if len(text) > LARGEST:
        raise InputError("O aviso é longo demais para um aparelho", value=len(text), hint=f"Cabem {LARGEST} bytes")
    theirs = bytes_of(to)
    shared = key.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(_CURVE, theirs))
    ours = public_point(key)
    secret_of_both = _derived(shared, bytes_of(secret), b"WebPush: info\x00" + theirs + ours, 32)
    content_key = _derived(secret_of_both, salt, b"Content-Encoding: aes128gcm\x00", 16)
    nonce = _derived(secret_of_both, salt, b"Content-Encoding: nonce\x00", 12)
    header = salt + RECORD.to_bytes(4, "big") + bytes([len(ours)]) + ours
    return header + AESGCM(content_key).encrypt(nonce, text + b"\x02", None)


def voucher(endpoint: str, contact: str, key: ec.EllipticCurvePrivateKey, expires: int) -> str:
    """The Authorization header by which a push service knows us: a token signed by ES256, and the key to check it."""
    parts = urlsplit(endpoint)
    claims = {"aud": f"{parts.scheme}://{parts.netloc}", "exp": expires, "sub": contact}
    signing_input = ".".join(unpadded(json.dumps(one).encode()) for one in ({"typ": "JWT", "alg": "ES256"}, claims))
    r, s = decode_dss_signature(key.sign(signing_input.encode(), ec.ECDSA(SHA256())))
    signature = unpadded(r.to_bytes(32, "big") + s.to_bytes(32, "big"))
    return f"vapid t={signing_input}.{signature}, k={unpadded(public_point(key))}"


def _derived(key: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(algorithm=SHA256(), length=length, salt=salt, info=info).derive(key)
