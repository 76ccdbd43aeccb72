#!/bin/sh
# load-local - load dns against a responder on this host's loopback: ^C in the middle, also of a flood, the live line on a terminal, a replay's own timing.
# timeout: 60
. tests/lab/common
/usr/bin/python3 tests/lab/load-local.py "$CATCHMENT" "$scratch" || fail "see above"
