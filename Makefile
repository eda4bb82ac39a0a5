# SPDX-License-Identifier: Apache-2.0
# mopai: one non-recursive Makefile. `make help` lists the targets; V=1 shows the commands; DEV=1 makes warnings errors.

MAKEFLAGS += --no-builtin-rules
.SUFFIXES:
.DELETE_ON_ERROR:
.DEFAULT_GOAL := all

MODE    ?= release
CC      := $(if $(filter default,$(origin CC)),gcc,$(CC))
PREFIX  ?= /usr/local
DESTDIR ?=
VERSION := 0.1.0
# XLSX=0: built without minizip and expat; workbooks and zip archives are then refused in plain words
XLSX    ?= 1
# PDF=0: built without pango and cairo; street lists are then workbooks only
PDF     ?= 1

CSTD    := -std=c17 -D_POSIX_C_SOURCE=200809L -D_FILE_OFFSET_BITS=64
WARN    := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wcast-qual -Wformat=2 -Wmissing-prototypes \
           -Wmissing-declarations -Wstrict-prototypes -Wold-style-definition -Wredundant-decls -Wwrite-strings -Wpointer-arith \
           -Wundef -Wvla -Wnull-dereference -Wdouble-promotion -Wfloat-equal -Wswitch-enum -Wdate-time -Wno-format-nonliteral -Wno-overlength-strings
WARN_gcc   := -Wduplicated-cond -Wduplicated-branches -Wlogical-op -Wformat-signedness -Wimplicit-fallthrough=5 -Wcast-align=strict
WARN_clang :=
# PIC and hidden: the same objects make the program and mopai_ext.so
HARD    := -fno-common -fstack-protector-strong -fPIC -fvisibility=hidden
FLAGS_release := -O2 -g $(HARD) -D_FORTIFY_SOURCE=2
FLAGS_asan    := -O1 -g $(HARD) -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all
FLAGS_fuzz    := -O1 -g -fno-omit-frame-pointer -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all \
                 -DFUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION
FLAGS_coverage := -O0 -g $(HARD) --coverage
LINK_release  := -pie -Wl,-z,relro,-z,now,--as-needed
LINK_asan     := -pie -fsanitize=address,undefined
LINK_fuzz     := -fsanitize=address,undefined
LINK_coverage := -pie --coverage

COMPILER := $(if $(findstring clang,$(notdir $(CC))),clang,gcc)
BUILD   := build/$(MODE)$(if $(filter gcc,$(COMPILER)),,-$(COMPILER))
GEN     := build/gen
CFLAGS_ALL := $(CSTD) $(WARN) $(WARN_$(COMPILER)) $(FLAGS_$(MODE)) $(CFLAGS) -I. -I$(GEN) -DMOPAI_VERSION='"$(VERSION)"'
PDF_CFLAGS := $(if $(filter 0,$(PDF)),,$(patsubst -I%,-isystem %,$(shell pkg-config --cflags-only-I pangocairo)))
LIBS_CORE := -lcsv -lsqlite3 -lxxhash -lz -lyaml -lcrypto -lxlsxwriter -lpthread
LIBS    := $(LIBS_CORE) $(if $(filter 0,$(XLSX)),,-lminizip -lexpat) $(if $(filter 0,$(PDF)),,$(shell pkg-config --libs pangocairo))

Q := $(if $(V),,@)
say = $(if $(V),,@printf '  %-8s %s\n' '$(1)' '$(2)')

# --- what there is: every .c of a room belongs to it, no lists to keep -------------------------------------------
LIB_SRC  := $(sort $(wildcard base/*/*.c matchers/*.c rules/*.c pipeline/*.c pipeline/*/*.c))
LIB_SRC  := $(filter-out pipeline/main.c pipeline/sql/extension.c,$(LIB_SRC))
READS_XLSX := pipeline/ingest/unzip.c pipeline/ingest/xlsx%.c
WRITES_PDF := pipeline/report/pdf%.c pipeline/report/doorstep%.c
# the program with neither is linked from these beside the whole one, so that it always can be
PLAIN_OBJ  := $(patsubst %.c,$(BUILD)/%.o,$(filter-out $(READS_XLSX) $(WRITES_PDF) pipeline/warn_nowhere.c,$(LIB_SRC)))
NOT_BUILT  := $(if $(filter 0,$(XLSX)),$(READS_XLSX) tests/lib/workbook.c tests/unit/ingest/test_xlsx.c tests/unit/report/test_filled.c tests/fuzz/fuzz_xlsx.c tests/fuzz/fuzz_zip.c,\
              pipeline/ingest/no_unzip.c)
NOT_BUILT  += $(if $(filter 0,$(PDF)),$(WRITES_PDF) tests/unit/report/test_pdf.c,pipeline/report/no_pdf.c)
LIB_SRC  := $(filter-out $(NOT_BUILT),$(LIB_SRC))
LIB_OBJ  := $(LIB_SRC:%.c=$(BUILD)/%.o)
GEN_SRC  := $(sort $(wildcard fixtures/gen/*.c))
GEN_OBJ  := $(GEN_SRC:%.c=$(BUILD)/%.o)
CORE_OBJ := $(patsubst %.c,$(BUILD)/%.o,$(sort $(wildcard base/core/*.c base/text/*.c)))
TEST_SRC := $(filter-out $(NOT_BUILT),$(sort $(wildcard tests/unit/*/*.c tests/prop/*.c tests/fault/*.c)))
TEST_BIN := $(TEST_SRC:%.c=$(BUILD)/%)
TESTLIB_OBJ := $(patsubst %.c,$(BUILD)/%.o,$(filter-out $(NOT_BUILT),$(sort $(wildcard tests/lib/*.c))))
FUZZ_SRC := $(filter-out $(NOT_BUILT),$(sort $(wildcard tests/fuzz/fuzz_*.c)))
FUZZ_BIN := $(FUZZ_SRC:tests/fuzz/%.c=$(BUILD)/fuzz/%)
FUZZ_REPLAY := $(if $(wildcard tests/fuzz/replay.c),$(FUZZ_SRC:tests/fuzz/%.c=$(BUILD)/replay/%))
BENCH_SRC := $(sort $(wildcard tests/bench/*.c))
BENCH_BIN := $(BENCH_SRC:%.c=$(BUILD)/%)

# generated at build time: statements and schemas, the shipped configuration, tables from unicode-data
GENERATED := $(GEN)/statements.inc $(GEN)/schemas.inc $(GEN)/shipped.inc $(GEN)/planted.inc $(GEN)/unicode_tables.inc $(GEN)/han_tables.inc

## all: the program, build/release/mopai
all: $(BUILD)/mopai $(if $(GEN_SRC),$(BUILD)/mopai-gen)

$(BUILD)/mopai: $(BUILD)/pipeline/main.o $(BUILD)/libmopai.a
	$(call say,LINK,$@)
	$(Q)$(CC) $(LINK_$(MODE)) $(LDFLAGS) -o $@ $^ $(LIBS)

$(BUILD)/mopai-gen: $(GEN_OBJ) $(CORE_OBJ)
	$(call say,LINK,$@)
	$(Q)$(CC) $(LINK_$(MODE)) $(LDFLAGS) -o $@ $^ -lxxhash -lyaml -lcrypto -lz -lpthread

# make XLSX=0 PDF=0 swaps files, not flags: linked from the same objects
$(BUILD)/mopai-plain: $(BUILD)/pipeline/main.o $(PLAIN_OBJ)
	$(call say,LINK,$@)
	$(Q)$(CC) $(LINK_$(MODE)) $(LDFLAGS) -o $@ $^ $(LIBS_CORE)

$(BUILD)/libmopai.a: $(LIB_OBJ)
	$(call say,AR,$@)
	$(Q)rm -f $@ && ar rcs $@ $^

$(BUILD)/%.o: %.c $(BUILD)/flags | $(GENERATED)
	$(call say,CC,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS_ALL) $(ITS_CFLAGS) $(if $(DEV),-Werror) -MMD -MP -c -o $@ $<

$(BUILD)/tests/%: $(BUILD)/tests/%.o $(TESTLIB_OBJ) $(BUILD)/libmopai.a
	$(call say,LINK,$@)
	$(Q)$(CC) $(LINK_$(MODE)) $(LDFLAGS) -o $@ $^ -lcmocka $(LIBS)

## ext: the tables of a site for the sqlite3 shell, build/release/mopai_ext.so
ext: $(BUILD)/mopai_ext.so
$(BUILD)/mopai_ext.so: $(BUILD)/base/store/vtable_ext.o $(BUILD)/pipeline/sql/extension.o $(BUILD)/libmopai.a
	$(call say,LINK,$@)
	$(Q)$(CC) -shared $(filter-out -pie,$(LINK_$(MODE))) $(LDFLAGS) -o $@ $^ $(LIBS)
$(BUILD)/base/store/vtable_ext.o: base/store/vtable.c $(BUILD)/flags | $(GENERATED)
	$(call say,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS_ALL) $(if $(DEV),-Werror) -DMOPAI_EXTENSION -MMD -MP -c -o $@ $<

# a name of its own: what is set for a target holds for what it needs too, and the flags file must not see it
$(BUILD)/pipeline/report/pdf.o $(BUILD)/pipeline/report/pdf_fonts.o $(BUILD)/pipeline/report/pdf_lines.o: ITS_CFLAGS := $(PDF_CFLAGS)

# a changed compiler or flag rebuilds everything of its mode
$(BUILD)/flags: FORCE
	$(Q)mkdir -p $(BUILD)
	$(Q)echo '$(subst ','\'',$(CC) $(CFLAGS_ALL) XLSX=$(XLSX) PDF=$(PDF))' | cmp -s - $@ || echo '$(subst ','\'',$(CC) $(CFLAGS_ALL) XLSX=$(XLSX) PDF=$(PDF))' > $@

$(GEN)/statements.inc: scripts/embed-sql.awk $(sort $(wildcard base/store/sql/*.sql))
	$(call say,GEN,$@)
	$(Q)mkdir -p $(GEN) && awk -f scripts/embed-sql.awk $(sort $(wildcard base/store/sql/*.sql)) /dev/null > $@.tmp && mv $@.tmp $@
$(GEN)/schemas.inc: scripts/embed-text.awk $(sort $(wildcard base/store/schema/*.sql))
	$(call say,GEN,$@)
	$(Q)mkdir -p $(GEN) && awk -f scripts/embed-text.awk $(sort $(wildcard base/store/schema/*.sql)) > $@.tmp && mv $@.tmp $@
SHIPPED := $(wildcard sources.yaml people.yaml rules.yaml model.yaml pipeline/report/page.css)
$(GEN)/shipped.inc: scripts/embed-text.awk $(SHIPPED)
	$(call say,GEN,$@)
	$(Q)mkdir -p $(GEN) && awk -f scripts/embed-text.awk $(SHIPPED) /dev/null > $@.tmp && mv $@.tmp $@
PLANTED := fixtures/planted.tsv fixtures/planted-more.tsv fixtures/planted-rules.tsv
$(GEN)/planted.inc: scripts/embed-text.awk $(PLANTED)
	$(call say,GEN,$@)
	$(Q)mkdir -p $(GEN) && awk -f scripts/embed-text.awk $(PLANTED) > $@.tmp && mv $@.tmp $@
$(GEN)/unicode_tables.inc: scripts/gen-unicode.sh scripts/gen-unicode.awk
	$(call say,GEN,$@)
	$(Q)mkdir -p $(GEN) && sh scripts/gen-unicode.sh > $@.tmp && mv $@.tmp $@
$(GEN)/han_tables.inc: scripts/gen-unicode.sh scripts/gen-unicode-han.awk
	$(call say,GEN,$@)
	$(Q)mkdir -p $(GEN) && sh scripts/gen-unicode.sh han > $@.tmp && mv $@.tmp $@

# --- people and tests --------------------------------------------------------------------------------------------
## setup: install what is missing with apt (root or sudo); says what and how when it cannot
setup:
	$(Q)sh scripts/setup.sh build
setup-test:
	$(Q)sh scripts/setup.sh build test

## demo: set up, build, write a small district, run three nights with visits between, print what was found
demo: setup
	$(Q)$(MAKE) --no-print-directory all
	$(Q)sh scripts/demo.sh

## check: set up, build with warnings as errors, run every test (under three minutes)
check: setup-test
	$(Q)$(MAKE) --no-print-directory -j$$(nproc) DEV=1 all check-build
	$(Q)sh scripts/check.sh $(BUILD)
check-build: $(TEST_BIN) $(FUZZ_REPLAY) $(BENCH_BIN) $(BUILD)/mopai-plain ext
## check-asan: the same tests with address and undefined-behaviour sanitizers
check-asan: setup-test
	$(Q)$(MAKE) --no-print-directory -j$$(nproc) MODE=asan DEV=1 all check-build
	$(Q)sh scripts/check.sh build/asan
## check-prop: the random tests at length: 100,000 lives of warnings; 10^5 pairs of a rule and a household, decided alike by block machine, tree walk and SQL (PAIR_ROUNDS=12000: 10^6)
PAIR_ROUNDS ?= 1200
check-prop: all $(BUILD)/tests/prop/prop_life $(BUILD)/tests/prop/prop_rules
	$(Q)PROP_ROUNDS=100000 $(BUILD)/tests/prop/prop_life
	$(Q)PROP_ROUNDS=$(PAIR_ROUNDS) PROP_SQL=1 $(BUILD)/tests/prop/prop_rules
## check-kill: a night killed, and made to fail by a full and a broken disk, at every one of its steps (check tries one in seven)
check-kill: all $(BUILD)/tests/fault/test_kill
	$(Q)MOPAI_KILL_ALL=1 $(BUILD)/tests/fault/test_kill $(BUILD)/mopai
## check-fixtures: the generated district against its specification, figures beside their targets
check-fixtures: all
	$(Q)sh scripts/check-fixtures.sh $(BUILD)/mopai-gen
## score: the pipeline over a generated district of 10,000 on 30 nights against its truth, as in docs/quality.md; what differs is in build/score/misses.tsv
score: all
	$(Q)mkdir -p build/score && { sh scripts/score.sh $(BUILD) && sh scripts/score-planted.sh $(BUILD); } > build/score/figures.tsv
	$(Q)awk -f scripts/score-table.awk build/score/figures.tsv > build/score/figures.md
	$(Q)sh scripts/quality.sh build/score/figures.md && cat build/score/figures.md
## bench: a whole night beside DuckDB and sqlite3, then each part by itself; RECORD=1 writes it into docs/performance.md (scripts/bench.sh)
bench: all $(BENCH_BIN)
	$(Q)sh scripts/bench.sh $(BUILD)

## bench-link: linkage against truth and the clock; LINK_DATA=DIR adds public sets (scripts/bench-link.sh)
bench-link: all $(BENCH_BIN)
	$(Q)sh scripts/bench-link.sh $(BUILD)

## bench-night: a whole night on four plain CSVs beside DuckDB and sqlite3 on the bare join; PERSONS=5000000 for the reference load (scripts/bench-night.sh)
bench-night: all $(BENCH_BIN)
	$(Q)sh scripts/bench-night.sh $(BUILD)

## bench-load-l: a first and a usual night of 1,000,000 persons with every source, rule and list; PERSONS= another size (scripts/bench-load-l.sh)
bench-load-l: all
	$(Q)$(MAKE) --no-print-directory $(BUILD)/tests/bench/measure && sh scripts/bench-load-l.sh $(BUILD)

## bench-instructions: instructions of each stage under callgrind, steady on a busy machine; BEFORE=MOPAI compares with another build (scripts/bench-instructions.sh)
bench-instructions: all $(BENCH_BIN)
	$(Q)sh scripts/bench-instructions.sh $(BUILD) $(BEFORE)

# every fuzz target is also a plain program that replays its corpus
$(BUILD)/replay/%: $(BUILD)/tests/fuzz/%.o $(BUILD)/tests/fuzz/replay.o $(TESTLIB_OBJ) $(BUILD)/libmopai.a
	$(call say,LINK,$@)
	$(Q)mkdir -p $(@D) && $(CC) $(LINK_$(MODE)) $(LDFLAGS) -o $@ $^ $(LIBS)
$(BUILD)/fuzz/%: $(BUILD)/tests/fuzz/%.o $(TESTLIB_OBJ) $(BUILD)/libmopai.a
	$(call say,LINK,$@)
	$(Q)mkdir -p $(@D) && $(CC) -fsanitize=fuzzer $(LINK_$(MODE)) -o $@ $^ $(LIBS)
## fuzz: run every fuzz target for FUZZ_TIME seconds (default 60), clang needed
FUZZ_TIME ?= 60
fuzz:
	$(Q)$(MAKE) --no-print-directory -j$$(nproc) MODE=fuzz CC=clang fuzz-build
	$(Q)sh scripts/fuzz.sh $(CURDIR)/build/fuzz-clang $(FUZZ_TIME)
fuzz-build: $(FUZZ_BIN)

## install: copy the program and its manual under $(DESTDIR)$(PREFIX)
install: all
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/man/man1
	install -m 755 $(BUILD)/mopai $(DESTDIR)$(PREFIX)/bin/mopai
	install -m 644 docs/mopai.1 $(DESTDIR)$(PREFIX)/share/man/man1/mopai.1
## docs: the generated documents, docs/errors.md and docs/mopai.1
docs: all
	$(Q)awk -f scripts/gen-errors.awk base/core/errors.def > docs/errors.md
	$(Q)sh scripts/gen-man.sh $(BUILD)/mopai > docs/mopai.1
## format: clang-format every C file in place
format:
	clang-format -i $$(git ls-files '*.c' '*.h')
## clean: remove build/
clean:
	rm -rf build
## help: this list
help:
	$(Q)sed -n 's/^## \([a-z-]*\): /\1\t/p' $(MAKEFILE_LIST) | awk -F'\t' '{printf "  %-12s %s\n", $$1, $$2}'

FORCE:
.PHONY: all ext docs setup setup-test demo check check-build check-asan check-prop check-kill check-fixtures score bench fuzz fuzz-build install format clean help FORCE bench-link bench-night bench-load-l bench-instructions
.SECONDARY:

-include $(LIB_OBJ:.o=.d) $(GEN_OBJ:.o=.d) $(BUILD)/pipeline/main.d $(BUILD)/pipeline/sql/extension.d $(BUILD)/base/store/vtable_ext.d $(TEST_SRC:%.c=$(BUILD)/%.d) $(TESTLIB_OBJ:.o=.d) $(FUZZ_SRC:%.c=$(BUILD)/%.d) $(BENCH_SRC:%.c=$(BUILD)/%.d)
