# The whole vocabulary of working on orgd; `make help` prints it.
#
# Every target installs the Debian packages it needs when they are missing; not as root, it says which.
#
#   BUILD=debug|release         no optimization, or all of it; default: some, with debug information
#   SANITIZE=address,undefined  or thread: build with sanitizers
#   CC=clang                    the other compiler
#   CONSOLE=false               without the console, which is built with npm
#   ARGS='--listen :8000'       more arguments for the server (make run)
#   TESTS=tests/http            only these tests (make test)
#   FLAGS='-x -k name'          more arguments for pytest (make test, make quick)
#   PREFIX=/usr/local DESTDIR=  where to install (make install)
#   BARE=folder                 scratch space (make bare)
#   SECONDS=10                  how long each target is fuzzed (make fuzz)

SHELL = /bin/sh
.NOTPARALLEL:
.DEFAULT_GOAL = build
.PHONY: run quick test containment kill-sweep all-cases revocation check fuzz bench timing pictures format build install clean bare help

ifeq ($(origin CC),default)
CC = gcc
endif
BUILD =
SANITIZE =
CONSOLE = true
ARGS =
TESTS = tests
FLAGS =
PREFIX = /usr/local
DESTDIR =
BARE =
SECONDS = 10

comma = ,
space = $() $()
joined = $(subst $(space),$(1),$(strip $(2)))

# One directory for each variant: build, build-release, build-asan, build-tsan-clang ...
sanitizers = $(call joined,$(comma),$(sort $(subst $(comma),$(space),$(SANITIZE))))
sanitizer_name = $(subst address$(comma)undefined,asan,$(subst thread,tsan,$(sanitizers)))
dir = $(call joined,-,build $(BUILD) $(sanitizer_name) $(filter-out gcc,$(notdir $(CC))) $(if $(console),,plain))
console = $(filter-out false,$(CONSOLE))
options = --buildtype=$(or $(BUILD),debugoptimized) --prefix=$(PREFIX) \
	$(if $(sanitizers),-Db_sanitize=$(sanitizers) -Db_lundef=false) $(if $(console),,-Dconsole=false)

# Debian's own, whatever else comes first in PATH.
meson = /usr/bin/meson
ninja = /usr/bin/ninja -C $(dir) -j $(shell nproc)

# Packages of the groups named, then the build. Ninja sees to changes of the build's description by itself.
define built
@tools/install-packages build $(1) $(if $(console),console) $(if $(findstring clang,$(CC)),clang)
@[ -f $(dir)/build.ninja ] || { rm -rf $(dir) && CC='$(CC)' $(meson) setup $(options) $(dir); }
@$(ninja)
endef

build: ## compile
	$(call built)

run: ## start a server over its own database, in the foreground
	$(call built,run)
	@exec $(dir)/orgd serve $(ARGS)

quick: ## run what shows within a minute whether a change works: unit tests, routes, a journey of each module
	$(call built,run test)
	@SUITES='--no-suite fuzz' SANITIZE=$(sanitizers) tools/run-tests $(dir) $(FLAGS) $$(sed 's/#.*//' tests/quick.txt)

test: ## run every test
	$(call built,run test)
	@SANITIZE=$(sanitizers) tools/run-tests $(dir) $(TESTS) $(FLAGS)

containment: ## let a thief use all that can be stolen from an account against every remedy, on two servers
	$(call built,run test)
	@SANITIZE=$(sanitizers) tools/run-tests $(dir) tests/containment $(FLAGS)

kill-sweep: ## kill migrations and requests after each of their statements (takes half an hour)
	$(call built,run test)
	@KILL_SWEEP=all SANITIZE=$(sanitizers) tools/run-tests $(dir) tests/migrate/test_kill.py tests/fault/test_admin_statements.py $(FLAGS)

all-cases: ## run the tests of the migrations over every case instead of a sample
	$(call built,run test)
	@MIGRATE_LONG=1 SANITIZE=$(sanitizers) tools/run-tests $(dir) tests/migrate $(FLAGS)

revocation: ## try a million times to use access that was taken away, on two and five processes (takes half an hour)
	$(call built,run test)
	@REVOCATION_TRIES=1000000 SANITIZE=$(sanitizers) tools/run-tests $(dir) tests/http/test_revocation.py -s -n 0 -o faulthandler_timeout=0 $(FLAGS)

check: ## layout, static analysis, and the project's own rules
	$(call built,check console)
	@tools/run-checks $(dir)

fuzz: override dir = build-fuzz
fuzz: override CC = clang
fuzz: override CONSOLE = false
fuzz: override options = --buildtype=debugoptimized -Dfuzz=true -Db_lundef=false
fuzz: ## run every fuzz target for some seconds (SECONDS=10)
	$(call built)
	@tools/run-fuzz $(dir) $(SECONDS)

bench: override BUILD = release
bench: ## measure the server, the schema commands and the migrations against their database alone
	$(call built,run bench)
	@bench/run $(dir)
	@bench/migrate $(dir)
	@bench/console $(dir)

timing: override BUILD = release
timing: ## tell by 1,000 tries whether a refused sign-in takes longer when the account exists
	$(call built,run)
	@bench/timing $(dir)

pictures: ## take the pictures of the console in docs anew
	$(call built,run test)
	@tools/install-node tests/node
	@ORGD=$(dir)/orgd /usr/bin/python3 tests/console/pictures.py docs/images

format: ## lay out the C sources
	@tools/install-packages check
	@tools/check/format --fix

install: override BUILD = release
install: ## install the program, without a database server
	$(call built)
	@$(meson) configure --prefix=$(PREFIX) $(dir)
	@DESTDIR='$(DESTDIR)' $(meson) install -C $(dir)

clean: ## remove what was built
	rm -rf build build-*

bare: ## prove `make run`, `make check` and `make test` in a bare Debian 12 (as root, takes minutes)
	@tools/bare-debian $(or $(BARE),$(error Say where: make bare BARE=folder)) run test check

help: ## this
	@sed -n 's/^\([a-z-]*\): ##/\1/p' Makefile | awk '{ name = $$1; $$1 = ""; printf "make %-11s%s\n", name, $$0 }'
	@echo; sed -n 's/^#   /  /p' Makefile
