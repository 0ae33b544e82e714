# `make test` is all that CI runs; each step of it runs alone as `make <step>` (see tests/run).
.PHONY: test fmt clippy api attacks pooler sqlx doc deny advisories typos template lambda container conformance schemathesis takeover fastapi browser prepare test-long fuzz mutants bench soak

test:
	@tests/run

fmt clippy api attacks pooler sqlx doc deny advisories typos template lambda container conformance schemathesis takeover fastapi browser:
	@tests/run $@

# For a night: attacks, properties and schemathesis in their long form, fuzzing, and mutants into docs/MUTANTS.md.
# `make fuzz` and `make mutants` are two steps of it; no part of `make test`.
test-long:
	@tests/run long

fuzz mutants:
	@tests/run $@

# Writes .sqlx anew, after a query or a migration has changed.
prepare:
	@tests/run prepare

# Latchkey and Better Auth side by side: docs/PERFORMANCE.md, in a quarter of an hour; QUICK=1 in minutes, into target/bench.
# No part of `make test`. `make soak` runs the soak alone for an hour, or SOAK_SECS.
bench soak:
	@QUICK=$(QUICK) tests/run $@
