"""The callbacks of WeCom read in Python, for `callbacks.rs` to compare with: prints the microseconds that each message took.

    callbacks.py TOKEN KEY CORP TIMESTAMP NONCE MESSAGES SIGNATURE < body
"""

import base64
import hashlib
import hmac
import sys
import time
import xml.etree.ElementTree as tree

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes


def read(body, token, key, corp, timestamp, nonce, signature):
    """The elements of a message, once its signature, padding and receiver are found right."""
    sealed = tree.fromstring(body).findtext("Encrypt")
    expected = hashlib.sha1("".join(sorted([token, timestamp, nonce, sealed])).encode()).hexdigest()
    if not hmac.compare_digest(expected, signature):
        raise ValueError("signature")
    decryptor = Cipher(algorithms.AES(key), modes.CBC(key[:16])).decryptor()
    plain = decryptor.update(base64.b64decode(sealed)) + decryptor.finalize()
    padding = plain[-1]
    if not 1 <= padding <= 32 or plain[-padding:] != bytes([padding]) * padding:
        raise ValueError("padding")
    length = int.from_bytes(plain[16:20], "big")
    if plain[20 + length : -padding].decode() != corp:
        raise ValueError("receiver")
    return {element.tag: element.text for element in tree.fromstring(plain[20 : 20 + length])}


def main():
    token, key, corp, timestamp, nonce, messages, signature = sys.argv[1:]
    key = base64.b64decode(key + "=")
    body = sys.stdin.buffer.read()
    assert read(body, token, key, corp, timestamp, nonce, signature)["MsgType"] == "text"
    began = time.perf_counter()
    for _ in range(int(messages)):
        read(body, token, key, corp, timestamp, nonce, signature)
    print((time.perf_counter() - began) * 1e6 / int(messages))


main()
