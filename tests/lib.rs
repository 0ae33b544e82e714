//! Latchkey's API seen from outside: the tests themselves are in `api/`.
