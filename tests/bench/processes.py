"""processes.py - what the processes of a lab cost, from /proc: processor time and memory."""
import os

TICKS = os.sysconf("SC_CLK_TCK")


def descendants(root):
    """All processes below root, itself included: pid -> fields of /proc/PID/stat behind the name, and the name."""
    found, children = {}, {}
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            text = open(f"/proc/{pid}/stat").read()
        except OSError:
            continue
        name, fields = text[text.index("(") + 1:text.rindex(")")], text[text.rindex(")") + 2:].split()
        found[int(pid)] = (name, fields)
        children.setdefault(int(fields[1]), []).append(int(pid))
    todo, below = [root], {}
    while todo:
        pid = todo.pop()
        if pid in found:
            below[pid] = found[pid]
        todo += children.get(pid, [])
    return below


def cpu_seconds(processes):
    """By name; time of children that have ended is with who waited for them."""
    total = {}
    for name, fields in processes.values():
        total[name] = total.get(name, 0) + sum(int(x) for x in fields[11:15]) / TICKS
    return total


def pss_mib(processes):
    total = 0
    for pid in processes:
        try:
            for line in open(f"/proc/{pid}/smaps_rollup"):
                if line.startswith("Pss:"):
                    total += int(line.split()[1])
        except OSError:
            pass
    return total / 1024
