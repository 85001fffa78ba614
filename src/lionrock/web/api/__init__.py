"""The HTTP API: what other programs may do, described by its OpenAPI schema."""

from lionrock.web.api.deliveries import router as deliveries
from lionrock.web.api.mine import router as mine
from lionrock.web.api.operations import api
from lionrock.web.api.reports import router as reports

api.add_router("", deliveries)
api.add_router("", reports)

api.add_router("/mine", mine)

__all__ = ["api"]
