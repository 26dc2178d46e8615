"""Settings, built from a mapping. Nobody else reads the environment."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from datetime import time
from pathlib import Path
from typing import Annotated, Literal, Self

import platformdirs
from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)

from bot.answering.sureness import CLOSEST, CONFIDENT, SurenessThresholds
from bot.errors import SetupError
from storage.models import MEGABYTE, LimitNames, Limits, Quota


def _server_ids(written: object) -> object:
    """The ids in a list with commas; anything else is left to be checked as it is."""
    if not isinstance(written, str):
        return written
    ids = [each.strip() for each in written.split(",") if each.strip()]
    if wrong := [each for each in ids if not _SERVER_ID.fullmatch(each)]:
        raise ValueError(f"{wrong[0]!r} is no server's id: write ids with commas between them")
    return frozenset(map(int, ids))


_SERVER_ID = re.compile(r"[0-9]{1,20}")
Servers = Annotated[frozenset[int], BeforeValidator(_server_ids)]


def _time_of_day(written: object) -> object:
    """The time in words such as 03:30; anything else is left to be checked as it is."""
    if isinstance(written, str):
        hour, _, minute = written.partition(":")
        if not (hour.isdecimal() and minute.isdecimal() and len(minute) == 2):
            raise ValueError(f"{written!r} is no time of day: write it as 03:30")
        try:
            return time(int(hour), int(minute))
        except ValueError:
            raise ValueError(f"{written!r} is no time of day: write it as 03:30") from None
    return written


TimeOfDay = Annotated[time, BeforeValidator(_time_of_day)]
Level = Annotated[Literal["DEBUG", "INFO", "WARNING", "ERROR"], BeforeValidator(lambda said: str(said).upper())]


class Settings(BaseModel):
    """How this installation is set up. Each field's alias is the name of the setting."""

    model_config = ConfigDict(frozen=True, extra="ignore", validate_by_alias=True, hide_input_in_errors=True)

    discord_token: SecretStr | None = Field(default=None, alias="DISCORD_TOKEN")
    """The bot's token. Without one Cuepoint opens the terminal chat."""

    data_dir: Path = Field(
        default_factory=lambda: Path(platformdirs.user_data_dir("cuepoint", appauthor=False)), alias="CUEPOINT_DATA_DIR"
    )
    """The folder of the database and its backups."""

    cooldown_seconds: float = Field(default=2.0, ge=0, le=3600, alias="CUEPOINT_COOLDOWN_SECONDS")
    """How long a person waits on Discord between two questions; 0 for no waiting."""

    retention_days: float = Field(default=30.0, gt=0, le=3650, alias="CUEPOINT_RETENTION_DAYS")
    """How long votes, unanswered questions and sightings of people in servers are kept."""

    confident_from: float = Field(default=CONFIDENT, ge=0, le=1, alias="CUEPOINT_CONFIDENT_FROM")
    """How sure an answer must be, from 0 to 1, to be given without reserve."""

    closest_from: float = Field(default=CLOSEST, ge=0, le=1, alias="CUEPOINT_CLOSEST_FROM")
    """How sure it must be to be shown as the closest there is; below, it is "not in these videos"."""

    server_segments: int = Field(default=200_000, ge=0, alias="CUEPOINT_SERVER_SEGMENTS")
    """How many segments a Discord server's own library may hold."""

    server_megabytes: float = Field(default=200, ge=0, allow_inf_nan=False, alias="CUEPOINT_SERVER_MEGABYTES")
    """How many million bytes of text it may hold, and how large the files of one import may be together."""

    server_imports_a_day: int = Field(default=50, ge=0, alias="CUEPOINT_SERVER_IMPORTS_A_DAY")
    """How many imports a server may begin in a day (UTC)."""

    file_megabytes: float = Field(default=Limits().file_bytes / MEGABYTE, ge=1, le=1e6, alias="CUEPOINT_FILE_MEGABYTES")
    """How many million bytes one file may have, and how many a packed one may unfold to."""

    file_rows: int = Field(default=Limits().rows, ge=1000, le=10**9, alias="CUEPOINT_FILE_ROWS")
    """How many cues or rows one file may have."""

    import_videos: int = Field(default=Limits().videos, ge=10, le=10**9, alias="CUEPOINT_IMPORT_VIDEOS")
    """How many videos one import may bring."""

    allowed_servers: Servers = Field(default=frozenset(), alias="CUEPOINT_ALLOWED_SERVERS")
    """The only Discord servers that are served; all of them where none is named."""

    blocked_servers: Servers = Field(default=frozenset(), alias="CUEPOINT_BLOCKED_SERVERS")
    """Discord servers that are not served, whatever else is set."""

    backup_at: TimeOfDay | None = Field(default=None, alias="CUEPOINT_BACKUP_AT")
    """When, by the machine's clock, the running bot makes a backup every day; never if it is None."""

    backups_kept: int = Field(default=7, ge=1, le=1000, alias="CUEPOINT_BACKUPS_KEPT")
    """How many of those backups are kept."""

    stop_seconds: float = Field(default=10.0, ge=0, le=600, alias="CUEPOINT_STOP_SECONDS")
    """How long answers and imports in flight may take when the bot is told to stop."""

    http_port: int | None = Field(default=None, ge=1, le=65535, alias="CUEPOINT_HTTP_PORT")
    """Where the running bot tells whether it is alive and ready, and what was measured; nowhere if it is None."""

    http_host: str = Field(default="127.0.0.1", alias="CUEPOINT_HTTP_HOST")
    """The address on which it does so."""

    log_level: Level = Field(default="INFO", alias="CUEPOINT_LOG_LEVEL")
    """From which level on the running bot tells what it does. DEBUG tells what people write, too."""

    misnamed: tuple[str, ...] = ()
    """Names that were given and look like a setting's, but are none's: what is behind them does nothing."""

    @field_validator("discord_token")
    @classmethod
    def _one_word(cls, token: SecretStr | None) -> SecretStr | None:
        if token and len(token.get_secret_value().split()) != 1:
            raise ValueError("a token has no spaces in it")
        return token

    @model_validator(mode="after")
    def _cuts_in_order(self) -> Self:
        if self.closest_from > self.confident_from:
            raise ValueError("it must not be above CUEPOINT_CONFIDENT_FROM")
        return self

    @property
    def cuts(self) -> SurenessThresholds:
        """How sure an answer must be."""
        return SurenessThresholds(self.confident_from, self.closest_from)

    @property
    def server_quota(self) -> Quota:
        """How large a Discord server's own library may become."""
        return Quota(self.server_segments, int(self.server_megabytes * MEGABYTE))

    @property
    def limits(self) -> Limits:
        """How much may be imported at once."""
        fields = ("file_megabytes", "file_rows", "import_videos")
        names = LimitNames(*(str(Settings.model_fields[name].alias) for name in fields))
        return Limits(int(self.file_megabytes * MEGABYTE), self.file_rows, self.import_videos, names)

    def serves(self, server_id: int) -> bool:
        """Whether this installation answers in a Discord server."""
        allowed = not self.allowed_servers or server_id in self.allowed_servers
        return allowed and server_id not in self.blocked_servers

    @property
    def retention_seconds(self) -> float:
        """How long what is known about people is kept."""
        return self.retention_days * 24 * 3600

    @property
    def database_path(self) -> Path:
        """Where the database lies."""
        return self.data_dir / "cuepoint.db"

    @property
    def backups_dir(self) -> Path:
        """Where the nightly backups lie."""
        return self.data_dir / "backups"

    @property
    def log_path(self) -> Path:
        """Where unexpected errors are written with their trace."""
        return self.data_dir / "cuepoint.log"

    @classmethod
    def from_mapping(cls, values: Mapping[str, str | None]) -> Settings:
        """Read settings by name. An empty value counts as absent. Raises SetupError, naming the setting."""
        known = setting_names()
        given = {name: value.strip() for name, value in values.items() if value and value.strip()}
        settable = {name: value for name, value in given.items() if name in known}
        misnamed = tuple(sorted(name for name in given if name not in known and _is_a_slip(name, settable)))
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
    """The name of every setting."""
    return [field.alias for field in Settings.model_fields.values() if field.alias]


def nearest_name(name: str) -> str | None:
    """The setting that is most likely meant by a name that none has."""
    return next(iter(difflib.get_close_matches(name.upper(), setting_names(), n=1, cutoff=0.8)), None)


def on_misnamed(name: str) -> str:
    """What there is to say of a name that no setting has."""
    meant = nearest_name(name)
    return f"{name} is no setting and does nothing: {f'is {meant} meant?' if meant else 'see .env.example'}"


def _is_a_slip(name: str, given: Mapping[str, str]) -> bool:
    """Whether a name is most likely meant for a setting: other programs have theirs in the environment, too."""
    meant = nearest_name(name)
    return name.upper().startswith("CUEPOINT_") or (meant is not None and meant not in given)
