"""Two questions about the service's health, for whatever runs it."""

from importlib.metadata import version

from fastapi import APIRouter, HTTPException, status
from pydantic import BaseModel
from sqlalchemy import text
from sqlalchemy.exc import OperationalError, TimeoutError

from .session import Session

VERSION = version("item-service")
router = APIRouter(prefix="/health")


class Health(BaseModel):
    status: str
    version: str


@router.get("/live")
async def live() -> Health:
    """Whether the process answers. If it doesn't, restart it.

    So this must not ask the database, nor wait for a thread while all of them do.
    """
    return Health(status="ok", version=VERSION)


@router.get("/ready")
def ready(session: Session) -> Health:
    """Whether requests can be served now. If not, send them elsewhere; a restart won't bring the database back."""
    try:
        session.execute(text("SELECT 1"))
    except (OperationalError, TimeoutError) as error:  # no server, or no free connection in the pool
        raise HTTPException(status.HTTP_503_SERVICE_UNAVAILABLE, "the database does not answer") from error
    return Health(status="ok", version=VERSION)
