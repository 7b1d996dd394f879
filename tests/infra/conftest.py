"""The tests of `infra/` also run alone, without what is above them."""

from __future__ import annotations

from tests.hurry import take_time

take_time()
