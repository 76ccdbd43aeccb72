"""speaker.py - the announcement: a BGP session with the router beside us (RFC 4271, 4760, 6793, 1997).

The session is the announcement: however this process ends, the kernel closes it and the router takes the routes back.
If this process stands still, the router's hold timer does. Nobody has to notice.
"""
import ipaddress
import socket
import select
import struct
import time

OPEN, UPDATE, NOTIFICATION, KEEPALIVE = 1, 2, 3, 4


def message(kind, body=b""):
    return b"\xff" * 16 + struct.pack("!HB", 19 + len(body), kind) + body


def attribute(flags, kind, value):
    return struct.pack("!BBB", flags, kind, len(value)) + value


def nlri(prefix):
    return bytes([prefix.prefixlen]) + prefix.network_address.packed[:(prefix.prefixlen + 7) // 8]


class Speaker:
    def __init__(self, loop, log, source, peer, asn, hold_s, next_hops, prefixes, on_change):
        self.loop, self.log, self.on_change = loop, log, on_change
        self.source, self.peer, self.asn, self.hold_s = source, peer, asn, hold_s
        self.next_hops = {hop.version: hop for hop in map(ipaddress.ip_address, next_hops)}
        self.prefixes = [ipaddress.ip_network(prefix) for prefix in prefixes]
        self.sock, self.up, self.heard, self.buffer = None, False, 0.0, b""
        self.wanted = None      # communities of the routes to announce, None: none
        self.told = None        # ... and what the router knows
        self.generation = 0

    def start(self):
        self.generation += 1
        self.sock = socket.socket(socket.AF_INET6 if ":" in self.peer else socket.AF_INET,
                                  socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.sock.bind((self.source, 0))
        self.sock.connect_ex((self.peer, 179))
        self.loop.watch(self.sock.fileno(), select.EPOLLOUT, self.connected)

    def connected(self, _events):
        if self.sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) != 0:
            self.close(None)
            return
        capabilities = b"".join(b"\x02" + bytes([len(c)]) + c for c in (
            b"\x01\x04\x00\x01\x00\x01", b"\x01\x04\x00\x02\x00\x01",   # IPv4 and IPv6 unicast
            b"\x41\x04" + struct.pack("!I", self.asn)))
        short = self.asn if self.asn < 65536 else 23456
        body = struct.pack("!BHH", 4, short, self.hold_s) + socket.inet_aton("127.0.0.53")
        self.buffer, self.heard = b"", time.monotonic()
        self.loop.watch(self.sock.fileno(), select.EPOLLIN, self.readable)
        self.send(message(OPEN, body + bytes([len(capabilities)]) + capabilities))
        self.keepalive(self.generation)

    def keepalive(self, generation):
        if self.sock is None or generation != self.generation:
            return
        if self.up:
            self.send(message(KEEPALIVE))
        if self.sock is not None and self.silent_s() > 3 * self.hold_s:
            self.close("the router is silent")
        self.loop.after(self.hold_s / 3, lambda: self.keepalive(generation))

    def silent_s(self):
        return time.monotonic() - self.heard

    def readable(self, _events):
        try:
            data = self.sock.recv(65536)
        except BlockingIOError:
            return
        except OSError as why:
            data, _ = b"", self.log("bgp: %s" % why)
        if not data:
            self.close("the router closed the session" if self.up else None)
            return
        self.heard = time.monotonic()
        self.buffer += data
        while len(self.buffer) >= 19 and self.sock is not None:
            length, kind = struct.unpack_from("!HB", self.buffer, 16)
            if length < 19:
                self.close("malformed message from the router")
            if len(self.buffer) < length:
                return
            body, self.buffer = self.buffer[19:length], self.buffer[length:]
            self.take(kind, body)

    def take(self, kind, body):
        if kind == OPEN:
            self.send(message(KEEPALIVE))
        elif kind == KEEPALIVE and not self.up:
            self.up, self.told = True, None
            self.log("bgp: session with %s is up" % self.peer)
            self.tell()
            self.on_change()
        elif kind == NOTIFICATION:
            self.close("the router ended the session: code %s" % "/".join(str(b) for b in body[:2]))

    def send(self, data):
        try:
            if self.sock.send(data) != len(data):
                self.close("the router takes no more")
        except OSError as why:
            self.close(str(why))

    def close(self, why):
        if self.sock is None:
            return
        if why is not None:
            self.log("bgp: %s" % why)
        self.loop.forget(self.sock.fileno())
        self.sock.close()
        self.sock, was_up, self.up, self.told = None, self.up, False, None
        self.loop.after(0.1, self.start)
        if was_up:
            self.on_change()

    def want(self, communities):
        self.wanted = communities
        self.tell()

    def tell(self):
        """Announce or withdraw both families in one write, so that they come and go together."""
        if not self.up or self.told == self.wanted:
            return
        self.told = self.wanted
        self.send(b"".join(self.update(prefix, self.wanted) for prefix in self.prefixes))

    def update(self, prefix, communities):
        v4, route = prefix.version == 4, nlri(prefix)
        if communities is None:
            if v4:
                return message(UPDATE, struct.pack("!H", len(route)) + route + b"\0\0")
            lost = attribute(0x80, 15, b"\x00\x02\x01" + route)
            return message(UPDATE, b"\0\0" + struct.pack("!H", len(lost)) + lost)
        hop = self.next_hops[prefix.version].packed
        attributes = attribute(0x40, 1, b"\0") + attribute(0x40, 2, b"")
        if v4:
            attributes += attribute(0x40, 3, hop)
        attributes += attribute(0x40, 5, struct.pack("!I", 100))
        if communities:
            attributes += attribute(0xC0, 8, b"".join(struct.pack("!HH", *c) for c in communities))
        if not v4:
            attributes += attribute(0x80, 14, b"\x00\x02\x01\x10" + hop + b"\0" + route)
        return message(UPDATE, b"\0\0" + struct.pack("!H", len(attributes)) + attributes + (route if v4 else b""))
