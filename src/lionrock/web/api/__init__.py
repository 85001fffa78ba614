"""The HTTP API: what other programs may do, described by its OpenAPI schema."""

from lionrock.web.api.operations import api

__all__ = ["api"]
