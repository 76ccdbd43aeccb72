#!/usr/bin/env python3
"""mutate.py - damage captures in a seeded way, and compare what we read of them with what tshark reads.

Usage: mutate.py [--seed N] [--captures N] [--keep FOLDER] MESSAGES CATCHMENT [BASE...]

MESSAGES is BUILD/tests/oracle/messages, CATCHMENT the program; BASE captures (Ethernet, IPv4 or IPv6) are added to the crafted
ones. Each damaged capture gets addresses of its own, so that many go into one file and one run of tshark. Asked for: no crash, no
hang, no message that only one of us reads or reads otherwise, but in the ways that expected.DAMAGED lists; and `catchment analyze`
counts as many messages as there are. --keep keeps the files in which something else came.
Exit status: 0 nothing else, 1 something, 2 usage, 77 tshark is missing.
"""
import argparse
import collections
import gzip
import json
import os
import random
import shutil
import struct
import subprocess
import sys
import tempfile

import craft
import expected
import messages

PER_FILE, FRAMES_MAX, LIMIT_S = 40, 60, 120
T0 = 1800000000 * 10**9


class Frame:
    def __init__(self, at, data):
        self.at, self.data, self.wire = at, data, len(data)

    def copy(self):
        other = Frame(self.at, self.data)
        other.wire = self.wire
        return other


def read_pcap(path):
    """[(ns, frame)] of an Ethernet capture with nanoseconds."""
    raw = (gzip.open if path.endswith(".gz") else open)(path, "rb").read()
    if raw[:4] != struct.pack("<I", 0xA1B23C4D) or struct.unpack("<I", raw[20:24])[0] != 1:
        return []
    out, at = [], 24
    while at + 16 <= len(raw):
        second, fraction, captured, _ = struct.unpack("<IIII", raw[at:at + 16])
        out.append((second * 10**9 + fraction, raw[at + 16:at + 16 + captured]))
        at += 16 + captured
    return out


def write_pcap(path, frames):
    with open(path, "wb") as f:
        f.write(struct.pack("<IHHiIII", 0xA1B23C4D, 2, 4, 0, 0, 262144, 1))
        for x in frames:
            f.write(struct.pack("<IIII", x.at // 10**9, x.at % 10**9, len(x.data), max(x.wire, len(x.data))) + x.data)


def ip_at(data):
    """Where the IP header begins, its version, and where the transport begins."""
    at = 14
    while data[at - 2:at] in (b"\x81\x00", b"\x88\xa8"):
        at += 4
    if len(data) < at + 40:
        return None
    version = data[at] >> 4
    return (at, 4, at + (data[at] & 15) * 4) if version == 4 else (at, 6, at + 40) if version == 6 else None


def payload_at(data):
    """Where the payload of a plain TCP or UDP packet begins; None if there is none."""
    where = ip_at(data)
    if where is None:
        return None
    at, version, transport = where
    proto = data[at + 9] if version == 4 else data[at + 6]
    if proto == 6 and len(data) > transport + 12:
        transport += (data[transport + 12] >> 4) * 4
    elif proto == 17:
        transport += 8
    else:
        return None
    return transport if transport < len(data) else None


def move(data, k):
    """The same frame between addresses of capture k."""
    where = ip_at(data)
    if where is None:
        return data
    out = bytearray(data)
    at, version, _ = where
    for i in ((at + 13, at + 17) if version == 4 else (at + 13, at + 29)):
        out[i] = k
    return bytes(out)


# ---- the damages: each changes a list of frames in place ----


def some(rng, frames):
    return rng.randrange(len(frames))


def flip(rng, frames, low=14):
    x = frames[some(rng, frames)]
    low = payload_at(x.data) if low is None else low
    if low is None or low >= len(x.data):
        return
    out = bytearray(x.data)
    for _ in range(rng.randint(1, 3)):
        out[rng.randrange(low, len(out))] ^= 1 << rng.randrange(8)
    x.data = bytes(out)


def flip_payload(rng, frames):
    flip(rng, frames, low=None)


def odd_byte(rng, frames):
    x = frames[some(rng, frames)]
    low = payload_at(x.data)
    if low is not None:
        i = rng.randrange(low, len(x.data))
        x.data = x.data[:i] + bytes([rng.choice((0, 1, 0x7F, 0x80, 0xC0, 0xFF))]) + x.data[i + 1:]


def snap(rng, frames):
    """The snap length cut it."""
    x = frames[some(rng, frames)]
    x.data = x.data[:rng.randrange(14, len(x.data) + 1)]


def shorten(rng, frames):
    """The wire had fewer bytes than the headers say."""
    x = frames[some(rng, frames)]
    x.data = x.data[:rng.randrange(14, len(x.data) + 1)]
    x.wire = len(x.data)


def pad(rng, frames):
    x = frames[some(rng, frames)]
    x.data += bytes(rng.randrange(256) for _ in range(rng.randint(1, 30)))
    x.wire = len(x.data)


def drop(rng, frames):
    if len(frames) > 2:
        del frames[some(rng, frames)]


def duplicate(rng, frames):
    i = some(rng, frames)
    frames.insert(min(len(frames), i + rng.randint(1, 3)), frames[i].copy())


def swap(rng, frames):
    i, j = some(rng, frames), 0
    j = min(len(frames) - 1, i + rng.randint(1, 4))
    x = frames.pop(i)
    frames.insert(j, x)


def step(rng, frames):
    i, by = some(rng, frames), rng.choice((-3, -1, 1, 7, 60)) * 10**9
    for x in frames[i:]:
        x.at = max(10**9, x.at + by)


def length(rng, frames):
    """A length that lies: of IP, of UDP, of the first message."""
    x = frames[some(rng, frames)]
    where, low = ip_at(x.data), payload_at(x.data)
    if where is None or low is None:
        return
    at, version, transport = where
    spot = rng.choice([at + 2 if version == 4 else at + 4, transport + 4, low, low + 16])
    if spot + 2 <= len(x.data):
        old = struct.unpack(">H", x.data[spot:spot + 2])[0]
        new = rng.choice([0, old - 1, old + 1, old // 2, old * 2, 0xFFFF]) & 0xFFFF
        x.data = x.data[:spot] + struct.pack(">H", new) + x.data[spot + 2:]


def part(x, low, a, b):
    """Bytes a to b of a TCP segment's payload, as a segment of its own."""
    at, version, transport = ip_at(x.data)
    out = bytearray(x.data[:low] + x.data[low + a:low + b])
    seq = struct.unpack(">I", out[transport + 4:transport + 8])[0]
    out[transport + 4:transport + 8] = struct.pack(">I", (seq + a) & 0xFFFFFFFF)
    spot, bytes_ = (at + 2, len(out) - at) if version == 4 else (at + 4, len(out) - at - 40)
    out[spot:spot + 2] = struct.pack(">H", bytes_)
    return Frame(x.at, bytes(out))


def split(rng, frames):
    """A TCP segment becomes two that touch or overlap, in either order."""
    i = some(rng, frames)
    x, low = frames[i], payload_at(frames[i].data)
    where = ip_at(x.data)
    if low is None or (x.data[where[0] + 9] if where[1] == 4 else x.data[where[0] + 6]) != 6 or len(x.data) - low < 2:
        return
    n = len(x.data) - low
    cut = rng.randrange(1, n)
    halves = [part(x, low, 0, min(n, cut + rng.choice((0, 0, 1, 5)))), part(x, low, max(0, cut - rng.choice((0, 0, 3))), n)]
    rng.shuffle(halves)
    frames[i:i + 1] = halves


GENTLE = [duplicate, swap, step, split]
DAMAGES = GENTLE + [flip, flip_payload, flip_payload, odd_byte, snap, shorten, pad, drop, length, length]


def damaged(rng, base, k, kinds):
    start = rng.randrange(max(1, len(base) - FRAMES_MAX + 1))
    frames = [Frame(at, move(data, k)) for at, data in base[start:start + FRAMES_MAX]]
    for _ in range(rng.randint(1, 4)):
        rng.choice(kinds)(rng, frames)
    return frames


def joined(rng, bases, n, kinds):
    """n damaged captures one after another: those of capture k are in its addresses alone."""
    out, clock = [], T0
    for k in range(n):
        frames = damaged(rng, rng.choice(bases), k, kinds)
        first, last = min(x.at for x in frames), max(x.at for x in frames)
        for x in frames:
            x.at += clock - first
        clock += last - first + 10**9
        out += frames
    return out


def counts_agree(program, capture, ours):
    """What `catchment analyze` says of it, against the messages one by one. Returns a complaint or None."""
    run = subprocess.run([program, "analyze", "--json", capture], capture_output=True, text=True, timeout=LIMIT_S)
    if run.returncode != 0:
        return f"catchment analyze ends with {run.returncode}: {run.stderr[-300:]}"
    facts = json.loads(run.stdout)
    told = [m for m in ours if "gap" not in m and "resyncs" not in m]
    for what, want, have in (("BGP messages", sum(m["p"] == "bgp" for m in told), facts["bgp"]["messages"]),
                             ("BGP malformed", sum(m["p"] == "bgp" and "bad" in m for m in told), facts["bgp"]["malformed"]),
                             ("DNS messages", sum(m["p"] == "dns" for m in told), sum(facts["dns"]["messages"].values())),
                             ("DNS malformed", sum(m["p"] == "dns" and "bad" in m for m in told), facts["dns"]["malformed"])):
        if want != have:
            return f"{what}: analyze counts {have}, there are {want}"
    return None


def cut_file(rng, path, program):
    """Damage to the file itself: an answer and no crash is all that is asked for."""
    raw = bytearray(open(path, "rb").read())
    for _ in range(rng.randint(1, 4)):
        raw[rng.randrange(len(raw))] ^= 1 << rng.randrange(8)
    raw = raw[:rng.randrange(1, len(raw) + 1)]
    with tempfile.NamedTemporaryFile(suffix=".pcap") as f:
        f.write(raw)
        f.flush()
        run = subprocess.run([program, "analyze", "--json", f.name], capture_output=True, text=True, timeout=LIMIT_S)
    return None if run.returncode in (0, 2) else f"file damage: status {run.returncode}: {run.stderr[-300:]}"


def main():
    p = argparse.ArgumentParser(usage=__doc__.split("\n\n")[1][7:])
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--captures", type=int, default=200)
    p.add_argument("--keep")
    p.add_argument("--gentle", action="store_true", help="damages alone that lose nothing")
    p.add_argument("messages")
    p.add_argument("program")
    p.add_argument("base", nargs="*")
    a = p.parse_args()
    if shutil.which("tshark") is None:
        print("tshark is not installed")
        return 77
    bases = [frames for frames in ([(T0 + at, data) for at, data in make()] for name, make in craft.CAPTURES.items()
                                   if not name.startswith(("vrrp", "bgp-long"))) if frames]
    bases += [x for x in map(read_pcap, a.base) if x]
    same, totals, complaints, unknown = 0, collections.Counter(), [], 0
    with tempfile.TemporaryDirectory() as folder:
        for n, done in enumerate(range(0, a.captures, PER_FILE)):
            rng = random.Random(f"{a.seed}/{n}")
            path = os.path.join(folder, f"seed{a.seed}-{n}.pcap")
            write_pcap(path, joined(rng, bases, min(PER_FILE, a.captures - done), GENTLE if a.gentle else DAMAGES))
            said = [counts_agree(a.program, path, messages.ours_of(a.messages, path, LIMIT_S)), cut_file(rng, path, a.program)]
            alike, classes = messages.compare(a.messages, path)
            same += alike
            odd = {what: pairs for what, pairs in classes.items() if not expected.is_known(what, a.gentle)}
            totals.update({what: len(pairs) for what, pairs in classes.items()})
            unknown += sum(map(len, odd.values()))
            complaints += [f"{os.path.basename(path)}: {x}" for x in said if x]
            for what, pairs in sorted(odd.items()):
                print(f"{os.path.basename(path)}: {len(pairs)} {what}")
                for x, y in pairs[:2]:
                    print(f"    ours   {json.dumps(x, sort_keys=True)[:600]}\n    theirs {json.dumps(y, sort_keys=True)[:600]}")
            if a.keep and (odd or any(said)):
                os.makedirs(a.keep, exist_ok=True)
                shutil.copy(path, a.keep)
    for what, n in sorted(totals.items()):
        print(f"{n:8} {what}")
    print(*complaints, sep="\n")
    share = sum(totals.values()) / max(1, same + sum(totals.values()))
    print(f"{a.captures} damaged captures (seed {a.seed}): {same} messages the same, {sum(totals.values())} differ ({share:.1%}), "
          f"{unknown} of them in no known way, {len(complaints)} complaints")
    if share > (expected.GENTLE_SHARE_MAX if a.gentle else expected.DAMAGED_SHARE_MAX):
        print("more differ than ever did")
        return 1
    return 1 if unknown or complaints else 0


if __name__ == "__main__":
    sys.exit(main())
