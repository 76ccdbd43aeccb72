#!/usr/bin/env python3
"""Count RIPE Atlas DNS results again and compare with what `catchment import atlas` makes of them.

Usage: atlas.py FILE...

Shares no code with catchment, which must be on the PATH: JSON by json, messages and the answers file by
struct. Compared are, per IP version and transport: queries, answers, probes, answers without a name,
rcodes, and per site the answers, the probes and the quantiles of the round trip; from the table and,
except for probes, from the answers file as well.
Exit 0: agrees, 1: does not, 2: usage.
"""
import base64
import collections
import gzip
import json
import os
import statistics
import struct
import subprocess
import sys
import tempfile

RCODES = ["NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED"]


def load(path):
    with open(path, "rb") as f:
        data = f.read()
    if data[:2] == b"\x1f\x8b":
        data = gzip.decompress(data)
    text = data.decode()
    if text.lstrip().startswith("["):
        return json.loads(text)
    results = []
    for line in text.splitlines():
        try:
            results.append(json.loads(line))
        except ValueError:
            continue
    return results


def skip_name(m, at):
    while m[at] != 0:
        if m[at] & 0xC0:
            return at + 2
        at += m[at] + 1
    return at + 1


def name_at(m, at):
    labels = []
    while m[at] != 0:
        labels.append(m[at + 1:at + 1 + m[at]].decode("latin-1"))
        at += m[at] + 1
    return ".".join(labels).lower()


def site_of(m):
    """(rcode, site) of a message; IndexError or struct.error if it is none."""
    _, flags, qd, an, ns, ar = struct.unpack_from(">6H", m)
    at, asked, txt, nsid = 12, None, None, None
    for _ in range(qd):
        asked = name_at(m, at), *struct.unpack_from(">2H", m, skip_name(m, at))
        at = skip_name(m, at) + 4
    for i in range(an + ns + ar):
        at = skip_name(m, at)
        kind, _, _, length = struct.unpack_from(">HHIH", m, at)
        rdata = m[at + 10:at + 10 + length]
        if len(rdata) < length:
            raise IndexError
        at += 10 + length
        if i < an and kind == 16 and txt is None:
            txt = b""
            while rdata:
                txt, rdata = txt + rdata[1:1 + rdata[0]], rdata[1 + rdata[0]:]
        elif kind == 41:
            while rdata:
                code, size = struct.unpack_from(">2H", rdata)
                if code == 3 and nsid is None:
                    nsid = rdata[4:4 + size]
                rdata = rdata[4 + size:]
    if nsid:
        return flags & 15, nsid
    if txt and asked and asked[2] == 3 and asked[0] in ("id.server", "hostname.bind"):
        return flags & 15, txt
    return flags & 15, None


def rcode_of_cut(m):
    """Of a message whose records are damaged; None if its question is, too."""
    try:
        struct.unpack_from(">2H", m, skip_name(m, 12))
        return m[3] & 15
    except (IndexError, struct.error):
        return None


def answers_of(results):
    """(probe, family, transport, rtt in ms or None, rcode or None, site or None) of each usable answer."""
    for r in results:
        if r.get("type", "dns") != "dns" or "prb_id" not in r or "msm_id" not in r:
            continue
        for one in r.get("resultset", [r]):
            af = one.get("af", one.get("pf", r.get("af")))
            proto = one.get("proto", r.get("proto", "UDP")).lower()
            head = r["prb_id"], f"v{af}", proto
            result = one.get("result")
            if result is None:
                yield *head, None, None, None
                continue
            if result["rt"] < 0:
                continue
            rcode, site = None, None
            if "abuf" in result:
                try:
                    rcode, site = site_of(base64.b64decode(result["abuf"]))
                except (IndexError, struct.error):
                    rcode = rcode_of_cut(base64.b64decode(result["abuf"]))
            else:
                for a in result.get("answers", []):
                    rdata = a["RDATA"]
                    site = (rdata if isinstance(rdata, str) else "".join(rdata)).encode()
            yield *head, result["rt"], rcode, site


def shown(site):
    return "".join(chr(b) if 0x20 < b < 0x7F and b != 0x5C else f"\\x{b:02x}" for b in site)


def quantile(values, ratio):
    values = sorted(values)
    at = ratio * (len(values) - 1)
    low = int(at)
    high = min(low + 1, len(values) - 1)
    return values[low] + (values[high] - values[low]) * (at - low)


def read_answers(path):
    """The same from the answers file, but for the probe and the rcode."""
    with open(path, "rb") as f:
        data = f.read()
    magic, version, size, plan_len, _ = struct.unpack_from("<8s4I", data)
    assert (magic, version, size) == (b"CATCHANS", 1, 32)
    streams = json.loads(data[64:64 + plan_len])["streams"]
    names = {}
    for at in range(64 + plan_len, len(data), 32):
        kind = data[at]
        if kind == 2:
            length, index = struct.unpack_from("<BH", data, at + 1)
            names[index] = data[at + 4:at + 4 + length]
        elif kind == 1:
            stream, nsid = struct.unpack_from("<2H", data, at + 4)
            sent, received = struct.unpack_from("<2q", data, at + 16)
            s = streams[stream]
            yield (s["family"], s["transport"], (received - sent) / 1e6 if received else None,
                   names.get(nsid))


def main():
    if len(sys.argv) < 2:
        print(__doc__, file=sys.stderr)
        return 2
    wrong = 0

    def same(what, ours, theirs, tolerance=0.0):
        nonlocal wrong
        if ours is None or abs(ours - theirs) > tolerance:
            print(f"{what}: catchment {ours}, recomputed {theirs}")
            wrong += 1

    groups = collections.defaultdict(list)
    for a in answers_of([r for path in sys.argv[1:] for r in load(path)]):
        groups[a[1:3]].append(a)
    with tempfile.TemporaryDirectory() as scratch:
        done = subprocess.run(["catchment", "import", "atlas", "--json", "-o", scratch + "/out",
                               *sys.argv[1:]], stdout=subprocess.PIPE, check=True)
        table = {(g["family"], g["transport"]): g for g in json.loads(done.stdout)["catchment"]}
        kept = collections.defaultdict(list)
        for family, transport, rtt, site in read_answers(scratch + "/out/answers"):
            kept[family, transport].append((rtt, site))
        if sorted(os.listdir(scratch + "/out")) != ["answers", "catchment.json"]:
            print("files left behind")
            wrong += 1
    same("groups", len(table), len(groups))
    sites_seen = 0
    for key, answers in groups.items():
        where = " ".join(key)
        ours = table.get(key, {})
        answered = [a for a in answers if a[3] is not None]
        same(f"{where}: queries", ours.get("queries"), len(answers))
        same(f"{where}: queries kept", len(kept[key]), len(answers))
        same(f"{where}: answered", ours.get("answered"), len(answered))
        same(f"{where}: probes", ours.get("probes"), len({a[0] for a in answers}))
        same(f"{where}: unnamed", ours.get("unnamed"), sum(a[5] is None for a in answered))
        rcodes = collections.Counter(RCODES[a[4]] for a in answered if a[4] is not None)
        if ours.get("rcodes") != dict(rcodes):
            print(f"{where}: rcodes: catchment {ours.get('rcodes')}, recomputed {dict(rcodes)}")
            wrong += 1
        sites = {s["site"]: s for s in ours.get("sites", [])}
        names = {a[5] for a in answered if a[5] is not None}
        same(f"{where}: sites", len(sites), len(names))
        named = collections.Counter(a[0] for a in answered if a[5] is not None)
        for name in names:
            sites_seen += 1
            site, what = sites.get(shown(name), {}), f"{where} {shown(name)}"
            mine = [a for a in answered if a[5] == name]
            rtts = [a[3] for a in mine]
            same(f"{what}: answers", site.get("answers"), len(mine))
            same(f"{what}: probes", site.get("probes"), len({a[0] for a in mine}))
            same(f"{what}: share", site.get("share_ratio"),
                 sum(1 / named[a[0]] for a in mine) / len(named), 1e-6)
            for q, ratio in (("rtt_p10_us", 0.1), ("rtt_p50_us", 0.5), ("rtt_p90_us", 0.9)):
                same(f"{what}: {q}", site.get(q), quantile(rtts, ratio) * 1e3, 0.01)
            same(f"{what}: median", site.get("rtt_p50_us"), statistics.median(rtts) * 1e3, 0.01)
            logged = [rtt for rtt, n in kept[key] if n == name[:28]]
            same(f"{what}: answers kept", len(logged), len(mine))
            same(f"{what}: median kept", statistics.median(logged) if logged else None,
                 statistics.median(rtts), 1e-5)
    print(f"{'differs' if wrong else 'agrees'}: {sum(map(len, groups.values()))} queries, "
          f"{sites_seen} sites")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
