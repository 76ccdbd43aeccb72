#!/usr/bin/env python3
"""Recompute an outage from the captures alone, with tshark, and compare with result.json.

Usage: recompute.py RUN TRIAL PROBE-ADDRESS [--exact]

From RUN/TRIAL's captures: (a) per family, the first complete and the last withdraw of the node at fault of an
anycast prefix between fault and restore; (b) of the stream whose source is PROBE-ADDRESS the
queries that got no answer in the window, and its first good answer; (c) where result.json's counts are of
this trial alone, the BGP messages that the node at fault sent. A session that the node closed counts as a
withdraw, as doc/rfc.md says. Shares no code with catchment:
only the captures, the plans and the fault's instant are read, and result.json for the comparison.
Streams of unicast sites and resolvers, and those over TCP, may share the address: they are left out.
A modelled last mile is put on, half before each query and half behind each answer.
Agreement is 1 ms for instants, one query for counts; with --exact (made-up runs) nothing less than
equality to the microsecond. Exit 0: agrees, 1: does not, 2: cannot tell,
77: tshark is missing (skipped).
"""
import ipaddress
import json
import os
import shutil
import struct
import subprocess
import sys
import xml.etree.ElementTree

TOLERANCE_NS = 1_000_000


def give_up(text):
    print(f"recompute: {text}", file=sys.stderr)
    sys.exit(2)


def load(path):
    try:
        with open(path, encoding="utf-8") as f:
            return json.load(f)
    except (OSError, ValueError) as why:
        give_up(f"{path}: {why}")


def plan_of_answers(path):
    """The probe plan that the answers file opens with (doc/formats.md); no record is read."""
    with open(path, "rb") as f:
        head = f.read(64)
        if head[:8] != b"CATCHANS":
            give_up(f"{path}: not an answers file")
        return json.loads(f.read(struct.unpack("<I", head[16:20])[0]))


def instants(path):
    """Fault and restore in wall nanoseconds."""
    fault = restore = rollback = None
    with open(path, encoding="utf-8") as f:
        for line in f:
            event = json.loads(line)
            name = event.get("event")
            if name == "fault" and fault is None:
                fault = event["wall_ns"]
            elif name == "restore" and fault is not None and restore is None:
                restore = event["wall_ns"]
            elif name == "rollback" and fault is not None and rollback is None:
                rollback = event["wall_ns"]
    if fault is None:
        give_up(f"{path}: no fault")
    return fault, restore or rollback


def nanoseconds(text):
    seconds, _, fraction = text.partition(".")
    return int(seconds) * 10**9 + int((fraction + "000000000")[:9])


def tshark(path, display_filter, fields, options=()):
    """Rows of fields; each field a list of its occurrences in the frame."""
    command = ["tshark", "-n", "-r", path, "-Y", display_filter, "-T", "fields",
               "-E", "separator=/t", "-E", "aggregator=|"]
    for option in options:
        command += ["-o", option]
    for field in fields:
        command += ["-e", field]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        give_up(f"{path}: tshark: {done.stderr.strip().splitlines()[-1]}")
    for line in done.stdout.splitlines():
        row = [cell.split("|") if cell else [] for cell in line.split("\t")]
        yield row + [[]] * (len(fields) - len(row))


def withdraws(run, folder, plan, fault, restore):
    """{4: wall_ns, 6: wall_ns} of the last withdrawal sent by the node at fault."""
    wanted = {ipaddress.ip_network(p) for p in run["anycast"]["prefixes"]}
    last = {}
    for point in plan["points"]:
        if point["node"] != run.get("fault_node"):
            continue
        ours = {ipaddress.ip_address(a) for a in point["addresses"]}
        path = os.path.join(folder, plan["dir"], point["file"])
        fields = ["frame.time_epoch", "ip.src", "ipv6.src", "bgp.withdrawn_prefix",
                  "bgp.update.withdrawn_routes.length", "bgp.mp_unreach_nlri_ipv4_prefix",
                  "bgp.mp_unreach_nlri_ipv6_prefix"]
        for when, src4, src6, old, _, unreach4, unreach6 in tshark(
                path, "bgp.withdrawn_prefix || bgp.mp_unreach_nlri_ipv4_prefix || "
                "bgp.mp_unreach_nlri_ipv6_prefix", fields,
                ("tcp.reassemble_out_of_order:TRUE",)):
            at = nanoseconds(when[0])
            if ipaddress.ip_address((src4 or src6)[0]) not in ours or at < fault:
                continue
            if restore is not None and at >= restore:
                continue
            told = {ipaddress.ip_address(a) for a in old + unreach4 + unreach6}
            for net in wanted:
                # tshark's field is the address; the length is not in it.
                if net.network_address in told:
                    last[net.version] = max(at, last.get(net.version, 0))
    return last


SAYS_WITHDRAWN = {"bgp.withdrawn_prefix", "bgp.mp_unreach_nlri_ipv4_prefix",
                  "bgp.mp_unreach_nlri_ipv6_prefix"}
SAYS_ANNOUNCED = {"bgp.nlri_prefix", "bgp.mp_reach_nlri_ipv4_prefix",
                  "bgp.mp_reach_nlri_ipv6_prefix"}


def packets_of_bgp(path):
    """Per packet: fields by name, and of each BGP message in it (type, bytes, [(field, value)])."""
    command = ["tshark", "-n", "-r", path, "-Y", "tcp.port == 179", "-T", "pdml",
               "-o", "tcp.reassemble_out_of_order:TRUE"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as child:
        for _, packet in xml.etree.ElementTree.iterparse(child.stdout):
            if packet.tag != "packet":
                continue
            outer, messages = {}, []
            for proto in packet.findall("proto"):
                fields = [(f.get("name"), f.get("show")) for f in proto.iter("field")]
                if proto.get("name") != "bgp":
                    outer.update(fields)
                    continue
                said = dict(fields)
                if "bgp.type" in said:
                    messages.append((int(said["bgp.type"]), int(said["bgp.length"]), fields))
            yield outer, messages
            packet.clear()


def sent_by_fault_node(run, folder, plan):
    """[(at, peer, stream, type, bytes, {(how, version)})]; type 0: the connection is closed."""
    wanted = {str(ipaddress.ip_network(p).network_address): ipaddress.ip_network(p).version
              for p in run["anycast"]["prefixes"]}
    sent = []
    for index, point in enumerate(plan["points"]):
        if point["node"] != run.get("fault_node") or point.get("interface") == "lo":
            continue
        ours = {str(ipaddress.ip_address(a)) for a in point["addresses"]}
        for outer, messages in packets_of_bgp(os.path.join(folder, plan["dir"], point["file"])):
            source = outer.get("ip.src") or outer.get("ipv6.src")
            peer = outer.get("ip.dst") or outer.get("ipv6.dst")
            if source not in ours:
                continue
            at, stream = nanoseconds(outer["frame.time_epoch"]), (index, outer["tcp.stream"])
            for kind, size, fields in messages:
                about = {("withdraw" if name in SAYS_WITHDRAWN else "announce", wanted[value])
                         for name, value in fields
                         if name in SAYS_WITHDRAWN | SAYS_ANNOUNCED and value in wanted}
                sent.append((at, peer, stream, kind, size, about))
            if {outer.get("tcp.flags.fin"), outer.get("tcp.flags.reset")} & {"1", "True"}:
                sent.append((at, peer, stream, 0, 0, set()))
    return sorted(sent, key=lambda message: message[0])


def closes(sent, last, fault, restore):
    """Adds to `last` the sessions that the node closed while they carried a prefix; returns [(at, peer, version)]."""
    ended, taken = set(), []
    for at, peer, stream, kind, _, _ in sent:
        if kind not in (0, 3) or stream in ended:
            continue
        if not any(s[2] == stream and s[3] > 0 and s[0] <= at for s in sent):
            continue  # refused before anything was said
        ended.add(stream)
        if at < fault or (restore is not None and at >= restore):
            continue
        for version in (4, 6):
            told = [(s[0], how) for s in sent if s[1] == peer for how, v in s[5] if v == version]
            before = [how for when, how in told if when <= at]
            if before[-1] == "announce" if before else any(h == "announce" for _, h in told):
                last[version] = max(at, last.get(version, 0))
                taken.append((at, peer, version))
    return taken


def first_gone(sent, taken, version, fault, restore):
    """(wall_ns or None, times it came back): no peer has the prefix any more, for the first time in the fault."""
    words = [(at, peer, how) for at, peer, _, _, _, about in sent for how, v in about if v == version]
    words += [(at, peer, "withdraw") for at, peer, v in taken if v == version]
    words = sorted((w for w in words if restore is None or w[0] < restore), key=lambda w: w[0])
    having = {}
    for at, peer, how in words:
        if at < fault:
            having[peer] = how == "announce"
        else:
            having.setdefault(peer, how == "withdraw")
    first, back = None, 0
    for at, peer, how in words:
        if at < fault:
            continue
        gone = not any(having.values())
        having[peer] = how == "announce"
        back += gone and having[peer] and first is not None
        if first is None and not any(having.values()):
            first = at
    return first, back


def counts(sent, fault, restore):
    """UPDATEs about the prefixes, withdraws of them, messages and bytes, between fault and restore."""
    window = [s for s in sent if s[3] > 0 and fault <= s[0] and (restore is None or s[0] < restore)]
    about = [s for s in window if s[5]]
    return (len(about), sum(any(how == "withdraw" for how, _ in s[5]) for s in about),
            len(window), sum(s[4] for s in window))


def stream_packets(run, folder, plan, source, target, city):
    """Queries {(name, id): sent} and answers {(name, id): (received, rcode, nsid)}."""
    node = next(c["access_node"] for c in run["cities"] if c["name"] == city)
    field = "ipv6" if ":" in source else "ip"
    sent, got, files = {}, {}, []
    fields = ["frame.time_epoch", "dns.id", "dns.qry.name", "dns.flags.response",
              "dns.flags.rcode", "dns.opt.code", "dns.opt.data", "dns.txt"]
    for point in plan["points"]:
        if point["node"] != node:
            continue
        path = os.path.join(folder, plan["dir"], point["file"])
        files.append(path)
        both = f"dns && udp && !icmp && !icmpv6 && {field}.addr == {source} && {field}.addr == {target}"
        for when, ident, name, response, rcode, code, data, txt in tshark(path, both, fields):
            if not name or not ident:
                continue
            key = (name[0].lower(), int(ident[0], 0))
            at = nanoseconds(when[0])
            if response[0] in ("0", "False"):
                sent[key] = min(at, sent.get(key, at))
            elif key not in got or at < got[key][0]:
                nsid = next((bytes.fromhex(d.replace(":", "")).decode("ascii", "replace")
                             for c, d in zip(code, data) if int(c) == 3), None)
                got[key] = (at, int(rcode[0]), nsid, txt)
    if not files:
        give_up(f"no capture at the access node {node}")
    return sent, got


def with_last_mile(sent, got, last_mile_ns):
    """As the client saw them: it is half of it away from the wire."""
    half = last_mile_ns // 2
    return ({k: at - half for k, at in sent.items()},
            {k: (v[0] + half, *v[1:]) for k, v in got.items()})


def is_metered(stream):
    """Of the anycast service over UDP: what the metrics are made of."""
    return (stream.get("service", "anycast"), stream.get("transport", "udp")) == ("anycast", "udp")


def outage(run, sent, got, fault, restore, last_mile_ns):
    """Lost queries in the window, and the first good answer, by the rules of doc/formats.md."""
    timeout_ns = int(run["timeout_ms"] * 1e6) + last_mile_ns // 2 * 2
    good = {k: v for k, v in got.items()
            if k in sent and v[1] == 0 and v[2] is not None and v[0] - sent[k] <= timeout_ns}
    before = [(v[0], v[2], v[0] - sent[k]) for k, v in good.items() if v[0] < fault]
    window_from = fault - max((rtt for _, _, rtt in before), default=0)
    site_before = max(before)[1] if before else None
    end = restore if restore is not None else max(sent.values()) + 1
    window = {k for k, at in sent.items() if window_from <= at < end}
    answered = {k for k, v in got.items() if k in sent and v[0] - sent[k] <= timeout_ns}
    lost = sorted(sent[k] for k in window - answered)
    failed = sorted(sent[k] for k in window if k not in good)
    mended = restore is not None and restore <= max(sent.values())
    back = sorted((good[k][0], good[k][2], sent[k]) for k in window
                  if k in good and good[k][0] >= fault and not (mended and good[k][0] >= restore))
    elsewhere = [b for b in back if site_before is not None and b[1] != site_before]
    after = [b for b in back if failed and b[2] > failed[0]]
    first = (elsewhere or after or [None])[0]
    return len(lost), first


class Table:
    """Lines of a comparison; remembers whether all agreed."""

    def __init__(self):
        self.rows, self.agrees = [], True

    def add(self, what, theirs, ours, limit, show):
        if theirs is None or ours is None:
            same = theirs is None and ours is None
        else:
            same = abs(theirs - ours) <= limit
        self.agrees = self.agrees and same
        self.rows.append((what, "none" if theirs is None else show(theirs),
                          "none" if ours is None else show(ours), "agrees" if same else "DIFFERS"))

    def show(self):
        rows = [("", "tshark", "result.json", "")] + self.rows
        widths = [max(len(r[i]) for r in rows) for i in range(4)]
        for row in rows:
            print("  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip())


def main():
    exact = "--exact" in sys.argv
    words = [word for word in sys.argv[1:] if word != "--exact"]
    if len(words) != 3 or not words[1].isdigit():
        print(__doc__, file=sys.stderr)
        return 2
    if shutil.which("tshark") is None:
        print("skipped: tshark is missing")
        return 77
    run_dir, number, source = words[0], int(words[1]), words[2]
    run = load(os.path.join(run_dir, "run.json"))
    result = load(os.path.join(run_dir, "result.json"))
    trial = next((t for t in result["per_trial"] if t["trial"] == number), None)
    if trial is None:
        give_up(f"{run_dir}: no trial {number}")
    folder = os.path.join(run_dir, trial["dir"])
    plan = load(os.path.join(folder, "capture-plan.json"))
    fault, restore = instants(os.path.join(folder, "events.jsonl"))
    address = ipaddress.ip_address(source)
    stream = next((s for s in plan_of_answers(os.path.join(folder, "answers"))["streams"]
                   if ipaddress.ip_address(s["source"]) == address and is_metered(s)), None)
    if stream is None:
        give_up(f"no stream has the source {source}")
    mine = next(s for s in trial["streams"] if s["stream"] == stream["id"])

    table = Table()
    instant_ns, count = (1000, 0) if exact else (TOLERANCE_NS, 1)
    ms = lambda ns: f"{ns / 1e6:.3f} ms"
    if run.get("fault_node"):
        last = withdraws(run, folder, plan, fault, restore)
        messages = sent_by_fault_node(run, folder, plan)
        taken = closes(messages, last, fault, restore)
        for version in (4, 6):
            first, back = first_gone(messages, taken, version, fault, restore)
            for name, key, at in (("withdraw", "withdraw_ms", first),
                                  ("last withdraw", "withdraw_last_ms", last.get(version))):
                theirs = None if at is None else at - fault
                ours = trial[key][f"v{version}"]
                table.add(f"{name} v{version}", theirs, None if ours is None else ours * 1e6,
                          instant_ns, ms)
            table.add(f"came back v{version}", back, trial["withdraw_flaps"][f"v{version}"], 0, str)
    bgp = result.get("bgp")
    if run.get("fault_node") and bgp and bgp["trials"] == 1 and trial["valid"]:
        node = next(r for r in bgp["routers"] if r["node"] == run["fault_node"])
        for key, theirs in zip(("updates_out", "withdraws_out", "messages_out", "bytes_out"),
                               counts(messages, fault, restore)):
            table.add(f"{run['fault_node']} {key}", theirs, node[key], 0, str)
    sent, got = stream_packets(run, folder, plan, stream["source"], stream["target"],
                               stream["city"])
    last_mile_ns = stream.get("last_mile_ns", 0)
    sent, got = with_last_mile(sent, got, last_mile_ns)
    lost, first = outage(run, sent, got, fault, restore, last_mile_ns)
    table.add("queries sent", len(sent), mine["sent"], count, str)
    table.add("queries lost", lost, mine["unanswered"], count, str)
    table.add("loss of connectivity", lost * run["gap_ms"] * 1e6,
              mine["loss_of_connectivity_ms"] * 1e6, count * run["gap_ms"] * 1e6, ms)
    ours = mine["first_good_answer_ms"]
    table.add("first good answer", first[0] - fault if first else None,
              None if ours is None else ours * 1e6, instant_ns, ms)
    print(f"trial {number}, stream {stream['id']}: {stream['city']} {source}, "
          f"back at {first[1] if first else 'no PoP'}")
    table.show()
    return 0 if table.agrees else 1


if __name__ == "__main__":
    sys.exit(main())
