"""Start of the template's process: ``python -m autograder.sandbox.inside FD [checks]``.

Everything that the template imports finds the stand-ins already in their places.
"""

from __future__ import annotations

import sys

from autograder.sandbox import forks, pages

if __name__ == "__main__":
    pages.reserve()
    forks.take_over()
    from autograder.sandbox.inside import take_places

    take_places(checks="checks" in sys.argv[2:])
    from autograder.sandbox.template import main

    main()
