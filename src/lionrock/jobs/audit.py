"""The command that checks the audit log."""

import sys

from cyclopts import App

from lionrock.core.errors import TryLater
from lionrock.jobs import django
from lionrock.jobs.exits import Exit

app = App(name="audit", help="The log of everything that was done.")


@app.command
def verify() -> int:
    """Walk the whole audit log; say whether every entry still hangs on the one before.

    Prints the number and the digest of the last entry: keep them somewhere else, and you will also
    notice when somebody rewrites the whole log. Ends with 1 when an entry is broken.

    For example:

        lionrock audit verify
    """
    django.start()
    if django.unapplied():
        raise TryLater("the database is not up to date; run: lionrock up")
    from lionrock.desk.audit import services  # noqa: PLC0415  # needs Django started
    from lionrock.desk.audit.models import Head  # noqa: PLC0415  # as above

    broken = services.verify()
    if broken is not None:
        sys.stdout.write(f"broken at entry {broken.number}: {broken.why}\n")
        return Exit.FOUND
    head = Head.objects.filter(pk=1).first() or Head()
    sys.stdout.write(f"whole: {head.number} entries, the last has digest {head.digest}\n")
    return Exit.FINE
