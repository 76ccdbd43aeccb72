#!/usr/bin/env python3
"""mrt.py - MRT files made by RFC 6396 alone, for tests of who reads them: python3 mrt.py FOLDER."""
import gzip
import ipaddress
import struct
import sys


def record(kind, subtype, body, seconds=1700000000):
    return struct.pack("!IHHI", seconds, kind, subtype, len(body)) + body


def attribute(flags, number, value):
    if len(value) > 255:
        return struct.pack("!BBH", flags | 0x10, number, len(value)) + value
    return struct.pack("!BBB", flags, number, len(value)) + value


def path(numbers, width=4):
    return struct.pack("!BB", 2, len(numbers)) + b"".join(n.to_bytes(width, "big") for n in numbers)


def prefix(text):
    net = ipaddress.ip_network(text)
    return bytes([net.prefixlen]) + net.network_address.packed[: (net.prefixlen + 7) // 8]


def attributes(numbers, width=4, communities=(), hop=True, more=b""):
    out = attribute(0x40, 1, b"\0") + attribute(0x40, 2, path(numbers, width))
    if hop:
        out += attribute(0x40, 3, bytes([192, 0, 2, 1]))
    out += attribute(0x40, 5, struct.pack("!I", 100))
    if communities:
        out += attribute(0xC0, 8, b"".join(struct.pack("!HH", *c) for c in communities))
    return out + more


def peers(entries):
    out = bytes([192, 0, 2, 99]) + struct.pack("!H", 4) + b"test" + struct.pack("!H", len(entries))
    for address, number in entries:
        packed = ipaddress.ip_address(address).packed
        out += bytes([2 | (len(packed) == 16)]) + bytes([10, 0, 0, 1]) + packed + struct.pack("!I", number)
    return record(13, 1, out)


def rib(sequence, text, entries):
    family = 2 if ":" not in text else 4
    out = struct.pack("!I", sequence) + prefix(text) + struct.pack("!H", len(entries))
    for peer, attrs in entries:
        out += struct.pack("!HIH", peer, 1699999999, len(attrs)) + attrs
    return record(13, family, out)


def message(kind, body):
    return b"\xff" * 16 + struct.pack("!HB", 19 + len(body), kind) + body


def update(withdrawn=b"", attrs=b"", nlri=b""):
    return message(2, struct.pack("!H", len(withdrawn)) + withdrawn + struct.pack("!H", len(attrs)) + attrs + nlri)


def bgp4mp(msg, as_number=65010, us=None, seconds=1700000000, width=4):
    head = as_number.to_bytes(width, "big") + (64999).to_bytes(width, "big")
    body = head + struct.pack("!HH", 0, 1) + bytes([192, 0, 2, 1, 192, 0, 2, 2]) + msg
    subtype = 4 if width == 4 else 1
    if us is None:
        return record(16, subtype, body, seconds)
    return record(17, subtype, struct.pack("!I", us) + body, seconds)


def reach6(text):
    hop = ipaddress.ip_address("2001:db8::1").packed
    return attribute(0x80, 14, struct.pack("!HBB", 2, 1, 16) + hop + b"\0" + prefix(text))


def table():
    """Peer 1 tells most: five routes, one default and one private; peer 0 tells two others of its own."""
    short6 = attribute(0x80, 14, bytes([16]) + ipaddress.ip_address("2001:db8::1").packed)
    out = peers([("192.0.2.1", 65010), ("192.0.2.2", 4200000010), ("2001:db8::3", 65012)])
    routes = ["0.0.0.0/0", "5.5.0.0/16", "5.6.0.0/15", "10.2.0.0/16", "31.1.2.0/24"]
    for n, text in enumerate(routes):
        entries = [(1, attributes([4200000010, 65020 + n // 2], communities=[(65010, 1), (65010, n // 2)]))]
        if n < 3:
            entries.insert(0, (0, attributes([65010, 65030])))
        out += rib(n, text, entries)
    out += rib(9, "2400:1::/32", [(2, attributes([65012, 65040], hop=False, more=short6))])
    out += rib(10, "2400:2::/32", [(2, attributes([65012, 65040], hop=False, more=short6))])
    return out


def updates():
    """Half a second and two seconds apart, of one peer; between them one message of another, and a KEEPALIVE."""
    first = bgp4mp(update(attrs=attributes([65010, 65050]), nlri=prefix("5.5.0.0/16") + prefix("31.1.2.0/24")), us=0)
    out = first + bgp4mp(message(4, b""), us=100)
    out += bgp4mp(update(attrs=attributes([65011]), nlri=prefix("77.0.0.0/8")), as_number=65011, us=250000)
    out += bgp4mp(update(withdrawn=prefix("5.5.0.0/16")), us=500000)
    out += bgp4mp(
        update(attrs=attributes([65010, 65051], width=2, hop=False, more=reach6("2400:1::/32"))),
        seconds=1700000002,
        width=2,
    )
    return out


def main(folder):
    whole, moves = table(), updates()
    bad = bytearray(whole)
    at = bad.index(b"\x40\x01\x01\x00")  # the first ORIGIN
    bad[at + 3] = 9
    files = {
        "rib.mrt": whole,
        "rib.mrt.gz": gzip.compress(whole, mtime=0),
        "updates.mrt": moves,
        "cut.mrt": whole[:-7],
        "bad-origin.mrt": bytes(bad),
        "no-mrt.mrt": b"this is no MRT file, but text\n",
        "no-peers.mrt": whole[12 + struct.unpack("!I", whole[8:12])[0] :],
        "cut.mrt.gz": gzip.compress(whole, mtime=0)[:-20],
        "bzip2.mrt": b"BZh91AY&SY" + bytes(20),
        "empty.mrt": b"",
    }
    for name, content in files.items():
        with open(f"{folder}/{name}", "wb") as f:
            f.write(content)


if __name__ == "__main__":
    main(sys.argv[1])
