from datetime import timedelta

import pytest
from pydantic import BaseModel, ValidationError
from pydantic.json_schema import JsonSchemaMode

from duration_text.fields import Duration


class Job(BaseModel):
    timeout: Duration


def test_a_field_is_read_from_text_and_written_as_text() -> None:
    job = Job.model_validate_json('{"timeout": "1h 30m"}')
    assert job.timeout == timedelta(minutes=90)
    assert job.model_dump_json() == '{"timeout":"1h 30m"}'


def test_a_field_takes_a_timedelta() -> None:
    assert Job(timeout=timedelta(seconds=5)).timeout == timedelta(seconds=5)


def test_a_wrong_text_is_a_validation_error() -> None:
    with pytest.raises(ValidationError, match="'soon' is no duration"):
        Job.model_validate({"timeout": "soon"})


@pytest.mark.parametrize("mode", ["validation", "serialization"])
def test_the_schema_says_text_and_does_not_promise_iso_8601(mode: JsonSchemaMode) -> None:
    (schema,) = Job.model_json_schema(mode=mode)["properties"].values()
    assert (schema["type"], "format" in schema) == ("string", False)
    for example in schema["examples"]:
        Job.model_validate({"timeout": example})
