"""How long things took, of many: the value that so many of a hundred do not exceed, and a share of all."""

from collections.abc import Mapping, Sequence


def percentile(counts: Sequence[tuple[int, int]], percent: int) -> int:
    """Return the smallest value that `percent` % of the values do not exceed; (value, how many) ascend by value."""
    rest = sum(n for _, n in counts) * percent / 100
    for value, n in counts:
        rest -= n
        if rest <= 0:
            return value
    return 0


def middle_and_most(counts: Mapping[int, int]) -> tuple[int, int]:
    """Return the values that half, and nine in ten, do not exceed; `counts` says how often each value is there."""
    ascending = sorted(counts.items())
    return percentile(ascending, 50), percentile(ascending, 90)


def share(part: int, whole: int) -> float:
    """Return how many of a hundred; 100 of none."""
    return round(100 * part / whole, 1) if whole else 100.0
