#!/bin/sh
# doctor - a host on which labs run is found good; the same without privileges is told what is missing, and how to get it.
# timeout: 30
. tests/lab/common

expect 0 "$CATCHMENT" doctor --json
python3 - "$scratch/out" <<'PY'
import json, sys
d = json.load(open(sys.argv[1]))
found = {f["name"]: f for f in d["findings"]}
for name in ("namespaces", "TUN/TAP", "overlayfs", "bridge", "packet capture"):
    assert found[name]["verdict"] == "good", found[name]
assert all(f["found"] and f["cost"] and f["remedy"] for f in d["findings"])
PY
chmod 755 "$scratch"
cp "$CATCHMENT" "$scratch/catchment"
expect 3 setpriv --reuid=65534 --regid=65534 --clear-groups "$scratch/catchment" doctor
grep -q "^missing  namespaces" "$scratch/out" || fail "namespaces without privileges: $(cat "$scratch/out")"
grep -q "remedy: .*root" "$scratch/out" || fail "no remedy is named"
assert_nothing_left
