"""tsharkread.py - each BGP and DNS message that tshark sees in a capture, in the words of messages.c."""
import io
import subprocess
import xml.etree.ElementTree as tree

SHOWN = "((bgp && tcp.port == 179) || (dns && (udp.port == 53 || tcp.port == 53))) && !icmp && !icmpv6"
SEVERE = {"6291456", "8388608"}  # warning, error


def number(field):
    return int(field.get("show"), 0)


def first(proto, name):
    return next((f for f in proto.iter("field") if f.get("name") == name), None)


def all_of(proto, *names):
    return [f for f in proto.iter("field") if f.get("name") in names]


def value(field):
    return field.get("value") or ""


# ---- BGP ----


def prefixes(where):
    """The entries [path id,] length, prefix below a field."""
    out, path_id, bits = [], -1, None
    for f in where.iter("field"):
        name = f.get("name") or ""
        if name == "bgp.nlri_path_id":
            path_id = number(f)
        elif name == "bgp.prefix_length":
            bits = number(f)
        elif name.endswith("_prefix") and bits is not None:
            out.append([f"{f.get('show')}/{bits}", path_id])
            path_id, bits = -1, None
    return out


def extended(field):
    """Type, subtype and value as 16 hex digits; a '*' for bytes that tshark names in no field."""
    out = ""
    for f in field.findall("field"):
        if f.get("name", "").startswith("bgp.ext_com"):
            out += value(f)
    return out if len(out) == 16 else out[:4] + "*"


def plain(attribute):
    out = []
    for f in all_of(attribute, "bgp.update.path_attribute.community_wellknown", "bgp.update.path_attribute.community"):
        out.append(number(f) if f.get("name").endswith("wellknown") else int("".join(value(x) for x in f.findall("field")), 16))
    return out


def take_attribute(m, a):
    base = "bgp.update.path_attribute."
    code = first(a, base + "type_code")
    code = None if code is None else number(code)
    hop = first(a, base + "mp_reach_nlri.next_hop")
    if code in (14, 15):
        name = base + ("mp_reach_nlri" if code == 14 else "mp_unreach_nlri")
        family, safi = (first(a, name + x) for x in (".afi", ".safi"))
        if family is None or safi is None:
            return
        if number(safi) != 1 or number(family) not in (1, 2):
            m["other_family"] = True
            return
        m["mp_unreach"] = m.get("mp_unreach", False) or code == 15
        m["mp_family"] = 4 if number(family) == 1 else 6
        m["mp_announced" if code == 14 else "mp_withdrawn"] = prefixes(a)
        if code == 14 and hop is not None:
            m["mp_next_hop"] = value(hop)[2:]
    elif code == 2:
        m["as_path"] = []
        for segment in all_of(a, base + "as_path_segment"):
            kind = first(segment, base + "as_path_segment.type")
            m["as_path"] += [[number(kind), number(f)] for f in all_of(segment, base + "as_path_segment.as4", base + "as_path_segment.as2")]
    elif code == 8:
        m["communities"]["plain"] = plain(a)
    elif code == 16:
        m["communities"]["extended"] = [extended(f) for f in all_of(a, "bgp.ext_community")]
    elif code == 32:
        three = [f.get("show") for f in all_of(a, "bgp.large_communities.ga", "bgp.large_communities.ldp1", "bgp.large_communities.ldp2")]
        m["communities"]["large"] = [":".join(three[i:i + 3]) for i in range(0, len(three), 3)]
    elif code == 6:
        m["atomic"] = True
    elif code == 3:
        f = first(a, base + "next_hop")
        m["next_hop"] = value(f) if f is not None else ""
    else:
        for kind, name, key in ((1, "origin", "origin"), (4, "multi_exit_disc", "med"), (5, "local_pref", "local_pref")):
            f = first(a, base + name)
            if code == kind and f is not None:
                m[key] = number(f)


def update(m, proto):
    m.update(announced=[], withdrawn=[], mp_announced=[], mp_withdrawn=[], communities={"plain": [], "extended": [], "large": []})
    attributes_bytes = 0
    for f in proto.findall("field"):
        name = f.get("name")
        if name == "bgp.update.withdrawn_routes":
            m["withdrawn"] = prefixes(f)
        elif name == "bgp.update.nlri":
            m["announced"] = prefixes(f)
        elif name == "bgp.update.path_attributes.length":
            attributes_bytes = number(f)
        elif name == "bgp.update.path_attributes":
            for a in f.findall("field"):
                if a.get("name") == "bgp.update.path_attribute":
                    take_attribute(m, a)
    family = m.pop("mp_family", 0)
    m["end_of_rib"] = 0
    if not (m["withdrawn"] or m["announced"] or m["mp_announced"] or m["mp_withdrawn"]):
        if attributes_bytes == 0:
            m["end_of_rib"] = 4
        elif attributes_bytes <= 7 and family and not m.get("other_family") and "as_path" not in m:
            m["end_of_rib"] = family


def capability(m, c):
    kind = first(c, "bgp.cap.type")
    kind = None if kind is None else number(kind)
    if kind == 1:
        family, safi = first(c, "bgp.cap.mp.afi"), first(c, "bgp.cap.mp.safi")
        if number(safi) == 1 and number(family) in (1, 2):
            m["ipv4" if number(family) == 1 else "ipv6"] = True
    elif kind == 65:
        m["as4"], m["as"] = True, number(first(c, "bgp.cap.4as"))
    elif kind == 69:
        triples = [number(f) for f in all_of(c, "bgp.cap.ap.afi", "bgp.cap.ap.safi", "bgp.cap.ap.sendreceive")]
        for family, safi, how in zip(*[iter(triples)] * 3):
            if safi == 1 and family in (1, 2) and how in (1, 2, 3):
                m[f"addpath{4 if family == 1 else 6}"] = how
    elif kind == 64:
        g = {"restart_s": number(first(c, "bgp.cap.gr.timers.restart_time")), "kept4": False, "kept6": False,
             "restarting": first(c, "bgp.cap.gr.timers.restart_flag").get("show") in ("1", "True"),
             "on_notification": first(c, "bgp.cap.gr.timers.notification_flag").get("show") in ("1", "True")}
        triples = [f.get("show") for f in all_of(c, "bgp.cap.gr.afi", "bgp.cap.gr.safi", "bgp.cap.gr.flag.pfs")]
        for family, safi, kept in zip(*[iter(triples)] * 3):
            if safi == "1" and family in ("1", "2"):
                g[f"kept{4 if family == '1' else 6}"] = kept in ("1", "True")
        m["graceful"] = g
    elif kind in (2, 6, 70):
        m[{2: "refresh", 6: "long", 70: "enhanced"}[kind]] = True


def opened(m, proto):
    m.update(as4=False, ipv4=False, ipv6=False, addpath4=0, addpath6=0, refresh=False, long=False, enhanced=False)
    for key, name in (("version", "version"), ("as", "myas"), ("hold_s", "holdtime")):
        m[key] = number(first(proto, "bgp.open." + name))
    m["id"] = value(first(proto, "bgp.open.identifier"))
    for c in all_of(proto, "bgp.cap"):
        capability(m, c)


def notification(m, proto):
    for f in proto.iter("field"):
        name = f.get("name") or ""
        if name == "bgp.notify.major_error":
            m["code"] = number(f)
        elif name.startswith("bgp.notify.minor_error"):
            m["subcode"] = number(f)
        elif name == "bgp.notify.communication":
            m["words"] = value(f)


def bgp(proto):
    kind, length = first(proto, "bgp.type"), first(proto, "bgp.length")
    if kind is None:
        return None  # "continuation": what tshark makes nothing of
    m = {"p": "bgp", "type": number(kind), "bytes": number(length)}
    least = {1: 29, 2: 23, 3: 21, 4: 19, 5: 23}
    marker = first(proto, "bgp.marker")
    if marker is None or value(marker) != "ff" * 16 or m["bytes"] < least.get(m["type"], 65536):
        m["malformed"] = "header"
    readers = {1: opened, 2: update, 3: notification}
    if m["type"] in readers:
        readers[m["type"]](m, proto)
    elif m["type"] == 5:
        for key in ("afi", "subtype", "safi"):
            m[key] = number(first(proto, "bgp.route_refresh." + key))
    return m


# ---- DNS ----


def name_text(raw):
    """A name without pointers as lib/dns.h writes it; None for one with."""
    out, at = "", 0
    while at < len(raw) and raw[at] != 0:
        if raw[at] & 0xC0:
            return None
        for b in raw[at + 1:at + 1 + raw[at]].lower():
            out += "\\" + chr(b) if chr(b) in ".\\;()" else chr(b) if 32 < b < 127 else f"\\{b:03}"
        out += "."
        at += raw[at] + 1
    return out or "."


def records(proto, section):
    for f in proto.findall("field"):
        if f.get("show") == section:
            yield from f.findall("field")


def dns(proto):
    flags = first(proto, "dns.flags")
    counts = [first(proto, "dns.count." + x) for x in ("queries", "answers", "auth_rr", "add_rr")]
    if first(proto, "dns.count.zones") is not None:  # an UPDATE calls its sections by other names
        counts = [first(proto, "dns.count." + x) for x in ("zones", "prerequisites", "updates", "add_rr")]
    if flags is None or None in counts:
        return None
    m = {"p": "dns", "id": number(first(proto, "dns.id")), "flags": int(value(flags), 16), "counts": [number(c) for c in counts],
         "name": "", "qtype": 0, "qclass": 0}
    m["rcode"] = m["flags"] & 15
    name = first(proto, "dns.qry.name")
    if name is not None:
        m["name"] = name_text(bytes.fromhex(value(name)))
        m["qtype"], m["qclass"] = number(first(proto, "dns.qry.type")), number(first(proto, "dns.qry.class"))
    elif m["counts"][0] > 0:
        m["malformed"] = "fields missing"
    for r in records(proto, "Answers"):
        if "txt" not in m and first(r, "dns.resp.type") is not None and first(r, "dns.resp.type").get("show") == "16":
            m["txt"] = "".join(value(f) for f in all_of(r, "dns.txt.length", "dns.txt"))
    for r in records(proto, "Additional records"):
        if "opt" in m or first(r, "dns.rr.udp_payload_size") is None:
            continue
        m["opt"] = {"udp_bytes": number(first(r, "dns.rr.udp_payload_size")), "do": first(r, "dns.resp.z.do").get("show") in ("1", "True")}
        m["rcode"] |= number(first(r, "dns.resp.ext_rcode")) << 4
        for o in all_of(r, "dns.opt"):
            code, data = first(o, "dns.opt.code"), first(o, "dns.opt.data")
            if "nsid" not in m and code is not None and number(code) == 3 and data is not None:
                m["nsid"] = value(data)
    for key, name in (("time", "dns.time"), ("again", "dns.retransmission"), ("again_of", "dns.retransmit_request_in")):
        if first(proto, name) is not None:
            m[key] = first(proto, name).get("show")
    return m


# ---- all of it ----


def complaint(proto, severe=SEVERE):
    """What tshark thinks is wrong here: its severe words, None if nothing."""
    for f in proto.iter("field"):
        if f.get("name") == "_ws.malformed" or (f.get("name") == "_ws.expert.severity" and f.get("show") in severe):
            return "expert"
    return None


def packet(element):
    """The messages of one packet, outermost addresses and innermost ports."""
    who, number_of, transport, lies, cut, out = [None, 0, None, 0], 0, "", False, False, []
    for proto in element.findall("proto"):
        name = proto.get("name")
        if name in ("ip", "ipv6", "udp", "tcp"):
            # Of TCP not the warnings: they are of retransmissions and the like.
            lies = lies or complaint(proto, SEVERE if name != "tcp" else SEVERE - {"6291456"}) is not None
        if name == "frame":
            number_of = number(first(proto, "frame.number"))
            cut = number(first(proto, "frame.cap_len")) < number(first(proto, "frame.len"))
        elif name in ("ip", "ipv6") and who[0] is None:
            who[0], who[2] = first(proto, name + ".src").get("show"), first(proto, name + ".dst").get("show")
        elif name in ("tcp", "udp"):
            transport = name
            who[1], who[3] = number(first(proto, name + ".srcport")), number(first(proto, name + ".dstport"))
        elif name == "_ws.malformed" and out:
            out[-1]["malformed"] = "malformed"
        elif name in ("bgp", "dns"):
            try:
                m = bgp(proto) if name == "bgp" else dns(proto)
            except (AttributeError, ValueError):
                m = {"p": name, "malformed": "fields missing"}
            if m is None:
                m = {"p": name, "malformed": "not read"}
            elif complaint(proto):
                m.setdefault("malformed", complaint(proto))
            if cut:  # of a message that the snap length cut it shows what is there
                m.setdefault("malformed", "cut")
            if any(first(x, x.get("name") + ".fragments") is not None for x in element.findall("proto") if x.get("name") in ("ip", "ipv6")):
                m["pieces"] = True
            if lies:
                m["lies"] = True
            m["packet"], m["who"], m["over"] = number_of, list(who), transport
            out.append(m)
    return out


def read(capture, limit_s=300):
    """All messages, in tshark's order."""
    command = ["tshark", "-n", "-2", "-r", capture, "-Y", SHOWN, "-T", "pdml", "-o", "tcp.reassemble_out_of_order:TRUE"]
    run = subprocess.run(command, capture_output=True, timeout=limit_s)
    out = []
    if not run.stdout.strip():
        raise RuntimeError("tshark: " + run.stderr.decode(errors="replace"))
    for _, element in tree.iterparse(io.BytesIO(run.stdout)):
        if element.tag == "packet":
            out += packet(element)
            element.clear()
    return out
