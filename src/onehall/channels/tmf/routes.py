"""The router: two addresses for each resource, two for the hub of each API, and the OpenAPI document."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final

from litestar import Request, Response, Router, route
from litestar.datastructures import State
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, SkipValidation

from onehall.channels.tmf import media, trouble
from onehall.kernel.i18n import _
from onehall.kernel.identity.http import who_of
from onehall.kernel.identity.who import Who
from onehall.kernel.refusals import Refusal
from onehall.kernel.resources import (
    Answer,
    Resource,
    audience,
    bodies,
    created,
    deleted,
    engine,
    errors,
    got,
    hub,
    know,
    listed,
    patched,
    schema,
)
from onehall.kernel.resources.declaration import ROOT
from onehall.kernel.store import Store

METHODS: Final[Any] = ["GET", "POST", "PUT", "PATCH", "DELETE"]
Asker = NamedDependency[SkipValidation[Who]]
Serve = Callable[[Request, Store, Who], Awaitable[Answer]]
ServeOne = Callable[[Request, Store, Who, str], Awaitable[Answer]]


async def _caller(request: Request) -> Who:
    return who_of(request)


def router(resources: Sequence[Resource], who: Callable[..., Any] = _caller) -> Router:
    """This will give the router of all that lies under /tmf-api. `who` gives the caller; if not said, the gate does."""
    know(list(resources))
    handlers: list[Any] = [_document(resources), *_elsewhere(resources)]
    for resource in resources:
        path = resource.path.removeprefix(ROOT)
        handlers += [_many(path, _verbs(resource)), _one(f"{path}/{{id:str}}", _verbs_of_one(resource))]
    for api, version in sorted({(resource.api, resource.version) for resource in resources}):
        path = f"/{api}/{version}/hub"
        handlers += [_many(path, _hub_verbs(api, version)), _one(f"{path}/{{id:str}}", _hub_verbs_of_one(api))]
    return Router(
        ROOT, route_handlers=handlers, dependencies={"who": Provide(who)}, exception_handlers=trouble.HANDLERS,
        request_max_body_size=bodies.BYTES_MAX, include_in_schema=False,
    )  # fmt: skip


def _many(path: str, verbs: dict[str, Serve]) -> Any:
    @route(path, http_method=METHODS, name=f"tmf{path}")
    async def serve(request: Request, state: State, who: Asker) -> Response[bytes]:
        return _print(await _pick(request, verbs)(request, state.store, who))

    return serve


def _one(path: str, verbs: dict[str, ServeOne]) -> Any:
    @route(path, http_method=METHODS, name=f"tmf{path}")
    async def serve(request: Request, state: State, who: Asker, id: FromPath[str]) -> Response[bytes]:
        return _print(await _pick(request, verbs)(request, state.store, who, id))

    return serve


def _pick(request: Request, verbs: dict[str, Any]) -> Any:
    verb = verbs.get(str(request.method))
    if verb is None:
        raise Refusal("method", _("This cannot be done here."), 405, allow=", ".join(sorted(verbs)))
    if request.method != "DELETE":
        media.check_accept(request)
    return verb


def _verbs(resource: Resource) -> dict[str, Serve]:
    async def read(request: Request, store: Store, who: Who) -> Answer:
        return await listed(store, resource, who, media.raw_query(request))

    async def make(request: Request, store: Store, who: Who) -> Answer:
        media.check_json(request)
        return await created(store, resource, who, await request.body(), request.headers.get("idempotency-key"))

    return {"GET": read, "POST": make} if resource.create else {"GET": read}


def _verbs_of_one(resource: Resource) -> dict[str, ServeOne]:
    async def read(request: Request, store: Store, who: Who, id_: str) -> Answer:
        return await got(store, resource, who, id_, media.raw_query(request))

    async def change(request: Request, store: Store, who: Who, id_: str) -> Answer:
        kind = media.patch_media(request)
        return await patched(store, resource, who, id_, await request.body(), kind, request.headers.get("if-match"))

    async def end(request: Request, store: Store, who: Who, id_: str) -> Answer:
        return await deleted(store, resource, who, id_, request.headers.get("if-match"))

    offered = {"GET": read, "PATCH": resource.patch and change, "DELETE": resource.delete and end}
    return {method: verb for method, verb in offered.items() if verb}


def _hub_verbs(api: str, version: str) -> dict[str, Serve]:
    async def make(request: Request, store: Store, who: Who) -> Answer:
        media.check_json(request)
        wanted = bodies.an_object(bodies.read(await request.body()))
        made = await store.run(0, lambda tx: hub.register(tx, api, who, wanted), engine.origin(who))
        await audience.learn(store)
        return Answer(201, errors.encode(made), {"Location": f"{ROOT}/{api}/{version}/hub/{made['id']}"})

    return {"POST": make}


def _hub_verbs_of_one(api: str) -> dict[str, ServeOne]:
    async def read(request: Request, store: Store, who: Who, id_: str) -> Answer:
        return Answer(200, errors.encode(await store.run(0, lambda tx: hub.found(tx, api, who, id_))))

    async def end(request: Request, store: Store, who: Who, id_: str) -> Answer:
        await store.run(0, lambda tx: hub.remove(tx, api, who, id_), engine.origin(who))
        return Answer(204)

    return {"GET": read, "DELETE": end}


def _document(resources: Sequence[Resource]) -> Any:
    text = errors.encode(schema.document(resources))

    @route("/openapi.json", http_method=["GET"], name="tmf/openapi")
    async def document() -> Response[bytes]:
        return Response(text, media_type=media.JSON)

    return document


def _elsewhere(resources: Sequence[Resource]) -> list[Any]:
    """The HTTP layer does not turn back from a branch that it has taken, so each branch ends in a 404 of its own."""
    apis = {f"/{resource.api}" for resource in resources}
    versions = {f"/{resource.api}/{resource.version}" for resource in resources}
    rows = {f"{resource.path.removeprefix(ROOT)}/{{id:str}}" for resource in resources} | {f"{path}/hub/{{id:str}}" for path in versions}
    stems = {"", *apis, *versions}
    return [_nothing(path or "/") for path in sorted(stems)] + [_nothing(f"{path}/{{rest:path}}") for path in sorted(stems | rows)]


def _nothing(path: str) -> Any:
    @route(path, http_method=METHODS, name=f"tmf/elsewhere{path}")
    async def nothing() -> Response[bytes]:
        raise Refusal("http.404", _("There is nothing at this address."), 404)

    return nothing


def _print(answer: Answer) -> Response[bytes]:
    if answer.status == 204:
        return Response(b"", status_code=204)
    headers = {"Cache-Control": "no-store"} | answer.headers
    return Response(answer.body, status_code=answer.status, media_type=media.JSON, headers=headers)
