"""What requests cost, from list prices and measured durations."""

import math

# AWS's list prices, on demand; they are not looked up by a run.
PRICES = "us-east-1, on demand, November 2026; of the free tiers, Cognito's alone"
GB_SECOND = {"x86_64": 0.0000166667, "arm64": 0.0000133334}
REQUESTS = 0.20
GATEWAY = 1.00
COGNITO_PER_USER = {"Lite": 0.0055, "Essentials": 0.015}
# Users of each month that cost nothing.
COGNITO_FREE = 10_000

# What somebody does in a month, for a price per user.
READS, SIGN_INS = 300, 4


def compute(ms: float, memory_mb: int, machine: str = "x86_64") -> float:
    """Of a million invocations, in dollars: the time alone, which is billed in whole milliseconds."""
    return 1e6 * math.ceil(ms) / 1000 * memory_mb / 1024 * GB_SECOND[machine]


def million(ms: float, memory_mb: int, machine: str = "x86_64") -> float:
    """The same with what each request costs at Lambda and at the gateway."""
    return compute(ms, memory_mb, machine) + REQUESTS + GATEWAY


def user(read_million: float, sign_in_million: float) -> float:
    """Of a user's month."""
    return (READS * read_million + SIGN_INS * sign_in_million) / 1e6
