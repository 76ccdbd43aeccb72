"""loop.py - one thread: sockets, timers, and a kernel timer that ends the process if the loop ever stands still."""
import heapq
import itertools
import select
import signal
import time


class Loop:
    def __init__(self, watchdog_s):
        self.epoll = select.epoll()
        self.watched = {}
        self.timers = []
        self.sequence = itertools.count()
        self.watchdog_s = watchdog_s
        self.ending = False

    def watch(self, fd, events, call):
        """Call `call(events)` when fd is ready; again for the same fd changes what is waited for."""
        known = fd in self.watched
        self.watched[fd] = call
        (self.epoll.modify if known else self.epoll.register)(fd, events)

    def forget(self, fd):
        if self.watched.pop(fd, None) is not None:
            self.epoll.unregister(fd)

    def after(self, seconds, call):
        heapq.heappush(self.timers, (time.monotonic() + seconds, next(self.sequence), call))

    def run(self):
        # SIGALRM keeps its default action, which is to end the process: nothing in here has to run for that.
        while not self.ending:
            signal.setitimer(signal.ITIMER_REAL, self.watchdog_s)
            wait = max(0, self.timers[0][0] - time.monotonic()) if self.timers else -1
            # What has arrived is read before anything is called late: on a starved machine both are due at once.
            for fd, events in self.epoll.poll(wait):
                call = self.watched.get(fd)
                if call is not None:
                    call(events)
            now = time.monotonic()
            while self.timers and self.timers[0][0] <= now:
                heapq.heappop(self.timers)[2]()
