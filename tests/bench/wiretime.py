#!/usr/bin/env python3
"""wiretime.py - what a capture at the client says of a generator: how evenly it sent, how long answers took.

Plain Python on plain pcap, sharing no code with the generators. A query is a datagram to port 53, an answer one from it;
they belong together by the client's port and the message id, the first answer after the query counts."""
import json
import statistics
import struct
import sys

MARGIN_MS = 100  # at both ends, where a generator starts and stops


def percentile(ordered, share):
    """Nearest rank, of a sorted list; None of nothing."""
    return ordered[min(len(ordered) - 1, max(0, int(share * len(ordered) + 0.999999) - 1))] if ordered else None


def messages(path):
    """(time in ns, is a query, client's port, message id) of each DNS datagram."""
    with open(path, "rb") as f:
        data = f.read()
    scale = {0xA1B23C4D: 1, 0xA1B2C3D4: 1000}.get(struct.unpack_from("<I", data)[0] if len(data) >= 24 else 0)
    if scale is None:
        raise ValueError(f"{path}: no pcap file of this machine's byte order")
    at, end = 24, len(data)
    while at + 16 <= end:
        sec, sub, kept, _ = struct.unpack_from("<IIII", data, at)
        frame, at = at + 16, at + 16 + kept
        kind = data[frame + 12:frame + 14]
        udp = frame + 34 if kind == b"\x08\x00" else frame + 54
        if at > end or udp + 10 > at:
            continue
        source, to, _, _, ident = struct.unpack_from(">HHHHH", data, udp)
        if to == 53 or source == 53:
            yield sec * 1_000_000_000 + sub * scale, to == 53, source if to == 53 else to, ident


def evenness(sent_ns, rate_qps):
    """How a schedule was kept: mean rate, and per millisecond the deviation from the intended number."""
    if len(sent_ns) < 2:
        return None
    took_ns = sent_ns[-1] - sent_ns[0]
    mean_qps = (len(sent_ns) - 1) * 1e9 / took_ns
    counts = [0] * (took_ns // 1_000_000 + 1)
    for t in sent_ns:
        counts[(t - sent_ns[0]) // 1_000_000] += 1
    inner = counts[MARGIN_MS:-MARGIN_MS - 1] or counts
    intended = rate_qps / 1000
    return {"rate_qps": round(mean_qps, 1), "rate_off_pc": round(100 * (mean_qps / rate_qps - 1), 3),
            "per_ms_rms": round(statistics.fmean((n - intended) ** 2 for n in inner) ** 0.5, 3),
            "per_ms_off": round(statistics.fmean(abs(n - intended) for n in inner), 3)}


def read(path, rate_qps):
    waiting, latencies, sent = {}, [], []
    for at, is_query, port, ident in messages(path):
        if is_query:
            sent.append(at)
            waiting[(port, ident)] = at
        else:
            began = waiting.pop((port, ident), None)
            if began is not None:
                latencies.append((at - began) / 1000)
    latencies.sort()
    return {"sent": len(sent), "answered": len(latencies), "unanswered": len(waiting), "even": evenness(sent, rate_qps),
            "mean_us": round(statistics.fmean(latencies), 1) if latencies else None,
            "p50_us": percentile(latencies, 0.50), "p99_us": percentile(latencies, 0.99)}


if __name__ == "__main__":  # wiretime.py FILE RATE
    try:
        print(json.dumps(read(sys.argv[1], float(sys.argv[2])), indent=1))
    except (OSError, ValueError, IndexError) as e:
        sys.exit(f"wiretime: {e}")
