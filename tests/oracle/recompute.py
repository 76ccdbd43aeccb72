#!/usr/bin/env python3
"""Recompute an outage from the captures alone, with tshark, and compare with result.json.

Usage: recompute.py RUN TRIAL PROBE-ADDRESS [--exact]

From RUN/TRIAL's captures: (a) per family, the last UPDATE of the node at fault that withdraws an
anycast prefix between fault and restore; (b) of the stream whose source is PROBE-ADDRESS the
queries that got no answer in the window, and its first good answer. Shares no code with catchment:
only the captures, the plans and the fault's instant are read, and result.json for the comparison.
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
        both = f"dns && !icmp && !icmpv6 && {field}.addr == {source} && {field}.addr == {target}"
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


def outage(run, sent, got, fault, restore):
    """Lost queries in the window, and the first good answer, by the rules of doc/formats.md."""
    timeout_ns = int(run["timeout_ms"] * 1e6)
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
    back = sorted((good[k][0], good[k][2], sent[k]) for k in window
                  if k in good and good[k][0] >= fault)
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
                   if ipaddress.ip_address(s["source"]) == address), None)
    if stream is None:
        give_up(f"no stream has the source {source}")
    mine = next(s for s in trial["streams"] if s["stream"] == stream["id"])

    table = Table()
    instant_ns, count = (1000, 0) if exact else (TOLERANCE_NS, 1)
    ms = lambda ns: f"{ns / 1e6:.3f} ms"
    if run.get("fault_node"):
        last = withdraws(run, folder, plan, fault, restore)
        for version in (4, 6):
            theirs = last[version] - fault if version in last else None
            ours = trial["withdraw_ms"][f"v{version}"]
            table.add(f"withdraw v{version}", theirs, None if ours is None else ours * 1e6,
                      instant_ns, ms)
    sent, got = stream_packets(run, folder, plan, stream["source"], stream["target"],
                               stream["city"])
    lost, first = outage(run, sent, got, fault, restore)
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
