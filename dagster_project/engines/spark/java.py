"""The Java process behind pyspark, which a run's processes share.

Starting one and getting it warm is most of what the steps around a small company's models
take. So a run has one: the process that checked the inputs keeps it, and dbt, which is
another process, is told where it listens.
"""

from __future__ import annotations

import atexit
import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from py4j.java_gateway import JavaGateway

#: By these pyspark finds a Java process that it has not started itself.
_PORT, _SECRET = "PYSPARK_GATEWAY_PORT", "PYSPARK_GATEWAY_SECRET"

EXIT_SECONDS = 60


def java_environment() -> dict[str, str]:
    """The environment variables by which another process shares this one's Java, if it has any."""
    gateway = _gateway()
    if gateway is None:
        return {}
    parameters = gateway.gateway_parameters
    return {_PORT: str(parameters.port), _SECRET: parameters.auth_token}


def adopt_context() -> bool:
    """Go on with the context that another process left in this one's Java, executors and all.

    Java has one context at most, and whoever shared it leaves it running.

    Returns:
        whether there was one.
    """
    from pyspark import SparkContext

    jvm = SparkContext._jvm
    if jvm is None or SparkContext._active_spark_context is not None:
        return False
    left = jvm.org.apache.spark.sql.classic.SparkSession.getDefaultSession()
    if not left.isDefined() or left.get().sparkContext().isStopped():
        return False
    SparkContext(jsc=jvm.JavaSparkContext.fromSparkContext(left.get().sparkContext()))
    return True


def keep_java() -> None:
    """Let Java live until :func:`end_java`, or the end of this process at the latest."""
    atexit.register(end_java)


def end_java() -> None:
    """End this process's Java, if it has any, which pyspark has no call for.

    It holds the catalog's file, which the next run opens in a Java of its own. Java ends by
    itself when its standard input is closed.
    """
    atexit.unregister(end_java)
    gateway = _gateway()
    if gateway is None or gateway.proc is None:
        return
    from pyspark import SparkContext

    process = gateway.proc
    gateway.shutdown()  # type: ignore[no-untyped-call]  # py4j has no types
    SparkContext._gateway = None
    SparkContext._jvm = None
    for name in (_PORT, _SECRET):
        os.environ.pop(name, None)
    if process.stdin is not None:
        process.stdin.close()
    process.wait(timeout=EXIT_SECONDS)


def _gateway() -> JavaGateway | None:
    if "pyspark" not in sys.modules:
        return None
    from pyspark import SparkContext

    return SparkContext._gateway
