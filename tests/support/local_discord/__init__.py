"""A small Discord on 127.0.0.1, with REST and gateway over real sockets, for a bot that runs as a process."""

from .api.schema import Schema
from .basics import Breach, Clock, Json, Request
from .faults import Fault, Storm
from .interactions import Callback, Interaction, Kind
from .messages import Message, Upload
from .options import NotOfferedError
from .places import ALL_PERMISSIONS, EVERYDAY, Channel, Guild, Member, Permission, Role, User
from .process import BotProcess
from .server import LocalDiscord, sample_bot_source
from .threads import Forum, Thread

__all__ = [
    "ALL_PERMISSIONS",
    "EVERYDAY",
    "BotProcess",
    "Breach",
    "Callback",
    "Channel",
    "Clock",
    "Fault",
    "Forum",
    "Guild",
    "Interaction",
    "Json",
    "Kind",
    "LocalDiscord",
    "Member",
    "Message",
    "NotOfferedError",
    "Permission",
    "Request",
    "Role",
    "Schema",
    "Storm",
    "Thread",
    "Upload",
    "User",
    "sample_bot_source",
]
