"""`python -m contracts` is the command `soap-contracts`."""

import sys

from contracts.cli import main

sys.exit(main())
