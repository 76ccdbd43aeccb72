"""rib.py - a router's table from an MRT dump (RFC 6396, TABLE_DUMP_V2): what of it is as it was told."""
import struct

NAMES = {1: "ORIGIN", 2: "AS_PATH", 4: "MED", 6: "ATOMIC_AGGREGATE", 7: "AGGREGATOR", 8: "communities", 32: "large communities"}


def _value(kind, value, first):
    """As it compares: of a path what is behind the AS that made it, communities in any order."""
    if kind == 2:
        at = value.find(struct.pack("!I", first), 2)
        return value[at + 4:] if at >= 0 else value
    if kind == 8:
        return tuple(sorted(value[i:i + 4] for i in range(0, len(value), 4)))
    if kind == 32:
        return tuple(sorted(value[i:i + 12] for i in range(0, len(value), 12)))
    return value


def _attributes(octets, first, known):
    """Hashes by type; sets of attributes are few, so each is taken apart once."""
    if octets in known:
        return known[octets]
    found, at = {}, 0
    while at < len(octets):
        flags, kind = octets[at], octets[at + 1]
        size = struct.unpack_from("!H", octets, at + 2)[0] if flags & 0x10 else octets[at + 2]
        at += 4 if flags & 0x10 else 3
        if kind in NAMES:
            found[kind] = hash(_value(kind, octets[at:at + size], first))
        at += size
    known[octets] = found
    return found


def read(mrt, first):
    """The attributes of each prefix, (length, octets): {type: hash}; the first route of several. `first` made the paths."""
    table, known, at = {}, {}, 0
    while at + 12 <= len(mrt):
        kind, subtype, size = struct.unpack_from("!HHI", mrt, at + 4)
        at += 12
        end = at + size
        if kind == 13 and subtype in (2, 4):
            bits = mrt[at + 4]
            prefix = bits, mrt[at + 5:at + 5 + (bits + 7) // 8]
            entry = at + 5 + (bits + 7) // 8
            count, = struct.unpack_from("!H", mrt, entry)
            if count > 0:
                length, = struct.unpack_from("!H", mrt, entry + 8)
                table[prefix] = _attributes(mrt[entry + 10:entry + 10 + length], first, known)
        at = end
    return table


def agreement(made, had):
    """Prefixes that are there, and of how many each attribute is the same, absence included."""
    same = {"prefixes": sum(prefix in had for prefix in made)}
    for kind, name in NAMES.items():
        same[name] = sum(prefix in had and attributes.get(kind) == had[prefix].get(kind) for prefix, attributes in made.items())
    return same
