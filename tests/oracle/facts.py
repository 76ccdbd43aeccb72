#!/usr/bin/env python3
"""facts.py - compare what `catchment analyze CAPTURE --json` says with what tshark says of the same file.

Usage: facts.py CATCHMENT CAPTURE

tshark shares no code with us. Compared: DNS messages, queries, answers, RCODEs, truncation and NSIDs per server, each
round trip's extremes, sum and quantiles; BGP messages by type and sender, prefixes announced and withdrawn by sender,
notifications; BFD, OSPF Hello and VRRP packets. Not compared: ADD-PATH, communities, capabilities, events, bursts. A capture where tshark's notion of a
query differs (repeated after its answer, late, another question) is compared in what does not depend on it.
Exit status: 0 the same, 1 something differs, 2 usage, 77 tshark is missing.
"""
import collections
import json
import shutil
import subprocess
import sys

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


def check_dns(capture, facts):
    count, rcodes = collections.Counter(), collections.defaultdict(collections.Counter)
    nsids, rtts = collections.defaultdict(collections.Counter), collections.defaultdict(list)
    names = {0: "NOERROR", 1: "FORMERR", 2: "SERVFAIL", 3: "NXDOMAIN", 4: "NOTIMP", 5: "REFUSED"}
    fields = ["ip.src", "ipv6.src", "ip.dst", "ipv6.dst", "dns.flags.response", "dns.flags.rcode", "dns.flags.truncated",
              "dns.time", "dns.opt.data", "dns.retransmission", "udp.port", "_ws.malformed", "dns.id",
              "frame.number", "dns.qry.name", "dns.retransmit_request_in"]
    asked = {}
    for f in tshark(capture, "dns && !icmp && !icmpv6 && !mdns", fields):
        if f[11] or not f[4] or len(f[12]) != 1:
            count["odd"] += 1
            continue
        response = f[4][0] in ("1", "True")
        server = (f[0] + f[1])[0] if response else (f[2] + f[3])[0]
        kind = "udp" if f[10] else "tcp"
        count[kind] += 1
        question = (f[14] or [""])[0].lower()
        asked[f[13][0]] = question
        # tshark takes the same ports and id for a repetition whatever is asked.
        if f[9] and (response or asked.get((f[15] or [""])[0]) == question):
            count[server, "retransmission", response] += 1
            continue
        if not response:
            count[server, "queries", kind] += 1
            continue
        count[server, "answers"] += 1
        if not f[7]:
            continue
        rtts[server, kind].append(round(float(f[7][0]) * 1e6, 3))
        rcodes[server][names.get(int(f[5][0]), "other")] += 1
        count[server, "truncated"] += f[6][0] in ("1", "True")
        for data in f[8]:
            if data:
                nsids[server][bytes.fromhex(data.replace(":", ""))] += 1
    dns = facts["dns"]
    same("UDP messages", dns["messages"]["udp"] - dns["malformed"], count["udp"])
    same("TCP messages", dns["messages"]["tcp"], count["tcp"])
    for s in dns["servers"]:
        name = s["server"]
        plain = not (s["late"] or s["mismatched"] or s["duplicates"] or s["retransmits"] or s["icmp_errors"])
        for kind in ("udp", "tcp"):
            r, theirs = s[f"rtt_{kind}_us"], rtts[name, kind]
            same(f"{name} {kind} queries", s["queries"][kind], count[name, "queries", kind])
            if not plain or not theirs:
                continue
            same(f"{name} {kind} round trips", r["n"], len(theirs))
            near(f"{name} {kind} min", r["min"], min(theirs), 0)
            near(f"{name} {kind} max", r["max"], max(theirs), 0)
            near(f"{name} {kind} mean", r["mean"], sum(theirs) / len(theirs), 1e-6)
            for q in (50, 90, 99):
                near(f"{name} {kind} p{q}", r[f"p{q}"], quantile(theirs, q / 100), 0.016)
        if not plain:
            continue
        same(f"{name} RCODEs", s["rcodes"], dict(rcodes[name]))
        same(f"{name} truncated", s["truncated"], count[name, "truncated"])
        ours = {n["nsid"]: n["answers"] for n in s["nsids"]}
        theirs = {}
        for raw, n in nsids[name].items():
            text = raw.decode("latin1") if all(32 <= b < 127 for b in raw) else "0x" + raw.hex()
            theirs[text] = n
        same(f"{name} NSIDs", ours, theirs)


def check_bgp(capture, facts):
    types, prefixes, notes = collections.defaultdict(collections.Counter), collections.Counter(), collections.Counter()
    names = {"1": "opens", "2": "updates", "3": "notifications", "4": "keepalives", "5": "route_refreshes"}
    fields = ["ip.src", "ipv6.src", "bgp.type", "bgp.update.path_attribute.community_as",
              "bgp.notify.major_error", "bgp.notify.minor_error"]
    for f in tshark(capture, "bgp", fields):
        sender = (f[0] + f[1])[0]
        for kind in f[2]:
            types[sender][names[kind]] += 1
        for major in f[4]:
            notes[sender] += 1
    # Prefixes: tshark names each one in the field of its list.
    for side, field in (("announced", "bgp.nlri_prefix"), ("withdrawn", "bgp.withdrawn_prefix")):
        for f in tshark(capture, "bgp", ["ip.src", "ipv6.src", field]):
            prefixes[(f[0] + f[1])[0], side] += len(f[2])
    for f in tshark(capture, "bgp.update.path_attribute.mp_unreach_nlri || bgp.update.path_attribute.mp_reach_nlri",
                    ["ip.src", "ipv6.src", "bgp.mp_reach_nlri_ipv6_prefix", "bgp.mp_unreach_nlri_ipv6_prefix"]):
        sender = (f[0] + f[1])[0]
        prefixes[sender, "announced6"] += len(f[2])
        prefixes[sender, "withdrawn6"] += len(f[3])
    # A router speaks in several sessions from one address.
    ours = collections.defaultdict(collections.Counter)
    for session in facts["bgp"]["sessions"]:
        for s in session["senders"]:
            for key in names.values():
                ours[s["from"]][key] += s[key]
            ours[s["from"]]["malformed"] += s["malformed"]
            for way in ("announced", "withdrawn"):
                ours[s["from"]][way] += s[f"prefixes_{way}"]["ipv4"]
                ours[s["from"]][way + "6"] += s[f"prefixes_{way}"]["ipv6"]
    for sender in sorted(set(ours) | set(types)):
        for key in names.values():
            same(f"bgp {sender} {key}", ours[sender][key], types[sender][key])
        same(f"bgp {sender} notifications told", ours[sender]["notifications"], notes[sender])
        if ours[sender]["malformed"]:
            continue  # of a malformed UPDATE tshark counts what it can still read
        for way in ("announced", "withdrawn", "announced6", "withdrawn6"):
            same(f"bgp {sender} prefixes {way}", ours[sender][way], prefixes[sender, way])


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
    check_dns(sys.argv[2], facts)
    check_bgp(sys.argv[2], facts)
    check_neighbours(sys.argv[2], facts)
    print(f"{sys.argv[2]}: {facts['packets']} packets, {differences} differences")
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main())
