"""CloudFormation's own descriptions of resource types, as cfn-lint ships them."""

import json
from functools import cache
from pathlib import Path

import cfnlint


@cache
def _schemas():
    """All descriptions by type; a type has several where regions differ."""
    found = {}
    for path in (Path(cfnlint.__file__).parent / "data" / "schemas" / "resources").iterdir():
        schema = json.loads(path.read_text())
        found.setdefault(schema["typeName"], []).append(schema)
    return found


def schema_of(kind):
    return _schemas()[kind][0]


def permissions_for(kind):
    """The actions that CloudFormation calls to make, read, change and delete a resource of a type."""
    return {
        action
        for schema in _schemas()[kind]
        for name, handler in schema.get("handlers", {}).items()
        if name != "list"
        for action in handler.get("permissions", [])
    }
