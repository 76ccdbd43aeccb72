#!/bin/sh
# look - watch, map, capture, log and exec show what is there: a killed server, a packet, a daemon's words.
# timeout: 240
. tests/lab/common

expect 3 "$CATCHMENT" lab watch --once
expect 0 "$CATCHMENT" lab map # of what is expected, since none is up
grep -q "Who should serve each city" "$scratch/out" || fail "the map without a lab says something else"
"$CATCHMENT" lab up

# A picture: well-formed, and all cities are told by whom they are served.
expect 0 "$CATCHMENT" lab map --out "$scratch/map.svg"
python3 - "$scratch/map.svg" <<'PY'
import sys, xml.etree.ElementTree as et
root = et.parse(sys.argv[1]).getroot()
svg = "{http://www.w3.org/2000/svg}"
assert root.tag == svg + "svg", root.tag
desc = root.find(f".//{svg}desc").text
want = {"Hong Kong": "hkg", "Tokyo": "tyo", "Singapore": "hkg", "Sydney": "hkg", "Los Angeles": "tyo", "London": "fra",
        "Frankfurt": "fra", "São Paulo": "gru"}
for city, site in want.items():
    assert f"{city} is served by {site} " in desc, (city, desc)
PY

# A look: who serves, and a query that found the same.
expect 0 "$CATCHMENT" lab watch --once
grep -q "^hkg  *hkg " "$scratch/out" || fail "watch --once does not say who serves hkg: $(cat "$scratch/out")"
expect 0 "$CATCHMENT" lab watch --once --json
python3 - "$scratch/out" <<'PY'
import json, sys
s = json.load(open(sys.argv[1]))
assert s["schema"] == "catchment.lab-watch/1" and s["healthy"] is True, s["says"]
assert len(s["catchment"]) == 16 and s["sessions"]["total"] == s["sessions"]["established"] > 200
for c in s["catchment"]:
    assert c["measured"]["answer"] == "good" and c["measured"]["site"] == c["site"], c
    assert c["measured"]["rtt_ms"] >= c["path_rtt_ms"], c  # no packet is faster than its links
assert s["links_at_fault"] == [] and s["services_down"] == []
PY

# A capture has the packet that is sent while it runs, and not others.
"$CATCHMENT" lab capture hkg:a-hkg --out "$scratch/one.pcap" --count 1 --seconds 30 \
	udp port 53 and host 198.18.14.99 2>"$scratch/captured" &
capture=$!
await 10 "the capture's file" test -s "$scratch/one.pcap"
expect 0 "$CATCHMENT" lab exec acc-syd kdig +time=5 +retry=1 -b 198.18.14.99 @203.0.113.53 caught.probe.example TXT
wait "$capture" || fail "the capture failed: $(cat "$scratch/captured")"
grep -q "hkg:a-hkg: 1 packets, none dropped" "$scratch/captured" || fail "the capture says: $(cat "$scratch/captured")"
python3 - "$scratch/one.pcap" <<'PY'
import struct, sys
data = open(sys.argv[1], "rb").read()
assert struct.unpack("<I", data[:4])[0] == 0xA1B23C4D, data[:4]  # nanoseconds
assert b"\x06caught\x05probe\x07example" in data
PY
expect 2 "$CATCHMENT" lab capture hkg:nowhere --seconds 1
grep -q "there are .*a-hkg" "$scratch/err" || fail "capture does not name the interfaces: $(cat "$scratch/err")"
expect 2 "$CATCHMENT" lab capture hkg:a-hkg --out "$scratch/none.pcap" frob nicate
[ ! -e "$scratch/none.pcap" ] || fail "a filter that is none left a file"

# exec: the program's own status, ^C and TERM are its business, what is not there is said.
expect 127 "$CATCHMENT" lab exec hkg no-such-program
expect 2 "$CATCHMENT" lab exec nowhere true
grep -q "there are .*acc-hkg" "$scratch/err" || fail "exec does not name the nodes: $(cat "$scratch/err")"
"$CATCHMENT" lab exec hkg sh -c 'trap "exit 5" TERM; echo ready; while :; do sleep 0.1; done' >"$scratch/trap" &
exec_pid=$!
await 10 "the program in the node" grep -q ready "$scratch/trap"
kill -TERM "$exec_pid"
status=0
wait "$exec_pid" || status=$?
[ "$status" -eq 5 ] || fail "TERM was not passed on: status $status"

# Logs: what there is, what one said, and what it says from now on.
expect 0 "$CATCHMENT" lab log
grep -q "^hkg  *knotd " "$scratch/out" || fail "no log of hkg/knotd in the list"
expect 0 "$CATCHMENT" lab log hkg/knotd
grep -q "Knot DNS .* starting" "$scratch/out" || fail "knotd's first words are missing"
expect 2 "$CATCHMENT" lab log hkg/nosuch
expect 2 "$CATCHMENT" lab log nosuch
"$CATCHMENT" lab log hkg --follow --since 1ms >"$scratch/follow" &
follow=$!
pid=$("$CATCHMENT" lab status --json | python3 -c '
import json, sys
print([x["pid"] for n in json.load(sys.stdin)["nodes"] if n["name"] == "hkg" for x in n["services"] if x["name"] == "knotd"][0])')

# A killed server: the line, the table, the object; nobody else's answers. Lines go on until ^C.
"$CATCHMENT" lab watch --interval 300ms >"$scratch/lines" &
watch=$!
await 10 "watch's first line" test -s "$scratch/lines"
kill -9 "$pid"
await 20 "watch tells of the dead server" grep -q "hkg/knotd: exited (signal 9)" "$scratch/lines"
await 30 "watch tells who serves now" grep -q "hkg IPv4: hkg -> tyo" "$scratch/lines"
await 30 "watch tells who answers now" grep -q "hkg IPv6: answered by tyo" "$scratch/lines"
await 10 "the followed log tells of the withdrawal" grep -q keepalived "$scratch/follow"
kill -TERM "$watch" "$follow"
wait "$watch" || fail "watch ended with status $?"
wait "$follow" || fail "log --follow ended with status $?"
expect 1 "$CATCHMENT" lab watch --once
grep -q "hkg/knotd: exited (signal 9)" "$scratch/out" || fail "the table does not name the dead server"
grep -q "expected hkg" "$scratch/out" || fail "the table does not say what was expected"
expect 0 "$CATCHMENT" lab map
grep -q "Hong Kong is served by tyo" "$scratch/out" || fail "the map still has hkg serve Hong Kong"

# On a terminal: the screen is given back as it was. (Not by script(1): fed from no terminal, it can wait for ever.)
python3 - "$CATCHMENT" >"$scratch/tty" <<'PY'
import fcntl, os, pty, select, signal, struct, sys, termios, time
pid, master = pty.fork()
if pid == 0:
    fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    os.environ["TERM"] = "xterm"
    os.execv(sys.argv[1], [sys.argv[1], "lab", "watch"])
seen, asked, began = b"", False, time.monotonic()
while time.monotonic() - began < 30:
    if select.select([master], [], [], 1)[0]:
        try:
            got = os.read(master, 65536)
        except OSError:  # the other end is closed
            break
        if not got:
            break
        seen += got
    if not asked and seen.count(b"\x1b[H") >= 3:
        os.kill(pid, signal.SIGINT)
        asked = True
else:
    os.kill(pid, signal.SIGKILL)
    sys.exit(f"watch did not end on its terminal, asked: {asked}")
ended = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
text = seen.decode(errors="replace")
assert ended == 0, ended
assert "\x1b[?1049h" in text and "\x1b[?25l" in text, "no screen was taken"
end = text.rindex("\x1b[?1049l")
assert "\x1b[?25h" in text[:end] and end > text.rindex("\x1b[?1049h"), "the screen was not given back"
assert "hkg" in text
for frame in text.split("\x1b[H")[1:]:
    assert frame.split("\x1b[J")[0].count("\r\n") <= 2 * 23, "higher than the window"
PY
