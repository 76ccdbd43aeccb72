# load-local.py - the parts of load-local.sh: a DNS responder on the loopback, and what a generator does to it.
"""Usage: load-local.py PROGRAM FOLDER

The responder notes the kernel's own receive timestamp of every query (SO_TIMESTAMPNS): on the loopback that is when a
capture at the client would have seen it leave."""
import json
import os
import pty
import re
import select
import signal
import socket
import struct
import subprocess
import sys
import threading
import time

SO_TIMESTAMPNS = 35


class Responder(threading.Thread):
    """Answers each query with itself and the bit that says so."""

    def __init__(self):
        super().__init__(daemon=True)
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        self.socket.bind(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.seen = []  # (name, ns)
        self.start()

    def run(self):
        while True:
            query, control, _, peer = self.socket.recvmsg(4096, 256)
            stamp = next(data for level, kind, data in control if level == socket.SOL_SOCKET)
            seconds, ns = struct.unpack("qq", stamp[:16])
            self.seen.append((name_of(query), seconds * 10**9 + ns))
            self.socket.sendto(query[:2] + bytes([query[2] | 0x80]) + query[3:], peer)


def name_of(message):
    labels, at = [], 12
    while message[at]:
        labels.append(message[at + 1:at + 1 + message[at]].decode())
        at += 1 + message[at]
    return ".".join(labels)


def checksum(data):
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def frame(name, number):
    """A query as it lies on an Ethernet."""
    query = struct.pack("!6H", number, 0, 1, 0, 0, 0)
    query += b"".join(bytes([len(part)]) + part.encode() for part in name.split(".")) + b"\0" + struct.pack("!2H", 1, 1)
    udp = struct.pack("!4H", 40000, 53, 8 + len(query), 0) + query  # 0: sent without a checksum
    ip = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(udp), number, 0, 64, 17, 0,
                     socket.inet_aton("192.0.2.1"), socket.inet_aton("192.0.2.53"))
    ip = ip[:10] + struct.pack("!H", checksum(ip)) + ip[12:]
    return bytes(12) + b"\x08\x00" + ip + udp


def write_capture(path, offsets_us):
    with open(path, "wb") as f:
        f.write(struct.pack("!IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, 1))
        for number, offset_us in enumerate(offsets_us):
            packet = frame(f"q{number}.example", number + 1)
            f.write(struct.pack("!4I", 1700000000 + offset_us // 10**6, offset_us % 10**6, len(packet), len(packet)))
            f.write(packet)


def generator(program, responder, *more, **options):
    return subprocess.Popen([program, "load", "dns", "127.0.0.1", "--port", str(responder.port), *more], **options)


def wait_for(what, test, limit_s=15):
    end = time.monotonic() + limit_s
    while not test():
        if time.monotonic() > end:
            sys.exit(f"waited {limit_s} s for {what}")
        time.sleep(0.01)


def interrupted(program):
    """What it has by then is printed, and the status says that it is not all."""
    for kind in ("--json", None):
        responder = Responder()
        process = generator(program, responder, "--query", "a.example", "--rate", "500", "--duration", "60s",
                            *[kind] * (kind is not None), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        wait_for("100 queries", lambda: len(responder.seen) >= 100)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=20)
        if process.returncode != 130:
            sys.exit(f"after ^C it returned {process.returncode}: {out}{err}")
        if kind:
            told = json.loads(out)
            if not 100 <= told["sent"] <= 60 * 500 - 1 or told["sent"] != len(responder.seen):
                sys.exit(f"it says {told['sent']} sent where {len(responder.seen)} came")
        elif "lost" not in out:
            sys.exit(f"after ^C it printed no report: {out!r}")


def flood_interrupted(program):
    """Likewise a flood, in a network of its own."""
    process = subprocess.Popen(["unshare", "-n", "sh", "-c", 'ip link set lo up && exec "$0" load flood 127.0.0.1 '
                                "--from 127.0.0.0/8 --rate 500 --for 60s --json", program],
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def packets():
        with open(f"/proc/{process.pid}/net/dev") as table:
            lo = [line.split() for line in table if line.strip().startswith("lo:")]
        with open(f"/proc/{process.pid}/comm") as comm:
            return int(lo[0][2]) if lo and comm.read().strip() == os.path.basename(program)[:15] else 0

    wait_for("100 packets", lambda: packets() >= 100)
    process.send_signal(signal.SIGUSR1)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=20)
    if not re.search(r": for \d+ s: flooding: \d+ of 30000 queries sent", err):
        sys.exit(f"SIGUSR1 was not answered with what the flood is at: {err!r}")
    if process.returncode != 130:
        sys.exit(f"after ^C the flood returned {process.returncode}: {out}{err}")
    told = json.loads(out)
    if not told["stopped"] or not 1 <= told["sent"] < 60 * 500:
        sys.exit(f"the flood that was stopped says {told}")


def live(program):
    """On a terminal one line that is written over, at most five times a second, and gone at the end."""
    responder = Responder()
    leader, follower = pty.openpty()
    process = generator(program, responder, "--query", "a.example", "--rate", "200", "--duration", "2s",
                        stdout=follower, stderr=follower, env={**os.environ, "TERM": "xterm"})
    os.close(follower)
    said = b""
    while True:
        select.select([leader], [], [], 20)
        try:
            piece = os.read(leader, 4096)
        except OSError:  # the other end is closed
            break
        if not piece:
            break
        said += piece
    if process.wait(20) not in (0, 4):  # 4: the host was busy and queries left late
        sys.exit(f"on a terminal it returned {process.returncode}: {said}")
    text = said.decode().replace("\r\n", "\n")
    live, erased, report = text.rpartition("\r\x1b[K")
    lines = [line for line in live.split("\r\x1b[K") if line]
    if not 2 <= len(lines) <= 14 or not all(re.fullmatch(r"\d+ s: \d+ q/s sent, \d+ q/s answered, \d+ lost so far", line) for line in lines):
        sys.exit(f"no live line of at most 5 a second: {text!r}")
    if not erased or "so far" in report or "\nlost" not in report:
        sys.exit(f"the report is not below a line that was erased: {text!r}")


def replay(program, folder):
    """The gaps of a capture, short and long, are those of its replay: at its own speed and at twice that."""
    offsets_us = [0, 300, 600, 80_000, 80_200, 250_000, 251_000, 600_000, 900_000, 900_050, 1_300_000]
    path = os.path.join(folder, "own.pcap")
    write_capture(path, offsets_us)
    for speed in (1, 2):
        for attempt in range(5):  # a host that is busy with something else delays a query now and then
            responder = Responder()
            process = generator(program, responder, "--replay", path, "--speed", str(speed), stdout=subprocess.DEVNULL,
                                stderr=subprocess.PIPE, text=True)
            _, err = process.communicate(timeout=30)
            wait_for("the last query", lambda: len(responder.seen) >= len(offsets_us) or process.returncode not in (0, 4))
            if process.returncode not in (0, 4):
                sys.exit(f"the replay returned {process.returncode}: {err}")
            names = [name for name, _ in responder.seen]
            if names != [f"q{i}.example" for i in range(len(offsets_us))]:
                sys.exit(f"the replay sent {names}")
            began = responder.seen[0][1]
            off_us = [abs((ns - began) / 1000 - offset / speed) for (_, ns), offset in zip(responder.seen, offsets_us)]
            if max(off_us) < 10_000:
                print(f"replay at speed {speed}: at most {max(off_us):.0f} us off its capture")
                break
        else:
            sys.exit(f"the replay at speed {speed} is off its capture by {[round(us) for us in off_us]} us")


def main():
    program, folder = sys.argv[1:]
    interrupted(program)
    flood_interrupted(program)
    live(program)
    replay(program, folder)


main()
