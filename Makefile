# `make test` is all that CI runs; each step of it runs alone as `make <step>` (see tests/run).
.PHONY: test fmt clippy api pooler sqlx doc deny typos template lambda container conformance takeover fastapi browser prepare

test:
	@tests/run

fmt clippy api pooler sqlx doc deny typos template lambda container conformance takeover fastapi browser:
	@tests/run $@

# Writes .sqlx anew, after a query or a migration has changed.
prepare:
	@tests/run prepare
