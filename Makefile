# Every command of this repository. Works with GNU Make 3.81 (macOS) and later.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup serve build check test prove walk picture bench mutants hooks programs clean
.PHONY: up deploy load fire-alerts calm down

UV_VERSION := 0.13.8
PYTHONS    := python3 python3.14 python3.13 python3.12 python3.11
UV         := $(or $(shell command -v uv 2>/dev/null),.cache/uv/bin/uv)
BIN        := .venv/bin
READY      := .venv/.synced
FREE_PORT   = import socket; print(next(port for port in range(8000, 8100) \
              if socket.socket().connect_ex(('127.0.0.1', port))))
PORT       ?= $(shell $(BIN)/python -c "$(FREE_PORT)")

# Silences the theme's advertisement of its successor.
export NO_MKDOCS_2_WARNING := 1
# Terraform and Prometheus spend a third of their time collecting garbage; memory is there.
export GOGC ?= 400

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-12s%s\n", $$1, $$2}' Makefile

setup: $(READY) ## Install what uv.lock pins into .venv (every command does it when needed)

serve: $(READY) ## Show the site on 127.0.0.1, at port 8000 or the next free one
	@$(BIN)/mkdocs serve --dev-addr 127.0.0.1:$(PORT)

build: $(READY) ## Build the site into site/; a warning is an error
	@$(BIN)/mkdocs build --strict

check: $(READY) ## Check the evidence, the code's style and its types: fast, offline
	@$(BIN)/asbuilt check
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/mypy

test: $(READY) programs node_modules/.synced ## Run every test
	@$(BIN)/pytest -n 3 --dist loadgroup

prove: $(READY) programs picture ## Apply the Terraform on an emulator and record what it proves (needs Terraform)
	@$(BIN)/python -m drills.executed terraform/biotech-x production --diagrams diagrams/biotech-x \
	  --plan build/biotech-x/plan.json --state build/biotech-x/state.json \
	  --kubernetes kubernetes/biotech-x --record evidence/executed.json
	@$(BIN)/asbuilt prove --diagrams diagrams/biotech-x --terraform terraform/biotech-x \
	  --plan build/biotech-x/plan.json --plan build/biotech-x/state.json \
	  --kubernetes kubernetes/biotech-x --record evidence/biotech-x
	@$(BIN)/python -m drills.refused biotech-x
	@$(BIN)/python -m drills.alarms biotech-x
	@$(BIN)/python -m drills.settings biotech-x
	@$(BIN)/python -m drills.retention build/biotech-x/plan.json \
	  --record evidence/figures/biotech-x/retention.json
	@$(BIN)/python -m drills.availability figures/biotech-x/sla.yaml \
	  --record evidence/figures/biotech-x/availability.json
	@$(BIN)/python -m drills.safeguards figures/biotech-x/threats.yaml \
	  --record evidence/figures/biotech-x/threats.json
	@$(BIN)/python -m drills.safeguards figures/biotech-x/failures.yaml \
	  --record evidence/figures/biotech-x/failures.json
	@$(BIN)/python -m drills.capacity --record evidence/figures/biotech-x/capacity.json
	@$(BIN)/python -m drills.cost --record evidence/figures/biotech-x/cost.json
	@$(BIN)/python -m drills.objectives biotech-x
	@$(BIN)/python -m drills.objectives banking
	@$(BIN)/asbuilt prove --diagrams diagrams/banking --kubernetes kubernetes/banking/production \
	  --record evidence/banking
	@$(BIN)/python -m drills.scaling banking
	@$(BIN)/python -m drills.settings banking
	@$(BIN)/python -m drills.safeguards figures/banking/threats.yaml \
	  --record evidence/figures/banking/threats.json
	@$(BIN)/python -m drills.safeguards figures/banking/failures.yaml \
	  --record evidence/figures/banking/failures.json
	@$(BIN)/python -m drills.mirrored --write
	@$(BIN)/asbuilt prove --diagrams diagrams/schedules --kubernetes kubernetes/schedules/production \
	  --record evidence/schedules
	@$(BIN)/python -m drills.scaling schedules
	@$(BIN)/python -m drills.settings schedules
	@$(BIN)/python -m drills.database.drill --rounds 10 --record evidence/figures/sre/database.json
	@$(BIN)/python -m drills.alerting.declared --record evidence/figures/schedules/declared.json
	@$(BIN)/python -m drills.detection --record evidence/figures/schedules/detection.json
	@$(BIN)/python -m drills.replay --record evidence/figures/schedules/replay.json
	@$(BIN)/python -m drills.live --record evidence/figures/schedules/live.json
	@$(BIN)/python -m drills.runbooks --record evidence/figures/runbooks/alerts.json

walk: $(READY) programs ## Follow the provisioning pages on the emulator, and write what came out
	@$(BIN)/python -m drills.provisioning --write

picture: $(READY) ## Draw the picture in the README again
	@$(BIN)/asbuilt render --diagrams diagrams --output build/diagrams >/dev/null
	@cp build/diagrams/biotech-x/upload.svg docs/assets/upload.svg

bench: $(READY) ## Measure the engine
	@$(BIN)/python -m benchmarks

mutants: $(READY) programs node_modules/.synced ## Break both systems on purpose and see what the proof notices (after make prove)
	@$(BIN)/python -m drills.mutants
	@$(BIN)/python -m drills.alerting --record evidence/figures/schedules/mutants.json

up: $(READY) programs ## Start the lab: what watches schedules, on loopback (docs/schedules/lab.md)
	@$(BIN)/python -m lab up

deploy: $(READY) ## Start both versions of schedules in the lab
	@$(BIN)/python -m lab deploy

load: $(READY) ## Ask both versions at a steady rate
	@$(BIN)/python -m lab load

fire-alerts: $(READY) ## Break both versions on purpose, until somebody is paged
	@$(BIN)/python -m lab fire-alerts

calm: $(READY) ## Take the faults away, until every page is resolved
	@$(BIN)/python -m lab calm

down: $(READY) ## End the lab: nothing is left running
	@$(BIN)/python -m lab down

hooks: $(READY) node_modules/.synced ## Check every commit, and its subject, before it is made
	@$(UV) sync --locked --quiet --compile-bytecode # each commit starts these programs
	@$(BIN)/pre-commit install

clean: ## Remove everything these commands have made
	@[ ! -d build/lab ] || [ ! -x $(BIN)/python ] || $(BIN)/python -m lab down >/dev/null
	@rm -rf .venv .cache node_modules build site .mypy_cache .pytest_cache .ruff_cache

# Only where it costs nobody a question: as root, on a system with apt. Elsewhere tests use what they find.
programs:
	@if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  missing=; \
	  command -v chromium >/dev/null || command -v google-chrome >/dev/null || missing="$$missing chromium"; \
	  command -v kubectl >/dev/null || missing="$$missing kubernetes-client"; \
	  command -v jq >/dev/null || missing="$$missing jq"; \
	  command -v npm >/dev/null || missing="$$missing npm"; \
	  command -v promtool >/dev/null || missing="$$missing prometheus"; \
	  command -v amtool >/dev/null || missing="$$missing prometheus-alertmanager"; \
	  command -v nft >/dev/null || missing="$$missing nftables"; \
	  command -v ip >/dev/null || missing="$$missing iproute2"; \
	  ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || missing="$$missing postgresql"; \
	  if [ -n "$$missing" ]; then \
	    echo "Installing what the tests run:$$missing"; \
	    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive \
	      apt-get install -y -qq --no-install-recommends $$missing; } >/dev/null </dev/null || \
	      echo "hint: without$$missing some tests skip, and in CI they fail" >&2; \
	  fi; \
	fi

$(READY): uv.lock pyproject.toml | $(UV)
	@echo 'Installing what uv.lock pins into .venv'
	@$(UV) sync --locked --quiet
	@touch $@

# Checkers that only npm has. Without npm, what needs them says so.
node_modules/.synced: package.json package-lock.json | programs
	@if command -v npm >/dev/null; then \
	  echo 'Installing what package-lock.json pins into node_modules'; \
	  npm ci --silent --no-audit --no-fund --ignore-scripts && touch $@; \
	fi

.cache/uv/bin/uv:
	@for python in $(PYTHONS); do \
	  $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue; \
	  echo 'Fetching uv $(UV_VERSION) into .cache/uv'; \
	  $$python -m venv --clear .cache/uv && \
	    .cache/uv/bin/pip install --quiet --disable-pip-version-check uv==$(UV_VERSION) && exit; \
	  echo "error: uv could not be installed with $$python" >&2; \
	  echo 'hint: the lines above say why; with uv on the PATH this step is left out' >&2; \
	  exit 1; \
	done; \
	echo 'error: no Python 3.11 or later found; looked for: $(PYTHONS)' >&2; \
	echo 'hint: install one with your package manager, or put uv on the PATH' >&2; \
	exit 1
