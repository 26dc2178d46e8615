"""Settings, built from a mapping. Only `bot.__main__` reads the environment."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from pathlib import Path
from typing import Self

import platformdirs
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)

from bot.answering.sureness import CLOSEST, CONFIDENT, SurenessThresholds
from bot.errors import SetupError
from bot.host_links import HostLinks
from bot.setting_types import Languages, Level, LinkFormats, Names, Page, Servers, TimeOfDay
from storage.models import MEGABYTE, LimitNames, Limits, LinkHosts, MeaningOptions, ModelChoice, Quota


class Settings(BaseModel):
    """The settings of this installation. A field's alias is the name of the setting."""

    model_config = ConfigDict(frozen=True, extra="ignore", validate_by_alias=True, hide_input_in_errors=True)

    discord_token: SecretStr | None = Field(default=None, alias="DISCORD_TOKEN")
    """The bot's token. Without one Cuepoint opens the terminal chat."""

    data_dir: Path = Field(
        default_factory=lambda: Path(platformdirs.user_data_dir("cuepoint", appauthor=False)), alias="CUEPOINT_DATA_DIR"
    )
    """The folder of the database and its backups."""

    cooldown_seconds: float = Field(default=2.0, ge=0, le=3600, alias="CUEPOINT_COOLDOWN_SECONDS")
    """How long a person waits on Discord between two questions; 0 for no waiting."""

    answer_processes: int | None = Field(default=None, ge=0, le=64, alias="CUEPOINT_ANSWER_PROCESSES")
    """How many processes may answer beside the bot's own; None for as many as the machine has room for."""

    retention_days: float = Field(default=30.0, gt=0, le=3650, alias="CUEPOINT_RETENTION_DAYS")
    """How long votes, unanswered questions, follows and sightings of people in servers are kept."""

    confident_from: float = Field(default=CONFIDENT, ge=0, le=1, alias="CUEPOINT_CONFIDENT_FROM")
    """How sure an answer must be, from 0 to 1, to be given without reservation."""

    closest_from: float = Field(default=CLOSEST, ge=0, le=1, alias="CUEPOINT_CLOSEST_FROM")
    """How sure it must be to be shown as the closest there is; below, it is "not in these videos"."""

    server_segments: int = Field(default=200_000, ge=0, alias="CUEPOINT_SERVER_SEGMENTS")
    """How many segments a Discord server's own library may hold."""

    server_megabytes: float = Field(default=200, ge=0, allow_inf_nan=False, alias="CUEPOINT_SERVER_MEGABYTES")
    """How many million bytes of text it may hold, and how large the files of one import may be together."""

    server_imports_a_day: int = Field(default=50, ge=0, alias="CUEPOINT_SERVER_IMPORTS_A_DAY")
    """How many imports a server may begin in a day (UTC)."""

    file_megabytes: float = Field(default=Limits().file_bytes / MEGABYTE, ge=1, le=1e6, alias="CUEPOINT_FILE_MEGABYTES")
    """How many million bytes one file may have, and how many a compressed one may expand to."""

    file_rows: int = Field(default=Limits().rows, ge=1000, le=10**9, alias="CUEPOINT_FILE_ROWS")
    """How many cues or rows one file may have."""

    import_videos: int = Field(default=Limits().videos, ge=10, le=10**9, alias="CUEPOINT_IMPORT_VIDEOS")
    """How many videos one import may bring."""

    allowed_servers: Servers = Field(default=frozenset(), alias="CUEPOINT_ALLOWED_SERVERS")
    """The only Discord servers that are served; all of them where none is named."""

    blocked_servers: Servers = Field(default=frozenset(), alias="CUEPOINT_BLOCKED_SERVERS")
    """Discord servers that are not served, no matter what else is set."""

    backup_at: TimeOfDay | None = Field(default=None, alias="CUEPOINT_BACKUP_AT")
    """When, by the machine's clock, the running bot makes a backup every day; never if it is None."""

    backups_kept: int = Field(default=7, ge=1, le=1000, alias="CUEPOINT_BACKUPS_KEPT")
    """How many of those backups are kept."""

    stop_seconds: float = Field(default=10.0, ge=0, le=600, alias="CUEPOINT_STOP_SECONDS")
    """How long answers and imports in flight may take when the bot is stopped."""

    http_port: int | None = Field(default=None, ge=1, le=65535, alias="CUEPOINT_HTTP_PORT")
    """The port on which the running bot reports whether it is alive and ready, and its metrics; None for no port."""

    http_host: str = Field(default="127.0.0.1", alias="CUEPOINT_HTTP_HOST")
    """The address of that port."""

    http_names: Names = Field(default=frozenset(), alias="CUEPOINT_HTTP_NAMES")
    """The names with a dot under which others reach that port."""

    meaning_model: str = Field(default="", alias="CUEPOINT_MEANING_MODEL")
    """The sentence encoder that puts the best passages in the order of their meaning; empty for none."""

    meaning_languages: Languages = Field(default=frozenset({"en"}), alias="CUEPOINT_MEANING_LANGUAGES")
    """The languages that models read which Cuepoint does not know."""

    cross_encoder: str = Field(default="", alias="CUEPOINT_CROSS_ENCODER")
    """The model that reads the very best passages together with the question; empty for none."""

    cross_encoder_ms: float = Field(default=400, gt=0, le=10_000, alias="CUEPOINT_CROSS_ENCODER_MS")
    """How many milliseconds it may take; after that the order stays as it is."""

    link_formats: LinkFormats = Field(default=(), alias="CUEPOINT_LINK_FORMATS")
    """How the links of hosts say a second which the table does not have, or has otherwise."""

    message_content: bool = Field(default=False, alias="CUEPOINT_MESSAGE_CONTENT")
    """Whether the bot asks Discord for the content of messages that do not mention it: it reads forum posts then."""

    log_level: Level = Field(default="INFO", alias="CUEPOINT_LOG_LEVEL")
    """The level from which on the running bot logs. DEBUG logs what people write, too."""

    privacy_url: Page = Field(default="", alias="CUEPOINT_PRIVACY_URL")
    """The page on which the host says how data is treated; empty for none."""

    terms_url: Page = Field(default="", alias="CUEPOINT_TERMS_URL")
    """The page with the terms of this installation; empty for none."""

    support_url: Page = Field(default="", alias="CUEPOINT_SUPPORT_URL")
    """The page, or invitation to a server, through which the host can be reached; empty for none."""

    misnamed: tuple[str, ...] = ()
    """Given names that look like a setting's but are not: their values have no effect."""

    @field_validator("discord_token")
    @classmethod
    def _check_token(cls, token: SecretStr | None) -> SecretStr | None:
        if token and len(token.get_secret_value().split()) != 1:
            raise ValueError("a token has no spaces in it")
        return token

    @field_validator("cross_encoder")
    @classmethod
    def _check_cross_encoder(cls, cross_encoder: str, info: ValidationInfo) -> str:
        if cross_encoder and not info.data.get("meaning_model"):
            raise ValueError("it reads what CUEPOINT_MEANING_MODEL has put in order: set that, too")
        return cross_encoder

    @model_validator(mode="after")
    def _check_thresholds(self) -> Self:
        if self.closest_from > self.confident_from:
            raise ValueError("it must not be above CUEPOINT_CONFIDENT_FROM")
        return self

    @property
    def thresholds(self) -> SurenessThresholds:
        """Return how sure an answer must be."""
        return SurenessThresholds(self.confident_from, self.closest_from)

    @property
    def meaning(self) -> MeaningOptions | None:
        """Return which models read meaning; None where none is named."""
        if not self.meaning_model:
            return None
        cross_encoder = ModelChoice(self.cross_encoder, "CUEPOINT_CROSS_ENCODER") if self.cross_encoder else None
        return MeaningOptions(
            ModelChoice(self.meaning_model, "CUEPOINT_MEANING_MODEL"),
            self.meaning_languages,
            cross_encoder,
            self.cross_encoder_ms / 1000,
        )

    @property
    def hosts(self) -> LinkHosts:
        """Return how the links of hosts say a second."""
        return LinkHosts(self.link_formats)

    @property
    def host_links(self) -> HostLinks:
        """Return the pages of the host."""
        return HostLinks(self.privacy_url, self.terms_url, self.support_url)

    @property
    def server_quota(self) -> Quota:
        """Return how large a Discord server's own library may become."""
        return Quota(self.server_segments, int(self.server_megabytes * MEGABYTE))

    @property
    def limits(self) -> Limits:
        """Return how much may be imported at once."""
        fields = ("file_megabytes", "file_rows", "import_videos")
        names = LimitNames(*(str(Settings.model_fields[name].alias) for name in fields))
        return Limits(int(self.file_megabytes * MEGABYTE), self.file_rows, self.import_videos, names)

    def serves(self, server_id: int) -> bool:
        """Return whether this installation answers in a Discord server."""
        allowed = not self.allowed_servers or server_id in self.allowed_servers
        return allowed and server_id not in self.blocked_servers

    @property
    def retention_seconds(self) -> float:
        """Return how long votes, unanswered questions, follows and sightings are kept."""
        return self.retention_days * 24 * 3600

    @property
    def database_path(self) -> Path:
        """Return the path of the database."""
        return self.data_dir / "cuepoint.db"

    @property
    def backups_dir(self) -> Path:
        """Return the folder of the nightly backups."""
        return self.data_dir / "backups"

    @property
    def log_path(self) -> Path:
        """Return the path of the file to which unexpected errors are written with their trace."""
        return self.data_dir / "cuepoint.log"

    @classmethod
    def from_mapping(cls, variables: Mapping[str, str | None]) -> Settings:
        """Read settings by name. An empty value counts as absent. Raises SetupError, naming the setting."""
        known = setting_names()
        present = {name: value.strip() for name, value in variables.items() if value and value.strip()}
        settable = {name: value for name, value in present.items() if name in known}
        misnamed = tuple(sorted(name for name in present if name not in known and _is_a_slip(name, settable)))
        try:
            settings = cls.model_validate({**settable, "misnamed": misnamed})
        except ValidationError as error:
            first = error.errors(include_url=False, include_context=False)[0]
            reason = first["msg"].removeprefix("Value error, ")
            name = first["loc"][0] if first["loc"] else "CUEPOINT_CLOSEST_FROM"  # the one check across settings
            raise SetupError(f"{name} cannot be used: {reason}; see .env.example.") from None
        try:
            return settings.model_copy(update={"data_dir": settings.data_dir.expanduser()})
        except RuntimeError as error:
            raise SetupError(f"CUEPOINT_DATA_DIR cannot be used: {error}; write the folder out.") from error


def setting_names() -> list[str]:
    """Return the names of all settings."""
    return [field.alias for field in Settings.model_fields.values() if field.alias]


def nearest_name(name: str) -> str | None:
    """Return the setting that is most likely meant by a name that none has; None where no name is similar."""
    return next(iter(difflib.get_close_matches(name.upper(), setting_names(), n=1, cutoff=0.8)), None)


def describe_misnamed(name: str) -> str:
    """Return the warning about a name that no setting has."""
    meant = nearest_name(name)
    return f"{name} is no setting and does nothing: {f'is {meant} meant?' if meant else 'see .env.example'}"


def _is_a_slip(name: str, settable: Mapping[str, str]) -> bool:
    """Return whether a name is most likely meant for a setting: the environment has those of other programs, too."""
    meant = nearest_name(name)
    return name.upper().startswith("CUEPOINT_") or (meant is not None and meant not in settable)
