"""The OpenAPI document of the declared resources, made from their declarations."""

from collections.abc import Sequence
from typing import Any

import msgspec

from onehall.kernel.resources import patching
from onehall.kernel.resources.declaration import Access, Doc, Resource

_REF = "#/components/schemas/"
_PROBLEMS = (400, 401, 403, 404, 405, 406, 409, 412, 413, 415, 422, 503)
_HUB = {
    "type": "object", "required": ["callback"],
    "properties": {"callback": {"type": "string", "format": "uri"}, "query": {"type": "string"}},
}  # fmt: skip
_ERROR = {
    "type": "object", "required": ["code", "reason"],
    "properties": {name: {"type": "string"} for name in ("code", "reason", "message", "status", "referenceError", "@type")},
}  # fmt: skip


def document(resources: Sequence[Resource], title: str = "Onehall TM Forum APIs") -> Doc:
    """This will give the OpenAPI 3.1 document of resources and of the hub of each API."""
    structs = {resource.attributes for resource in resources if resource.attributes}
    _schemas, components = msgspec.json.schema_components(sorted(structs, key=lambda one: one.__qualname__), ref_template=_REF + "{name}")
    paths: Doc = {}
    for resource in resources:
        paths[resource.path] = _collection(resource)
        paths[f"{resource.path}/{{id}}"] = _item(resource)
    for api, version in sorted({(resource.api, resource.version) for resource in resources}):
        paths[f"/tmf-api/{api}/{version}/hub"] = {"post": _operation(f"{api}.listen", 201, body=_HUB)}
        paths[f"/tmf-api/{api}/{version}/hub/{{id}}"] = {
            "parameters": [_path_id()], "get": _operation(f"{api}.listener", 200), "delete": _operation(f"{api}.unlisten", 204),
        }  # fmt: skip
    return {
        "openapi": "3.1.0", "info": {"title": title, "version": "4"}, "paths": paths, "security": [{"bearer": []}, {}],
        "components": {
            "schemas": {**components, "Error": _ERROR},
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
        },
    }  # fmt: skip


def _collection(resource: Resource) -> Doc:
    found: Doc = {"get": _operation(f"{resource.api}.list.{resource.name}", 200, 206, answer={"type": "array", "items": _shape(resource)})}
    found["get"]["parameters"] = [_word("fields"), _word("filter"), _word("sort"), _word("offset", 0), _word("limit", 0)]
    if resource.create and resource.may_write is not Access.NOBODY:
        status = 202 if resource.asynchronous else 201
        found["post"] = _operation(f"{resource.api}.create.{resource.name}", status, body=_shape(resource), answer=_shape(resource))
        found["post"]["parameters"] = [_header("Idempotency-Key")]
    return found


def _item(resource: Resource) -> Doc:
    found: Doc = {"parameters": [_path_id()], "get": _operation(f"{resource.api}.get.{resource.name}", 200, answer=_shape(resource))}
    found["get"]["parameters"] = [_word("fields")]
    if resource.patch and resource.may_write is not Access.NOBODY:
        found["patch"] = _operation(f"{resource.api}.patch.{resource.name}", 200, answer=_shape(resource))
        found["patch"]["parameters"] = [_header("If-Match")]
        steps = {"type": "array", "items": {"type": "object"}}
        found["patch"]["requestBody"] = {
            "required": True,
            "content": {
                patching.PLAIN: {"schema": {"type": "object"}}, patching.MERGE: {"schema": {"type": "object"}},
                patching.STEPS: {"schema": steps}, patching.QUERIES: {"schema": steps},
            },
        }  # fmt: skip
    if resource.delete and resource.may_write is not Access.NOBODY:
        found["delete"] = _operation(f"{resource.api}.delete.{resource.name}", 204)
        found["delete"]["parameters"] = [_header("If-Match")]
    return found


def _operation(name: str, *statuses: int, body: Doc | None = None, answer: Doc | None = None) -> Doc:
    content = {"content": {"application/json": {"schema": answer or {"type": "object"}}}}
    good: Doc = {str(status): {"description": "done", **({} if status == 204 else content)} for status in statuses}
    error = {"description": "refused", "content": {"application/json": {"schema": {"$ref": _REF + "Error"}}}}
    found: Doc = {"operationId": name, "responses": good | {str(status): error for status in _PROBLEMS}}
    if body is not None:
        found["requestBody"] = {"required": True, "content": {"application/json": {"schema": body}}}
    return found


def _shape(resource: Resource) -> Doc:
    return {"$ref": _REF + resource.attributes.__name__} if resource.attributes else {"type": "object"}


def _word(name: str, least: int | None = None) -> Doc:
    kind: dict[str, Any] = {"type": "string"} if least is None else {"type": "integer", "minimum": least}
    return {"name": name, "in": "query", "schema": kind}


def _header(name: str) -> Doc:
    return {"name": name, "in": "header", "schema": {"type": "string"}}


def _path_id() -> Doc:
    return {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}
