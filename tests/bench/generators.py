"""generators.py - each load generator: how it is called, and what it says of itself."""
import json
import os
import re
import resource
import shutil
import subprocess
import time

from netpair import die_with_parent


# A veth pair holds 256 packets for its other end: a window beyond that can lose some, depending on who sends in bursts.
WINDOWS, LOST_MAX_PC = (64, 128, 200, 240, 300, 1000), 1.0


class Failed(Exception):
    """A generator did not work; the text is the last it said."""


def spend(command, core, pair, env=None):
    """Run it on one core: what it printed, and the seconds of processor it and its receive thread took."""
    def ready():
        die_with_parent()
        os.sched_setaffinity(0, {core})
    before, polled, began = resource.getrusage(resource.RUSAGE_CHILDREN), pair.client_poll_seconds(), time.monotonic()
    done = subprocess.run(command, capture_output=True, text=True, preexec_fn=ready, env=env)
    after, took = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic() - began
    if done.returncode not in (0, 1, 4):  # lost answers and lateness are figures here
        said = (done.stderr or done.stdout).strip().splitlines()
        raise Failed(f"{' '.join(command)}: status {done.returncode}: {said[-1] if said else 'nothing said'}")
    return done.stdout + done.stderr, {
        "took_s": round(took, 3), "process_s": round(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, 3),
        "receive_s": round(pair.client_poll_seconds() - polled, 3)}


def number(pattern, text, default=None):
    found = re.search(pattern, text)
    if found is None:
        if default is None:
            raise Failed(f"no '{pattern}' in: {text[-300:]}")
        return default
    return float(found.group(1))


def figures(spent, answered, sent, duration_s, **more):
    cost = spent["process_s"] + spent["receive_s"]
    return dict(spent, answered=int(answered), sent=int(sent), answered_qps=round(answered / duration_s),
                lost_pc=round(100 * (1 - answered / sent), 3) if sent else 100.0,
                cpu_us=round(1e6 * cost / answered, 2) if answered else None, share_pc=round(100 * cost / spent["took_s"]),
                **more)


def best(tries):
    """The setting that most was answered with, of those that lost next to nothing if there are such: {setting: row}."""
    whole = {k: r for k, r in tries.items() if r["lost_pc"] <= LOST_MAX_PC} or tries
    return max(whole, key=lambda k: whole[k]["answered_qps"])


class Dnsperf:
    """A window of queries under way, as large as does best; at a rate, dnsperf's own limit."""
    name, program, package = "dnsperf", "dnsperf", "dnsperf"

    def __init__(self, program=None):
        self.window = None

    def version(self):
        said = subprocess.run(["dnsperf", "-h"], capture_output=True, text=True).stdout
        return re.search(r"Version ([\d.]*\d)", said).group(1)

    def tune(self, pair, target, queries, dnssec):
        self.window = best({w: self._run(pair, target, queries, 1, dnssec, ["-q", str(w)]) for w in WINDOWS})

    def most(self, pair, target, queries, seconds, dnssec=False):
        return self._run(pair, target, queries, seconds, dnssec, ["-q", str(self.window or 1000)])

    def hold(self, pair, target, queries, seconds, rate_qps):
        return self._run(pair, target, queries, seconds, False, ["-q", "10000", "-Q", str(rate_qps)])

    def _run(self, pair, target, queries, seconds, dnssec, more):
        text, spent = spend(["dnsperf", "-s", target, "-d", queries, "-l", str(seconds), "-c", "1", "-T", "1", "-t", "1",
                             *(["-D"] if dnssec else []), *more], pair.core_client, pair)
        return figures(spent, number(r"Queries completed:\s+(\d+)", text), number(r"Queries sent:\s+(\d+)", text),
                       number(r"Run time \(s\):\s+([\d.]+)", text), mean_us=1e6 * number(r"Average Latency \(s\):\s+([\d.]+)", text))


class Kxdpgun:
    """An open schedule: the rate at which most was answered."""
    name, program, package = "kxdpgun", "kxdpgun", "knot-dnsutils"
    offers_qps = (150_000, 200_000, 250_000, 300_000, 400_000, 500_000, 700_000)

    def __init__(self, program=None):
        self.offer_qps = None

    def version(self):
        return subprocess.run(["kxdpgun", "-V"], capture_output=True, text=True).stdout.strip().split()[-1]

    def tune(self, pair, target, queries, dnssec):
        tries = {q: self._run(pair, target, queries, 1, q, dnssec) for q in self.offers_qps}
        self.offer_qps = max(tries, key=lambda q: tries[q]["answered_qps"])

    def most(self, pair, target, queries, seconds, dnssec=False):
        return self._run(pair, target, queries, seconds, self.offer_qps or 300_000, dnssec)

    def _run(self, pair, target, queries, seconds, rate_qps, dnssec):
        if dnssec:
            queries = with_flag(queries, "D")
        pair.no_program()  # it brings its own, and leaves it
        try:
            text, spent = spend(["kxdpgun", "-t", str(seconds), "-Q", str(rate_qps), "-b", "32", "-F", str(pair.core_client),
                                 "-I", pair.client_if, "-i", queries, target], pair.core_client, pair)
        finally:
            pair.restore()
        sent = number(r"total queries:\s+(\d+)", text)
        return figures(spent, number(r"total replies:\s+(\d+)", text), sent, seconds, offered_qps=rate_qps)


def with_flag(queries, flag):
    """kxdpgun's query files say of each query whether it has EDNS or DO."""
    path = f"{queries}.{flag}"
    if not os.path.exists(path):
        with open(queries) as f, open(path, "w") as to:
            to.writelines(f"{line.rstrip()} {flag}\n" for line in f)
    return path


class Catchment:
    """Ours: a window of queries under way, as large as does best; at a rate, by its own schedule."""
    name, program, package = "catchment", None, None
    mode = ("--max",)

    def __init__(self, program):
        self.program_path, self.window = program, None

    def version(self):
        try:
            said = subprocess.run([self.program_path, "--version"], capture_output=True, text=True).stdout
        except OSError:
            return None
        return said.strip().split()[-1] if said else None

    def tune(self, pair, target, queries, dnssec):
        self.window = best({w: self._most(pair, target, queries, 1, dnssec, w) for w in WINDOWS})

    def most(self, pair, target, queries, seconds, dnssec=False):
        return self._most(pair, target, queries, seconds, dnssec, self.window or 1000)

    def _most(self, pair, target, queries, seconds, dnssec, window):
        return self._run(pair, target, queries, seconds, dnssec, [*self.mode, "--window", str(window)])

    def hold(self, pair, target, queries, seconds, rate_qps):
        return self._run(pair, target, queries, seconds, False, ["--rate", str(rate_qps)])

    def _run(self, pair, target, queries, seconds, dnssec, more):
        text, spent = spend([self.program_path, "load", "dns", *more, "--duration", f"{seconds}s", "--queries", queries, "--json",
                             *(["--do"] if dnssec else ["--edns", "off"]), target], pair.core_client, pair)
        said = json.loads(text[text.index("{"):text.rindex("}") + 1])
        latency = said["latency_us"]
        return figures(spent, said["answered"], said["sent"], said["sending_ms"] / 1000, verdict=said["verdict"],
                       p50_us=latency["p50"], p99_us=latency["p99"], mean_us=latency.get("mean"))


class CatchmentSingly(Catchment):
    """Each query a message of its own, as dnsperf sends."""
    name, mode = "catchment-singly", ("--max", "--singly")
    hold = None


ALL = (Dnsperf, Kxdpgun, Catchment, CatchmentSingly)


def contenders(program):
    """Those that are installed, and ours."""
    found = [g(program) for g in ALL if not g.package or shutil.which(g.program)]
    return [g for g in found if g.version() is not None]


def named(name, program):
    for g in ALL:
        if g.name == name:
            if g.package and not shutil.which(g.program):
                raise Failed(f"{name} is not installed: make bench-deps")
            return g(program)
    raise Failed(f"no generator is called '{name}'")


def missing(generators):
    """What `make bench-deps` would install."""
    return sorted({g.package for g in generators if g.package and not shutil.which(g.program)})
