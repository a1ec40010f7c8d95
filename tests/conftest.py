"""For all tests: what a user's cache knows must not decide whether a test passes."""

from __future__ import annotations

import os

os.environ["VERIFY_DERIVATIONS_CACHE"] = ""
