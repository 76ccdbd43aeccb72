"""noise.py - what else the machine did while something was measured: the hypervisor's share and other processes'."""
import os
import time

from netpair import polling_seconds, polling_threads
from processes import TICKS, cpu_seconds, descendants

STEAL_MAX_PC, OTHERS_MAX_PC = 5.0, 10.0  # of one processor; above, a round is noisy


def _steal_s():
    with open("/proc/stat") as f:
        return int(f.readline().split()[8]) / TICKS


def _busy_s():
    """Of all processors, of everybody."""
    with open("/proc/stat") as f:
        user, nice, system, _, _, irq, softirq = (int(x) for x in f.readline().split()[1:8])
    return (user + nice + system + irq + softirq) / TICKS


def _ours_s():
    """This process's, those below it (ended ones too), and the threads that poll interfaces for them."""
    return sum(cpu_seconds(descendants(os.getpid())).values()) + polling_seconds(polling_threads(""))


class Noise:
    """Made at the start; stop() tells the percentages of one processor since then."""

    def __init__(self):
        self.began, self.steal, self.busy, self.ours = time.monotonic(), _steal_s(), _busy_s(), _ours_s()

    def stop(self):
        took, ours = time.monotonic() - self.began, _ours_s() - self.ours
        return {"steal_pc": round(100 * (_steal_s() - self.steal) / took, 1),
                "others_pc": round(max(0.0, 100 * (_busy_s() - self.busy - ours) / took), 1)}


def is_noisy(noise):
    return noise["steal_pc"] > STEAL_MAX_PC or noise["others_pc"] > OTHERS_MAX_PC


def machine():
    """Class of machine, without its name."""
    model = "unknown processor"
    with open("/proc/cpuinfo") as f:
        for line in f:
            if line.startswith("model name"):
                model = line.split(":", 1)[1].strip()
                break
    return {"processor": model, "processors": os.cpu_count(), "kernel": os.uname().release,
            "virtual": "hypervisor" in open("/proc/cpuinfo").read()}
