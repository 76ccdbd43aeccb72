#!/usr/bin/env python3
"""facts.py - compare what `catchment analyze CAPTURE --json` says with what tshark says of the same file.

Usage: facts.py CATCHMENT CAPTURE

tshark shares no code with us. Compared: DNS messages, queries, retransmissions, unanswered queries, answers, RCODEs,
truncation, EDNS, DO and NSIDs per server, each round trip's extremes, sum and quantiles; BGP messages by type, bytes, prefixes,
path ids, end-of-RIB, the longest AS path, communities of each kind and their values, all of an OPEN, and the words of a
NOTIFICATION per sender; BFD, OSPF Hello and VRRP packets. Not compared: bursts, and what events say of BFD, OSPF and VRRP.
A capture where tshark's notion of a query differs (repeated after its answer, late, another question) is compared in what does
not depend on it. What one of us alone can read is in expected.py; messages.py compares each message, field by field.
Exit status: 0 the same, 1 something differs, 2 usage, 77 tshark is missing.
"""
import collections
import json
import shutil
import subprocess
import sys

import expected
import tsharkread

differences = 0


def same(what, ours, theirs):
    global differences
    if ours != theirs:
        differences += 1
        print(f"differs: {what}: catchment {ours}, tshark {theirs}")


def near(what, ours, theirs, ratio):
    global differences
    if abs(ours - theirs) > ratio * abs(theirs) + 1e-3:
        differences += 1
        print(f"differs: {what}: catchment {ours}, tshark {theirs}")


def tshark(capture, shown, fields):
    command = ["tshark", "-n", "-r", capture, "-Y", shown, "-T", "fields", "-E", "separator=/t", "-E", "occurrence=a",
               "-E", "aggregator=|", "-o", "tcp.reassemble_out_of_order:TRUE"]
    for field in fields:
        command += ["-e", field]
    out = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    for line in out.splitlines():
        yield [x.split("|") if x else [] for x in line.split("\t")]


def quantile(values, q):
    """Nearest rank, as lib/hist.h."""
    values = sorted(values)
    return values[max(0, min(len(values) - 1, -(-int(q * len(values) * 1000) // 1000) - 1))]


def check_dns(theirs, facts):
    count, rcodes = collections.Counter(), collections.defaultdict(collections.Counter)
    nsids, rtts = collections.defaultdict(collections.Counter), collections.defaultdict(list)
    names = {0: "NOERROR", 1: "FORMERR", 2: "SERVFAIL", 3: "NXDOMAIN", 4: "NOTIMP", 5: "REFUSED", 6: "YXDOMAIN", 7: "YXRRSET",
             8: "NXRRSET", 9: "NOTAUTH", 10: "NOTZONE", 11: "DSOTYPENI", 16: "BADVERS"}
    asked = {}
    for m in theirs:
        kind, response = m["over"], (m.get("flags", 0) & 0x8000) != 0
        count[kind] += 1
        if m.get("malformed", "expert") not in ("expert", "cut"):  # an expert warns of repetitions, too
            count["malformed", kind] += 1
            continue
        server = m["who"][0 if response else 2]
        asked[str(m["packet"])] = (m["name"], m["qtype"], m["qclass"])
        # tshark takes the same ports and id for a repetition whatever is asked.
        if "again" in m and (response or asked.get(m.get("again_of")) == (m["name"], m["qtype"], m["qclass"])):
            count[server, "again", response] += 1
            continue
        if not response:
            count[server, "queries", kind] += 1
            count[server, "edns"] += "opt" in m
            count[server, "dnssec_ok"] += "opt" in m and m["opt"]["do"]
            continue
        count[server, "answers"] += 1
        if "time" not in m:
            continue
        rtts[server, kind].append(round(float(m["time"]) * 1e6, 3))
        rcodes[server][names.get(m["rcode"], f"RCODE{m['rcode']}")] += 1
        count[server, "truncated"] += (m["flags"] & 0x0200) != 0
        if m.get("nsid"):
            nsids[server][bytes.fromhex(m["nsid"])[:64]] += 1
    dns = facts["dns"]
    same("DNS messages read", sum(dns["messages"].values()) - dns["malformed"],
         count["udp"] + count["tcp"] - count["malformed", "udp"] - count["malformed", "tcp"])
    for s in dns["servers"]:
        name = s["server"]
        odd = s["late"] or s["mismatched"] or s["duplicates"] or s["orphans"] or s["icmp_errors"]
        same(f"{name} retransmits", s["retransmits"], count[name, "again", False])
        for kind in ("udp", "tcp"):
            r, times = s[f"rtt_{kind}_us"], rtts[name, kind]
            same(f"{name} {kind} queries", s["queries"][kind], count[name, "queries", kind])
            if odd or s["retransmits"] or not times:
                continue
            same(f"{name} {kind} round trips", r["n"], len(times))
            near(f"{name} {kind} min", r["min"], min(times), 0)
            near(f"{name} {kind} max", r["max"], max(times), 0)
            near(f"{name} {kind} mean", r["mean"], sum(times) / len(times), 1e-6)
            for q in (50, 90, 99):
                near(f"{name} {kind} p{q}", r[f"p{q}"], quantile(times, q / 100), 0.016)
        same(f"{name} EDNS queries", s["edns_queries"], count[name, "edns"])
        same(f"{name} DO queries", s["dnssec_ok_queries"], count[name, "dnssec_ok"])
        if odd:
            continue
        same(f"{name} unanswered", s["unanswered"] + s["open_at_end"] + s["forgotten"],
             sum(count[name, "queries", k] - len(rtts[name, k]) for k in ("udp", "tcp")))
        # Above 22 all RCODEs are one.
        ours = {k: n for k, n in s["rcodes"].items() if k in rcodes[name]}
        same(f"{name} RCODEs", sum(s["rcodes"].values()), sum(rcodes[name].values()))
        same(f"{name} RCODEs", ours, {k: n for k, n in rcodes[name].items() if k in s["rcodes"]})
        same(f"{name} truncated", s["truncated"], count[name, "truncated"])
        wanted = {}
        for raw, n in nsids[name].items():
            wanted[raw.decode("latin1") if all(32 <= b < 127 for b in raw) else "0x" + raw.hex()] = n
        same(f"{name} NSIDs", {n["nsid"]: n["answers"] for n in s["nsids"]}, wanted)


# ---- BGP ----

TYPES = {1: "opens", 2: "updates", 3: "notifications", 4: "keepalives", 5: "route_refreshes"}
WELL_KNOWN = {0xFFFFFF01: "no-export", 0xFFFFFF02: "no-advertise", 0xFFFFFF03: "no-export-subconfed", 0xFFFFFF04: "no-peer",
              0xFFFF0000: "graceful-shutdown", 0xFFFF029A: "blackhole"}


def extended_text(raw):
    """As lib/bgp_name.h has it."""
    kind, sub = int(raw[:2], 16), {2: "rt", 3: "ro"}.get(int(raw[2:4], 16))
    if "*" in raw:
        return None
    rest = bytes.fromhex(raw[4:])
    if sub is None or kind > 2:
        return "0x" + raw
    if kind == 1:
        return f"{sub}:{'.'.join(map(str, rest[:4]))}:{int.from_bytes(rest[4:], 'big')}"
    cut = 2 if kind == 0 else 4
    return f"{sub}:{int.from_bytes(rest[:cut], 'big')}:{int.from_bytes(rest[cut:], 'big')}"


def add_update(c, m, communities):
    """What one UPDATE adds to its sender's counts."""
    if m["end_of_rib"]:
        c[f"end_of_rib ipv{m['end_of_rib']}"] += 1
        return
    for way, plain, mp in (("announced", "announced", "mp_announced"), ("withdrawn", "withdrawn", "mp_withdrawn")):
        for prefix, path_id in m[plain] + m[mp]:
            c[f"prefixes_{way} ipv{6 if ':' in prefix else 4}"] += 1
            c["prefixes_with_path_id"] += path_id != -1
    c["mp_reach"] += "mp_next_hop" in m
    c["mp_unreach"] += m.get("mp_unreach", False)
    c["other_family"] += m.get("other_family", False)
    c["longest_as_path"] = max(c["longest_as_path"], len(m.get("as_path", [])))
    for kind, key in (("plain", "updates_with_communities"), ("extended", "updates_with_extended_communities"),
                      ("large", "updates_with_large_communities")):
        c[key] += len(m["communities"][kind]) > 0
        for x in m["communities"][kind]:
            text = x if kind == "large" else extended_text(x) if kind == "extended" else WELL_KNOWN.get(x, f"{x >> 16}:{x & 0xFFFF}")
            communities[kind, text] += 1


def opened(m):
    """The last OPEN as the "open" of a sender."""
    how = ["none", "receive", "send", "both"]
    g = m.get("graceful")
    return {"as": m["as"], "hold_s": m["hold_s"], "id": ".".join(str(b) for b in bytes.fromhex(m["id"])), "as4": m["as4"],
            "ipv4": m["ipv4"], "ipv6": m["ipv6"], "add_path": {"ipv4": how[m["addpath4"]], "ipv6": how[m["addpath6"]]},
            "route_refresh": m["refresh"], "enhanced_refresh": m["enhanced"], "long_messages": m["long"],
            "graceful_restart": g is not None, "restart_s": g["restart_s"] if g else None,
            "restarting": bool(g and g["restarting"]), "restart_on_notification": bool(g and g["on_notification"])}


def check_bgp(theirs, facts):
    want, opens, communities = collections.defaultdict(collections.Counter), {}, collections.Counter()
    told = collections.Counter()
    for m in theirs:
        if m.get("malformed") in ("not read", "header", "fields missing"):
            continue
        pair = m["who"][0], m["who"][2]
        want[pair][TYPES[m["type"]]] += 1
        want[pair]["bytes"] += m["bytes"]
        if m["type"] == 1:
            opens[pair] = opened(m)
        elif m["type"] == 2:
            add_update(want[pair], m, communities)
        elif m["type"] == 3 and m.get("words"):
            told[bytes.fromhex(m["words"]).decode(errors="replace")] += 1
    malformed = 0
    for session in facts["bgp"]["sessions"]:
        for s, other in zip(session["senders"], reversed(session["senders"])):
            pair = s["from"], other["from"]
            malformed += s["malformed"]
            ours = collections.Counter({k: s[k] for k in list(TYPES.values()) + ["bytes", "mp_reach", "mp_unreach", "other_family",
                                        "prefixes_with_path_id", "longest_as_path", "updates_with_communities",
                                        "updates_with_extended_communities", "updates_with_large_communities"]})
            for key in ("prefixes_announced", "prefixes_withdrawn", "end_of_rib"):
                ours.update({f"{key} {family}": n for family, n in s[key].items()})
            # Of a malformed UPDATE tshark counts what it can still read.
            keys = list(TYPES.values()) + ["bytes"] if s["malformed"] else sorted(set(ours) | set(want[pair]))
            for key in keys:
                same(f"bgp {' > '.join(pair)} {key}", ours[key], want[pair][key])
            same(f"bgp {' > '.join(pair)} open", s["open"], opens.get(pair))
    if not malformed:
        unnamed = sum(n for (_, text), n in communities.items() if text is None)  # tshark has no field for all of their bytes
        ours = {(c["kind"], c["value"]): c["updates"] for c in facts["bgp"]["communities"]}
        named = {k: n for k, n in communities.items() if k[1] is not None}
        same("communities", {k: n for k, n in ours.items() if k in named}, named)
        same("communities in all", sum(ours.values()), sum(named.values()) + unnamed)
    texts = " ".join(e["text"] for e in facts["events"] if e["what"] == "notification")
    for words, n in told.items():
        same(f"NOTIFICATION words {words!r}", texts.count(f'"{words}"'), n)


def check_neighbours(capture, facts):
    for protocol, shown in (("bfd", "bfd && (udp.dstport == 3784 || udp.dstport == 4784)"),
                            ("ospf", "ospf.msg.hello"), ("vrrp", "vrrp")):
        table = facts[protocol]
        theirs = sum(1 for f in tshark(capture, f"({shown}) && !_ws.malformed && !icmp && !icmpv6", ["frame.number"]))
        same(f"{protocol} packets", table["packets"], theirs)


def main():
    if len(sys.argv) != 3:
        print(__doc__.split("\n\n")[1], file=sys.stderr)
        return 2
    if shutil.which("tshark") is None:
        print("tshark is not installed")
        return 77
    run = subprocess.run([sys.argv[1], "analyze", "--json", sys.argv[2]], capture_output=True, text=True)
    if run.returncode != 0:
        print(run.stderr, end="")
        return 1
    facts = json.loads(run.stdout)
    theirs = tsharkread.read(sys.argv[2])
    check_dns([m for m in theirs if m["p"] == "dns"], facts)
    check_bgp([m for m in theirs if m["p"] == "bgp"], facts)
    check_neighbours(sys.argv[2], facts)
    print(f"{sys.argv[2]}: {facts['packets']} packets, {differences} differences")
    return 1 if differences != expected.FACTS.get(expected.name_of(sys.argv[2]), 0) else 0


if __name__ == "__main__":
    sys.exit(main())
