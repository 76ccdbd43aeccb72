"""servers.py - Knot and BIND of the lab's root file system, at the server's end of a pair: one worker, one core, one zone.

The tree is the lab's own, shared and not written to: /run and /tmp of it are this mount namespace's memory, and our
configuration is bound to /mnt."""
import os
import subprocess

from netpair import SERVER_V4, SERVER_V6, Unsupported, await_answer

ZONE, NAMES = "bench.example", 10_000
_HERE = os.path.dirname(os.path.abspath(__file__))

_KNOT = """server:
    rundir: /run/knot
    udp-workers: 1
    tcp-workers: 1
    background-workers: 1
    listen: [ {v4}@53, {v6}@53 ]
{xdp}log:
  - target: stdout
    any: warning
zone:
  - domain: {zone}
    storage: /mnt
    file: {file}
    zonefile-sync: -1
    journal-content: none
"""

_BIND = """options {{
	directory "/run/named";
	pid-file none;
	listen-on {{ {v4}; }};
	listen-on-v6 {{ {v6}; }};
	recursion no;
	minimal-responses yes;      // as Knot answers
	notify no;
}};
controls {{ }};
zone "{zone}" {{ type primary; file "/mnt/{file}"; }};
"""

_INSIDE = """set -e
for at in run tmp; do mount -t tmpfs tmpfs "$1/$at"; done
mount --bind "$2" "$1/mnt"
mount --bind /dev "$1/dev"
mount -t proc proc "$1/proc" 2>/dev/null || true
mkdir -p "$1/run/knot" "$1/run/named"
root=$1
shift 2
exec chroot "$root" "$@"
"""


def rootfs():
    """Path of the daemons' root file system; Unsupported when nobody has made it."""
    build = os.path.join(_HERE, "..", "..", "lab", "rootfs", "build")
    path = subprocess.run([build, "--path"], capture_output=True, text=True).stdout.strip()
    if not os.path.isdir(path or "/nonexistent"):
        raise Unsupported("the daemons' root file system is not there yet: sudo make rootfs")
    return path


def write_queries(folder):
    """One for each name of the zone, in an order of no meaning, as dnsperf reads them. The same each time."""
    with open(f"{folder}/queries", "w") as f:
        for i in range(NAMES):
            f.write(f"n{i * 7919 % NAMES}.{ZONE} {'AAAA' if i % 2 else 'A'}\n")


def write_zone(folder):
    """The zone, plain and signed with keys that are thrown away, and the queries for it."""
    lines = [f"$ORIGIN {ZONE}.", "$TTL 3600", "@ SOA ns1 hostmaster 1 7200 3600 1209600 3600", "@ NS ns1",
             f"ns1 A {SERVER_V4}", f"ns1 AAAA {SERVER_V6}"]
    for i in range(NAMES):
        lines += [f"n{i} A 192.0.2.{i % 254 + 1}", f"n{i} AAAA 2001:db8::{i:x}"]
    with open(f"{folder}/plain.zone", "w") as f:
        f.write("\n".join(lines) + "\n")
    write_queries(folder)
    if os.path.isfile(f"{folder}/signed.zone"):
        return
    command = (f"cd /mnt && dnssec-keygen -q -a ECDSAP256SHA256 -f KSK {ZONE} && dnssec-keygen -q -a ECDSAP256SHA256 {ZONE} &&"
               f" dnssec-signzone -q -S -z -P -o {ZONE} -f signed.zone plain.zone")
    done = subprocess.run(["unshare", "--mount", "sh", "-c", _INSIDE, "inside", rootfs(), folder, "sh", "-c", command],
                          capture_output=True, text=True)
    if done.returncode != 0:
        raise Unsupported(f"the zone could not be signed: {done.stderr.strip().splitlines()[-1:]}")


_XDP = """xdp:
    listen: [ {interface}@53 ]
"""


class Server:
    """A daemon that serves one of the zones: knot, knot-xdp (past the kernel's sockets) or bind. `with Server(...) as s:` it
    has answered once."""

    def __init__(self, pair, folder, name, zone):
        self.pair, self.folder, self.name = pair, folder, name
        values = {"v4": SERVER_V4, "v6": SERVER_V6, "zone": ZONE, "file": f"{zone}.zone",
                  "xdp": _XDP.format(interface=pair.server_if) if name == "knot-xdp" else ""}
        with open(f"{folder}/{name}.conf", "w") as f:
            f.write((_BIND if name == "bind" else _KNOT).format(**values))

    def __enter__(self):
        self.pair.no_program()
        command = (["/usr/sbin/named", "-g", "-n", "1", "-c", "/mnt/bind.conf"] if self.name == "bind" else
                   ["/usr/sbin/knotd", "-c", f"/mnt/{self.name}.conf"])
        self.log = open(f"{self.folder}/{self.name}.log", "w")
        self.process = self.pair.start_at_server(
            ["unshare", "--mount", "sh", "-c", _INSIDE, "inside", rootfs(), self.folder, *command],
            stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log)
        for address in (SERVER_V4, SERVER_V6):
            if not await_answer(address, f"n1.{ZONE}", 20):
                self.__exit__()
                raise Unsupported(f"{self.name} does not answer; its words: {open(self.log.name).read().strip()[-300:]}")
        return self

    def cpu_s(self):
        """Its own, and that of the thread that receives for it."""
        fields = open(f"/proc/{self.process.pid}/stat").read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK") + self.pair.server_poll_seconds()

    def __exit__(self, *unused):
        self.process.kill()
        self.process.wait()
        self.log.close()
        if self.name == "knot-xdp":  # killed, it leaves its program
            self.pair.stop_reflecting()


def version(name):
    command = {"knot": ["/usr/sbin/knotd", "-V"], "bind": ["/usr/sbin/named", "-v"]}[name]
    return subprocess.run(["chroot", rootfs(), *command], capture_output=True, text=True).stdout.strip()
