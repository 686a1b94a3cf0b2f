"""What dbt's manifest says of the marts' keys (``manifest.json``, artifact schema v12)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from dagster_project.errors import PublicationRefusedError

#: The project's own test, which holds in any build that may be published.
_KEY_TEST = "unique_key"

#: Columns that no two rows of a mart share, by ``schema.table``.
Keys = Mapping[str, tuple[str, ...]]


def read_keys(path: Path) -> Keys:
    """The keys that dbt tested; none for a model without such a test, or without a manifest.

    Raises:
        PublicationRefusedError: if the file is not such an artifact.
    """
    try:
        nodes = json.loads(path.read_bytes())["nodes"]
        tests = [
            node
            for node in nodes.values()
            if node["resource_type"] == "test"
            and (node.get("test_metadata") or {}).get("name") == _KEY_TEST
        ]
        return {
            f"{model['schema']}.{model['alias']}": tuple(test["test_metadata"]["kwargs"]["columns"])
            for test in tests
            for model in [nodes[test["attached_node"]]]
        }
    except FileNotFoundError:
        return {}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise PublicationRefusedError(
            f"{path}: this is not a dbt manifest of artifact schema v12. Build again with the "
            f"pinned dbt. {error!r}"
        ) from None
