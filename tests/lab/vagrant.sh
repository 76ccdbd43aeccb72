#!/bin/sh
# vagrant - the Vagrantfile provisions with the very command that README.md gives, and vagrant finds nothing wrong with it.
# timeout: 120
. tests/lab/common

command=$(sed -n 's/^    sudo \(make [a-z-]*\).*/\1/p' README.md | head -n 1)
[ -n "$command" ] || fail "README.md names no command to start with"
grep -qx "    $command" Vagrantfile || fail "the Vagrantfile does not run '$command'"

# Its own folder and home: vagrant writes into both.
mkdir "$scratch/machine"
cp Vagrantfile "$scratch/machine"
if ! command -v vagrant >/dev/null; then
	echo "skipped: vagrant is not installed (Debian 12: apt-get install --no-install-recommends vagrant, 60 MB)"
	exit 77
fi
cd "$scratch/machine"
expect 0 env VAGRANT_HOME="$scratch/home" HOME="$scratch" VAGRANT_CHECKPOINT_DISABLE=1 vagrant validate --ignore-provider
grep -q "validated successfully" "$scratch/out" || fail "vagrant says: $(cat "$scratch/out" "$scratch/err")"

# The check can fail: a setting that does not exist is refused.
sed -i 's/config\.vm\.box = /config.vm.bocks = /' Vagrantfile
expect 1 env VAGRANT_HOME="$scratch/home" HOME="$scratch" VAGRANT_CHECKPOINT_DISABLE=1 vagrant validate --ignore-provider
