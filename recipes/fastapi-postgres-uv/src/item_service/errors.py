"""The answer to a request that isn't valid."""

from fastapi import Request, status
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse


def refuse(_: Request, error: Exception) -> JSONResponse:
    """The reasons, without the input: FastAPI's own answer repeats it, and fails where JSON has no way to (NaN)."""
    assert isinstance(error, RequestValidationError)
    reasons = [{key: reason[key] for key in ("loc", "msg", "type")} for reason in error.errors()]
    return JSONResponse({"detail": reasons}, status.HTTP_422_UNPROCESSABLE_CONTENT)
