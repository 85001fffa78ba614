"""Counts what happened in a period: every number once, with its definition, query and gaps.

``count`` answers with a ``Counted``, which looks figures up by id:

- ``2023Q1.phishing.unique_url``, ``.unique_address``, ``.ratio``: by category and measure;
- ``2023Q1.bots.size``: the sum over families; ``2023Q1.bots.size.family.mirai``: one family's;
- ``2023Q1.phishing.unique_url.network.as64496``: the headline by hosting network;
- ``2023Q1.attacks.sources.country.us``: where attacks came from;
- ``2023Q1.total``: the headlines of all that stands in the table of types, added;
- ``2023Q1.suspects.new``, ``2023Q1.suspects.confirmed``, each also ``.brand.ID`` and ``.sector.ID``.

A figure's ``definition`` is the id without the period and what narrows it, which stands in
``filters``. Figures over cases are counted elsewhere, and never added to these.
"""

from lionrock.briefing.counting.counted import Counted, slug
from lionrock.briefing.counting.period import count

__all__ = ["Counted", "count", "slug"]
