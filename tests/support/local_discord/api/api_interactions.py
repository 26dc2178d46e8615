"""Routes which answer interactions: the callback, and the messages of an interaction's token."""

from __future__ import annotations

from .. import interactions
from ..basics import Json
from ..interactions import Callback, Interaction
from ..messages import Message
from .rest import Answer, Call, Endpoint


async def _callback(call: Call) -> Answer:
    body = call.body or {}
    interaction = interactions.accept(call.world, call.key("interaction_id"), call.params["token"], call.arrived, body)
    interactions.respond(call.world, interaction, body, call.files, call.arrived)
    message = interaction.original
    if message is not None and interaction.callback is not Callback.DEFERRED_UPDATE:
        event = "MESSAGE_UPDATE" if interaction.callback is Callback.UPDATE else "MESSAGE_CREATE"
        await call.gateway.announce(event, message)
    if call.query.get("with_response", "").lower() not in ("1", "true"):
        return 204, None
    return 200, _callback_answer(interaction)


def _callback_answer(interaction: Interaction) -> Json:
    about: Json = {"id": str(interaction.id), "type": int(interaction.kind)}
    message, callback = interaction.original, interaction.callback
    if callback is None or message is None:
        return {"interaction": about}
    about |= {
        "response_message_id": str(message.id),
        "response_message_loading": message.loading,
        "response_message_ephemeral": message.ephemeral,
    }
    return {"interaction": about, "resource": {"type": int(callback), "message": message.payload()}}


def _mine(call: Call) -> Interaction:
    return interactions.by_token(call.world, call.key("application_id"), call.params["token"])


async def _follow_up(call: Call) -> Answer:
    message, is_new = interactions.follow_up(call.world, _mine(call), call.body or {}, call.files)
    await call.gateway.announce("MESSAGE_CREATE" if is_new else "MESSAGE_UPDATE", message)
    # Unlike other webhooks, those of an app always answer with the message.
    return 200, message.payload()


def _found(call: Call) -> tuple[Interaction, Message]:
    interaction = _mine(call)
    return interaction, interactions.own_message(call.world, interaction, call.params["message_id"])


async def _get(call: Call) -> Answer:
    return 200, _found(call)[1].payload()


async def _edit(call: Call) -> Answer:
    interaction, message = _found(call)
    interactions.edit(call.world, interaction, message, call.body or {}, call.files)
    await call.gateway.announce("MESSAGE_UPDATE", message)
    return 200, message.payload()


async def _delete(call: Call) -> Answer:
    _, message = _found(call)
    message.deleted = True
    await call.gateway.announce("MESSAGE_DELETE", message)
    return 204, None


_TOKEN = "/webhooks/{application_id}/{token}"

ENDPOINTS = [
    Endpoint("POST", "/interactions/{interaction_id}/{token}/callback", _callback, open=True),
    Endpoint("POST", _TOKEN, _follow_up, open=True),
    Endpoint("GET", _TOKEN + "/messages/{message_id}", _get, open=True),
    Endpoint("PATCH", _TOKEN + "/messages/{message_id}", _edit, open=True),
    Endpoint("DELETE", _TOKEN + "/messages/{message_id}", _delete, open=True),
]
