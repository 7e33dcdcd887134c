"""The database session of a request."""

from collections.abc import Iterator
from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy import orm


def get_session(request: Request) -> Iterator[orm.Session]:
    """A session for one request; what the request doesn't commit is rolled back."""
    with request.app.state.sessions() as session:
        yield session


Session = Annotated[orm.Session, Depends(get_session)]
