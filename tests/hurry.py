"""Nothing here is a timed test: other tests may keep the machine busy."""

from __future__ import annotations

from hypothesis import HealthCheck, settings


def take_time() -> None:
    """Let Hypothesis wait for slow examples, and for slow generation of them."""
    slow = [HealthCheck.too_slow]
    settings.register_profile("unhurried", deadline=None, suppress_health_check=slow)
    settings.load_profile("unhurried")
