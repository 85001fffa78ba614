"""The registrable domain of a host: what somebody once registered below a public suffix."""

from functools import cache, lru_cache

from publicsuffixlist import PublicSuffixList


@lru_cache(maxsize=1 << 17)
def registrable(host: str) -> str | None:
    """Return the registrable domain of ``host`` (A-labels) by the Public Suffix List's ICANN section.

    None where the host is itself a suffix, and where nobody registered its top-level domain. Private
    suffixes (``github.io``) do not count: whom to tell is the one who registered the domain.
    """
    found = _list().privatesuffix(host)
    return found if isinstance(found, str) else None


@cache
def _list() -> PublicSuffixList:
    return PublicSuffixList(only_icann=True, accept_unknown=True)
