"""``python -m xlclv``."""

import sys

from xlclv.cli import main

sys.exit(main())
