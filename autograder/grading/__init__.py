"""From a submission to marks in the gradebook.

What lives here: the trusted run of a lesson's source (`lesson`), one submission's examination (`exam`), the
process that holds both (`examiner`, and `pool` on the grader's side), the mending of damaged notebooks
(`mend`), nbgrader's preprocessors (`preprocessors`), and the driver of whole classes (`run`, `gradebook`).
"""

import sys
from importlib.util import find_spec

# jsonschema imports this if it is there, and it takes more than a second: a grammar of web addresses in all
# scripts, which nothing here asks for. None makes the import fail, and jsonschema goes on without.
if find_spec("rfc3987_syntax") is not None:
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
