"""Settings of the MLflow sink: part of those of ``keeper_agent.settings``, which alone reads them."""

from __future__ import annotations

import re
from typing import Literal

from pydantic import BaseModel, Field, SecretStr

from tools.domain.errors import BadUsage

MLFLOW_HERE = "http://127.0.0.1:5000"  # where mlflow server listens if nothing else is said
MLFLOW_SERVER = re.compile(
    r"(https://[A-Za-z0-9.-]+|http://(127\.0\.0\.1|localhost|\[::1\]))(:[0-9]{1,5})?(/[A-Za-z0-9._/-]*)?"
)


class MlflowSettings(BaseModel):
    """Whether an MLflow server is told of trained models, and which."""

    keeper_mlflow: Literal["on", "off"] = Field(
        default="off", description="tell an MLflow server of trained models and which one decides: on or off"
    )
    mlflow_tracking_uri: str = Field(
        default="",
        description=f"that server, https, or http on this machine alone; empty is {MLFLOW_HERE}",
    )
    mlflow_tracking_token: SecretStr = Field(
        default=SecretStr(""), description="token that the server asks for"
    )

    def mlflow_server(self) -> str | None:
        """The server that is told; None where that is off. It is checked here as other programs set it, too.

        Raises:
            BadUsage: The address is none that models may be told to.
        """
        if self.keeper_mlflow == "off":
            return None
        address = (self.mlflow_tracking_uri or MLFLOW_HERE).rstrip("/")
        if not MLFLOW_SERVER.fullmatch(address):
            raise BadUsage(
                "setting MLFLOW_TRACKING_URI: expected https://, or http:// to this machine, and no password"
            )
        return address
