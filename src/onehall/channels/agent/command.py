"""The command `onehall agent`: the hall for a program on this machine."""

import asyncio
from pathlib import Path

from onehall.channels.agent import stdio
from onehall.kernel.settings import current

KEPT = Path.home() / ".config" / "onehall" / "agent"


def agent(*, url: str = "", code: str = "", token_file: Path | None = None) -> None:
    """Serve a program on standard input and output (MCP); with a code, take up what a customer allowed and end.

    Parameters
    ----------
    url
        The house; when blank, the one that is set up here.
    code
        The code that the customer was shown when they let the program act for them.
    token_file
        Where what they allowed is kept (~/.config/onehall/agent when blank); without it the program serves as a stranger.
    """
    kept = token_file or KEPT
    house = (url or current().url).rstrip("/")
    if code:
        try:
            print(f"{stdio.claim(house, code, kept)} may act now; what allows it is kept in {kept}")
        except stdio.Refused as reason:
            raise SystemExit(f"The house does not take this code: {reason}") from None
        return
    token = kept.read_text().strip() if kept.is_file() else ""
    asyncio.run(stdio.serve(house, token))
