"""tuning.py - a list of kernel settings, put in force and taken back: also when whoever did it is killed."""
import os
import subprocess

from netpair import Unsupported, host_prefix

# Reads lines `KEY VALUE` until the other end closes, for whatever reason, and then writes them.
_PUT_BACK = 'lines=$(cat); echo "$lines" | while read -r path value; do [ -z "$path" ] || echo "$value" >"$path"; done'


def read(path):
    """[(key, default, tuned)]; a value's '-' between numbers is a blank in the kernel's file."""
    found = []
    with open(path) as f:
        for at, line in enumerate(f, 1):
            words = line.split("#")[0].split()
            if not words:
                continue
            if len(words) != 3 or not all(c.isalnum() or c in "._/" for c in words[0]) or ".." in words[0]:
                raise Unsupported(f"{path}:{at}: 'KEY DEFAULT TUNED' is wanted")
            found.append((words[0], words[1].replace("-", " "), words[2].replace("-", " ")))
    return found


def _in(prefix, *command, text=None):
    return subprocess.run([*prefix, *command], capture_output=True, text=True, input=text)


class Tuning:
    """Of the server's namespace where it has the key to itself, else of the machine."""

    def __init__(self, pair, settings):
        self.settings, self.absent, self.guards = [], [], []
        machine = host_prefix()  # /proc/sys/net is the reader's namespace's
        before = []
        for key, default, tuned in settings:
            path = "/proc/sys/" + key.replace(".", "/")
            for prefix in (pair.server_prefix(), machine):
                was = _in(prefix, "cat", path)
                if was.returncode == 0 and _in(prefix, "test", "-w", path).returncode == 0 and self._own(prefix, path, was.stdout):
                    break
            else:
                self.absent.append(key)
                continue
            if prefix is machine:
                before.append(f"{path} {was.stdout.strip()}")
            self.settings.append((prefix, path, default, tuned))
        self._guard(machine, before)

    @staticmethod
    def _own(prefix, path, value):
        """Does it take what it has? As root every file is writable, also those that only show the machine's."""
        return _in(prefix, "sh", "-c", 'cat >"$0"', path, text=value).returncode == 0

    def _guard(self, prefix, before):
        guard = subprocess.Popen([*prefix, "sh", "-c", "trap '' INT TERM HUP; " + _PUT_BACK], stdin=subprocess.PIPE, text=True,
                                 start_new_session=True)
        guard.stdin.write("\n".join(before) + "\n")
        guard.stdin.flush()
        self.guards.append(guard)

    def set(self, on):
        for prefix, path, default, tuned in self.settings:
            done = _in(prefix, "sh", "-c", 'cat >"$0"', path, text=tuned if on else default)
            if done.returncode != 0:
                raise Unsupported(f"{path} takes no {tuned if on else default}: {done.stderr.strip()}")

    def done(self):
        for guard in self.guards:
            guard.stdin.close()
            guard.wait()
