"""Settings: the only reader of the environment and of ``.env``.

Every setting is one field with its meaning; ``.env.example`` explains the same list and a
test keeps the two equal. Parameters in force start from these and are moved by reflection.
"""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

import platformdirs
from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from keeper_agent.mlflow_settings import MlflowSettings
from keeper_agent.telegram_settings import TelegramSettings
from keeper_agent.veil import hide
from tools.domain.errors import BadUsage
from tools.domain.parameter import SPECS

CREDENTIALS = re.compile(r"//[^/@\s]*@")  # of an address
WEB = re.compile(r"https?://[^\s/]+\S*")
NOT_KEPT = {"keeper_live_confirm"}  # consent is given anew

CHECKOUT = Path(__file__).resolve().parents[1]


class Settings(TelegramSettings, MlflowSettings, BaseSettings):
    """What the operator decides; names are those of the environment, in lower case."""

    model_config = SettingsConfigDict(
        env_file=".env", env_file_encoding="utf-8", extra="ignore", frozen=True, env_ignore_empty=True
    )

    keeper_home: Path = Field(
        default_factory=lambda: Path(platformdirs.user_data_dir("keeper")),
        description="folder of everything Keeper remembers; one running agent owns it",
    )
    keeper_tapes: Path = Field(
        default=CHECKOUT / "examples" / "tapes", description="folder of recorded tapes that keeper run plays"
    )
    keeper_candles: Path | None = Field(
        default=None, description="folder of downloaded candles; empty is history in the home folder"
    )
    keeper_speed: float = Field(
        default=20.0, gt=0, le=10_000, description="how fast tapes are played; 1 is real time"
    )
    keeper_seed: int = Field(default=7, ge=0, description="seed of every draw, so that a run can be repeated")
    keeper_probes: Literal["paper", "always", "never"] = Field(
        default="paper", description="where refused signals may be probed; always includes live money"
    )
    keeper_log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="least level of the log in the home folder"
    )
    keeper_parameters: str = Field(
        default="", description="start values of parameters as name=value, separated by commas"
    )
    quote_usd: Decimal | None = Field(
        default=None, gt=0, description="US dollars per unit of a quote asset that is not a dollar"
    )
    mm_detection_enabled: bool = Field(
        default=True, description="look for market makers; off means no signals"
    )
    mm_min_confidence: float = Field(default=0.7, ge=0, le=1, description="MM confidence needed to act")
    mm_refresh_rate_min: float = Field(
        default=0.5, ge=0, le=100, description="slowest refresh rate of an MM, Hz"
    )
    spoof_detection_enabled: bool = Field(
        default=True, description="refuse signals while the book looks spoofed"
    )
    position_sizing_mode: Literal["adaptive", "fixed", "dynamic", "learned"] = Field(
        default="adaptive",
        description="adaptive follows the MM's average order, learned what each MM was seen to bear",
    )
    risk_appetite: Literal["conservative", "balanced", "aggressive"] = Field(
        default="conservative", description="slice against the MM's average order: 80, 100 or 120 %"
    )
    execution_algorithm: Literal["planned", "twap", "vwap", "pov", "almgren_chriss", "smart", "routed"] = (
        Field(
            default="planned",
            description="what slices an entry: planned by a fixed delay, routed by its size against the MM",
        )
    )
    default_order_size_usd: float = Field(default=2.0, gt=0, description="target of one entry, USD")
    min_order_size_usd: float = Field(default=1.0, gt=0, description="smallest slice, USD")
    max_order_size_usd: float = Field(default=10.0, gt=0, description="largest entry, USD")
    conservative_multiplier: float = Field(
        default=0.8, gt=0, le=1, description="slice of the conservative appetite"
    )
    max_split_count: int = Field(default=10, ge=1, le=100, description="most slices of one entry")
    min_split_delay_sec: float = Field(default=2.0, ge=1, le=60, description="seconds between two slices")
    tape_tracking_enabled: bool = Field(
        default=True, description="use the tape; off leaves its features unavailable"
    )
    tape_window_sec: float = Field(
        default=60.0, ge=5, le=600, description="window of the tape's statistics, seconds"
    )
    book_lifetime_tracking: bool = Field(default=True, description="measure how long orders live in the book")
    aggressor_detection: bool = Field(
        default=True, description="infer the aggressor of a print where the venue does not name it"
    )
    keeper_world: Literal["recorded", "venue", "live"] = Field(
        default="recorded",
        description="recorded plays tapes on paper, venue trades at a local exchange, live trades real money",
    )
    keeper_live_confirm: str = Field(
        default="", description="must be: I trade with real money and may lose it; without it live is refused"
    )
    keeper_venue: Literal["binance", "mexc"] = Field(
        default="binance", description="where the live world trades: binance or mexc"
    )
    keeper_scenario: str = Field(default="T2", description="which local exchange: T0 to T4, or RANDOM")
    keeper_base_url: str = Field(
        default="", description="a venue on this machine that runs already; empty starts one"
    )
    keeper_api_key: SecretStr = Field(default=SecretStr(""), description="key of the account at that venue")
    keeper_api_secret: SecretStr = Field(default=SecretStr(""), description="its secret")
    keeper_symbols: str = Field(
        default="", description="what is traded there, separated by commas; empty is all but BTCUSDT"
    )
    keeper_minutes: float | None = Field(
        default=None, gt=0, description="minutes a session at a venue lasts; empty means until Ctrl-C"
    )
    keeper_brain: Literal["none", "openai", "anthropic", "local"] = Field(
        default="none", description="who is asked about doubtful decisions; none abstains"
    )
    keeper_brain_backup: Literal["none", "openai", "anthropic", "local"] = Field(
        default="none", description="who is asked when that one fails"
    )
    keeper_brain_deadline_sec: float = Field(
        default=6.0, gt=0, le=60, description="most seconds an answer may take, the backup's included"
    )
    keeper_brain_usd_per_call: Decimal = Field(
        default=Decimal("0.02"), ge=0, description="most one call may cost at worst, USD"
    )
    keeper_brain_usd_per_day: Decimal = Field(
        default=Decimal("0.20"), ge=0, description="most all calls of a UTC day may cost, USD"
    )
    keeper_brain_usd_per_month: Decimal = Field(
        default=Decimal("2.00"), ge=0, description="most all calls of a UTC month may cost, USD"
    )
    keeper_ask_usd_per_day: Decimal = Field(
        default=Decimal("0.05"), ge=0, description="most that keeper ask may spend on brains a UTC day, USD"
    )
    keeper_ask_usd_per_month: Decimal = Field(
        default=Decimal("0.50"), ge=0, description="most that keeper ask may spend on brains a UTC month, USD"
    )
    openai_api_key: SecretStr = Field(default=SecretStr(""), description="key for OpenAI")
    openai_model: str = Field(default="gpt-5-mini", description="which model of OpenAI is asked")
    openai_base_url: str = Field(
        default="", description="another server that speaks OpenAI's chat completions; empty is OpenAI"
    )
    anthropic_api_key: SecretStr = Field(default=SecretStr(""), description="key for Anthropic")
    anthropic_model: str = Field(default="claude-haiku-4-5", description="which model of Anthropic is asked")
    anthropic_base_url: str = Field(
        default="", description="another server that speaks Anthropic's messages; empty is Anthropic"
    )
    keeper_local_model: Path | None = Field(
        default=None, description="a model in GGUF format for the brain named local"
    )
    keeper_disk_budget_gb: float | None = Field(
        default=None, gt=0, description="most the home may take on disk, GB; empty archives nothing"
    )
    keeper_market_gb: float = Field(
        default=1.0,
        ge=0,
        description="most the market data kept for keeper parity may take, GB; 0 keeps none",
    )
    keeper_archive_after_days: int = Field(
        default=90, ge=1, le=3_650, description="days for which evidence stays in the database at least"
    )
    keeper_reflect_hour: int = Field(
        default=0, ge=0, le=23, description="UTC hour from which the day before is reflected on"
    )
    keeper_backups: int = Field(
        default=7, ge=0, le=3_650, description="daily backups that are kept; 0 makes none by itself"
    )
    keeper_key: SecretStr = Field(
        default=SecretStr(""), description="passphrase that seals backups; empty leaves them readable"
    )
    keeper_key_before: SecretStr = Field(
        default=SecretStr(""), description="the passphrase before, for keeper rekey alone"
    )
    keeper_keyring: str = Field(
        default="",
        description="name in the system's keyring of the passphrase instead, under the service keeper",
    )
    keeper_api: Literal["on", "off"] = Field(
        default="off", description="serve the HTTP API while keeper run works: on or off"
    )
    keeper_api_host: str = Field(
        default="127.0.0.1",
        description="address the API listens on; any other than 127.0.0.1 opens it to others",
    )
    keeper_api_port: int = Field(
        default=0, ge=0, le=65_535, description="its port; 0 takes a free one, which is printed at the start"
    )
    keeper_api_hosts: str = Field(
        default="", description="further names it may be addressed by, separated by commas"
    )
    keeper_heartbeat_url: SecretStr = Field(
        default=SecretStr(""),
        description="address called once a minute while the agent trades; its silence is the alarm",
    )
    ml_model_path: Path | None = Field(
        default=None, description="folder of a trained outcome model to use instead of the home's own"
    )

    @field_validator("keeper_home", "keeper_tapes", "keeper_candles", "ml_model_path", "keeper_local_model")
    @classmethod
    def _at_home(cls, path: Path | None) -> Path | None:
        """A leading ~ means the user's folder here as in a shell."""
        return path if path is None else path.expanduser()

    @field_validator("keeper_heartbeat_url")
    @classmethod
    def _of_the_web(cls, url: SecretStr) -> SecretStr:
        text = url.get_secret_value()
        if text and not WEB.fullmatch(text):
            raise ValueError("expected an address that begins with http:// or https://")
        return url

    def without_secrets(self) -> dict[str, Any]:
        """Every setting as JSON has it, but keys, secrets, and what an address may carry of them."""
        kept = {}
        for name, value in self:
            if not isinstance(value, SecretStr) and name not in NOT_KEPT:
                plain = value if isinstance(value, bool | int | float | None) else str(value)
                kept[name] = CREDENTIALS.sub("//", plain) if isinstance(plain, str) else plain
        return kept

    def parameter_overrides(self) -> dict[str, float]:
        """The settings that are start values of parameters, and those named in keeper_parameters.

        Raises:
            BadUsage: keeper_parameters is malformed or names an unknown parameter.
        """
        values = {
            "mm_min_confidence": self.mm_min_confidence,
            "mm_refresh_rate_min": self.mm_refresh_rate_min,
            "default_order_size_usd": self.default_order_size_usd,
            "min_order_size_usd": self.min_order_size_usd,
            "max_order_size_usd": self.max_order_size_usd,
            "conservative_multiplier": self.conservative_multiplier,
            "max_split_count": float(self.max_split_count),
            "min_split_delay_s": self.min_split_delay_sec,
            "tape_window_s": self.tape_window_sec,
            "track_tape": float(self.tape_tracking_enabled),
            "track_lifetimes": float(self.book_lifetime_tracking),
            "infer_aggressor": float(self.aggressor_detection),
            "detect_mm": float(self.mm_detection_enabled),
        }
        if not self.spoof_detection_enabled:
            values["spoof_max_score"] = 1.0
        changed = {name: value for name, value in values.items() if value != SPECS[name].default}
        return changed | self.named_parameters()

    def named_parameters(self) -> dict[str, float]:
        """The parameters that keeper_parameters names.

        Raises:
            BadUsage: It is malformed or names an unknown parameter.
        """
        return _named_values(self.keeper_parameters)

    def symbols(self) -> list[str]:
        """The symbols named, in order."""
        return [name for piece in self.keeper_symbols.split(",") if (name := piece.strip().upper())]

    def probes_allowed(self) -> bool | None:
        """The operator's word on probes; None is the default: everywhere but with live money."""
        return {"paper": None, "always": True, "never": False}[self.keeper_probes]


def _named_values(text: str) -> dict[str, float]:
    values: dict[str, float] = {}
    for part in filter(None, (piece.strip() for piece in text.split(","))):
        name, equals, number = part.partition("=")
        try:
            values[name.strip()] = float(number)
        except ValueError:
            raise BadUsage(f"KEEPER_PARAMETERS expects name=value, was {part!r}") from None
        if not equals or name.strip() not in SPECS:
            raise BadUsage(f"KEEPER_PARAMETERS names an unknown parameter {name.strip()!r}")
    return values


SECRETS = {name for name, field in Settings.model_fields.items() if field.annotation is SecretStr}


class ServiceSettings(BaseSettings):
    """What systemd tells a service that it started; set by it, never by hand."""

    model_config = SettingsConfigDict(extra="ignore", frozen=True, env_ignore_empty=True)

    notify_socket: str = ""
    watchdog_usec: int | None = None
    watchdog_pid: int | None = None


class CallerSettings(BaseSettings):
    """What a program that calls the API is given; the agent itself reads none of it."""

    model_config = SettingsConfigDict(extra="ignore", frozen=True, env_ignore_empty=True)

    keeper_api_token: SecretStr = SecretStr("")
    keeper_api_token_file: Path | None = None


def load_caller() -> CallerSettings:
    """The token that the environment gives to a caller of the API."""
    return CallerSettings()


class _Home(BaseSettings):
    """The home alone, so that it is found while another setting is wrong."""

    model_config = Settings.model_config
    keeper_home: Path = Field(default_factory=lambda: Path(platformdirs.user_data_dir("keeper")))


def load_home(given: Path | None) -> Path:
    """The home that is ``given`` or set, whatever else is wrong with the settings."""
    return (given if given is not None else _Home().keeper_home).expanduser()


def load_settings(**given: Any) -> Settings:
    """The settings from arguments, environment and ``.env``, in this order.

    Raises:
        BadUsage: A value is not usable; the message names the variable.
    """
    try:
        settings = Settings(**{name: value for name, value in given.items() if value is not None})
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        was = "" if name in SECRETS else f", was {first.get('input')!r}"
        raise BadUsage(f"setting {name.upper()}: {first['msg']}{was}") from None
    hide(value.get_secret_value() for _, value in settings if isinstance(value, SecretStr))
    return settings
