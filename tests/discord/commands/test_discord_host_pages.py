"""The host's pages: settings that are addresses of pages, and buttons of `/about` and `/privacy` that open them."""

from __future__ import annotations

import pytest

from bot.discord_app.cards.parts.host_pages import host_pages_row
from bot.errors import SetupError
from bot.host_links import MAX_ADDRESS_LENGTH, HostLinks
from bot.settings import Settings
from storage.ledger import Ledger
from storage.library import Library
from tests.support.discord.harness import ChannelHandle, Env, InteractionResult, MemberActor, every_part, restart, seen

PAGES = {
    "CUEPOINT_PRIVACY_URL": "https://club.example.org/privacy",
    "CUEPOINT_TERMS_URL": "http://club.example.org:8080/terms?lang=en#top",
    "CUEPOINT_SUPPORT_URL": "https://discord.gg/abcDEF",
}


def opened_by(card: InteractionResult) -> dict[str, str]:
    """The addresses that buttons of a card open, by what stands on them."""
    return {part["label"]: part["url"] for part in every_part(card) if part["type"] == 2 and "url" in part}


@pytest.mark.parametrize("command", ["about", "privacy"])
async def test_a_card_about_the_bot_opens_the_pages_of_its_host(
    discord: Env, library: Library, ledger: Ledger, command: str
) -> None:
    await restart(discord, library, ledger, **PAGES)
    general = discord.create_guild().create_text_channel("general")
    alice = discord.guild.add_member(discord.create_user("alice"))
    assert opened_by(await alice.slash(general, command)) == {
        "Privacy policy": PAGES["CUEPOINT_PRIVACY_URL"],
        "Terms": PAGES["CUEPOINT_TERMS_URL"],
        "Contact the host": PAGES["CUEPOINT_SUPPORT_URL"],
    }


async def test_without_pages_there_are_no_such_buttons(general: ChannelHandle, alice: MemberActor) -> None:
    for command in ("about", "privacy"):
        card = await alice.slash(general, command)
        assert opened_by(card) == {}
        assert seen(card)
    assert host_pages_row(HostLinks()) == []
    assert len(host_pages_row(HostLinks(terms="https://a.example"))) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        "club.example.org/privacy",
        "ftp://club.example.org/privacy",
        "javascript:alert(1)",
        "discord://app",
        "https://localhost/privacy",
        "https://club.example.org/our privacy",
        "https://name:word@club.example.org/",
        "https://clüb.example/",
        "https://[::1",
        "yes",
    ],
)
@pytest.mark.parametrize("name", PAGES)
def test_what_is_no_page_is_refused_in_one_sentence(name: str, wrong: str) -> None:
    with pytest.raises(SetupError) as refused:
        Settings.from_mapping({name: wrong})
    words = (
        f"{name} cannot be used: “{wrong}” is no address of a page: write it out, such as https://example.org/privacy"
    )
    assert str(refused.value) == f"{words}; see .env.example."


def test_an_address_that_no_button_takes_is_refused() -> None:
    with pytest.raises(SetupError, match="an address has at most 512 characters on Discord, not 513"):
        Settings.from_mapping({"CUEPOINT_TERMS_URL": "https://a.example/".ljust(MAX_ADDRESS_LENGTH + 1, "x")})
    longest = "https://a.example/".ljust(MAX_ADDRESS_LENGTH, "x")
    assert Settings.from_mapping({"CUEPOINT_TERMS_URL": longest, "CUEPOINT_SUPPORT_URL": ""}).host_links == HostLinks(
        terms=longest
    )
