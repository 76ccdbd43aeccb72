"""wire.py - DNS messages: a query with its own name, and what of an answer can be judged without cryptography."""
import struct
import time

SOA, TXT, RRSIG = 6, 16, 46
RCODES = {0: "NOERROR", 1: "FORMERR", 2: "SERVFAIL", 3: "NXDOMAIN", 4: "NOTIMP", 5: "REFUSED"}


class Bad(Exception):
    """An answer that is not what it should be; the text says why."""


def name_wire(name):
    labels = [part for part in name.rstrip(".").split(".") if part]
    return b"".join(bytes([len(part)]) + part.encode("ascii") for part in labels) + b"\0"


def query(ident, name, qtype):
    """EDNS with DO (RFC 3225): the signatures shall come along. 1232 bytes: what is never fragmented."""
    head = struct.pack("!6H", ident, 0, 1, 0, 0, 1)
    edns = b"\0" + struct.pack("!HHIH", 41, 1232, 0x8000, 0)
    return head + name_wire(name) + struct.pack("!HH", qtype, 1) + edns


def skip_name(msg, at):
    while True:
        length = msg[at]
        if length >= 0xC0:
            return at + 2
        at += 1 + length
        if length == 0:
            return at


def answer_records(msg, at, count):
    """(type, offset of the data, data) of each record of the answer section."""
    for _ in range(count):
        at = skip_name(msg, at)
        rtype, _, _, length = struct.unpack_from("!HHIH", msg, at)
        at += 10
        if at + length > len(msg):
            raise Bad("malformed")
        yield rtype, at, msg[at:at + length]
        at += length


def judge_signature(covered, data, now):
    """Is this an RRSIG of that type, and is it valid now? (RFC 4034 3.1.5: serial arithmetic.)"""
    kind, _, _, _, expires, begins = struct.unpack_from("!HBBIII", data, 0)
    if kind != covered:
        return False
    if (expires - now) & 0xFFFFFFFF >= 1 << 31:
        raise Bad("signature expired")
    if (now - begins) & 0xFFFFFFFF >= 1 << 31:
        raise Bad("signature not yet valid")
    return True


def judge(msg, ident, name, qtype, text, signed):
    """Raise Bad unless msg answers the question as it should. Returns the serial of an SOA, else None."""
    try:
        got, flags, questions, answers = struct.unpack_from("!4H", msg, 0)
        asked = name_wire(name) + struct.pack("!HH", qtype, 1)
        if got != ident or not flags & 0x8000 or questions != 1 or msg[12:12 + len(asked)].lower() != asked:
            raise Bad("answers another question")
        if flags & 15:
            raise Bad(RCODES.get(flags & 15, "rcode %d" % (flags & 15)))
        if flags & 0x0200 or not flags & 0x0400:
            raise Bad("truncated" if flags & 0x0200 else "not authoritative")
        serial, found, signature, now = None, False, not signed, int(time.time())
        for rtype, at, data in answer_records(msg, 12 + len(asked), answers):
            if rtype == RRSIG:
                signature |= judge_signature(qtype, data, now)
            elif rtype == qtype == TXT:
                found |= data == bytes([len(text)]) + text
            elif rtype == qtype == SOA:
                end = skip_name(msg, skip_name(msg, at))
                serial, found = struct.unpack_from("!I", msg, end)[0], True
        if not found:
            raise Bad("wrong data")
        if not signature:
            raise Bad("not signed")
        return serial
    except (IndexError, struct.error):
        raise Bad("malformed") from None


def newer(a, b):
    """Serial a after serial b (RFC 1982)."""
    return a != b and (a - b) & 0xFFFFFFFF < 1 << 31
