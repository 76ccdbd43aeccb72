"""netpair.py - two network namespaces and the veth pair between them: a generator at one end, a server at the other.

The caller moves into namespaces of its own (isolate) and is the client; the server's are held by a child that dies with
the caller, and the kernel removes what was in them. Offloads are off, so that frames are as on a wire. The server's
end is polled by a kernel thread pinned to the server's core, the client's by one on the generator's: what a side costs is
on its own core."""
import ctypes
import fcntl
import glob
import os
import shutil
import signal
import socket
import struct
import subprocess
import sys
import time

CLIENT_V4, SERVER_V4 = "198.18.0.1", "198.18.0.53"
CLIENT_V6, SERVER_V6 = "2001:db8:bc::1", "2001:db8:bc::53"
polling_nice = 0  # -20: ahead of whoever computes on the core, as an interrupt is
ISOLATED = "CATCHMENT_BENCH_ISOLATED"

_SIOCETHTOOL, _ETHTOOL_SRXCSUM, _ETHTOOL_STXCSUM, _ETHTOOL_SGRO = 0x8946, 0x15, 0x17, 0x2C
_libc = ctypes.CDLL(None, use_errno=True)


class Unsupported(Exception):
    """This machine cannot do it; the text is for a person."""


def isolate():
    """Once: run the same program again as the client, in a network and a mount namespace of its own."""
    if os.environ.get(ISOLATED):
        run("mount", "-t", "sysfs", "sysfs", "/sys")
        run("ip", "link", "set", "lo", "up")
        return
    if os.geteuid() != 0:
        raise Unsupported("needs root")
    probe = subprocess.run(["unshare", "--net", "--mount", "mount", "-t", "sysfs", "sysfs", "/sys"], capture_output=True)
    if probe.returncode != 0:
        raise Unsupported("no network and mount namespaces here")
    host = os.open("/proc/self/ns/net", os.O_RDONLY)
    os.set_inheritable(host, True)
    os.environ[ISOLATED] = str(host)
    os.execvp("unshare", ["unshare", "--net", "--mount", sys.executable, *sys.argv])


def host_prefix():
    """What runs a command in the network namespace that isolate() left."""
    return ["nsenter", f"--net=/proc/{os.getpid()}/fd/{os.environ[ISOLATED]}"]


def die_with_parent():
    """For preexec_fn: the kernel ends this process when the one that started it ends."""
    _libc.prctl(1, signal.SIGKILL)


def run(*command, check=True):
    done = subprocess.run(command, capture_output=True, text=True)
    if check and done.returncode != 0:
        raise Unsupported(f"{' '.join(command)}: {(done.stderr or done.stdout).strip().splitlines()[-1:]}")
    return done.stdout


def _ethtool(interface, command, value):
    """One of the on/off settings of ethtool(8)."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        setting = ctypes.create_string_buffer(struct.pack("II", command, value))
        fcntl.ioctl(s, _SIOCETHTOOL, struct.pack("16sP16x", interface.encode(), ctypes.addressof(setting)))


def as_wire(interface, polled):
    """No checksum left to the other end; polled: by NAPI even without an XDP program."""
    _ethtool(interface, _ETHTOOL_STXCSUM, 0)
    _ethtool(interface, _ETHTOOL_SGRO, 1 if polled else 0)


def poll_on_core(interface, core):
    """Let a kernel thread of the interface's own poll it, on that core. False: this kernel has none."""
    try:
        with open(f"/sys/class/net/{interface}/threaded", "w") as f:
            f.write("1")
    except OSError:
        return False
    return _place(interface, core)


def _place(interface, core):
    """Its threads on that core, with the priority that polling_nice says. False: there are none."""
    threads = polling_threads(interface)
    for pid in threads:
        os.sched_setaffinity(pid, {core})
        os.setpriority(os.PRIO_PROCESS, pid, polling_nice)
    return bool(threads)


def polling_threads(interface):
    """Of the interfaces whose name starts so."""
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            name = open(f"/proc/{pid}/comm").read().strip()
        except OSError:
            continue
        if name.startswith(f"napi/{interface}"):
            found.append(int(pid))
    return found


def polling_seconds(threads):
    """Of processor time, since each began."""
    total = 0.0
    for pid in threads:
        try:
            total += int(open(f"/proc/{pid}/schedstat").read().split()[0]) / 1e9
        except OSError:
            pass
    return total


def compile_reflector(folder):
    """Path of the object that Pair.reflect() takes."""
    here = os.path.dirname(os.path.abspath(__file__))
    if shutil.which("clang") is None:
        raise Unsupported("no clang to compile the reflector")
    triplets = glob.glob("/usr/include/*-linux-gnu*/asm")  # Debian keeps headers of the processor apart
    run("clang", "-O2", "-target", "bpf", "-Wall", "-Wextra", "-Werror", *(f"-isystem{os.path.dirname(t)}" for t in triplets),
        "-c", "-o", f"{folder}/reflector.o", f"{here}/reflector.bpf.c")
    return f"{folder}/reflector.o"


class Pair:
    """The two ends. `core_server` and `core_client` may be one and the same on a machine with one core. The server's is the
    first: Knot binds its only worker there, whatever taskset(1) says."""

    def __init__(self, core_client=1, core_server=0):
        self.core_client, self.core_server = core_client, core_server
        self.object_file = None  # the compiled reflector, while that answers
        tag = f"{os.getpid() % 10000:04}"  # kernel threads are the machine's: their names tell whose they are
        self.client_if, self.server_if = f"c{tag}", f"s{tag}"
        self.holder = subprocess.Popen(
            ["unshare", "--net", "--mount", "sh", "-c", "mount -t sysfs sysfs /sys && ip link set lo up && echo && exec cat"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, preexec_fn=die_with_parent)
        if not self.holder.stdout.readline():
            raise Unsupported("the server's namespaces could not be made")
        run("ip", "link", "add", self.client_if, "numtxqueues", "1", "numrxqueues", "1", "type", "veth",
            "peer", "name", self.server_if, "numtxqueues", "1", "numrxqueues", "1", "netns", str(self.holder.pid))
        self._up(run, self.client_if, CLIENT_V4, CLIENT_V6)
        self._up(self.at_server, self.server_if, SERVER_V4, SERVER_V6)
        as_wire(self.client_if, True)
        self.at_server(sys.executable, __file__, "wire", self.server_if)
        self.threaded = poll_on_core(self.client_if, core_client)
        if self.threaded:
            self.at_server(sys.executable, __file__, "poll", self.server_if, str(core_server), str(polling_nice))

    @staticmethod
    def _up(runner, interface, v4, v6):
        runner("ip", "address", "add", f"{v4}/24", "dev", interface)
        runner("ip", "address", "add", f"{v6}/64", "dev", interface, "nodad")
        runner("ip", "link", "set", interface, "up")

    def server_prefix(self):
        return ["nsenter", "--target", str(self.holder.pid), "--net", "--mount"]

    def at_server(self, *command):
        return run(*self.server_prefix(), *command)

    def start_at_server(self, command, **more):
        """A process at the server's end, on its core; it dies with the caller."""
        return subprocess.Popen(["taskset", "--cpu-list", str(self.core_server), *self.server_prefix(), *command],
                                preexec_fn=die_with_parent, **more)

    def stop_reflecting(self):
        self.object_file = None
        self.at_server("ip", "link", "set", self.server_if, "xdp", "off")
        self.restore()

    def reflect(self, object_file):
        """From here on the server's end answers queries by itself."""
        if "libbpf" not in run("ip", "-V"):
            raise Unsupported("this ip(8) cannot load BPF programs: it was built without libbpf")
        self.object_file = object_file
        self.restore()
        try:
            self.at_server("ip", "link", "set", self.server_if, "xdpdrv", "obj", object_file, "sec", "xdp/reflect")
        except Unsupported as e:
            raise Unsupported(f"no native XDP on veth here: {e}") from None
        self.repin()

    def restore(self):
        """This end as it was: XDP_TX needs a program here; kxdpgun replaces it and leaves its own."""
        run("ip", "link", "set", self.client_if, "xdp", "off", check=False)
        if self.object_file is None:
            return self.repin()
        try:
            run("ip", "link", "set", self.client_if, "xdpdrv", "obj", self.object_file, "sec", "xdp/pass")
        except Unsupported as e:
            raise Unsupported(f"no native XDP on veth here: {e}") from None
        return self.repin()

    def no_program(self):
        run("ip", "link", "set", self.client_if, "xdp", "off", check=False)
        self.repin()

    def repin(self):
        """A program that comes or goes makes new polling threads."""
        if self.threaded:
            _place(self.client_if, self.core_client)
            _place(self.server_if, self.core_server)

    def client_poll_seconds(self):
        return polling_seconds(polling_threads(self.client_if))

    def server_poll_seconds(self):
        return polling_seconds(polling_threads(self.server_if))

    def done(self):
        self.holder.kill()
        self.holder.wait()


def await_answer(address, name, seconds=10.0, port=53):
    """Ask over UDP until something answers. False: nothing did."""
    labels = b"".join(bytes([len(x)]) + x.encode() for x in name.rstrip(".").split("."))
    query = b"\x12\x34\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00" + labels + b"\x00\x00\x01\x00\x01"
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with socket.socket(family, socket.SOCK_DGRAM) as s:
            s.settimeout(0.2)
            try:
                s.connect((address, port))
                s.send(query)
                answer = s.recv(4096)
                if answer[:2] == query[:2] and answer[2] & 0x80:
                    return True
            except OSError:
                time.sleep(0.02)
    return False


if __name__ == "__main__":  # what has to be done inside the server's namespaces
    if sys.argv[1] == "wire":
        as_wire(sys.argv[2], True)
    elif sys.argv[1] == "poll":
        polling_nice = int(sys.argv[4])
        poll_on_core(sys.argv[2], int(sys.argv[3]))
