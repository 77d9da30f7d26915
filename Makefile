# make run     from nothing to answers on the screen and a release in out/
# make test    every check: lint, types, generated files, tests (the quality gate, `comity check`, is one of them)
# make soak    what `make test` does a little of, in full: random worlds, generated queries, fuzzing; takes hours
# make bench   measure everything beside its peers and write docs/benchmarks.md; takes about an hour
# make lock    take the newest packages that pyproject.toml allows, and write what is made of them
# make format  put Turtle and Python into their one form, and write what is made of the ontology and the questions
# make clean   remove what the others made
.PHONY: run test soak bench lock format clean
.DELETE_ON_ERROR:
SHELL := bash
.SHELLFLAGS := -euo pipefail -c

export PIP_DISABLE_PIP_VERSION_CHECK := 1
RUN := .venv
TEST := .venv-test
BENCH := .venv-bench
COMITY := $(RUN)/bin/comity
# What the command keeps between calls goes with the environment: nothing is left outside the checkout.
export COMITY_CACHE := $(CURDIR)/$(RUN)/kept
CODE := $(shell find src -name '*.py' 2>/dev/null)
EDITION := $(shell find ontology data shapes queries -type f 2>/dev/null)

# The graph by the parts of its folders: ontology, concepts, entities, paper, record, …
PARTS := SELECT ?part (COUNT(*) AS ?triples) WHERE { GRAPH ?g { ?s ?p ?o } \
  BIND(STRBEFORE(CONCAT(STRAFTER(STR(?g), "/graph/"), "/"), "/") AS ?part) } GROUP BY ?part ORDER BY ?part

run: $(RUN)/.installed
	@echo; echo "== The graph =="
	$(COMITY) query --format table '$(PARTS)'
	@echo; echo "== What follows from it =="
	$(COMITY) infer --format table
	@echo; echo "== Whether it is sound =="
	$(COMITY) validate
	@echo; echo "== What resolution 1373 demands on the financing of terrorism =="
	$(COMITY) ask obligations --instrument "resolution 1373" --topic financing --format table
	@echo; echo "== Instruments of regional level since 2001 =="
	$(COMITY) ask instruments --level regional --from-year 2001 --format table
	@echo; echo "== Exercises of China and Russia =="
	$(COMITY) ask exercises --framework "China and Russia" --format table
	@echo; echo "== The release =="
	$(COMITY) export release -o out
	@ls -l out
	@cd out && sha256sum --quiet -c SHA256SUMS && echo "all files are as SHA256SUMS says"

$(RUN)/.installed: pyproject.toml scripts/venv.sh $(CODE) $(EDITION)
	scripts/venv.sh $(RUN)
	$(RUN)/bin/pip install --quiet --force-reinstall --no-deps .
	$(RUN)/bin/pip install --quiet '.[release]'
	@touch $@

test: $(TEST)/.installed
	$(TEST)/bin/ruff check .
	$(TEST)/bin/mypy --strict src
	$(TEST)/bin/python scripts/update_vocabulary.py --check
	$(TEST)/bin/python scripts/update_context.py --check
	$(TEST)/bin/python scripts/update_links.py --check
	$(TEST)/bin/python scripts/document_rules.py --check
	$(TEST)/bin/python scripts/document_questions.py --check
	$(TEST)/bin/python scripts/document_reconciliation.py --check
	$(TEST)/bin/python scripts/document_benchmarks.py --check
	$(TEST)/bin/python scripts/document_licences.py --check
	$(TEST)/bin/python scripts/update_sbom.py --check
	$(TEST)/bin/python scripts/audit.py
	$(TEST)/bin/python -m comity.turtle --check
	$(TEST)/bin/python -m pytest -n auto --dist worksteal --stores $(TEST)/stores.json
	$(TEST)/bin/python scripts/document_stores.py --check $(TEST)/stores.json

# The tests ask tests/soak.py how much to do; the fuzzer is guided by coverage, so it is a process of its own.
soak: $(TEST)/.installed
	COMITY_SOAK=1 $(TEST)/bin/python -m pytest -n auto --dist worksteal
	$(TEST)/bin/pip install --quiet --require-hashes --no-build-isolation -r requirements/soak.txt
	$(TEST)/bin/python scripts/fuzz.py

# An environment of its own: what is compared with has other demands on the versions of what it brings along than the tests.
bench: $(BENCH)/.installed
	$(BENCH)/bin/python benchmarks/bench.py
	$(BENCH)/bin/python scripts/document_benchmarks.py

$(BENCH)/.installed: pyproject.toml scripts/venv.sh scripts/java.sh scripts/jena.sh scripts/wrk.sh
	scripts/venv.sh $(BENCH)
	for script in scripts/java.sh scripts/jena.sh scripts/wrk.sh; do $$script; done
	$(BENCH)/bin/pip install --quiet --editable '.[bench]'
	@touch $@

lock: $(TEST)/.installed
	$(TEST)/bin/python scripts/lock.py
	$(MAKE) --no-print-directory $(TEST)/.installed
	$(TEST)/bin/python scripts/document_licences.py
	$(TEST)/bin/python scripts/update_sbom.py

# The pages of quality are written by `comity check --write docs`, which takes a minute: they are not part of this.
format: $(TEST)/.installed
	$(TEST)/bin/python scripts/update_vocabulary.py
	$(TEST)/bin/python scripts/update_context.py
	$(TEST)/bin/python scripts/update_links.py
	$(TEST)/bin/python scripts/document_rules.py
	$(TEST)/bin/python scripts/document_questions.py
	$(TEST)/bin/python scripts/document_reconciliation.py
	$(TEST)/bin/python scripts/document_benchmarks.py
	$(TEST)/bin/python scripts/document_licences.py
	$(TEST)/bin/python scripts/update_sbom.py
	$(TEST)/bin/python -m comity.turtle
	$(TEST)/bin/ruff check --fix-only --quiet .

SETUP := $(addprefix scripts/,java.sh jena.sh raptor.sh virtuoso.sh chromium.sh assets.sh)
LOCKS := requirements/build.txt requirements/test.txt
# What is not Python comes beside what is. That comes from the locks alone: what builds comes first, and no build fetches anything. Then the checkout, for which nothing is left to fetch.
$(TEST)/.installed: pyproject.toml scripts/venv.sh $(SETUP) web/package-lock.json $(LOCKS)
	scripts/venv.sh $(TEST)
	for script in $(SETUP); do $$script; done & setup=$$!; \
	for lock in $(LOCKS); do $(TEST)/bin/pip install --quiet --require-hashes --no-build-isolation -r $$lock; done; \
	wait $$setup
	$(TEST)/bin/pip install --quiet --no-build-isolation --no-deps --editable .
	@touch $@

clean:
	rm -rf $(RUN) $(TEST) $(BENCH) web/node_modules src/comity/server/static/vendor out build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find src tests scripts -name __pycache__ -type d -prune -exec rm -rf {} +
