"""The status of the bot on Discord, as far as it can be asked without being connected."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Installation:
    """What those who install the app one way grant it: the scopes, and which permissions they do not that it needs."""

    scopes: frozenset[str] = frozenset()
    missing_permissions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AppPage:
    """What the application says about itself in Discord's developer portal. What is not set is empty."""

    is_public: bool = True
    has_icon: bool = False
    description: str = ""
    tags: tuple[str, ...] = ()
    terms_url: str = ""
    privacy_url: str = ""
    custom_install_url: str = ""
    in_servers: Installation | None = None
    """How servers install it by Discord's own link; None where they cannot."""
    for_users: Installation | None = None
    """How people install it for themselves; None where they cannot."""
    interactions_url: str = ""
    """The address to which Discord sends commands in place of the bot's connection."""


@dataclass(frozen=True, slots=True)
class DiscordStatus:
    """The bot's name, its privileged intents, and by how much this machine's clock is ahead.

    `needless_intents` are on and not needed. `clock_ahead_seconds` is negative where the clock is behind, and None
    where Discord did not say. `lacks_message_content` is whether the Message Content intent is off though the settings
    ask for it. `page` is None where it was not looked at.
    """

    name: str
    needless_intents: tuple[str, ...] = ()
    clock_ahead_seconds: float | None = None
    lacks_message_content: bool = False
    page: AppPage | None = None
