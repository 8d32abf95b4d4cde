"""Callbacks made by an independent implementation, for `tests/vectors.rs` and the unit tests of `src/callback`.

    python3 -m venv venv && venv/bin/pip install wechatpy==1.8.18 pycryptodome
    venv/bin/python wecom/tests/vectors/make.py

Encryption, padding, signatures and XML replies are wechatpy's; what wechatpy would not make (JSON envelopes, and whatever
no honest sender sends) is put together here with pycryptodome. Keys, nonces and "random" bytes are fixed, so the file
comes out the same each time.
"""

import base64
import hashlib
import json
import pathlib
import struct

from Crypto.Cipher import AES
from wechatpy.crypto import PrpCrypto, _get_signature
from wechatpy.enterprise.crypto import WeChatCrypto

# Of the official example; the second key has the two bits set that mean nothing.
KEYS = [
    ("QDG6eK", "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C"),
    ("hJqcu3uJ9Tn2gXPmxx2w9kkCkCE2EPYo", "6qkdMrq68nTKduznJYO1A37W2oEgpkMUvkttRToqhUt"),
]
CORP, SUITE, MODEL = "wx5823bf96d3bd56c7", "ww4asffe99e54c0f4c", "M2024000001"
TIMESTAMP, NONCE = "1409659813", "1372623149"

MESSAGE = (
    "<xml><ToUserName><![CDATA[wx5823bf96d3bd56c7]]></ToUserName><FromUserName><![CDATA[zhangsan]]></FromUserName>"
    "<CreateTime>1409659813</CreateTime><MsgType><![CDATA[text]]></MsgType><Content><![CDATA[%s]]></Content>"
    "<MsgId>4561255354251345929</MsgId><AgentID>218</AgentID></xml>"
)
CHINESE = "你好，企业微信！发票抬头：深圳市腾讯计算机系统有限公司 𠮷野家 😀 <b>&amp;</b>"
TICKET = (
    "<xml><SuiteId><![CDATA[ww4asffe99e54c0f4c]]></SuiteId><InfoType><![CDATA[suite_ticket]]></InfoType>"
    "<TimeStamp>1403610513</TimeStamp><SuiteTicket><![CDATA[asdfasfdasdfasdf]]></SuiteTicket></xml>"
)
ROBOT = json.dumps(
    {"msgid": "CAIQ16HMjQYY", "aibotid": "AIBOT", "chattype": "group", "from": {"userid": "张三"},
     "msgtype": "text", "text": {"content": "@机器人 \"今天\" 天气\n如何？"}},
    ensure_ascii=False,
)


def random16(name):
    """Sixteen bytes that look random and are not."""
    return hashlib.sha256(name.encode()).hexdigest()[:16]


class Fixed(PrpCrypto):
    """wechatpy's, with the same random bytes each time."""

    name = ""

    def get_random_string(self):
        return random16(self.name)


def aes_key(key):
    return base64.b64decode(key + "=")


def encrypt(name, key, text, receive_id):
    crypto = Fixed(aes_key(key))
    crypto.name = name
    return crypto.encrypt(text, receive_id).decode()


def raw(key, plain):
    """Whole blocks as they are."""
    secret = aes_key(key)
    return base64.b64encode(AES.new(secret, AES.MODE_CBC, secret[:16]).encrypt(plain)).decode()


def pad(plain, to=32):
    count = to - len(plain) % to
    return plain + bytes([count]) * count


def packed(name, text, receive_id, length=None):
    text = text.encode() if isinstance(text, str) else text
    length = len(text) if length is None else length
    return random16(name).encode() + struct.pack(">I", length) + text + receive_id.encode()


def xml(encrypted, to=CORP, agent="218"):
    return (
        f"<xml><ToUserName><![CDATA[{to}]]></ToUserName><Encrypt><![CDATA[{encrypted}]]></Encrypt>"
        f"<AgentID><![CDATA[{agent}]]></AgentID></xml>"
    )


def as_json(encrypted):
    return json.dumps({"encrypt": encrypted})


def case(name, token, key, encrypted, body, accepts, text=None, receive_id=None, error=None, **more):
    signature = more.pop("signature", None) or _get_signature(token, TIMESTAMP, NONCE, encrypted)
    # The ciphertext stands once; the test puts it into the body.
    body = body.replace(encrypted, "{ENCRYPT}") if encrypted else body
    out = {"name": name, "token": token, "key": key, "accepts": accepts, "msg_signature": signature,
           "timestamp": TIMESTAMP, "nonce": NONCE, "encrypt": encrypted, "body": body}
    out |= {"error": error} if error else {"text": text, "receive_id": receive_id, "random": random16(name)}
    return out | more


def good():
    for number, (token, key) in enumerate(KEYS):
        for what, text, receive_id, wrap in [
            ("a text of an application", MESSAGE % "hello", CORP, xml),
            ("Chinese", MESSAGE % CHINESE, CORP, xml),
            ("a suite's notice", TICKET, SUITE, lambda e: xml(e, SUITE, "")),
            ("a robot's JSON without receive id", ROBOT, "", as_json),
            ("hardware in JSON", json.dumps({"info_type": "model_ticket", "model_id": MODEL}), MODEL, as_json),
            ("nothing but an id", "", CORP, xml),
            ("nothing at all", "", "", as_json),
            ("a long text", MESSAGE % ("长" * 2000), CORP, xml),
        ]:
            name = f"{what}, key {number}"
            encrypted = encrypt(name, key, text, receive_id)
            # What it makes, wechatpy also reads.
            assert PrpCrypto(aes_key(key)).decrypt(encrypted, receive_id) == text
            yield case(name, token, key, encrypted, wrap(encrypted), [CORP, SUITE, MODEL, ""], text, receive_id)
    token, key = KEYS[0]
    # 20 bytes stand before the text and 18 after it: 26 letters fill two blocks exactly, and get a third of padding.
    for letters in [*range(20, 32), 57, 58, 59]:
        name = f"{letters} letters"
        encrypted = encrypt(name, key, "x" * letters, CORP)
        yield case(name, token, key, encrypted, xml(encrypted), [CORP], "x" * letters, CORP)


def replies():
    """wechatpy's answers: what ours has to equal."""
    for number, (token, key) in enumerate(KEYS):
        for what, text in [("short", "<xml><Content><![CDATA[ok]]></Content></xml>"), ("Chinese", MESSAGE % CHINESE)]:
            name = f"reply: {what}, key {number}"
            crypto = WeChatCrypto(token, key, CORP)
            Fixed.name = name
            answer = crypto._encrypt_message(text, NONCE, TIMESTAMP, Fixed)
            yield {"name": name, "token": token, "key": key, "receive_id": CORP, "timestamp": TIMESTAMP,
                   "nonce": NONCE, "random": random16(name), "text": text, "answer": answer}


def hostile():
    token, key = KEYS[0]
    text = MESSAGE % "secret words"
    fine = encrypt("fine", key, text, CORP)

    def refuse(name, error, encrypted=fine, body=None, accepts=(CORP,), **more):
        return case(name, token, key, encrypted, xml(encrypted) if body is None else body, list(accepts), error=error,
                    **more)

    def cut(name, encrypted, text):
        """What is no UTF-8 opens all the same: texts arrive cut in the middle of a character."""
        out = case(name, token, key, encrypted, xml(encrypted), [CORP], text, CORP)
        del out["random"]
        return out

    signature = _get_signature(token, TIMESTAMP, NONCE, fine)
    yield refuse("a signature of another token", "signature",
                 signature=_get_signature("other", TIMESTAMP, NONCE, fine))
    yield refuse("half a signature", "signature", signature=signature[:20])
    yield refuse("a signature and more", "signature", signature=signature + "00")
    yield refuse("a signature over another ciphertext", "signature", body=xml(fine[:-8] + "AAAAAAA="))
    yield refuse("a NUL for a signature", "signature", signature="\0" * 40)
    yield refuse("another key", "plaintext", encrypt("k", KEYS[1][1], text, CORP))
    yield refuse("another receiver", "receive_id", encrypt("r", key, text, "ww-other"))
    yield refuse("a receiver that begins like ours", "receive_id", encrypt("r", key, text, CORP + "8"))
    yield refuse("a receiver that ours begins like", "receive_id", encrypt("r", key, text, CORP[:-1]))
    yield refuse("no receiver", "receive_id", encrypt("r", key, text, ""))
    yield refuse("a receiver with a NUL", "receive_id", encrypt("r", key, text, CORP + "\0"))
    yield refuse("a length of 4 GiB", "plaintext", raw(key, pad(packed("l", text, CORP, 0xFFFFFFFF))))
    yield refuse("a length with the sign's bit", "plaintext", raw(key, pad(packed("l", text, CORP, 0x80000000))))
    yield refuse("a length into the padding", "plaintext",
                 raw(key, pad(packed("l", text, CORP, len(text.encode()) + 19))))
    yield refuse("a length up to the padding", "receive_id",
                 raw(key, pad(packed("l", text, CORP, len(text.encode()) + 18))))
    yield refuse("a length of nothing", "receive_id", raw(key, pad(packed("l", text, CORP, 0))))
    yield refuse("a length of nothing before what must not be shown", "receive_id",
                 raw(key, pad(packed("l", "secret words", CORP, 0))))
    yield refuse("padding of 0", "plaintext", raw(key, packed("p", "x" * 25, CORP)[:63].ljust(64, b"\0")))
    yield refuse("padding of 33", "plaintext", raw(key, packed("p", "x" * 57, CORP) + b"\x21" * 33))
    yield refuse("padding of 255", "plaintext", raw(key, b"\xff" * 256))
    yield refuse("padding longer than all", "plaintext", raw(key, b"\x20" * 16))
    yield refuse("padding that is not all the same", "plaintext", raw(key, packed("p", "x" * 7, CORP) + b"\1" * 18 + b"\x13"))
    yield refuse("nothing but padding", "plaintext", raw(key, b"\x20" * 32))
    yield refuse("less than a length", "plaintext", raw(key, pad(b"r" * 18)))
    yield refuse("random bytes alone", "plaintext", raw(key, pad(b"r" * 16)))
    yield cut("no UTF-8", raw(key, pad(packed("u", b"<xml>\xff\xfe</xml>", CORP))), "<xml>\ufffd\ufffd</xml>")
    yield cut("half a character", raw(key, pad(packed("u", "你".encode()[:2], CORP))), "\ufffd")
    yield refuse("half a block", "ciphertext", base64.b64encode(base64.b64decode(fine)[:-8]).decode())
    yield refuse("one block", "plaintext", base64.b64encode(base64.b64decode(fine)[:16]).decode())
    yield refuse("the first block missing", "plaintext", base64.b64encode(base64.b64decode(fine)[16:]).decode())
    yield refuse("not base64", "ciphertext", "!!!!")
    yield refuse("no ciphertext", "envelope", "", xml(""))
    yield refuse("an entity in the envelope", "envelope",
                 body=f'<!DOCTYPE x [<!ENTITY e "{fine}">]><xml><Encrypt>&e;</Encrypt></xml>')
    yield refuse("an entity without a document type", "envelope", body="<xml><Encrypt>&e;</Encrypt></xml>")
    yield refuse("an envelope that is no XML", "envelope", body="<xml><Encrypt>" + fine)
    yield refuse("a list for JSON", "envelope", body=json.dumps([fine]))
    yield refuse("a number for a ciphertext", "signature", body='{"encrypt": 1}')
    yield refuse("an object for a ciphertext", "envelope", body='{"encrypt": {"encrypt": "x"}}')
    for what, inner in [
        ("an entity", '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">]><xml><MsgType>&a;</MsgType></xml>'),
        ("a file", '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><xml><MsgType>&a;</MsgType></xml>'),
        ("a billion laughs",
         "<!DOCTYPE x [<!ENTITY a0 \"ha\">" + "".join(
             f'<!ENTITY a{n} "' + f"&a{n - 1};" * 10 + '">' for n in range(1, 10)) + "]><xml><MsgType>&a9;</MsgType></xml>"),
        ("an unknown entity", "<xml><MsgType>&nbsp;</MsgType></xml>"),
        ("an element without an end", "<xml><MsgType>"),
        ("a thousand levels", "<a>" * 1000 + "</a>" * 1000),
        ("a thousand levels of JSON", '{"a":' * 1000 + "1" + "}" * 1000),
        ("no document", "hello"),
    ]:
        yield refuse(f"inside: {what}", "message", encrypt(what, key, inner, CORP))


if __name__ == "__main__":
    vectors = {"made_by": "make.py, with wechatpy and pycryptodome", "callbacks": [*good(), *hostile()],
               "replies": [*replies()]}
    path = pathlib.Path(__file__).with_name("callbacks.json")
    path.write_text(json.dumps(vectors, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(f"{path.name}: {len(vectors['callbacks'])} callbacks, {len(vectors['replies'])} replies")
