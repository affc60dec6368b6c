"""What the tests of the commands share: the servers that the tests of the stores start."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1] / "stores"))
