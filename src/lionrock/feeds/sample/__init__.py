"""Deliveries made up: a week as it would come in, and one as large as wanted.

Everything stands in documentation networks and below names nobody has; no line is anybody's data.
"""

from lionrock.feeds.sample.people import constituents
from lionrock.feeds.sample.week import SampleFile, write

__all__ = ["SampleFile", "constituents", "write"]
