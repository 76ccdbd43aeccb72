#!/bin/bash
# trouble - full and read-only disks, files left behind, no rights, no root file system: told in one line, and nothing is left.
# timeout: 120
. tests/lab/common
lab_dir=/run/catchment/$lab

# on TMPFS-OPTIONS FOLDER COMMAND...: with another file system on the folder, which nobody else sees.
on() {
	unshare --mount --propagation private sh -c '
		mount -t tmpfs -o "$1" tmpfs "$2" || exit 99
		where=$2
		shift 2
		"$@" || status=$?
		[ -z "$(ls -A "$where")" ] || { echo "left in $where: $(ls -A "$where")" >&2; exit 98; }
		exit ${status:-0}' sh "$@"
}
says() {
	grep -qE "$1" "$scratch/err" || fail "it says: $(cat "$scratch/err"); not: $1"
	[ "$(grep -c '^catchment: ' "$scratch/err")" -eq 1 ] || fail "more than one line of complaint: $(cat "$scratch/err")"
}
mkdir -p /run/catchment

# No room for the logs: noticed before anything is started.
expect 3 on size=300k /run/catchment "$CATCHMENT" lab up
says "$lab_dir: [0-9]+ KiB are free, and a lab's logs take up to [0-9]+: free some"
expect 3 on nr_inodes=40 /run/catchment "$CATCHMENT" lab up
says "$lab_dir: [0-9]+ more files can be made there"
expect 3 on ro /run/catchment "$CATCHMENT" lab up
says "$lab_dir: Read-only file system"
mkdir "$scratch/runs"
expect 3 on ro "$scratch/runs" "$CATCHMENT" run dns-crash --out "$scratch/runs"
says "$scratch/runs/dns-crash-.*: Read-only file system"
assert_nothing_left

# Files that are no lab's: a state of garbage, of a dead process, of a version to come, a file in the folder's place.
mkdir -p "$lab_dir"
for state in '{garbage' '[]' '{"schema": "catchment.lab/1", "id": "x", "supervisor_pid": 1, "nodes": []}' '{"schema": "catchment.lab/9"}'; do
	echo "$state" >"$lab_dir/state.json"
	expect 3 "$CATCHMENT" lab status
	says "no lab '$lab' is up; its supervisor was killed, .* its logs are in $lab_dir/log"
	expect 3 "$CATCHMENT" lab exec hkg true
	says "no lab '$lab' is up"
done
expect 0 "$CATCHMENT" lab down
assert_nothing_left
echo "a file" >"$lab_dir"
expect 3 "$CATCHMENT" lab up
says "$lab_dir: Not a directory"
expect 3 "$CATCHMENT" lab status
rm "$lab_dir"

# Root without the rights of root, as in a container.
no_rights() {
	setpriv --bounding-set=-all --inh-caps=-all "$@"
}
expect 3 no_rights "$CATCHMENT" lab up
says "cannot make the namespaces of node .*CAP_SYS_ADMIN.*catchment doctor"
expect 3 no_rights "$CATCHMENT" doctor
grep -q "^missing  namespaces" "$scratch/out" || fail "doctor finds namespaces: $(cat "$scratch/out")"
assert_nothing_left

# No root file system, and no way to make one.
expect 3 env CATCHMENT_CACHE="$scratch/cache" CATCHMENT_MIRROR=http://127.0.0.1:9/debian "$CATCHMENT" lab up
says "lab/rootfs/build failed"
grep -q "^rootfs: the mirror http://127.0.0.1:9/debian does not serve" "$scratch/err" || fail "the mirror is not named: $(cat "$scratch/err")"
[ "$(ls -A "$scratch/cache")" = rootfs.lock ] || fail "left in the cache: $(ls -A "$scratch/cache")"
assert_nothing_left

# Layers: what no node would use is named with its path, before anything is started.
mkdir -p "$scratch/layer/hkgg/etc" "$scratch/layer2/hkg/ect"
echo x >"$scratch/layer/hkgg/etc/x"
echo x >"$scratch/layer2/hkg/ect/x"
expect 2 "$CATCHMENT" lab up --layer "$scratch/layer"
says "$scratch/layer/hkgg: the topology has no node"
expect 2 "$CATCHMENT" lab up --layer "$scratch/layer2"
says "$scratch/layer2/hkg/ect: no such folder"
assert_nothing_left
