"""Holds every exchange against GitHub's own description of its REST API.

The description is a slice of the OpenAPI file that GitHub publishes; it lies beside the checkout, and where it does
not, nothing is checked and `Contract.absent` says why. Calls that the slice leaves out have a small schema here,
written after docs.github.com.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import jsonschema_rs

import shared_data

SLICE = shared_data.ROOT / "github" / "openapi-slice.json"
NOT_IN_THE_SLICE = Path(__file__).with_name("not_in_the_slice.json")
ABSENT = "GitHub's description (github/openapi-slice.json) is not on this machine, so no exchange is checked"
METHODS = ("get", "post", "put", "patch", "delete")

ERRORS = {400, 401, 403, 404, 405, 409, 410, 422, 429}
"""Refusals that GitHub gives on any call, though its description names them on few."""
SPANS_SLASHES = {"path", "ref", "branch", "sha", "commit_sha"}
UNCHECKED_FORMATS = {"int64", "int32", "repo.nwo"}
BASIC_ERROR = {"$ref": "#/components/schemas/basic-error"}


@dataclass(frozen=True)
class Operation:
    """One method of one path template: what may be asked and what may be answered."""

    template: str
    path: re.Pattern[str]
    parameters: dict[tuple[str, str], dict[str, Any]]
    request: dict[str, Any] | None
    responses: dict[int, dict[str, Any] | None]


class Contract:
    """The operations that are known, each compiled at its first use."""

    def __init__(self, documents: list[dict[str, Any]], absent: str = "") -> None:
        self.absent = absent
        self._components: dict[str, Any] = {}
        self._operations: dict[str, list[Operation]] = {}
        self._compiled: dict[str, jsonschema_rs.Validator] = {}
        for document in documents:
            for section, entries in document.get("components", {}).items():
                self._components.setdefault(section, {}).update(modern(entries))
            for template, methods in document["paths"].items():
                for method, operation in methods.items():
                    if method in METHODS:
                        found = self._operation(template, modern(operation))
                        self._operations.setdefault(method.upper(), []).append(found)
        for each in self._operations.values():
            each.sort(key=lambda one: one.template.count("{"))

    def operation(self, method: str, path: str) -> Operation | None:
        return next((each for each in self._operations.get(method, ()) if each.path.fullmatch(path)), None)

    def request_faults(self, method: str, path: str, query: dict[str, str], body: Any) -> list[str]:
        """What is wrong with a question; empty where nothing is."""
        if self.absent:
            return []
        operation = self.operation(method, path)
        if operation is None:
            return [f"{method} {path}: GitHub has no such call in what is described"]
        faults = self._query_faults(operation, query) + self._path_faults(operation, path)
        if body is not None and operation.request is None:
            faults.append("a body is sent, and none is described")
        elif operation.request is not None and body is not None:
            faults += self._faults(operation.request, body)
            known = operation.request.get("properties", {})
            unknown = sorted(set(body) - set(known)) if isinstance(body, dict) and known else []
            faults += [f"`{name}` is no field of the request" for name in unknown]
        return [f"{method} {path}: request: {fault}" for fault in faults]

    def response_faults(self, method: str, path: str, status: int, body: Any, *, kind: str = "json") -> list[str]:
        """What is wrong with an answer; empty where nothing is. kind: `json`, or another media type, not looked into."""
        if self.absent:
            return []
        operation = self.operation(method, path)
        if operation is None:
            return [f"{method} {path}: GitHub has no such call in what is described"]
        if status not in operation.responses:
            if status not in ERRORS:
                return [f"{method} {path}: status {status} is not described"]
            schema: dict[str, Any] | None = BASIC_ERROR
        else:
            schema = operation.responses[status]
        if kind != "json" or schema is None:
            return []
        return [f"{method} {path}: answer {status}: {fault}" for fault in self._faults(schema, body)]

    def _query_faults(self, operation: Operation, query: dict[str, str]) -> list[str]:
        faults = []
        for name, value in query.items():
            schema = operation.parameters.get(("query", name))
            if schema is None:
                faults.append(f"`{name}` is no parameter of the query")
            else:
                faults += [f"query `{name}`: {fault}" for fault in self._faults(schema, typed(schema, value))]
        return faults

    def _path_faults(self, operation: Operation, path: str) -> list[str]:
        found = operation.path.fullmatch(path)
        assert found
        faults = []
        for name, value in found.groupdict().items():
            schema = operation.parameters.get(("path", name), {})
            faults += [f"path `{name}`: {fault}" for fault in self._faults(schema, typed(schema, unquote(value)))]
        return faults

    def _faults(self, schema: dict[str, Any], value: Any) -> list[str]:
        key = json.dumps(schema, sort_keys=True)
        if key not in self._compiled:
            whole = {**schema, "components": self._components}
            self._compiled[key] = jsonschema_rs.Draft202012Validator(whole, validate_formats=True)
        errors = list(self._compiled[key].iter_errors(value))
        return [f"/{'/'.join(map(str, each.instance_path))}: {each.message[:300]}" for each in errors[:5]]

    def _resolved(self, value: dict[str, Any]) -> dict[str, Any]:
        if "$ref" in value:
            section, name = value["$ref"].split("/")[-2:]
            return self._components[section][name]  # type: ignore[no-any-return]
        return value

    def _operation(self, template: str, operation: dict[str, Any]) -> Operation:
        listed = [self._resolved(each) for each in operation.get("parameters", [])]
        parameters = {(each["in"], each["name"]): each.get("schema", {}) for each in listed}
        body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
        responses = {}
        for status, response in operation["responses"].items():
            content = self._resolved(response).get("content", {})
            responses[int(status)] = content.get("application/json", {}).get("schema")
        return Operation(template, pattern(template), parameters, body, responses)


def modern(value: Any) -> Any:
    """Turn OpenAPI 3.0's `nullable` into JSON Schema of 2020-12, in which null is a type of its own."""
    if isinstance(value, list):
        return [modern(each) for each in value]
    if not isinstance(value, dict):
        return value
    plain = {key: modern(each) for key, each in value.items() if key not in ("nullable", "discriminator", "example")}
    if plain.get("format") in UNCHECKED_FORMATS:
        del plain["format"]
    if value.get("nullable") is not True:
        return plain
    if "enum" in plain:
        plain["enum"] = [*plain["enum"], None]
    if isinstance(plain.get("type"), str):
        plain["type"] = [plain["type"], "null"]
        return plain
    return {"anyOf": [plain, {"type": "null"}]}


def pattern(template: str) -> re.Pattern[str]:
    """A path template as a regular expression with one named group for each parameter."""
    parts = re.split(r"\{(\w+)\}", template)
    text = "".join(
        re.escape(part) if at % 2 == 0 else f"(?P<{part}>{'.+' if part in SPANS_SLASHES else '[^/]+'})"
        for at, part in enumerate(parts)
    )
    return re.compile(text)


def typed(schema: dict[str, Any], value: str) -> Any:
    """A parameter as its schema sees it: what stands in an address is always a text."""
    if schema.get("type") == "integer" and value.isdigit():
        return int(value)
    if schema.get("type") == "boolean" and value in ("true", "false"):
        return value == "true"
    return value


@lru_cache(maxsize=1)
def contract() -> Contract:
    """Return GitHub's contract; one that checks nothing where the slice is not on this machine."""
    if not SLICE.exists():
        return Contract([], absent=ABSENT)
    return Contract([json.loads(each.read_text()) for each in (SLICE, NOT_IN_THE_SLICE)])
