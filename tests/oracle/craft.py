#!/usr/bin/env python3
"""craft.py - write captures of what the lab's own seldom hold: one per thing that readers of packets get wrong.

Usage: craft.py FOLDER

bgp-*    every attribute, capability, community and notification that is printed; add-path; 2-octet sessions; long messages
tcp-*    reordering, retransmission, overlap, a join in midstream, a hole, sequence numbers that wrap
link-*   the link types: NULL, LOOP, RAW, IPv4, IPv6, Linux cooked v1 and v2, VLAN and QinQ
ip-*     IPv4 options, IPv6 extension headers, fragments
dns-*    names, types, RCODEs, flags, EDNS, NSID, several messages in a segment
vrrp-*   VRRP v2 and v3, OSPF v2 and v3, BFD
"""
import importlib.util
import os
import struct
import sys

MAKE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "golden", "data", "captures", "make.py")
spec = importlib.util.spec_from_file_location("make", MAKE)
make = importlib.util.module_from_spec(spec)
spec.loader.exec_module(make)

MS = 10**6
A, B = bytes([192, 0, 2, 1]), bytes([192, 0, 2, 2])
A6, B6 = bytes.fromhex("20010db8000000000000000000000001"), bytes.fromhex("20010db8000000000000000000000002")


class Session:
    """A TCP connection whose segments are frames in the order of capture."""

    def __init__(self, a=A, b=B, ports=(40000, 179), seq=(1000, 5000), syn=True):
        self.ends, self.ports, self.seq, self.at, self.frames = (a, b), ports, list(seq), 0, []
        if syn:
            self.segment(0, b"", 2, self.seq[0] - 1)
            self.segment(1, b"", 0x12, self.seq[1] - 1)

    def segment(self, side, data, flags=0x18, seq=None, ack=None):
        seq = self.seq[side] if seq is None else seq
        tcp = make.tcp(self.ports[side], self.ports[1 - side], seq, self.seq[1 - side] if ack is None else ack, flags, data)
        src, dst = self.ends[side], self.ends[1 - side]
        packet = make.ipv4(src, dst, 6, tcp, ttl=1) if len(src) == 4 else make.ipv6(src, dst, 6, tcp, hops=1)
        self.at += MS
        self.frames.append((self.at, make.ether(packet)))

    def say(self, side, data, size=1400):
        for i in range(0, len(data), size):
            self.segment(side, data[i:i + size])
            self.seq[side] += len(data[i:i + size])


def capability(code, value=b""):
    return code, value


def families(code, *entries):
    return code, b"".join(struct.pack(">HBB", afi, 1, how) for afi, how in entries)


def capabilities(asn, more=(), as4=True):
    return [(1, b"\0\1\0\1"), (1, b"\0\2\0\1"), (2, b"")] + ([(65, struct.pack(">I", asn))] if as4 else []) + list(more)


def opened(more=((), ()), asn=(64500, 65550), as4=(True, True), **how):
    s = Session(**how)
    for side in (0, 1):
        s.say(side, make.bgp_open(asn[side], (192, 0, 2, 1 + side), capabilities(asn[side], more[side], as4[side])))
    for side in (0, 1):
        s.say(side, make.bgp(4))
    return s


def attribute(flags, kind, value):
    if len(value) > 255:
        return struct.pack(">BBH", flags | 0x10, kind, len(value)) + value
    return make.attribute(flags, kind, value)


def path(*asns, segment=2, width=">I"):
    return attribute(0x40, 2, bytes([segment, len(asns)]) + b"".join(struct.pack(width, a) for a in asns) if asns else b"")


def well_known(*asns, **how):
    return attribute(0x40, 1, b"\0") + path(*asns, **how) + attribute(0x40, 3, A)


def prefix(text, path_id=None):
    address, bits = text.split("/")
    bits = int(bits)
    if ":" in address:
        import socket
        raw = socket.inet_pton(socket.AF_INET6, address)
    else:
        raw = bytes(int(x) for x in address.split("."))
    return (b"" if path_id is None else struct.pack(">I", path_id)) + bytes([bits]) + raw[:(bits + 7) // 8]


def reach(afi, hop, nlri, safi=1):
    return attribute(0x80, 14, struct.pack(">HBB", afi, safi, len(hop)) + hop + b"\0" + nlri)


def unreach(afi, nlri, safi=1):
    return attribute(0x80, 15, struct.pack(">HB", afi, safi) + nlri)


EXTENDED = ["0002fbf400000064", "0003fbf400000007", "0102c63364010007", "0202000100000009", "0203000100000009", "4004fbf400000001",
            "030b000000000000", "030c000000000008", "0600000000000001", "43000000000000ff", "8006000047c35000", "0002000000000000"]


def bgp_attributes():
    s = opened()
    first = attribute(0x40, 1, b"\0")
    for origin in (0, 1, 2):
        s.say(0, make.update(attributes=attribute(0x40, 1, bytes([origin])) + path(64500, 65536) + attribute(0x40, 3, A),
                             nlri=prefix("203.0.113.0/24")))
    s.say(0, make.update(attributes=well_known() + attribute(0x40, 5, struct.pack(">I", 200)) +
                         attribute(0x80, 4, struct.pack(">I", 100)), nlri=prefix("192.0.2.1/32") + prefix("198.18.0.0/15")))
    # The default route stands alone: next to others tshark takes its zero byte for a path id.
    s.say(0, make.update(attributes=well_known(64500), nlri=prefix("0.0.0.0/0")))
    segments = bytes([3, 1]) + struct.pack(">I", 65000) + bytes([2, 2]) + struct.pack(">II", 64500, 64501) + bytes([1, 2]) + \
        struct.pack(">II", 64510, 65540)
    s.say(0, make.update(attributes=first + attribute(0x40, 2, segments) + attribute(0x40, 3, A) + attribute(0x40, 6, b"") +
                         attribute(0xC0, 7, struct.pack(">I", 64500) + A), nlri=prefix("203.0.113.128/25")))
    plain = [0xFFFFFF01, 0xFFFFFF02, 0xFFFFFF03, 0xFFFF029A, 0xFFFF0000, 64500 << 16 | 7, 0, 0xFFFFFFFF, 64500 << 16 | 7]
    s.say(0, make.update(attributes=well_known(64500) + attribute(0xC0, 8, b"".join(struct.pack(">I", c) for c in plain)) +
                         attribute(0xC0, 16, bytes.fromhex("".join(EXTENDED))) +
                         attribute(0xC0, 32, struct.pack(">6I", 64500, 1, 2, 0xFFFFFFFF, 0, 0xFFFFFFFF)), nlri=prefix("203.0.113.0/24")))
    s.say(0, make.update(attributes=well_known(64500) + attribute(0xC0, 32, struct.pack(">300I", *range(300))),
                         nlri=prefix("203.0.113.0/24")), size=700)
    link_local = bytes.fromhex("fe800000000000000000000000000001")
    s.say(1, make.update(attributes=first + path(65550) + reach(2, B6, prefix("2001:db8:53::/48") + prefix("2001:db8::1/128"))))
    s.say(1, make.update(attributes=first + path(65550) + reach(2, B6, prefix("::/0"))))
    s.say(1, make.update(attributes=first + path(65550) + reach(2, B6 + link_local, prefix("2001:db8:53::/48"))))
    s.say(1, make.update(attributes=first + path(65550) + reach(1, B, prefix("203.0.113.0/24"))))
    s.say(1, make.update(attributes=first + path(65550) + reach(1, B6, prefix("203.0.113.0/24"))))
    s.say(1, make.update(attributes=unreach(2, prefix("2001:db8:53::/48") + prefix("2001:db8:54::/47"))))
    s.say(1, make.update(attributes=unreach(1, prefix("203.0.113.0/24"))))
    s.say(1, make.update(withdrawn=prefix("203.0.113.0/24") + prefix("203.0.113.128/25")))
    s.say(1, make.update(withdrawn=prefix("0.0.0.0/0")))
    s.say(1, make.update(withdrawn=prefix("203.0.113.0/24"), attributes=well_known(65550), nlri=prefix("203.0.113.128/25")))
    s.say(1, make.update() + make.update(attributes=unreach(2, b"")) + make.update(attributes=unreach(1, b"")))
    s.say(1, make.update(attributes=unreach(1, b"", safi=128)))
    for subtype in (0, 1, 2):
        s.say(0, make.bgp(5, struct.pack(">HBB", 2, subtype, 1)))
    return s.frames


def bgp_addpath():
    both = families(69, (1, 3), (2, 3))
    s = opened(more=([both], [both]))
    s.say(0, make.update(attributes=well_known(64500), nlri=prefix("203.0.113.0/24", 1) + prefix("203.0.113.0/24", 0xFFFFFFFF)))
    s.say(0, make.update(attributes=attribute(0x40, 1, b"\0") + path(64500) + reach(2, A6, prefix("2001:db8:53::/48", 7) + prefix("::/0", 8))))
    s.say(1, make.update(withdrawn=prefix("203.0.113.0/24", 1), attributes=unreach(2, prefix("2001:db8:53::/48", 7))))
    s.say(1, make.update(attributes=unreach(2, b"")))
    return s.frames


def bgp_addpath_one_way():
    s = opened(more=([families(69, (1, 2), (2, 1))], [families(69, (1, 1), (2, 2))]))
    s.say(0, make.update(attributes=well_known(64500), nlri=prefix("203.0.113.0/24", 9)))
    s.say(1, make.update(attributes=well_known(65550), nlri=prefix("203.0.113.0/24")))
    s.say(1, make.update(attributes=attribute(0x40, 1, b"\0") + path(65550) + reach(2, B6, prefix("2001:db8:53::/48", 7))))
    s.say(0, make.update(attributes=attribute(0x40, 1, b"\0") + path(64500) + reach(2, A6, prefix("2001:db8:54::/48"))))
    return s.frames


def bgp_graceful():
    frames, how = [], [(0x8000 | 120, ((1, 1, 0x80), (2, 1, 0x80))), (0x4000 | 4095, ((1, 1, 0), (2, 1, 0x80))), (0xC000, ((2, 1, 0),)),
                       (7, ()), (0x4078, ((1, 128, 0x80), (1, 1, 0x80)))]
    for i, (head, entries) in enumerate(how):
        value = struct.pack(">H", head) + b"".join(struct.pack(">HBB", *x) for x in entries)
        s = opened(more=([(64, value)], [(70, b""), (6, b""), (71, b"\0\1\1\0\0\0\x78")]), ports=(41000 + i, 179), seq=(i * 10**6, i * 10**7))
        s.say(0, make.update() + make.update(attributes=unreach(2, b"")))
        frames += s.frames
    return frames


def bgp_old():
    """One end with 2-octet AS numbers."""
    s = opened(as4=(True, False), asn=(64500, 64510))
    s.say(0, make.update(attributes=well_known(64500, 23456, width=">H") + attribute(0xC0, 17, bytes([2, 2]) + struct.pack(">II", 64500, 65536)),
                         nlri=prefix("203.0.113.0/24")))
    s.say(1, make.update(attributes=well_known(64510, width=">H"), nlri=prefix("203.0.113.0/24")))
    return s.frames


def bgp_long():
    s = opened(more=([(6, b"")], [(6, b"")]))
    nlri = b"".join(prefix(f"10.{i >> 8}.{i & 255}.0/24") for i in range(3000))
    s.say(0, make.update(attributes=well_known(64500), nlri=nlri))
    s.say(0, make.update(attributes=well_known(64500), nlri=prefix("203.0.113.0/24")))
    return s.frames


def bgp_notifications():
    frames, ms = [], 0
    words = "maintenance until noon".encode()
    for i, body in enumerate([b"\1\1", b"\1\2\0\x12", b"\1\3\x09", b"\2\1\0\4", b"\2\2", b"\2\6", b"\2\7\1\4\0\2\0\1", b"\3\1", b"\3\x0b", b"\4\0",
                              b"\5\1", b"\5\3", b"\6\1\0\1\1\0\0\0\x64", b"\6\2" + bytes([len(words)]) + words, b"\6\3", b"\6\4\0", b"\6\5", b"\6\6",
                              b"\6\7", b"\6\x08", b"\6\x09\6\2\3abc", b"\6\x0a", b"\7\1", b"\x09\x09"]):
        s = opened(ports=(42000 + i, 179), seq=(i * 10**6, i * 10**7))
        s.say(i % 2, make.bgp(3, body))
        s.segment(i % 2, b"", 0x11)
        frames += [(ms + at, frame) for at, frame in s.frames]
        ms += s.at
    return frames


def updates(n, start=0):
    return b"".join(make.update(attributes=well_known(64500, 64501 + i), nlri=prefix(f"10.{start}.{i}.0/24")) for i in range(n))


def tcp_orders():
    """The same updates again and again, each time cut and shuffled in another way; both wraps on the way."""
    frames, rounds = [], [((1000, 5000), "straight"), ((0xFFFFFFC0, 0x7FFFFFC0), "wrap"), ((7, 9), "swapped"), ((70, 90), "twice"),
                          ((700, 900), "overlap"), ((0xFFFFFF00, 9), "late"), ((77, 99), "bytes")]
    for i, (seq, how) in enumerate(rounds):
        s = opened(ports=(43000 + i, 179), seq=seq, a=A6 if i % 2 else A, b=B6 if i % 2 else B)
        data, base = updates(6, i), s.seq[0]
        cuts = [0, 5, 18, 19, 40, 100, 101, 160, 230, len(data)]
        pieces = [(a, b) for a, b in zip(cuts, cuts[1:])]
        if how == "swapped":
            pieces = [pieces[j ^ 1] if j ^ 1 < len(pieces) else pieces[j] for j in range(len(pieces))]
        elif how == "twice":
            pieces = [x for x in pieces for _ in (0, 1)]
        elif how == "overlap":
            pieces = [(max(0, a - 7), min(len(data), b + 11)) for a, b in pieces]
        elif how == "late":
            pieces = pieces[1:] + pieces[:1]
        elif how == "bytes":
            pieces = [(j, j + 1) for j in range(len(data))]
        for a, b in pieces:
            s.segment(0, data[a:b], seq=base + a)
        s.seq[0] = base + len(data)
        s.say(0, make.bgp(4))
        s.segment(1, b"", 0x10)
        frames += s.frames
    return frames


def tcp_midstream():
    """No SYN, no OPEN: joined at the start of a message, and in the middle of one."""
    frames = []
    for i, skip in enumerate((0, 30)):
        s = Session(ports=(44000 + i, 179), seq=(123456, 654321), syn=False)
        s.say(0, updates(4)[skip:], size=200)
        s.say(1, make.bgp(4))
        s.segment(0, b"", 0x10)
        s.say(0, make.bgp(4))
        frames += s.frames
    return frames


def tcp_hole():
    """A segment that the capture lost: the other side acknowledges it all the same."""
    s = opened()
    data = updates(6)
    for i in range(0, len(data), 50):
        if i != 100:
            s.segment(0, data[i:i + 50])
        s.seq[0] += len(data[i:i + 50])
        s.segment(1, b"", 0x10)
    s.say(0, make.bgp(4))
    s.segment(1, b"", 0x10)
    return s.frames


def exchange(i, a=make.CLIENT, b=make.SERVER):
    ask, reply = make.query(i, f"n{i}.example"), make.answer(i, f"n{i}.example")
    build = make.ipv4 if len(a) == 4 else make.ipv6
    return [(2 * i * MS, build(a, b, 17, make.udp(4000 + i, 53, ask))), ((2 * i + 1) * MS, build(b, a, 17, make.udp(53, 4000 + i, reply)))]


def both_families():
    return exchange(1) + exchange(2, make.CLIENT6, make.SERVER6)


def linked(head):
    return [(at, head(packet) + packet) for at, packet in both_families()]


def of_family(packet, four, six):
    return four if packet[0] >> 4 == 4 else six


def ether_type(packet):
    return of_family(packet, b"\x08\0", b"\x86\xdd")


MACS = b"\x02\0\0\0\0\x02\x02\0\0\0\0\x01"
LINKS = {
    "null": (0, lambda p: struct.pack("<I", of_family(p, 2, 30))),
    "null-freebsd": (0, lambda p: struct.pack("<I", of_family(p, 2, 28))),
    "loop": (108, lambda p: struct.pack(">I", of_family(p, 2, 24))),
    "raw": (101, lambda p: b""),
    "sll": (113, lambda p: struct.pack(">HHH", 0, 1, 6) + b"\x02\0\0\0\0\x01\0\0" + ether_type(p)),
    "sll-loopback": (113, lambda p: struct.pack(">HHH", 0, 772, 6) + b"\0" * 8 + ether_type(p)),
    "sll2": (276, lambda p: ether_type(p) + struct.pack(">HIHBB", 0, 3, 1, 4, 6) + b"\x02\0\0\0\0\x01\0\0"),
    "vlan": (1, lambda p: MACS + struct.pack(">HH", 0x8100, 0xE007) + ether_type(p)),
    "qinq": (1, lambda p: MACS + struct.pack(">HHHH", 0x88A8, 100, 0x8100, 7) + ether_type(p)),
    "vlan-priority": (1, lambda p: MACS + struct.pack(">HH", 0x8100, 0) + ether_type(p)),
}


def ip_headers():
    frames, i = [], 0

    def put(packet):
        frames.append((len(frames) * MS, make.ether(packet)))

    for i, (first, between) in enumerate([(0, b"\x11\0" + b"\1\4\0\0\0\0"), (60, b"\x11\1" + b"\1\x0c" + b"\0" * 12),
                                          (43, b"\x11\2\4\0\0\0\0\0" + A6), (0, b"\x3c\0\1\4\0\0\0\0" + b"\x11\0\1\4\0\0\0\0"),
                                          (44, b"\x11\0\0\0\0\0\0\5")]):
        ask, reply = make.query(i, f"h{i}.example"), make.answer(i, f"h{i}.example")
        put(make.ipv6(make.CLIENT6, make.SERVER6, first, make.udp(5000 + i, 53, ask), between=between))
        put(make.ipv6(make.SERVER6, make.CLIENT6, 17, make.udp(53, 5000 + i, reply)))
    # IPv4 with options: a record route of 8 bytes
    inner = make.udp(5100, 53, make.query(50, "options.example"))
    head = struct.pack(">BBHHHBBH4s4s", 0x47, 0, 28 + len(inner), 0, 0, 64, 17, 0, make.CLIENT, make.SERVER) + b"\x07\x07\x04\0\0\0\0\0"
    put(head + inner)
    put(make.ipv4(make.SERVER, make.CLIENT, 17, make.udp(53, 5100, make.answer(50, "options.example"))))
    # fragments in order, and in the wrong one, and twice
    for n, order in enumerate([(0, 1, 2), (2, 1, 0), (1, 0, 2), (0, 0, 1, 2)]):
        big = make.udp(53, 5200 + n, make.answer(60 + n, f"f{n}.example", text=b"z" * 1400))
        cuts = [0, 512, 1024, len(big)]
        put(make.ipv4(make.CLIENT, make.SERVER, 17, make.udp(5200 + n, 53, make.query(60 + n, f"f{n}.example"))))
        for k in order:
            more = 0x2000 if k < 2 else 0
            put(make.ipv4(make.SERVER, make.CLIENT, 17, big[cuts[k]:cuts[k + 1]], ident=900 + n, fragment=more | cuts[k] // 8))
    for n, order in enumerate([(0, 1, 2), (2, 0, 1)]):
        big = make.udp(53, 5300 + n, make.answer(70 + n, f"g{n}.example", text=b"z" * 1400))
        cuts = [0, 512, 1024, len(big)]
        put(make.ipv6(make.CLIENT6, make.SERVER6, 17, make.udp(5300 + n, 53, make.query(70 + n, f"g{n}.example"))))
        for k in order:
            put(make.ipv6(make.SERVER6, make.CLIENT6, 44, big[cuts[k]:cuts[k + 1]],
                          between=struct.pack(">BBHI", 17, 0, cuts[k] | (k < 2), 77 + n)))
    return frames


def ip_offload():
    """What a network card was to cut into packets: an IP length of 0."""
    out = []
    for at, frame in exchange_tcp():
        out.append((at, frame[:16] + b"\0\0" + frame[18:] if len(frame) > 60 else frame))
    return out


def exchange_tcp():
    s = opened()
    s.say(0, updates(20))
    s.segment(1, b"", 0x10)
    return s.frames


def labels(*parts):
    return b"".join(bytes([len(p)]) + p for p in parts) + b"\0"


def dns_messages():
    out, ident = [], [0]

    def exchange_of(question, reply_body=b"", counts=(1, 0, 0, 0), flags=0x8400, ask_flags=0, ask_more=b"", ask_counts=(1, 0, 0, 0)):
        ident[0] += 1
        i = ident[0]
        out.append((True, i, struct.pack(">6H", i, ask_flags, *ask_counts) + question + ask_more))
        out.append((False, i, struct.pack(">6H", i, flags, *counts) + question + reply_body))

    names = [b"\0", labels(b"a"), labels(b"WWW", b"Example", b"COM"), labels(b"with space", b"x"), labels(b"dot.in", b"label"),
             labels(b"\\back", b"(paren);"), labels(bytes(range(1, 33))), labels(bytes([0, 127, 128, 255])), labels(b"x" * 63, b"y" * 63, b"z" * 63, b"w" * 61),
             labels(b'"quoted"', b"@", b"$"), labels(b"xn--bcher-kva", b"example"), labels(b"_dns", b"_tcp", b"*")]
    for n in names:
        exchange_of(n + struct.pack(">HH", 1, 1))
    for qtype in (1, 2, 5, 6, 12, 15, 16, 28, 33, 43, 48, 64, 65, 99, 251, 252, 255, 257, 65280):
        exchange_of(labels(b"t", b"example") + struct.pack(">HH", qtype, 1))
    for qclass in (1, 3, 4, 254, 255):
        exchange_of(labels(b"id", b"server") + struct.pack(">HH", 16, qclass))
    for rcode in range(16):
        exchange_of(labels(b"r", b"example") + struct.pack(">HH", 1, 1), flags=0x8400 | rcode)
    for high in (1, 2, 0xFF):  # BADVERS, 34, 4080
        exchange_of(labels(b"e", b"example") + struct.pack(">HH", 1, 1), make.opt(b"x", rcode_high=high), (1, 0, 0, 1), 0x8400)
    for flags in (0x8000, 0x8180, 0x8200, 0x8410, 0x8420, 0x8440, 0xA800, 0xAC05, 0xFFFF):
        exchange_of(labels(b"f", b"example") + struct.pack(">HH", 1, 1), flags=flags, ask_flags=flags & 0x7FFF)
    for size in (0, 512, 1232, 4096, 65535):
        o = b"\0" + struct.pack(">HHBBHH", 41, size, 0, 0, 0x8000, 0)
        exchange_of(labels(b"s", b"example") + struct.pack(">HH", 1, 1), o, (1, 0, 0, 1), ask_more=o, ask_counts=(1, 0, 0, 1))
    for nsid in (b"", b"fra", bytes(range(20)), b"x" * 64, b"y" * 200):
        exchange_of(labels(b"i", b"example") + struct.pack(">HH", 1, 1), make.opt(nsid), (1, 0, 0, 1))
    cookie = b"\0\x0a\0\x08" + b"c" * 8
    options = cookie + b"\0\3\0\2ab" + b"\0\x0f\0\2\0\x12" + b"\0\3\0\1z"
    exchange_of(labels(b"o", b"example") + struct.pack(">HH", 1, 1), b"\0" + struct.pack(">HHIH", 41, 1232, 0, len(options)) + options, (1, 0, 0, 1))
    pointer = b"\xc0\x0c" + struct.pack(">HHIH", 16, 1, 60, 6) + b"\x05hello" + b"\xc0\x0c" + struct.pack(">HHIH", 16, 1, 60, 4) + b"\1a\1b"
    exchange_of(labels(b"p", b"example") + struct.pack(">HH", 16, 1), pointer + make.opt(b"tyo"), (1, 2, 0, 1))
    exchange_of(b"", counts=(0, 0, 0, 0), ask_counts=(0, 0, 0, 0))  # no question at all
    return out


def dns_fields():
    return [(k * MS, make.ether(make.ipv4(*((make.CLIENT, make.SERVER) if out else (make.SERVER, make.CLIENT)), 17,
                                          make.udp(*((6000 + i, 53) if out else (53, 6000 + i)), m))))
            for k, (out, i, m) in enumerate(dns_messages())]


def dns_tcp():
    frames = []
    for n, size in enumerate((1400, 100, 3, 1)):
        s = Session(make.CLIENT, make.SERVER, (46000 + n, 53), seq=(0xFFFFFF00 + n, 77))
        for side in (0, 1):
            s.say(side, b"".join(struct.pack(">H", len(m)) + m for out, i, m in dns_messages()[:60] if out == (side == 0)), size=size)
        s.segment(0, b"", 0x11)
        frames += s.frames
    return frames


def vrrp_versions():
    frames, group = [], bytes([224, 0, 0, 18])
    group6 = bytes.fromhex("ff020000000000000000000000000012")
    link_local = bytes.fromhex("fe800000000000000000000000000001")
    two = struct.pack(">BBBBBBH", 0x21, 51, 150, 1, 0, 1, 0) + bytes([203, 0, 113, 1]) + b"\0" * 8
    password = struct.pack(">BBBBBBH", 0x21, 52, 0, 2, 1, 3, 0) + bytes([203, 0, 113, 1]) + bytes([203, 0, 113, 2]) + b"password"
    three = struct.pack(">BBBBHH", 0x31, 53, 255, 1, 4095, 0) + bytes([203, 0, 113, 1])
    six = struct.pack(">BBBBHH", 0x31, 54, 100, 1, 50, 0) + link_local
    for i in range(6):
        for vrrp in (two, password, three):
            frames.append((i * 1000 * MS + len(frames), make.ether(make.ipv4(A, group, 112, vrrp, ttl=255))))
        frames.append((i * 1000 * MS + len(frames), make.ether(make.ipv6(link_local, group6, 112, six, hops=255))))
    return frames


CAPTURES = {
    "bgp-attributes": bgp_attributes, "bgp-addpath": bgp_addpath, "bgp-addpath-one-way": bgp_addpath_one_way, "bgp-graceful": bgp_graceful,
    "bgp-old": bgp_old, "bgp-long": bgp_long, "bgp-notifications": bgp_notifications, "tcp-orders": tcp_orders,
    "tcp-midstream": tcp_midstream, "tcp-hole": tcp_hole, "ip-headers": ip_headers, "ip-offload": ip_offload, "dns-fields": dns_fields, "dns-tcp": dns_tcp,
    "vrrp-versions": vrrp_versions,
}


def write(folder):
    """All captures into the folder. Returns their paths."""
    for name, frames in CAPTURES.items():
        make.pcap(os.path.join(folder, name + ".pcap"), frames())
    for name, (link, head) in LINKS.items():
        make.pcap(os.path.join(folder, f"link-{name}.pcap"), linked(head), link=link)
    for name, link, only in (("ipv4", 228, 4), ("ipv6", 229, 6)):
        make.pcap(os.path.join(folder, f"link-{name}.pcap"), [(at, p) for at, p in both_families() if p[0] >> 4 == only], link=link)
    return sorted(os.path.join(folder, x) for x in os.listdir(folder) if x.endswith(".pcap"))


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__.split("\n\n")[1])
    os.makedirs(sys.argv[1], exist_ok=True)
    print("\n".join(write(sys.argv[1])))
