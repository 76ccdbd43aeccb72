# catchment - a measurement and validation test bench for BGP anycast DNS.
# `make help` tells what there is. Reads top to bottom: settings, build, lab, tests, upkeep.

VERSION := 0.1
PREFIX  ?= /usr/local
BUILD   ?= build
ifeq ($(origin CC),default)
CC := gcc
endif

WARN := -Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes \
	-Wcast-qual -Wvla -Wformat=2 -Werror
CFLAGS   ?= -O2 -g
PKGS     := libpcap jansson yaml-0.1 libmnl libcrypto zlib sqlite3
CPPFLAGS := -iquote . -D_GNU_SOURCE -DCATCHMENT_VERSION='"$(VERSION)"'
PKG_CF    = $(shell pkg-config --cflags $(PKGS) 2>/dev/null)
LDLIBS    = $(shell pkg-config --libs $(PKGS) 2>/dev/null) -lldns -lm -lpthread
COMPILE   = $(CC) -std=gnu17 $(WARN) $(CFLAGS) $(CPPFLAGS) $(PKG_CF) -MMD -MP
# SAN=1 builds with sanitizers, SAN=fuzzer for libFuzzer too; what they add makes gcc warn of what nobody wrote.
ifdef SAN
CFLAGS := -O1 -g -Wno-error -fno-omit-frame-pointer -fno-sanitize-recover=all -fsanitize=address,undefined \
	$(if $(filter fuzzer,$(SAN)),-fsanitize=fuzzer-no-link)
endif

# All cores, unless told otherwise; V=1 shows whole commands; scripts get settings as environment.
ifeq ($(MAKELEVEL),0)
MAKEFLAGS += -j$(shell nproc 2>/dev/null || echo 1) --no-print-directory
endif
Q         := $(if $(V),,@)
export BUILD
ifdef MIRROR
export CATCHMENT_MIRROR := $(MIRROR)
endif

.DEFAULT_GOAL := all
.PHONY: all help FORCE
help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /  make \1\t/p' $(firstword $(MAKEFILE_LIST)) | expand -t 22

# ---- build ----

# Rooms, and what each may link: itself and lib, so that a reach into a neighbour does not link.
ROOMS    := lab probes bench scenarios reports lib
sources   = $(sort $(shell find $(1) -name '*.c' 2>/dev/null))
objects   = $(patsubst %.c,$(BUILD)/%.o,$(call sources,$(1)))
PROGRAM  := $(BUILD)/catchment
ARCHIVES := $(ROOMS:%=$(BUILD)/%.a)
together  = -Wl,--start-group $(filter %.a,$(1)) -Wl,--end-group

.PHONY: deps
deps: ## install what the build, the tests and the reports need (Debian, as root)
	$(Q).ci/deps

all: $(PROGRAM) ## build the program, build/catchment

define room
$(BUILD)/$(1).list: export LIST = $(call objects,$(1))
$(BUILD)/$(1).list: FORCE
	@printf '%s\n' "$$$$LIST" | { $$(changed); }
$(BUILD)/$(1).a: $(BUILD)/$(1).list $(call objects,$(1))
	@rm -f $$@
	$(Q)ar rcs $$@ $$(filter %.o,$$^)
-include $(patsubst %.o,%.d,$(call objects,$(1)))
endef
$(foreach r,$(ROOMS),$(eval $(call room,$(r))))

$(BUILD)/%.o: %.c $(BUILD)/settings
	@mkdir -p $(@D) && echo "  CC    $@"
	$(Q)$(COMPILE) -c -o $@ $<

$(PROGRAM): $(BUILD)/catchment.o $(ARCHIVES)
	@echo "  LINK  $@"
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $< $(call together,$^) $(LDLIBS) -liperf
-include $(BUILD)/catchment.d

# Files that change only when what they say does: how things are compiled, from which commit, what is in a room.
changed = mkdir -p $(@D) && cat >$@.new && { cmp -s $@.new $@ && rm $@.new || mv $@.new $@; }
$(BUILD)/settings: export SETTINGS = $(COMPILE)
$(BUILD)/settings: FORCE
	@printf '%s\n' "$$SETTINGS" | { $(changed); }
$(BUILD)/commit: FORCE
	@{ [ -e .git ] && GIT_OPTIONAL_LOCKS=0 git -c safe.directory='*' describe --always --dirty \
		2>/dev/null || echo unknown; } | { $(changed); }
$(BUILD)/lib/version.o: $(BUILD)/commit
$(BUILD)/lib/version.o: private CPPFLAGS += -DCATCHMENT_COMMIT='"$(shell cat $(BUILD)/commit)"'

# ---- lab ----

S      ?= dns-crash
TRIALS ?= 5
.PHONY: rootfs lab-up lab-down lab-status run demo

rootfs: ## make the daemons' root file system, once (as root; MIRROR=URL for another mirror)
	$(Q)lab/rootfs/build

lab-up: all rootfs ## bring the emulated Internet up (as root)
	$(Q)$(PROGRAM) lab up

lab-down: all ## take it down
	$(Q)$(PROGRAM) lab down

lab-status: all ## nodes, services, sessions, and which site serves whom
	$(Q)$(PROGRAM) lab status

run: all rootfs ## replay a scenario and judge it: S=dns-crash TRIALS=5 (as root)
	$(Q)$(PROGRAM) run $(S) --trials $(TRIALS)

demo: ## on a fresh machine, everything: install, build, crash a DNS server, cut a carrier, report (as root)
	$(Q)[ "$$(id -u)" = 0 ] || { echo "make demo: run it as root: sudo make demo" >&2; exit 1; }
	$(Q)$(MAKE) deps
	$(Q)$(MAKE) all rootfs
	$(Q)$(PROGRAM) run dns-crash carrier-outage --trials 1 || result=$$?; \
		echo "The reports are" && ls -t runs/*/report.html | head -n 2 | sed 's,^,  $(CURDIR)/,'; \
		exit $${result:-0}

# ---- tests ----

# tests/unit/ROOM/test_X.c links ROOM.a and lib.a only (scenarios: the rooms below it too).
# tests/fuzz/fuzz_X.c is tried on tests/fuzz/corpus/X/, by libFuzzer or, built plain, by replay.c.
UNIT  := $(patsubst %.c,$(BUILD)/%,$(sort $(wildcard tests/unit/*/test_*.c)))
BENCH := $(patsubst %.c,$(BUILD)/%,$(sort $(wildcard tests/bench/*_bench.c)))
BENCH_SHARED := $(sort $(filter-out tests/bench/%_bench.c tests/bench/%.bpf.c,$(wildcard tests/bench/*.c)))
ORACLE := $(patsubst %.c,$(BUILD)/%,$(sort $(wildcard tests/oracle/*.c)))
FUZZ  := $(patsubst %.c,$(BUILD)/%,$(sort $(wildcard tests/fuzz/fuzz_*.c)))
# How these are linked: with clang's fuzzer, unless FUZZER is set to the object with another main.
FUZZER ?= -fsanitize=fuzzer
TESTS  := BUILD=$(BUILD) tests/run
.PHONY: check unit golden golden-update oracle fuzz-smoke lab-test fuzz bench bench-deps bench-load bench-bgp bench-capacity bench-parts bench-idle bench-size gate-simulation gate-check gate-proof unit-programs oracle-programs fuzz-programs

check: ## every test there is: both compilers, units, sanitizers, golden, oracles, fuzz, and as root the lab
	$(Q).ci/deps --try
	$(Q)$(TESTS) build unit san golden oracle fuzz lab

unit: unit-programs ## the unit tests alone
	$(Q)$(TESTS) unit

golden: all ## what commands print, against what is written in tests/golden/
	$(Q)$(TESTS) golden

golden-update: all ## write down what they print now; read the diff before committing it
	$(Q)tests/golden/run --update tests/golden/*.test

oracle: all ## what we read of captures, whole and damaged, against what tshark reads of them
	$(Q)$(TESTS) oracle

fuzz-smoke: ## each fuzz target on its corpus, and a few seconds further
	$(Q)$(TESTS) fuzz

lab-test: all rootfs ## the lab's own tests (as root)
	$(Q)$(TESTS) lab

fuzz: ## look for new inputs that break a parser: TARGET=dns SECONDS=600
	$(Q)$(MAKE) BUILD=$(BUILD)/san CC=clang SAN=fuzzer fuzz-programs
	$(Q)tests/fuzz/run $(BUILD)/san $(TARGET) $(or $(SECONDS),60)

bench: bench-parts bench-load bench-bgp ## all that measures us: the parts, and the load generators side by side

bench-deps: ## install the load generators that we are measured beside (Debian, as root)
	$(Q).ci/deps tests/bench/packages

bench-load: all ## dnsperf, kxdpgun and we, side by side (as root; ROUNDS=5, OUT=runs/bench)
	$(Q)tests/bench/load --rounds $(or $(ROUNDS),5) --out $(or $(OUT),runs/bench) $(PROGRAM)

bench-bgp: all rootfs ## how fast FRR takes in a million routes from us, BIRD, GoBGP, ExaBGP (as root; ROUNDS=5)
	$(Q)tests/bench/bgp_feed --rounds $(or $(ROUNDS),5) $(PROGRAM)

bench-capacity: all rootfs ## what one core of Knot and of BIND takes, kernel settings tuned and not (as root; ROUNDS=5, OUT=)
	$(Q)tests/bench/capacity --rounds $(or $(ROUNDS),5) --out $(or $(OUT),runs/server-capacity) $(PROGRAM)

bench-parts: $(PROGRAM) $(BENCH) ## measure the instrument's own parts
	$(Q)for program in $(BENCH); do echo "== $$program"; $$program || exit 1; done

gate-simulation: $(BUILD)/tests/sim/gate ## how often the regression gate cries wolf, and what it finds (ROUNDS=5000)
	$(Q)$< $(or $(ROUNDS),5000)

gate-check: all rootfs ## the gate on real trials, short: the same build passes, a slowed health check does not (as root; 8 minutes)
	$(Q)tests/bench/gate_check $(abspath $(PROGRAM))

gate-proof: all rootfs ## the gate on real runs: the same build ten times, and a slowed health check (as root; 45 minutes)
	$(Q)tests/bench/gate_proof --rounds $(or $(ROUNDS),10) --base $(or $(BASE),10) --out $(or $(OUT),runs/gate-proof) $(PROGRAM)

bench-idle: all rootfs ## does the hardened variant stay still when left alone? (as root; MINUTES=30)
	$(Q)tests/bench/idle --minutes $(or $(MINUTES),30) $(PROGRAM)

bench-size: all rootfs ## how time, memory and idle CPU grow: generated networks of 4, 16 and 64 PoPs (as root; half an hour)
	$(Q)tests/bench/size $(PROGRAM) 4 16 64

unit-programs: $(UNIT)
oracle-programs: $(ORACLE)
fuzz-programs: $(FUZZ)

BELOW_scenarios := lab probes bench reports
.SECONDEXPANSION:
$(UNIT): $(BUILD)/tests/unit/%: tests/unit/%.c $(BUILD)/settings \
		$$(BUILD)/$$(firstword $$(subst /, ,$$*)).a $(BUILD)/lib.a \
		$$(foreach r,$$(BELOW_$$(firstword $$(subst /, ,$$*))),$$(BUILD)/$$r.a)
	@mkdir -p $(@D) && echo "  TEST  $@"
	$(Q)$(COMPILE) -o $@ $< $(call together,$^) -lcmocka $(LDLIBS)

# An oracle for statistics.
$(BUILD)/tests/unit/lib/test_rank: private LDLIBS += -lgsl -lgslcblas
$(BUILD)/tests/sim/gate: tests/sim/gate.c $(BUILD)/settings $(BUILD)/lib.a
	@mkdir -p $(@D) && echo "  TEST  $@"
	$(Q)$(COMPILE) -o $@ $< $(call together,$^) $(LDLIBS)
-include $(BUILD)/tests/sim/gate.d

# What benchmarks share: the files beside them that are none.
$(BENCH): $(BUILD)/%: %.c $(BUILD)/settings $(ARCHIVES) $(patsubst %.c,$(BUILD)/%.o,$(BENCH_SHARED))
	@mkdir -p $(@D) && echo "  BENCH $@"
	$(Q)$(COMPILE) -o $@ $< $(filter %.o,$^) $(call together,$^) $(LDLIBS)

$(ORACLE): $(BUILD)/%: %.c $(BUILD)/settings $(ARCHIVES)
	@mkdir -p $(@D) && echo "  TEST  $@"
	$(Q)$(COMPILE) -o $@ $< $(call together,$^) $(LDLIBS)

$(FUZZ): $(BUILD)/%: %.c $(BUILD)/settings $(ARCHIVES) $(filter %.o,$(FUZZER))
	@mkdir -p $(@D) && echo "  FUZZ  $@"
	$(Q)$(COMPILE) -o $@ $< $(FUZZER) $(call together,$^) $(LDLIBS)
-include $(UNIT:%=%.d) $(BENCH:%=%.d) $(ORACLE:%=%.d) $(FUZZ:%=%.d) $(BENCH_SHARED:%.c=$(BUILD)/%.d)

# ---- upkeep ----

.PHONY: lint install install-files uninstall deb clean
lint: ## format, static checks, the house's own rules
	$(Q)tests/lint

# Data that the program reads, as it lies in the tree: what labs and scenarios are made of.
DATA = $(wildcard lab/*.yaml lab/nodes lab/variants lab/rootfs \
	scenarios/*.yaml scenarios/faults scenarios/recipes scenarios/layers)
share = $(DESTDIR)$(PREFIX)/share
# doc/formats.md as a manual page: what a page wants, before what it says.
FORMATS_PAGE := $(BUILD)/man/catchment-formats.5
$(FORMATS_PAGE): doc/formats.md
	$(Q)mkdir -p $(@D)
	$(Q){ printf '# NAME\n\ncatchment-formats - the files that the parts of catchment hand each other\n\n# DESCRIPTION\n'; sed 1d $<; } | \
		lowdown -s -Tman --parse-no-intraemph --out-no-smarty -m title=CATCHMENT-FORMATS -m section=5 -o $@

install: all ## to PREFIX (/usr/local), under DESTDIR
	$(Q)$(MAKE) install-files
# What was built, as it is; the program finds its data beside itself, so any PREFIX will do.
install-files: $(FORMATS_PAGE)
	$(Q)install -d '$(DESTDIR)$(PREFIX)/bin' '$(share)/man/man1' '$(share)/man/man5' \
		'$(share)/catchment' '$(share)/bash-completion/completions' '$(share)/doc/catchment'
	$(Q)install -m 644 man/completion.bash '$(share)/bash-completion/completions/catchment'
	$(Q)install -m 755 $(PROGRAM) '$(DESTDIR)$(PREFIX)/bin/catchment'
	$(Q)cp -r --parents --no-preserve=ownership $(DATA) '$(share)/catchment/'
	$(Q)install -m 644 $(wildcard man/*.1) '$(share)/man/man1/'
	$(Q)install -m 644 $(wildcard man/*.5) $(FORMATS_PAGE) '$(share)/man/man5/'
	$(Q)cp -r --no-preserve=ownership README.md doc '$(share)/doc/catchment/'

uninstall: ## take that away again
	$(Q)rm -f '$(DESTDIR)$(PREFIX)/bin/catchment' '$(share)/bash-completion/completions/catchment' \
		$(patsubst man/%,'$(share)/man/man1/%',$(wildcard man/*.1)) \
		$(patsubst man/%,'$(share)/man/man5/%',$(wildcard man/*.5)) '$(share)/man/man5/$(notdir $(FORMATS_PAGE))'
	$(Q)rm -rf '$(share)/catchment' '$(share)/doc/catchment'

deb: ## build a Debian package, ../catchment_*.deb (wants debhelper)
	$(Q)dpkg-buildpackage -b -us -uc

clean: ## remove build/
	rm -rf $(BUILD)
