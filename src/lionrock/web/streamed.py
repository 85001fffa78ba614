"""Which operations take more than a page does, because they never hold the whole of it."""

from typing import Final

STREAMED: Final = {"api:push_delivery": 2**30}
"""Operations that ask for a token before they read a byte, and then read piece by piece: their most bytes."""
