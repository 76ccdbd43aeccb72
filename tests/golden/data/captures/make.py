#!/usr/bin/env python3
"""make.py - write the small captures beside it: everything that `catchment analyze CAPTURE` tells apart, once.

dns.pcap        DNS over UDP and TCP: each way that a query can end, nanoseconds
bgp.pcapng      BGP: OPEN to NOTIFICATION, with reordering, retransmission, add-path, communities
neighbours.pcap BFD, OSPFv2 and v3, VRRP: each state, a silence; big-endian, microseconds
cooked.pcap     one query and its answer, Linux "any" interface (SLL2)
cut.pcap        dns.pcap without its last bytes
"""
import os
import struct

HERE = os.path.dirname(os.path.abspath(__file__))
T0 = 1800000000
CLIENT, SERVER, OTHER = bytes([198, 51, 100, 10]), bytes([203, 0, 113, 53]), bytes([203, 0, 113, 54])
CLIENT6 = bytes.fromhex("20010db8000000000000000000000010")
SERVER6 = bytes.fromhex("20010db8005300000000000000000053")


def ipv4(src, dst, proto, payload, ttl=64, ident=0, fragment=0):
    head = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(payload), ident, fragment, ttl, proto, 0, src, dst)
    total = sum(struct.unpack(">10H", head))
    while total > 0xFFFF:
        total = (total & 0xFFFF) + (total >> 16)
    return head[:10] + struct.pack(">H", ~total & 0xFFFF) + head[12:] + payload


def ipv6(src, dst, proto, payload, hops=64, between=b""):
    head = struct.pack(">IHBB16s16s", 6 << 28, len(between) + len(payload), proto, hops, src, dst)
    return head + between + payload


def ether(packet, vlan=None):
    kind = b"\x08\x00" if packet[0] >> 4 == 4 else b"\x86\xdd"
    tag = b"" if vlan is None else struct.pack(">HH", 0x8100, vlan)
    return b"\x02\0\0\0\0\x02\x02\0\0\0\0\x01" + tag + kind + packet


def udp(sport, dport, payload):
    return struct.pack(">HHHH", sport, dport, 8 + len(payload), 0) + payload


def tcp(sport, dport, seq, ack, flags, payload=b""):
    return struct.pack(">HHIIBBHHH", sport, dport, seq & 0xFFFFFFFF, ack & 0xFFFFFFFF, 0x50, flags, 65535, 0, 0) + payload


def pcap(name, packets, link=1, order="<", nano=True, cut=0):
    """packets: (nanoseconds since T0, frame bytes)"""
    out = struct.pack(order + "IHHiIII", 0xA1B23C4D if nano else 0xA1B2C3D4, 2, 4, 0, 0, 65535, link)
    for ns, frame in packets:
        second, fraction = T0 + ns // 10**9, ns % 10**9
        out += struct.pack(order + "IIII", second, fraction if nano else fraction // 1000, len(frame), len(frame)) + frame
    with open(os.path.join(HERE, name), "wb") as f:
        f.write(out[: len(out) - cut] if cut else out)


def pcapng(name, packets):
    def block(kind, body):
        body += b"\0" * (-len(body) % 4)
        return struct.pack("<II", kind, 12 + len(body)) + body + struct.pack("<I", 12 + len(body))

    out = block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1))
    # if_tsresol: 10^-9 s
    out += block(1, struct.pack("<HHI", 1, 0, 65535) + struct.pack("<HHB3xHH", 9, 1, 9, 0, 0))
    for ns, frame in packets:
        at = T0 * 10**9 + ns
        out += block(6, struct.pack("<IIIII", 0, at >> 32, at & 0xFFFFFFFF, len(frame), len(frame)) + frame)
    with open(os.path.join(HERE, name), "wb") as f:
        f.write(out)


# ---- DNS ----


def name(text):
    return b"".join(bytes([len(x)]) + x.encode() for x in text.split(".") if x) + b"\0"


def opt(nsid=b"", rcode_high=0, do=False):
    return b"\0" + struct.pack(">HHBBHH", 41, 1232, rcode_high, 0, 0x8000 if do else 0, 4 + len(nsid)) + \
        struct.pack(">HH", 3, len(nsid)) + nsid


def query(ident, qname, qtype=16, edns=True, do=False):
    return struct.pack(">6H", ident, 0, 1, 0, 0, 1 if edns else 0) + name(qname) + struct.pack(">HH", qtype, 1) + \
        (opt(do=do) if edns else b"")


def answer(ident, qname, qtype=16, nsid=b"fra", rcode=0, flags=0x8400, text=b"", edns=True):
    body = name(qname) + struct.pack(">HH", qtype, 1)
    if text:
        for i in range(0, len(text), 255):
            part = text[i:i + 255]
            body += b"\xc0\x0c" + struct.pack(">HHIH", 16, 1, 60, len(part) + 1) + bytes([len(part)]) + part
    return struct.pack(">6H", ident, flags | (rcode & 15), 1, -(-len(text) // 255), 0, 1 if edns else 0) + body + \
        (opt(nsid, rcode >> 4) if edns else b"")


def dns_packets():
    p, ms = [], 10**6

    def ask(at, port, msg, server=SERVER):
        p.append((at, ether(ipv4(CLIENT, server, 17, udp(port, 53, msg)))))

    def reply(at, port, msg, server=SERVER):
        p.append((at, ether(ipv4(server, CLIENT, 17, udp(53, port, msg)))))

    # answered in 1.000001 ms and 2 ms, by two PoPs; names are case-insensitive
    ask(0, 4000, query(1, "a.example"))
    reply(1 * ms + 1, 4000, answer(1, "A.eXample", text=b"hello"))
    ask(10 * ms, 4001, query(2, "b.example", do=True))
    reply(12 * ms, 4001, answer(2, "b.example", nsid=b"tyo", rcode=3))
    # retransmitted after 400 ms, then answered twice
    ask(20 * ms, 4002, query(3, "c.example"))
    ask(420 * ms, 4002, query(3, "c.example"))
    reply(425 * ms, 4002, answer(3, "c.example"))
    reply(430 * ms, 4002, answer(3, "c.example"))
    # the same again after its answer is another query; a malformed message between
    ask(500 * ms, 4002, query(3, "c.example"))
    reply(501 * ms, 4002, answer(3, "c.example", nsid=b"\x00\x01"))
    reply(502 * ms, 4003, b"\x12\x34\x80")
    # another question in the answer, then the right one; one to nobody
    ask(600 * ms, 4004, query(5, "d.example"))
    reply(602 * ms, 4004, answer(5, "other.example"))
    reply(603 * ms, 4004, answer(5, "d.example", rcode=2))
    reply(604 * ms, 4005, answer(6, "nobody.example"))
    # truncated over UDP, then the whole over TCP, in two segments that come in the wrong order, one of them twice
    ask(700 * ms, 4006, query(7, "t.example", edns=False), OTHER)
    reply(703 * ms, 4006, answer(7, "t.example", flags=0x8600, edns=False), OTHER)
    seq, back = 0xFFFFFFF0, 0x7FFFFFF8  # both wrap or change sign on the way

    def segment(at, out, flags, seq_no, ack_no, data=b""):
        a, b = (CLIENT, OTHER) if out else (OTHER, CLIENT)
        ports = (4007, 53) if out else (53, 4007)
        p.append((at, ether(ipv4(a, b, 6, tcp(*ports, seq_no, ack_no, flags, data)))))

    msg = query(8, "t.example")
    msg = struct.pack(">H", len(msg)) + msg
    whole = answer(8, "t.example", text=b"x" * 600)
    whole = struct.pack(">H", len(whole)) + whole
    segment(710 * ms, True, 2, seq - 1, 0)
    segment(711 * ms, False, 0x12, back - 1, seq)
    segment(712 * ms, True, 0x18, seq, back, msg)
    segment(715 * ms, False, 0x18, back + 300, seq + len(msg), whole[300:])
    segment(716 * ms, False, 0x18, back, seq + len(msg), whole[:300])
    segment(717 * ms, False, 0x18, back, seq + len(msg), whole[:300])
    segment(718 * ms, True, 0x11, seq + len(msg), back + len(whole))
    segment(719 * ms, False, 0x11, back + len(whole), seq + len(msg) + 1)
    # IPv6 behind two extension headers and a VLAN; an answer in fragments, the last first
    hop = struct.pack(">BB6x", 60, 0) + struct.pack(">BB6x", 17, 0)
    p.append((800 * ms, ether(ipv6(CLIENT6, SERVER6, 0, udp(4008, 53, query(9, "six.example")), between=hop), vlan=7)))
    big = udp(53, 4008, answer(9, "six.example", text=b"y" * 1500))
    cut_at = 1200
    p.append((804 * ms, ether(ipv6(SERVER6, CLIENT6, 44, big[cut_at:], between=struct.pack(">BBHI", 17, 0, cut_at, 77)))))
    p.append((805 * ms, ether(ipv6(SERVER6, CLIENT6, 44, big[:cut_at], between=struct.pack(">BBHI", 17, 0, 1, 77)))))
    # refused by ICMP: unanswered; late: 5.5 s
    ask(900 * ms, 4009, query(10, "dead.example"))
    refused = ipv4(CLIENT, SERVER, 17, udp(4009, 53, query(10, "dead.example")))
    p.append((901 * ms, ether(ipv4(SERVER, CLIENT, 1, b"\x03\x03\0\0\0\0\0\0" + refused))))
    ask(1000 * ms, 4010, query(11, "late.example"))
    reply(6500 * ms, 4010, answer(11, "late.example"))
    # an error without a question; still open when the capture ends; not IP; headers that lie
    ask(6600 * ms, 4011, query(12, "formerr.example"))
    reply(6601 * ms, 4011, struct.pack(">6H", 12, 0x8001, 0, 0, 0, 0))
    ask(6700 * ms, 4012, query(13, "open.example"))
    p.append((6800 * ms, b"\x02\0\0\0\0\x02\x02\0\0\0\0\x01\x08\x06" + b"\0" * 28))
    p.append((6900 * ms, ether(b"\x45\0\0\x0a" + b"\0" * 16)))
    return p


# ---- BGP ----


def bgp(kind, body=b""):
    return b"\xff" * 16 + struct.pack(">HB", 19 + len(body), kind) + body


def bgp_open(asn, ident, caps):
    params = b"".join(struct.pack("BB", 2, 2 + len(v)) + bytes([c, len(v)]) + v for c, v in caps)
    return bgp(1, struct.pack(">BHH4sB", 4, asn if asn < 65536 else 23456, 9, bytes(ident), len(params)) + params)


def attribute(flags, kind, value):
    return struct.pack(">BBB", flags, kind, len(value)) + value


def update(withdrawn=b"", attributes=b"", nlri=b""):
    return bgp(2, struct.pack(">H", len(withdrawn)) + withdrawn + struct.pack(">H", len(attributes)) + attributes + nlri)


def bgp_packets():
    p, ms = [], 10**6
    left, right = bytes([192, 0, 2, 1]), bytes([192, 0, 2, 2])
    seq = {True: 1000, False: 0xFFFFFF00}

    def send(at, out, data=b"", flags=0x18, shift=0, advance=True):
        a, b = (left, right) if out else (right, left)
        ports = (40000, 179) if out else (179, 40000)
        p.append((at, ether(ipv4(a, b, 6, tcp(*ports, seq[out] + shift, seq[not out], flags, data), ttl=1))))
        if advance:
            seq[out] += len(data) + (1 if flags & 3 else 0)

    def caps(asn, addpath):
        return [(1, b"\0\1\0\1"), (1, b"\0\2\0\1"), (2, b""), (65, struct.pack(">I", asn)),
                (64, struct.pack(">HHBBHBB", 0x4000 | 120, 1, 1, 0x80, 2, 1, 0)), (69, b"\0\1\1" + bytes([addpath])), (70, b"")]

    send(0, True, flags=2)
    send(1 * ms, False, flags=0x12)
    send(2 * ms, True, bgp_open(64500, (192, 0, 2, 1), caps(64500, 2)))
    send(3 * ms, False, bgp_open(65550, (192, 0, 2, 2), caps(65550, 1)))
    send(4 * ms, True, bgp(4))
    send(5 * ms, False, bgp(4))
    path = attribute(0x40, 1, b"\0") + attribute(0x40, 2, b"\2\2" + struct.pack(">II", 64500, 65536)) + \
        attribute(0x40, 3, left)
    communities = attribute(0xC0, 8, struct.pack(">II", 0xFFFFFF01, 64500 << 16 | 7)) + \
        attribute(0xC0, 16, bytes.fromhex("0002fbf400000064")) + attribute(0xC0, 32, struct.pack(">III", 64500, 1, 2))
    first = update(attributes=path + communities, nlri=struct.pack(">I", 5) + b"\x18\xcb\0\x71")
    plain = attribute(0x40, 1, b"\0") + attribute(0x40, 2, b"\2\1" + struct.pack(">I", 64500))
    reach = attribute(0x80, 14, b"\0\2\1\x10" + SERVER6 + b"\0" + b"\x30\x20\x01\x0d\xb8\x00\x53")
    second = update(attributes=plain + reach)
    # the second half overtakes the first; the first comes twice
    both = first + second
    send(100 * ms, True, both[60:], shift=60, advance=False)
    send(110 * ms, True, both[:60], advance=False)
    send(111 * ms, True, both[:60], advance=False)
    seq[True] += len(both)
    send(120 * ms, True, update() + update(attributes=attribute(0x80, 15, b"\0\2\1")))
    send(130 * ms, False, bgp(5, b"\0\1\0\1"))
    send(3000 * ms, False, bgp(4))
    # ten seconds on, a burst of two: withdrawn in both families; then one that is malformed (origin 9)
    send(10000 * ms, True, update(withdrawn=struct.pack(">I", 5) + b"\x18\xcb\0\x71"))
    send(10250 * ms, True, update(attributes=attribute(0x80, 15, b"\0\2\1\x30\x20\x01\x0d\xb8\x00\x53")))
    send(10300 * ms, True, update(attributes=attribute(0x40, 1, b"\x09"), nlri=struct.pack(">I", 5) + b"\x18\xcb\0\x71"))
    words = "maintenance \u00e9".encode()
    send(11000 * ms, False, bgp(3, b"\6\2" + bytes([len(words)]) + words))
    send(11001 * ms, False, flags=0x11)
    send(11002 * ms, True, flags=4)
    return p


# ---- BFD, OSPF, VRRP ----


def bfd(state, diag=0, mine=1, yours=2, tx=300000, rx=300000):
    return struct.pack(">BBBBIIIII", 1 << 5 | diag, state << 6, 3, 24, mine, yours, tx, rx, 0)


def hello2(router, heard, dead=4):
    body = struct.pack(">IHBBIII", 0xFFFFFF00, 1, 2, 1, dead, 0, 0) + b"".join(bytes(x) for x in heard)
    return struct.pack(">BBH4sIHH8x", 2, 1, 24 + len(body), bytes(router), 0, 0, 0) + body


def hello3(router, heard, dead=4):
    body = struct.pack(">IBBBBHHII", 5, 1, 0, 0, 0x13, 1, dead, 0, 0) + b"".join(bytes(x) for x in heard)
    return struct.pack(">BBH4sIHBB", 3, 1, 16 + len(body), bytes(router), 0, 0, 0, 0) + body


def neighbour_packets():
    p, ms = [], 10**6
    a, b = bytes([192, 0, 2, 1]), bytes([192, 0, 2, 2])
    group = bytes([224, 0, 0, 5])
    linklocal = bytes.fromhex("fe800000000000000000000000000001")
    group6 = bytes.fromhex("ff020000000000000000000000000005")

    def say(at, src, dst, proto, payload, ttl=255):
        p.append((at, ether(ipv4(src, dst, proto, payload, ttl=ttl))))

    for at, state, yours in ((0, 1, 0), (100, 2, 2), (200, 3, 2), (500, 3, 2), (2000, 3, 2)):
        say(at * ms, a, b, 17, udp(49152, 3784, bfd(state, yours=yours)))
        say(at * ms + 1000, b, a, 17, udp(49152, 3784, bfd(state, mine=2, yours=1 if state > 1 else 0)))
    say(2500 * ms, b, a, 17, udp(49152, 3784, bfd(1, diag=1, mine=2, yours=0)))
    say(2600 * ms, b, a, 17, udp(49152, 3784, b"\x20\xc0\3\x18"))
    one, two = (192, 0, 2, 1), (192, 0, 2, 2)
    for at, heard in ((0, []), (1000, [two]), (2000, [two]), (3000, [])):
        say(3000 * ms + at * ms, a, group, 89, hello2(one, heard), ttl=1)
        p.append((3000 * ms + at * ms + 1000, ether(ipv6(linklocal, group6, 89, hello3(one, heard), hops=1))))
    vrrp_group = bytes([224, 0, 0, 18])

    def vrrp(priority):
        return struct.pack(">BBBBHH", 0x31, 51, priority, 1, 100, 0) + bytes([203, 0, 113, 1])

    for at, src, priority in ((0, a, 150), (1000, a, 150), (2000, a, 0), (2600, b, 100), (3600, b, 100), (9000, b, 100)):
        say(7000 * ms + at * ms, src, vrrp_group, 112, vrrp(priority))
    say(17000 * ms, a, vrrp_group, 112, vrrp(100)[:5])
    return p


def main():
    pcap("dns.pcap", dns_packets())
    pcap("cut.pcap", dns_packets(), cut=10)
    pcapng("bgp.pcapng", bgp_packets())
    pcap("neighbours.pcap", neighbour_packets(), order=">", nano=False)
    sll2 = b"\x08\0\0\0\0\0\0\x01\0\x01\0\6\x02\0\0\0\0\x01\0\0"
    pcap("cooked.pcap", [
        (0, sll2 + ipv4(CLIENT, SERVER, 17, udp(4000, 53, query(1, "a.example")))),
        (10**6, sll2 + ipv4(SERVER, CLIENT, 17, udp(53, 4000, answer(1, "a.example"))))], link=276)


if __name__ == "__main__":
    main()
