"""expected.py - where we and tshark differ, for good reasons, in captures that nobody damaged."""
import os

DIFFERENCES = {
    # Our reader refuses an UPDATE with ORIGIN 9 (RFC 4271 6.3); tshark shows it.
    "bgp": {"stricter: UPDATE 3/6": 1},
    # Three bytes to port 53: for us a message that cannot be read, for tshark no DNS.
    "dns": {"only ours, bad: DNS": 1},
    "cut": {"only ours, bad: DNS": 1},
    # RFC 8654: tshark takes no message longer than 4096 bytes.
    "bgp-long": {"only ours: UPDATE beside what tshark could not read": 1,
                 "only theirs, malformed: BGP beside what tshark could not read": 1},
    # A NOTIFICATION code that nobody has defined: tshark names no subcode.
    "bgp-notifications": {"only ours: NOTIFICATION beside what tshark could not read": 1,
                          "only theirs, malformed: BGP beside what tshark could not read": 1},
    # A segment is missing: we look for the next marker, tshark gives the direction up.
    "tcp-hole": {"only ours: UPDATE beside a gap": 3, "only ours: KEEPALIVE beside a gap": 1},
    # Joined in the middle of a message: its rest is a "continuation" to tshark, nothing to us.
    "tcp-midstream": {"only theirs, malformed: BGP beside a gap beside what tshark could not read": 1},
}

# How many facts differ, for the same reasons.
FACTS = {"bgp-long": 3, "bgp-notifications": 2, "tcp-hole": 4}


def name_of(capture):
    """bgp of /somewhere/bgp.pcapng.gz"""
    return os.path.basename(capture).split(".")[0]


# What damage brings, the beginnings of messages.classify's words.
GENTLE = [
    # Behind a hole, or a header that makes no sense, we look for the next marker; tshark gives up what it had begun.
    "only ours: OPEN beside", "only ours: UPDATE beside", "only ours: KEEPALIVE beside", "only ours: NOTIFICATION beside",
    "only ours: ROUTE-REFRESH beside", "only ours: DNS beside",
    # A segment that came behind the ACK for it: by then we had called it a hole (lib/tcpstream.h), tshark waits.
    "only theirs: OPEN beside a gap", "only theirs: UPDATE beside a gap", "only theirs: KEEPALIVE beside a gap",
    "only theirs: NOTIFICATION beside a gap", "only theirs: ROUTE-REFRESH beside a gap", "only theirs: DNS beside a gap",
    # Not messages: "continuation", what tshark can make nothing of.
    "only theirs, malformed",
    # DNS over TCP joined midway: whatever stands there is read as a length.
    "only ours, bad: DNS", "bad to both: DNS",
]
DAMAGED = [
    # tshark looks neither at the marker nor, for most types, at the length.
    "only theirs, its header refused",
    # Nor do lengths of IP and UDP that contradict each other keep it from reading on; we count the packet as malformed.
    "only theirs, in a packet whose headers lie",
    # Fragments that overlap are refused, and a packet is waited for 30 s (lib/ipfrag.h); tshark waits for ever.
    "only theirs, put together from fragments",
    "bad to both", "only ours, bad",
    # Our reader follows RFC 4271 6 to the letter; each code is one of its errors.
    "stricter: OPEN 2/", "stricter: UPDATE 3/", "stricter: NOTIFICATION 1/", "stricter: ROUTE-REFRESH 7/",
    # After an error tshark gives up more of a connection, or of a packet in fragments, than we do.
    "only ours: ",
    # tshark takes no account of OPENs: whether prefixes carry path ids it guesses anew for each list.
    "differs: UPDATE mp_announced", "differs: UPDATE mp_withdrawn", "differs: UPDATE announced", "differs: UPDATE withdrawn",
    # A question that points somewhere; test_dns_ldns.c says more about what we refuse.
    "stricter: DNS",
    # tshark wants more than we tell of a message: RDATA, attributes we do not know.
    "malformed to tshark", "tshark warns, and differs",
    # No OPEN was seen, and both guess how AS numbers and prefixes are written.
    "differs: UPDATE as_path (guessed)",
]
# About twice what differed when doc/trust.md was written.
GENTLE_SHARE_MAX = 0.12
DAMAGED_SHARE_MAX = 0.2


def is_known(what, gentle):
    """Is this class of difference one that damage is known to bring?"""
    return any(what.startswith(x) for x in (GENTLE if gentle else GENTLE + DAMAGED))
