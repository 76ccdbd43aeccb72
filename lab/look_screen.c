/* look_screen.c - a terminal taken over for a while, and given back as it was, whatever ends us. */
#include "lab/look_screen.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <termios.h>
#include <unistd.h>

#include "lib/mono.h"

static struct {
	int signals; /* a signalfd */
	bool full;   /* the screen is ours */
	bool keys;   /* stdin is a terminal whose settings we changed */
	struct termios before;
} screen = {.signals = -1};

static void
put(const char *text, size_t len)
{
	while (len > 0) {
		ssize_t n = write(STDOUT_FILENO, text, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return;
		text += n;
		len -= (size_t)n;
	}
}

static void
take(void)
{
	static const char on[] = "\033[?1049h\033[?25l\033[?7l";
	struct termios raw;

	put(on, sizeof(on) - 1);
	if (tcgetattr(STDIN_FILENO, &screen.before) < 0)
		return;
	raw = screen.before;
	raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
	raw.c_cc[VMIN] = 0;
	raw.c_cc[VTIME] = 0;
	screen.keys = tcsetattr(STDIN_FILENO, TCSADRAIN, &raw) == 0;
}

static void
give_back(void)
{
	static const char off[] = "\033[?7h\033[?25h\033[?1049l";

	if (!screen.full)
		return;
	if (screen.keys)
		tcsetattr(STDIN_FILENO, TCSADRAIN, &screen.before);
	screen.keys = false;
	put(off, sizeof(off) - 1);
}

int
look_screen_open(bool full, struct err *e)
{
	static const int caught[] = {SIGINT, SIGTERM, SIGHUP, SIGWINCH, SIGTSTP};
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < sizeof(caught) / sizeof(caught[0]); i++)
		if (full || (caught[i] != SIGWINCH && caught[i] != SIGTSTP))
			sigaddset(&set, caught[i]);
	signal(SIGPIPE, SIG_IGN);
	if (sigprocmask(SIG_BLOCK, &set, NULL) < 0)
		return err_sys(e, errno, "cannot block signals");
	screen.signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (screen.signals < 0)
		return err_sys(e, errno, "cannot open a signalfd");
	screen.full = full;
	if (full) {
		atexit(give_back);
		take();
	}
	return 0;
}

void
look_screen_close(void)
{
	give_back();
	screen.full = false;
	if (screen.signals >= 0)
		close(screen.signals);
	screen.signals = -1;
}

int
look_screen_rows(void)
{
	struct winsize w = {0};

	return ioctl(STDOUT_FILENO, TIOCGWINSZ, &w) == 0 && w.ws_row > 0 ? w.ws_row : 24;
}

void
look_screen_show(const char *text)
{
	put("\033[H", 3);
	while (*text != '\0') {
		size_t len = strcspn(text, "\n");

		put(text, len);
		put("\033[K\r\n", text[len] == '\n' ? 5 : 3);
		text += len + (text[len] == '\n');
	}
	put("\033[J", 3);
}

/* ^Z: the terminal is the shell's until it lets us go on. */
static void
stop_for_shell(void)
{
	give_back();
	raise(SIGSTOP);
	take();
}

static enum look_event
read_signals(void)
{
	enum look_event event = LOOK_TICK;
	struct signalfd_siginfo info;

	while (read(screen.signals, &info, sizeof(info)) == (ssize_t)sizeof(info)) {
		if (info.ssi_signo == SIGTSTP)
			stop_for_shell();
		if (info.ssi_signo == SIGTSTP || info.ssi_signo == SIGWINCH)
			event = event == LOOK_QUIT ? LOOK_QUIT : LOOK_RESIZED;
		else
			event = LOOK_QUIT;
	}
	return event;
}

enum look_event
look_screen_wait(int timeout_ms)
{
	struct mono deadline = mono_add(mono_now(), timeout_ms * NS_PER_MS);

	for (;;) {
		struct pollfd fds[2] = {{.fd = screen.signals, .events = POLLIN},
			{.fd = screen.keys ? STDIN_FILENO : -1, .events = POLLIN}};
		enum look_event event = LOOK_TICK;
		char key;

		if (poll(fds, 2, mono_left_ms(deadline)) > 0) {
			if (fds[0].revents != 0)
				event = read_signals();
			if (fds[1].revents != 0) {
				ssize_t n = read(STDIN_FILENO, &key, 1);

				if (n == 1 && (key == 'q' || key == 'Q'))
					event = LOOK_QUIT;
				if (n <= 0) /* the terminal is gone */
					event = LOOK_QUIT;
			}
		}
		if (event != LOOK_TICK || mono_left_ms(deadline) == 0)
			return event;
	}
}
