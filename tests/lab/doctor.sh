#!/bin/sh
# doctor - a host on which labs run is found good; without rights, or without subordinate ids, it is told what is missing, and how to get it.
# timeout: 30
. tests/lab/common

expect 0 "$CATCHMENT" doctor --json
python3 - "$scratch/out" <<'PY'
import json, sys
d = json.load(open(sys.argv[1]))
found = {f["name"]: f for f in d["findings"]}
for name in ("capabilities", "namespaces", "proc and sysfs", "TUN/TAP", "overlayfs", "bridge", "packet capture", "kernel"):
    assert found[name]["verdict"] == "good", found[name]
for name in ("real-time scheduling", "locked memory", "root file system", "processors", "memory", "run-time folder",
             "disk here", "clock source", "pressure figures", "quiet", "steal"):
    assert found[name]["verdict"] in ("good", "weak"), found[name]
assert d["lab"] is True and d["root"] is True
assert all(f["found"] and f["cost"] and f["remedy"] for f in d["findings"])
PY
chmod 755 "$scratch"
cp "$CATCHMENT" "$scratch/catchment"
expect 3 setpriv --bounding-set=-all --inh-caps=-all "$CATCHMENT" doctor
grep -q "^missing  capabilities *without SYS_ADMIN, NET_ADMIN" "$scratch/out" || fail "capabilities without any: $(cat "$scratch/out")"
grep -q "^missing  namespaces *Operation not permitted" "$scratch/out" || fail "namespaces without rights: $(cat "$scratch/out")"
grep -q "remedy: .*--cap-add" "$scratch/out" || fail "no remedy is named: $(cat "$scratch/out")"

# A user to whom nobody gave subordinate ids.
expect 3 setpriv --reuid=65534 --regid=65534 --clear-groups "$scratch/catchment" doctor
grep -q "^weak     root *no, uid 65534" "$scratch/out" || fail "root: $(cat "$scratch/out")"
grep -q "^missing  subordinate ids *none" "$scratch/out" || fail "subordinate ids: $(cat "$scratch/out")"
grep -q "remedy: .*usermod --add-subuids" "$scratch/out" || fail "no remedy is named: $(cat "$scratch/out")"
assert_nothing_left
