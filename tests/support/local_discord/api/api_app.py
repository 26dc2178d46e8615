"""Routes of the app itself: who it is, its gateway, its commands, and the servers and members it may look at."""

from __future__ import annotations

from ..basics import ApiError, Json, Problem, invalid_form
from ..places import Guild
from .command_limits import CHAT, command_problems, scope_problems
from .rest import Answer, Call, Endpoint


async def _me(call: Call) -> Answer:
    return 200, call.world.bot.payload() | {"verified": True, "mfa_enabled": True, "flags": 0}


async def _application(call: Call) -> Answer:
    return 200, call.world.application()


async def _gateway_bot(call: Call) -> Answer:
    limit = {"total": 1000, "remaining": 999, "reset_after": 3_600_000, "max_concurrency": 1}
    url = call.world.address.replace("http", "ws", 1) + "/gateway/"
    return 200, {"url": url, "shards": call.gateway.shards, "session_start_limit": limit}


async def _user(call: Call) -> Answer:
    user = call.world.users.get(call.key("user_id"))
    if user is None:
        raise ApiError(404, 10013, "Unknown User")
    return 200, user.payload()


def _guild(call: Call) -> Guild:
    guild = call.world.guilds.get(call.key("guild_id"))
    if guild is None or not guild.installed:
        raise ApiError(404, 10004, "Unknown Guild")
    return guild


async def _get_guild(call: Call) -> Answer:
    return 200, _guild(call).payload()


async def _member(call: Call) -> Answer:
    member = _guild(call).members.get(call.key("user_id"))
    if member is None:
        raise ApiError(404, 10007, "Unknown Member")
    return 200, member.payload()


async def _guild_channels(call: Call) -> Answer:
    return 200, [channel.payload(call.world.bot) for channel in _guild(call).channels.values() if not channel.is_thread]


async def _active_threads(call: Call) -> Answer:
    guild = _guild(call)
    bot = guild.members[call.world.bot.id]
    threads = [channel for channel in guild.channels.values() if channel.is_open_thread and channel.is_seen_by(bot)]
    return 200, {"threads": [thread.payload(call.world.bot) for thread in threads], "members": []}


async def _guild_roles(call: Call) -> Answer:
    return 200, [role.payload() for role in _guild(call).roles.values()]


def _scope(call: Call) -> int | None:
    if call.key("application_id") != call.world.application_id:
        raise ApiError(403, 20012, "You are not authorized to perform this action on this application")
    if "guild_id" not in call.params:
        return None
    guild = call.world.guilds.get(call.key("guild_id"))
    if guild is None or not guild.installed:
        raise ApiError(403, 50001, "Missing Access")
    return guild.id


def _stored(call: Call, scope: int | None, body: Json, known: Json | None) -> Json:
    """The command as Discord keeps it: defaults filled in, an id of its own, a new version."""
    command: Json = {
        "options": [],
        "description": "",
        "nsfw": False,
        "contexts": None,
        "integration_types": [0],
        "default_member_permissions": None,
        **(known or {}),
        **{key: value for key, value in body.items() if value is not None or key == "default_member_permissions"},
        "application_id": str(call.world.application_id),
        "version": str(call.world.ids.next()),
    }
    command["type"] = command.get("type") or CHAT
    command["id"] = known["id"] if known else str(call.world.ids.next())
    if command["default_member_permissions"] is not None:
        command["default_member_permissions"] = str(command["default_member_permissions"])
    return command | ({"guild_id": str(scope)} if scope else {})


def _same(commands: list[Json], body: Json) -> Json | None:
    """A command keeps its id as long as its name and type stay."""
    return next(
        (
            command
            for command in commands
            if (command["name"], command["type"]) == (body.get("name"), body.get("type") or CHAT)
        ),
        None,
    )


async def _list_commands(call: Call) -> Answer:
    return 200, call.world.commands.get(_scope(call), [])


async def _put_commands(call: Call) -> Answer:
    scope, bodies = _scope(call), call.body or []
    problems = scope_problems(bodies)
    for index, body in enumerate(bodies):
        problems += [problem.under(str(index)) for problem in command_problems(body)]
    if problems:
        raise invalid_form(problems)
    old = call.world.commands.get(scope, [])
    call.world.commands[scope] = [_stored(call, scope, body, _same(old, body)) for body in bodies]
    return 200, call.world.commands[scope]


async def _post_command(call: Call) -> Answer:
    scope, body = _scope(call), call.body or {}
    commands = call.world.commands.setdefault(scope, [])
    known = _same(commands, body)
    others = [command for command in commands if command is not known]
    if problems := command_problems(body) + scope_problems([*others, body]):
        raise invalid_form(problems)
    command = _stored(call, scope, body, known)
    call.world.commands[scope] = [*others, command]
    return (200 if known else 201), command


def _one(call: Call) -> tuple[int | None, Json]:
    scope = _scope(call)
    for command in call.world.commands.get(scope, []):
        if command["id"] == call.params["command_id"]:
            return scope, command
    raise ApiError(404, 10063, "Unknown application command")


async def _get_command(call: Call) -> Answer:
    return 200, _one(call)[1]


async def _patch_command(call: Call) -> Answer:
    scope, command = _one(call)
    body = call.body or {}
    if body.get("type") not in (None, command["type"]):
        raise invalid_form([Problem(("type",), "APPLICATION_COMMAND_INVALID", "the type of a command is fixed")])
    changed = _stored(call, scope, body, command)
    others = [other for other in call.world.commands[scope] if other is not command]
    if problems := command_problems(changed) + scope_problems([*others, changed]):
        raise invalid_form(problems)
    call.world.commands[scope] = [*others, changed]
    return 200, changed


async def _delete_command(call: Call) -> Answer:
    scope, command = _one(call)
    call.world.commands[scope].remove(command)
    return 204, None


def _command_endpoints(root: str) -> list[Endpoint]:
    return [
        Endpoint("GET", root, _list_commands),
        Endpoint("PUT", root, _put_commands),
        Endpoint("POST", root, _post_command),
        Endpoint("GET", root + "/{command_id}", _get_command),
        Endpoint("PATCH", root + "/{command_id}", _patch_command),
        Endpoint("DELETE", root + "/{command_id}", _delete_command),
    ]


ENDPOINTS = [
    Endpoint("GET", "/users/@me", _me),
    Endpoint("GET", "/users/{user_id}", _user),
    Endpoint("GET", "/oauth2/applications/@me", _application),
    Endpoint("GET", "/applications/@me", _application),
    Endpoint("GET", "/gateway/bot", _gateway_bot),
    Endpoint("GET", "/guilds/{guild_id}", _get_guild),
    Endpoint("GET", "/guilds/{guild_id}/channels", _guild_channels),
    Endpoint("GET", "/guilds/{guild_id}/threads/active", _active_threads),
    Endpoint("GET", "/guilds/{guild_id}/roles", _guild_roles),
    Endpoint("GET", "/guilds/{guild_id}/members/{user_id}", _member),
    *_command_endpoints("/applications/{application_id}/commands"),
    *_command_endpoints("/applications/{application_id}/guilds/{guild_id}/commands"),
]
