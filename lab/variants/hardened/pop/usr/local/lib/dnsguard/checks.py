"""checks.py - what is asked of the DNS server, how often, and how many failures in a row are believed."""
import errno
import os
import random
import select
import socket
import struct
import subprocess
import time

from . import wire


class Check:
    """Passed or failed, with a reason; None until it is known. `fall` failures in a row are one that counts."""

    def __init__(self, guard, name, fall, patient=None):
        self.guard, self.name, self.fall, self.patient = guard, name, fall, patient or fall
        self.ok, self.fails, self.why = None, 0, "not known yet"
        guard.checks.append(self)

    def passed(self):
        self.fails = 0
        if self.ok is not True:
            self.ok, self.why = True, ""
            self.guard.changed(self)

    def failed(self, why, certain=False, silence=False):
        """
        `certain`: one is enough. `silence`: nothing was said, which may be the machine's fault. It is the server's when
        queries wait and no thread of it wants to run; else it gets the patience of `patient` failures.
        """
        self.fails += 1
        enough = 1 if certain else self.fall
        if silence and self.fails >= enough and self.guard.excuses_silence():
            enough = self.patient
        if self.fails >= enough and self.ok is not False:
            self.ok, self.why = False, why
            self.guard.changed(self)


class Question:
    """What is asked: a name of its own under the wildcard, as clients do, and every tenth time the SOA."""
    count = 0

    def __init__(self, conf):
        Question.count += 1
        soa = Question.count % 10 == 0
        self.ident = random.getrandbits(16)
        self.qtype = wire.SOA if soa else wire.TXT
        self.name = conf.zone if soa else "guard-%x-%x.%s" % (os.getpid(), Question.count, conf.zone)
        self.text, self.sent = conf.answer, time.monotonic()
        self.wire = wire.query(self.ident, self.name, self.qtype)

    def judge(self, msg):
        return wire.judge(msg, self.ident, self.name, self.qtype, self.text, True)


class Udp(Check):
    """Over a connected socket: a closed port comes back as an error of that socket (ICMP), and is certain."""

    def __init__(self, guard, address, conf):
        super().__init__(guard, "udp " + address, conf.udp_fall, conf.udp_patient)
        self.address, self.conf, self.open, self.sock = address, conf, {}, None
        self.tick()

    def tick(self):
        self.guard.loop.after(self.conf.udp_interval_s, self.tick)
        try:
            if self.sock is None:
                family = socket.AF_INET6 if ":" in self.address else socket.AF_INET
                self.sock = socket.socket(family, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
                self.sock.connect((self.address, 53))
                self.guard.loop.watch(self.sock.fileno(), select.EPOLLIN, self.readable)
            q = Question(self.conf)
            self.open[q.ident] = q
            self.guard.loop.after(self.conf.udp_timeout_s, lambda: self.late(q))
            self.sock.send(q.wire)
        except OSError as why:
            self.broken(why)

    def late(self, q):
        if self.open.pop(q.ident, None) is not None:
            self.failed("no answer in %g ms" % (self.conf.udp_timeout_s * 1e3), silence=True)

    def broken(self, why):
        self.open.clear()
        self.failed(os.strerror(why.errno), certain=why.errno == errno.ECONNREFUSED)

    def readable(self, _events):
        while True:
            try:
                msg = self.sock.recv(4096)
            except BlockingIOError:
                return
            except OSError as why:
                self.broken(why)
                return
            q = self.open.pop(struct.unpack_from("!H", msg)[0], None) if len(msg) > 12 else None
            if q is None:
                continue # too late to count
            try:
                serial = q.judge(msg)
                self.guard.own_serial = self.guard.own_serial if serial is None else serial
                self.passed()
            except wire.Bad as why:
                self.failed(str(why))


class Tcp(Check):
    """
    One connection, kept: a query a second on it, and its end is news at once. A server may close what it likes; that
    a new connection is refused is certain.
    """

    def __init__(self, guard, address, conf):
        super().__init__(guard, "tcp " + address, conf.tcp_fall)
        self.address, self.conf, self.sock, self.q, self.buffer = address, conf, None, None, b""
        self.joined = False
        self.tick()

    def tick(self):
        self.guard.loop.after(self.conf.tcp_interval_s, self.tick)
        if self.q is not None:
            self.failed("no answer in %g s" % self.conf.tcp_interval_s)
            self.close()
        if self.sock is None:
            self.connect()
        elif self.joined:
            self.ask()

    def connect(self):
        family = socket.AF_INET6 if ":" in self.address else socket.AF_INET
        self.sock = socket.socket(family, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
        self.joined, self.buffer, self.q = False, b"", Question(self.conf)
        self.sock.connect_ex((self.address, 53))
        self.guard.loop.watch(self.sock.fileno(), select.EPOLLOUT, self.connected)

    def connected(self, _events):
        code = self.sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if code != 0:
            self.close()
            self.failed(os.strerror(code), certain=code == errno.ECONNREFUSED)
            return
        self.joined = True
        self.guard.loop.watch(self.sock.fileno(), select.EPOLLIN, self.readable)
        self.ask()

    def ask(self):
        self.q = Question(self.conf)
        try:
            self.sock.send(struct.pack("!H", len(self.q.wire)) + self.q.wire)
        except OSError as why:
            self.ended(os.strerror(why.errno))

    def readable(self, _events):
        try:
            data = self.sock.recv(4096)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self.ended("connection closed")
            return
        self.buffer += data
        if len(self.buffer) < 2 or len(self.buffer) < 2 + struct.unpack_from("!H", self.buffer)[0]:
            return
        msg, self.buffer, q, self.q = self.buffer[2:], b"", self.q, None
        try:
            if q is None:
                raise wire.Bad("answers what was not asked")
            q.judge(msg)
            self.passed()
        except wire.Bad as why:
            self.failed(str(why))

    def ended(self, why):
        """An idle connection that ends is no failure yet: a new one tells, and at once if the port is closed."""
        asked = self.q is not None
        self.close()
        if asked:
            self.failed(why)    # once a second at most: the next attempt is the next tick's
        else:
            self.connect()

    def close(self):
        self.guard.loop.forget(self.sock.fileno())
        self.sock.close()
        self.sock, self.q = None, None


class Process(Check):
    """The server's process: a pidfd is readable in the instant it ends (pidfd_open(2)), whatever the reason."""

    def __init__(self, guard, pid_file):
        super().__init__(guard, "process", 1)
        self.pid_file, self.fd, self.pid = pid_file, -1, None
        self.look()

    def look(self):
        try:
            with open(self.pid_file, encoding="ascii") as f:
                self.pid = int(f.read())
            self.fd = os.pidfd_open(self.pid)
        except (OSError, ValueError) as why:
            self.failed(str(why))
            self.guard.loop.after(0.2, self.look)
            return
        self.guard.loop.watch(self.fd, select.EPOLLIN, self.ended)
        self.passed()

    def runnable(self):
        """Would any of its threads run, if it were let? A hung one sleeps or is stopped (proc(5), state)."""
        try:
            for task in os.listdir("/proc/%d/task" % self.pid):
                with open("/proc/%d/task/%s/stat" % (self.pid, task), "rb") as f:
                    if f.read().rpartition(b") ")[2][:1] == b"R":
                        return True
        except (OSError, TypeError):
            pass
        return False

    @staticmethod
    def has_unread():
        """Do queries wait in the server's sockets? Where none does, they have not got there: not its silence."""
        for family in ("udp", "udp6"):
            try:
                with open("/proc/net/" + family, encoding="ascii") as f:
                    for line in f:
                        word = line.split()
                        if word[1].endswith(":0035") and int(word[4].partition(":")[2], 16) > 0:
                            return True
            except (OSError, ValueError):
                pass
        return False

    def ended(self, _events):
        self.guard.loop.forget(self.fd)
        os.close(self.fd)
        self.failed("process ended", certain=True)
        self.guard.loop.after(0.2, self.look)


class Deep(Check):
    """The whole of validation, by a validator that is not the server's code, with a trust anchor of our own."""

    def __init__(self, guard, conf):
        super().__init__(guard, "signature", conf.deep_fall)
        self.conf, self.child = conf, None
        self.tick()

    def tick(self):
        if self.child is not None:      # it has had its time
            self.child.kill()
            self.done("")
        try:
            self.child = subprocess.Popen(self.conf.deep_command, stdin=subprocess.DEVNULL,
                                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        except OSError as why:
            self.failed("cannot validate: %s" % why)
            self.guard.loop.after(self.conf.deep_interval_s, self.tick)
            return
        self.fd, self.said = os.pidfd_open(self.child.pid), ""
        self.guard.loop.watch(self.fd, select.EPOLLIN, self.ended)
        self.guard.loop.after(self.conf.deep_interval_s if self.fails == 0 else self.conf.deep_retry_s, self.tick)

    def ended(self, _events):
        self.done(" ".join(self.child.stdout.read().decode("ascii", "replace").split()))

    def done(self, said):
        """It has no word on a server that says nothing: that is for the other checks."""
        self.guard.loop.forget(self.fd)
        os.close(self.fd)
        self.child.wait()
        self.child.stdout.close()
        self.child = None
        if self.conf.deep_wanted in said:
            self.passed()
        elif said and not any(word in said for word in self.conf.deep_unheard):
            self.failed(said[:160])


def is_ours(address):
    """Is it an address of this machine? Only then a socket can have it."""
    with socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_DGRAM) as sock:
        try:
            sock.bind((address, 0))
            return True
        except OSError:
            return False


class Serial(Check):
    """
    Is our zone behind? The other sites say, on their unicast addresses. It takes several of them, and a while: one
    that is ahead for a moment is a transfer under way, and who hears nobody cannot know and says nothing.
    """

    def __init__(self, guard, conf):
        super().__init__(guard, "serial", 1)
        self.conf, self.seen, self.behind_since, self.socks = conf, {}, None, {}
        self.others = [a for a in conf.serial_sources if not is_ours(a)]
        self.heard = time.monotonic()   # anybody, at the latest then; at first we believe that there are some
        self.ok, self.why = True, ""
        self.tick()

    def tick(self):
        self.guard.loop.after(self.conf.serial_interval_s, self.tick)
        self.judge()
        self.seen.clear()
        for address in self.others:
            try:
                if address not in self.socks:
                    sock = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET,
                                         socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
                    sock.connect((address, 53))
                    self.guard.loop.watch(sock.fileno(), select.EPOLLIN, lambda _, a=address: self.readable(a))
                    self.socks[address] = sock
                self.socks[address].send(wire.query(0x5353, self.conf.zone, wire.SOA))
            except OSError:
                pass    # not reachable now

    def readable(self, address):
        try:
            self.seen[address] = wire.judge(self.socks[address].recv(4096), 0x5353, self.conf.zone, wire.SOA, b"", True)
            self.heard = time.monotonic()
        except (OSError, wire.Bad):
            pass

    def alone(self):
        """Nobody has answered for a while: to withdraw would help no client."""
        return time.monotonic() - self.heard > 2.5 * self.conf.serial_interval_s

    def judge(self):
        own, now = self.guard.own_serial, time.monotonic()
        ahead = [a for a, serial in self.seen.items() if own is not None and wire.newer(serial, own)]
        if len(ahead) < self.conf.serial_agree:
            self.behind_since = None
            self.passed()
            return
        self.behind_since = self.behind_since or now
        if now - self.behind_since >= self.conf.serial_grace_s:
            self.failed("serial %d is behind that of %s" % (own, ", ".join(ahead)))
