"""Settings of the property tests."""

from __future__ import annotations

from hypothesis import settings

# the same examples on every machine, so that a failure can be reproduced
settings.register_profile("steady", derandomize=True)
settings.load_profile("steady")
