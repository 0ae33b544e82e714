"""What no log may ever show: passwords, tokens, cookies, secrets, addresses and URLs, as the tests use them."""

from urllib.parse import unquote

_marks: set[str] = set()

# Shorter texts turn up in a log by chance.
_SHORTEST = 8


def mark(text: str) -> str:
    """Notes a text that must not be logged, as it stands and percent-decoded, and returns it."""
    for form in (text, unquote(text)):
        if len(form) >= _SHORTEST:
            _marks.add(form)
    return text


def marked() -> frozenset[str]:
    """All texts noted so far."""
    return frozenset(_marks)
