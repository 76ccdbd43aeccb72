# catchment - a measurement and validation test bench for BGP anycast DNS.
# `make help` tells what there is. Reads top to bottom: settings, build, lab, tests, upkeep.

VERSION := 0.1
CC      ?= gcc
BUILD   ?= build
PREFIX  ?= /usr/local

WARN := -Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes \
	-Wcast-qual -Wvla -Wformat=2 -Werror
CFLAGS   ?= -O2 -g
PKGS     := libpcap jansson yaml-0.1 libmnl libcrypto
CPPFLAGS := -iquote . -D_GNU_SOURCE -DCATCHMENT_VERSION='"$(VERSION)"' \
	-DCATCHMENT_DATADIR='"$(PREFIX)/share/catchment"'
PKG_CF    = $(shell pkg-config --cflags $(PKGS) 2>/dev/null)
LDLIBS    = $(shell pkg-config --libs $(PKGS) 2>/dev/null) -lldns -lm -lpthread
COMPILE   = $(CC) -std=gnu17 $(WARN) $(CFLAGS) $(CPPFLAGS) $(PKG_CF) -MMD -MP

# Rooms, and what each may link: itself and lib, so that a reach into a neighbour does not link.
ROOMS    := lab probes bench scenarios reports lib
sources   = $(sort $(shell find $(1) -name '*.c' 2>/dev/null))
objects   = $(patsubst %.c,$(BUILD)/%.o,$(call sources,$(1)))
PROGRAM  := $(BUILD)/catchment

.PHONY: all help
all: $(PROGRAM)

help:
	@sed -n 's/^\([a-z-]*\):.*## /  make \1\t/p' $(MAKEFILE_LIST) | expand -t 22

# ---- build ----

define room
$(BUILD)/$(1).a: $(call objects,$(1))
	@rm -f $$@
	ar rcs $$@ $$^
-include $(patsubst %.o,%.d,$(call objects,$(1)))
endef
$(foreach r,$(ROOMS),$(eval $(call room,$(r))))

$(BUILD)/%.o: %.c Makefile
	@mkdir -p $(@D)
	$(COMPILE) -c -o $@ $<

$(PROGRAM): $(BUILD)/catchment.o $(ROOMS:%=$(BUILD)/%.a)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $< -Wl,--start-group $(ROOMS:%=$(BUILD)/%.a) -Wl,--end-group $(LDLIBS)
-include $(BUILD)/catchment.d

# ---- tests ----

# tests/unit/ROOM/test_X.c links ROOM.a and lib.a only (scenarios: the rooms below it too).
UNIT := $(patsubst %.c,$(BUILD)/%,$(sort $(wildcard tests/unit/*/test_*.c)))
.PHONY: unit
unit: $(UNIT)
	@for t in $(UNIT); do $$t || exit 1; done

BELOW_scenarios := lab probes bench reports
.SECONDEXPANSION:
$(BUILD)/tests/unit/%: tests/unit/%.c $$(BUILD)/$$(firstword $$(subst /, ,$$*)).a $(BUILD)/lib.a \
		$$(foreach r,$$(BELOW_$$(firstword $$(subst /, ,$$*))),$$(BUILD)/$$r.a)
	@mkdir -p $(@D)
	$(COMPILE) -o $@ $< -Wl,--start-group $(filter %.a,$^) -Wl,--end-group -lcmocka $(LDLIBS)

.PHONY: clean
clean: ## remove build/
	rm -rf $(BUILD)
