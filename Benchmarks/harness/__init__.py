"""What the benchmarks stand on: servers, a load client, links, and tables."""

import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
# The programs are started as the end-to-end tests start them.
sys.path.insert(0, str(REPOSITORY / "Tests" / "EndToEnd"))
