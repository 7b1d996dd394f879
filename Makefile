# One line a target: `make` alone prints them. Each target sets up what it needs.
PYTHON ?= python3
VENV = .venv/bin/python
.DEFAULT_GOAL = help
.PHONY: help up preview destroy refresh test bench soak lint clean

help: ## print this
	@sed -n 's/^\([a-z]*\): .*## /  make \1\t/p' $(MAKEFILE_LIST) | expand -t 16

up: ## deploy the stack `local` and wait until the app answers
	@$(PYTHON) -m embedded.machine up
	@$(VENV) -m embedded up --yes

preview: ## show what `make up` would change
	@$(PYTHON) -m embedded.machine up
	@$(VENV) -m embedded preview

destroy: ## remove all that the stack made
	@$(PYTHON) -m embedded.machine up
	@$(VENV) -m embedded destroy --yes

refresh: ## bring the state in line with the cloud
	@$(PYTHON) -m embedded.machine up
	@$(VENV) -m embedded refresh --yes

test: ## run all tests; at the end it says what was skipped and why
	@$(PYTHON) -m embedded.machine test
	@$(VENV) -m pytest -n auto --dist loadfile

bench: ## take the figures of docs/performance.md anew; some minutes
	@$(PYTHON) -m embedded.machine bench
	@$(VENV) -m bench

soak: ## kill parts at random moments and look; SOAK="--short --seed 1" for a short run
	@$(PYTHON) -m embedded.machine test
	@$(VENV) -m soak $(SOAK)

lint: ## ruff and mypy; zizmor, a schema and actionlint for the workflows
	@$(PYTHON) -m embedded.machine lint
	@$(VENV) -m ruff check
	@$(VENV) -m ruff format --check
	@$(VENV) -m mypy .
	@.venv/bin/zizmor --offline --no-progress --quiet .github
	@.venv/bin/check-jsonschema --builtin-schema vendor.github-workflows .github/workflows/*.yml
	@.venv/bin/check-jsonschema --builtin-schema vendor.dependabot .github/dependabot.yml
	@if command -v actionlint >/dev/null; then actionlint; else echo "actionlint is not installed: skipped"; fi

clean: ## remove the local Azure, the environment and all they made
	@$(PYTHON) -m embedded.machine clean
