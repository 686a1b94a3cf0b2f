"""Files in whatever store Spark reads, moved by Spark's own file systems.

They know every store that the cluster knows (HDFS, S3, GCS, Azure) by the cluster's
own configuration and credentials, so the project needs no client for any of them.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


class SparkFiles:
    """Copies between this machine's disk and the stores that a session knows."""

    def __init__(self, session: SparkSession) -> None:
        context = session.sparkContext
        self._java: Any = context._jvm
        self._configuration: Any = context._jsc.hadoopConfiguration()

    def upload(self, path: Path, uri: str) -> None:
        """Copy a file to where it is not yet. Nobody sees half of it under its name."""
        target = self._path(uri)
        store = target.getFileSystem(self._configuration)
        if store.exists(target):
            return
        partial = self._path(f"{uri}.partial")
        store.copyFromLocalFile(False, True, self._path(path.as_uri()), partial)
        store.rename(partial, target)

    def download(self, uri: str, path: Path) -> None:
        """Copy a file to this machine's disk."""
        path.parent.mkdir(parents=True, exist_ok=True)
        source = self._path(uri)
        store = source.getFileSystem(self._configuration)
        # Without Hadoop's checksum file beside it.
        store.copyToLocalFile(False, source, self._path(path.as_uri()), True)

    def _path(self, uri: str) -> Any:
        return self._java.org.apache.hadoop.fs.Path(self._java.java.net.URI(uri))


def local_path(uri: str) -> Path | None:
    """The path of a file on this machine's disk; None for one in another store."""
    parts = urlsplit(uri)
    return Path(unquote(parts.path)) if parts.scheme == "file" else None
