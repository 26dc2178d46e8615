"""The checks of `cuepoint doctor --online` on what Discord's App Directory wants of an app that it lists.

That is what the bot's token lets one see; the page Discovery of the developer portal lists all of it.
"""

from __future__ import annotations

from collections.abc import Iterator

from bot.cli.doctor.results import CheckResult, Grade
from bot.discord_status import AppPage, Installation
from bot.host_links import HostLinks

_WANTS = "Discord's App Directory wants "
_GENERAL = "on the page General Information of the Developer Portal"
_INSTALLATION = "on the page Installation of the Developer Portal"


def check_directory(page: AppPage, links: HostLinks) -> Iterator[CheckResult]:
    """Check what the developer portal says about the app; `links` are the pages that the bot itself links."""
    if page.interactions_url:
        where = f"empty Interactions Endpoint URL {_GENERAL}"
        words = f"Discord sends commands to {page.interactions_url}, not to the bot: {where}"
        yield CheckResult("commands", words, Grade.WRONG)
    missing = [*_check_text(page), *_check_installation(page), *_check_pages(page, links)]
    if missing and not page.is_public:
        yield CheckResult("directory", "the bot is private, so Discord's App Directory does not list it: it can wait")
    if not missing:
        words = "the Developer Portal has what Discord's App Directory wants; its page Discovery may ask for more"
        yield CheckResult("directory", words)
    yield from (CheckResult("directory", words, Grade.NOTE) for words in missing)


def _check_text(page: AppPage) -> Iterator[str]:
    if not page.has_icon:
        yield f"{_WANTS}an icon: upload one as App Icon {_GENERAL}"
    if not page.description.strip():
        yield f"{_WANTS}a description: say what the bot does in Description {_GENERAL}"
    if not page.tags:
        yield f"{_WANTS}one to five tags, such as search and video: add them to Tags {_GENERAL}"


def _check_installation(page: AppPage) -> Iterator[str]:
    if page.custom_install_url:
        return
    if page.in_servers is None:
        yield f"{_WANTS}an install link: tick Guild Install, and choose Discord Provided Link {_INSTALLATION}"
    else:
        yield from _check_scopes("Guild Install", page.in_servers, ("applications.commands", "bot"))
        yield from _check_permissions(page.in_servers)
    if page.for_users is None:
        yield f"people cannot add the bot to their own account: tick User Install {_INSTALLATION}"
    else:
        yield from _check_scopes("User Install", page.for_users, ("applications.commands",))


def _check_scopes(way: str, installation: Installation, needed: tuple[str, ...]) -> Iterator[str]:
    if absent := " and ".join(scope for scope in needed if scope not in installation.scopes):
        yield f"the install link does not ask for {absent}: add it to Default Install Settings, {way}, {_INSTALLATION}"


def _check_permissions(installation: Installation) -> Iterator[str]:
    if "bot" in installation.scopes and installation.missing_permissions:
        names = ", ".join(installation.missing_permissions)
        words = f"the install link does not ask for the permissions {names}"
        yield f"{words}: add them to Default Install Settings, Guild Install, {_INSTALLATION}"


def _check_pages(page: AppPage, links: HostLinks) -> Iterator[str]:
    pages = (
        ("Terms of Service URL", page.terms_url, "CUEPOINT_TERMS_URL", links.terms, "TERMS.md"),
        ("Privacy Policy URL", page.privacy_url, "CUEPOINT_PRIVACY_URL", links.privacy, "PRIVACY.md"),
    )
    for field, there, setting, here, template in pages:
        if not there:
            address = here or f"the address of your page, for which {template} is a template,"
            yield f"{_WANTS}a {field}: enter {address} {_GENERAL}"
        elif not here:
            yield f"/about and /privacy do not link {there}, the {field} of the Developer Portal: set {setting} to it"
        elif here != there:
            yield f"the {field} is {there} in the Developer Portal, and {setting} is {here}: make them the same"
