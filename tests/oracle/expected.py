"""expected.py - where we and tshark differ, for good reasons, in captures that nobody damaged."""
import os

DIFFERENCES = {
    # Our reader refuses an UPDATE with ORIGIN 9 (RFC 4271 6.3); tshark shows it.
    "bgp": {"stricter: UPDATE 3/6": 1},
    # Three bytes to port 53: for us a message that cannot be read, for tshark no DNS.
    "dns": {"only ours, bad: DNS": 1},
    "cut": {"only ours, bad: DNS": 1},
    # RFC 8654: tshark takes no message longer than 4096 bytes.
    "bgp-long": {"only ours: UPDATE": 1, "only theirs, malformed: BGP": 1},
    # A NOTIFICATION code that nobody has defined: tshark names no subcode.
    "bgp-notifications": {"only ours: NOTIFICATION": 1, "only theirs, malformed: BGP": 1},
    # A segment is missing: we look for the next marker, tshark gives the direction up.
    "tcp-hole": {"only ours: UPDATE": 3, "only ours: KEEPALIVE": 1},
    # Joined in the middle of a message: its rest is a "continuation" to tshark, nothing to us.
    "tcp-midstream": {"only theirs, malformed: BGP": 1},
}


def name_of(capture):
    """bgp of /somewhere/bgp.pcapng.gz"""
    return os.path.basename(capture).split(".")[0]
