"""Settings, built from a mapping. Nobody else reads the environment."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import platformdirs
from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator

from bot.errors import SettingsError


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

    @field_validator("discord_token")
    @classmethod
    def _one_word(cls, token: SecretStr | None) -> SecretStr | None:
        if token and len(token.get_secret_value().split()) != 1:
            raise ValueError("a token has no spaces in it")
        return token

    @property
    def database_path(self) -> Path:
        """Where the database lies."""
        return self.data_dir / "cuepoint.db"

    @property
    def log_path(self) -> Path:
        """Where unexpected errors are written with their trace."""
        return self.data_dir / "cuepoint.log"

    @classmethod
    def from_mapping(cls, values: Mapping[str, str | None]) -> Settings:
        """Read settings by name. An empty value counts as absent. Raises SettingsError, naming the setting."""
        given = {name: value.strip() for name, value in values.items() if value and value.strip()}
        try:
            settings = cls.model_validate(given)
        except ValidationError as error:
            first = error.errors(include_url=False, include_context=False)[0]
            reason = first["msg"].removeprefix("Value error, ")
            raise SettingsError(f"{first['loc'][0]} cannot be used: {reason}; see .env.example.") from None
        try:
            return settings.model_copy(update={"data_dir": settings.data_dir.expanduser()})
        except RuntimeError as error:
            raise SettingsError(f"CUEPOINT_DATA_DIR cannot be used: {error}; write the folder out.") from error


def setting_names() -> list[str]:
    """The name of every setting."""
    return [str(field.alias) for field in Settings.model_fields.values()]
