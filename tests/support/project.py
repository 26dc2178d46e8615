"""Where the project lies, and the real input beside it."""

from __future__ import annotations

from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
SHARED_FOLDER = PROJECT.parent / "shared"

SUBRIP_SEED, SUBRIP_ID = "003_a6f268b4fac4ddfc.txt", "autoML_talk"
PASTED_SEEDS = ("000_96d875eb0a5b2e98.txt", "001_8644b3362c87d0f6.txt", "004_1e00bd4a193aef0b.txt")
