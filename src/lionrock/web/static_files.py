"""Style sheets and scripts: served by the console itself, under names that hold their digest."""

from pathlib import Path
from typing import Any

from whitenoise.middleware import WhiteNoiseMiddleware
from whitenoise.storage import CompressedManifestStaticFilesStorage


class Storage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # whitenoise is untyped
    """Falls back to the plain name when files were not collected: an unstyled page beats no page."""

    def stored_name(self, name: str) -> str:
        """Return the name with the digest, or the plain one."""
        try:
            return str(super().stored_name(name))
        except ValueError:
            return name


class Middleware(WhiteNoiseMiddleware):  # type: ignore[misc]  # whitenoise is untyped
    """Starts even when files were not collected yet; `lionrock up` collects them."""

    def add_files(self, root: str, prefix: str | None = None) -> Any:  # Any: whitenoise is untyped
        """Add the folder's files, when there is such a folder; `lionrock doctor` tells when not."""
        if Path(root).is_dir():
            super().add_files(root, prefix)
