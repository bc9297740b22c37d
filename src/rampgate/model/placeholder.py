"""What `rampgate new` writes where only the owner knows the value; a card that still says it is not valid."""

from __future__ import annotations

from typing import Final

PLACEHOLDER_DIGEST: Final = "sha256:" + "0" * 64
"""Stands for the digest of an artifact that has not been named yet; no known bytes have it."""

PLACEHOLDER_MESSAGE: Final = "the artifact's digest is still the placeholder"
