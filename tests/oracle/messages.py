#!/usr/bin/env python3
"""messages.py - compare each BGP and DNS message of captures, field by field, with what tshark reads.

Usage: messages.py MESSAGES CAPTURE...     MESSAGES: BUILD/tests/oracle/messages

A message is ours or theirs, or both; of both every field must be the same. What differs and may, and why, is in expected.py.
Exit status: 0 no difference but those, 1 others, 2 usage, 77 tshark is missing.
"""
import collections
import difflib
import json
import shutil
import subprocess
import sys

import expected
import tsharkread

SILENT = ("packet", "guessed", "data", "text", "words", "malformed", "cut", "time", "again", "again_of", "over", "mp_unreach", "lies", "pieces")


def ours_of(program, capture, limit_s=120):
    out = subprocess.run([program, capture], capture_output=True, text=True, check=True, timeout=limit_s).stdout
    return [json.loads(line) for line in out.splitlines()]


def by_direction(messages):
    out = collections.defaultdict(list)
    for m in messages:
        if "gap" not in m and "resyncs" not in m:
            out[m["p"], tuple(m["who"])].append(m)
    return out


def key(m):
    """All that has to be the same, as text."""
    shown = {k: v for k, v in m.items() if k not in SILENT and not (k == "bytes" and m["p"] == "dns")}
    return json.dumps(shown, sort_keys=True)


def differing(a, b):
    """Names of the fields in which two messages differ."""
    out = []
    for k in sorted((set(a) | set(b)) - set(SILENT) - {"who", "p"} - ({"bytes"} if a["p"] == "dns" else set())):
        if k == "communities" and k in a and k in b:
            same = a[k]["plain"] == b[k]["plain"] and a[k]["large"] == b[k]["large"] and len(a[k]["extended"]) == len(b[k]["extended"])
            if same and all(x == y or (y.endswith("*") and x.startswith(y[:-1])) for x, y in zip(a[k]["extended"], b[k]["extended"])):
                continue
        if k == "name" and b.get(k) is None:
            continue  # a question name with a pointer: tshark gives no raw bytes of it
        if a.get("cut") and k in ("rcode", "opt", "nsid", "txt"):
            continue  # behind the question all was cut off; tshark shows what it can
        if k == "as" and a.get("as4") is False:
            continue
        if a.get(k) != b.get(k):
            out.append(k)
    if "words" in b and not a.get("data", "").endswith(b["words"]):
        out.append("words")
    return out


def aligned(ours, theirs):
    """Pairs (ours or None, theirs or None) in order."""
    match = difflib.SequenceMatcher(None, [key(m) for m in ours], [key(m) for m in theirs], autojunk=False)
    for what, a, b, c, d in match.get_opcodes():
        if what == "equal":
            yield from zip(ours[a:b], theirs[c:d])
            continue
        left, right = ours[a:b], theirs[c:d]
        used = set()
        for m in left:
            # The same packet's, of the same kind; else the next of the same kind.
            near = [i for i, t in enumerate(right) if i not in used and t.get("type") == m.get("type") and t.get("id") == m.get("id")]
            same = [i for i in near if right[i]["packet"] == m["packet"]] or [i for i in near if not differing(m, right[i])]
            if "bad" in m:
                same = same or [i for i, t in enumerate(right) if i not in used and t["packet"] == m["packet"]]
            pick = same[0] if same else None
            if pick is None:
                yield m, None
            else:
                used.add(pick)
                yield m, right[pick]
        for i, t in enumerate(right):
            if i not in used:
                yield None, t


def kind(m):
    names = {1: "OPEN", 2: "UPDATE", 3: "NOTIFICATION", 4: "KEEPALIVE", 5: "ROUTE-REFRESH"}
    return names.get(m.get("type"), "BGP") if m["p"] == "bgp" else "DNS"


def classify(a, b):
    """None when the same; else what kind of difference it is."""
    if b is None:
        return f"only ours, bad: {kind(a)}" if "bad" in a else f"only ours: {kind(a)}"
    if a is None and b.get("malformed") == "header":
        return f"only theirs, its header refused: {kind(b)}"
    if a is None and "lies" in b:
        return f"only theirs, in a packet whose headers lie: {kind(b)}"
    if a is None and "pieces" in b:
        return f"only theirs, put together from fragments: {kind(b)}"
    if a is None:
        return f"only theirs, malformed: {kind(b)}" if "malformed" in b else f"only theirs: {kind(b)}"
    if "bad" in a:
        why = "" if a["p"] == "dns" else " {}/{}".format(*a["bad"])
        return f"bad to both: {kind(a)}" if "malformed" in b else f"stricter: {kind(a)}{why}"
    if b.get("malformed") in ("malformed", "fields missing", "not read"):
        return f"malformed to tshark: {kind(a)}"
    fields = differing(a, b)
    if not fields:
        return None
    if "malformed" in b:
        return f"tshark warns, and differs: {kind(a)} {' '.join(fields)}"
    guessed = " (guessed)" if a.get("guessed") else ""
    return f"differs: {kind(a)} {' '.join(fields)}{guessed}"


def compare(program, capture):
    """Returns (how many are the same, classes of difference with their pairs)."""
    told = ours_of(program, capture)
    ours, theirs = by_direction(told), by_direction(tsharkread.read(capture))
    gaps = {(m["p"], tuple(m["who"])) for m in told if "gap" in m or "resyncs" in m}
    same, classes = 0, collections.defaultdict(list)
    for way in sorted(set(ours) | set(theirs)):
        beside = " beside a gap" * (way in gaps) + " beside what tshark could not read" * any(
            m.get("malformed") in ("malformed", "not read", "fields missing") for m in theirs.get(way, []))
        for a, b in aligned(ours.get(way, []), theirs.get(way, [])):
            what = classify(a, b)
            if what is None:
                same += 1
            else:
                classes[what + (beside if a is None or b is None else "")].append((a, b))
    return same, classes


def main():
    if len(sys.argv) < 3:
        print(__doc__.split("\n\n")[1], file=sys.stderr)
        return 2
    if shutil.which("tshark") is None:
        print("tshark is not installed")
        return 77
    wrong = 0
    for capture in sys.argv[2:]:
        same, classes = compare(sys.argv[1], capture)
        found = {what: len(pairs) for what, pairs in classes.items()}
        print(f"{capture}: {same} messages the same")
        if found == expected.DIFFERENCES.get(expected.name_of(capture), {}):
            continue
        wrong += 1
        for what, pairs in sorted(classes.items()):
            print(f"  {len(pairs)} {what}")
            for a, b in pairs[:2]:
                print(f"    ours   {json.dumps(a, sort_keys=True)[:700]}\n    theirs {json.dumps(b, sort_keys=True)[:700]}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
