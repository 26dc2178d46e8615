"""What `cuepoint doctor --online` says of the pages in Discord's developer portal."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.cli.doctor.directory_checks import check_directory
from bot.cli.doctor.results import Grade
from bot.cli.session import FAILED
from bot.discord_status import AppPage, Installation
from bot.host_links import HostLinks
from tests.support.local_discord import BotProcess, LocalDiscord
from tests.support.local_discord.state import MESSAGE_CONTENT
from tests.support.project import PROJECT

OPERATING = (PROJECT / "docs" / "operating.md").read_text(encoding="utf-8")
FULL_PORTAL = {
    "description": "Answers questions from the transcripts of videos, word for word.",
    "icon": "a" * 32,
    "tags": ["search", "video"],
    "terms_of_service_url": "https://club.example.org/terms",
    "privacy_policy_url": "https://club.example.org/privacy",
    "integration_types_config": {
        "0": {"oauth2_install_params": {"scopes": ["bot", "applications.commands"], "permissions": "274877910016"}},
        "1": {"oauth2_install_params": {"scopes": ["applications.commands"], "permissions": "0"}},
    },
}
LINKED = {
    "CUEPOINT_TERMS_URL": "https://club.example.org/terms",
    "CUEPOINT_PRIVACY_URL": "https://club.example.org/privacy",
}


async def look_online(server: LocalDiscord, folder: Path, code: int = 0, **settings: str) -> str:
    """What `cuepoint doctor --online` prints about a bot in the local Discord."""
    command = [sys.executable, "-m", "bot", "doctor", "--online"]
    env = {"DISCORD_TOKEN": server.token, "CUEPOINT_DATA_DIR": str(folder / "data"), **settings}
    async with BotProcess(server, command, env, logs=folder, cwd=PROJECT) as process:
        assert await process.wait(60) == code, process.stdout
        return process.stdout


async def test_it_lists_what_the_app_directory_misses_and_where_it_is_set(tmp_path: Path) -> None:
    general = "on the page General Information of the Developer Portal"
    installation = "on the page Installation of the Developer Portal"
    async with LocalDiscord() as server:
        printed = await look_online(server, tmp_path)
        notes = [line.removeprefix("directory note: ") for line in printed.splitlines() if line.startswith("directory")]
        assert notes == [
            f"Discord's App Directory wants an icon: upload one as App Icon {general}",
            f"Discord's App Directory wants a description: say what the bot does in Description {general}",
            f"Discord's App Directory wants one to five tags, such as search and video: add them to Tags {general}",
            "the install link does not ask for applications.commands and bot: add it to Default Install Settings, "
            f"Guild Install, {installation}",
            "the install link does not ask for applications.commands: add it to Default Install Settings, "
            f"User Install, {installation}",
            "Discord's App Directory wants a Terms of Service URL: enter the address of your page, for which TERMS.md "
            f"is a template, {general}",
            "Discord's App Directory wants a Privacy Policy URL: enter the address of your page, for which PRIVACY.md "
            f"is a template, {general}",
        ]
        server.world.portal = FULL_PORTAL
        printed = await look_online(server, tmp_path, **LINKED)
        assert "directory ok, the Developer Portal has what Discord's App Directory wants" in printed


async def test_it_finds_commands_that_go_elsewhere_and_an_intent_that_is_off(tmp_path: Path) -> None:
    assert "“Discord sends commands to”" in OPERATING
    assert "“CUEPOINT_MESSAGE_CONTENT is on”" in OPERATING
    async with LocalDiscord() as server:
        server.world.portal = {**FULL_PORTAL, "interactions_endpoint_url": "https://old.example.org/interactions"}
        printed = await look_online(server, tmp_path, FAILED, **LINKED, CUEPOINT_MESSAGE_CONTENT="true")
        assert "commands  problem: Discord sends commands to https://old.example.org/interactions, not to" in printed
        assert "intents   problem: CUEPOINT_MESSAGE_CONTENT is on and the intent Message Content is not" in printed
        server.world.portal = FULL_PORTAL
        server.world.privileged_allowed = MESSAGE_CONTENT
        assert "intents " not in await look_online(server, tmp_path, **LINKED, CUEPOINT_MESSAGE_CONTENT="true")
        assert "are on and not needed: Message Content" in await look_online(server, tmp_path, **LINKED)


PAGE = AppPage(
    has_icon=True,
    description="Answers",
    tags=("search",),
    terms_url="https://a.example/t",
    privacy_url="https://a.example/p",
    in_servers=Installation(frozenset({"bot", "applications.commands"})),
    for_users=Installation(frozenset({"applications.commands"})),
)
LINKS = HostLinks("https://a.example/p", "https://a.example/t")


@pytest.mark.parametrize(
    ("changed", "links", "words"),
    [
        ({"in_servers": None}, LINKS, "Discord's App Directory wants an install link: tick Guild Install"),
        ({"for_users": None}, LINKS, "people cannot add the bot to their own account: tick User Install"),
        (
            {"in_servers": Installation(frozenset({"bot", "applications.commands"}), ("Send Messages",))},
            LINKS,
            "does not ask for the permissions Send Messages: add them",
        ),
        ({"terms_url": ""}, LINKS, "wants a Terms of Service URL: enter https://a.example/t on the page"),
        ({}, HostLinks("https://a.example/p"), "do not link https://a.example/t, the Terms of Service URL"),
        (
            {},
            HostLinks("https://b.example", LINKS.terms),
            "is https://a.example/p in the Developer Portal",
        ),
    ],
)
def test_what_the_app_directory_wants_is_a_note(changed: dict[str, Any], links: HostLinks, words: str) -> None:
    (result,) = check_directory(replace(PAGE, **changed), links)
    assert words in str(result)
    assert result.grade is Grade.NOTE


def test_a_private_bot_may_lack_what_the_directory_wants() -> None:
    head, note = check_directory(replace(PAGE, is_public=False, tags=()), LINKS)
    assert (head.grade, note.grade) == (Grade.FINE, Grade.NOTE)
    assert "the bot is private" in str(head)


def test_a_link_of_its_own_is_how_an_app_may_be_installed_too() -> None:
    page = replace(PAGE, in_servers=None, for_users=None, custom_install_url="https://a.example/install")
    assert [result.grade for result in check_directory(page, LINKS)] == [Grade.FINE]
