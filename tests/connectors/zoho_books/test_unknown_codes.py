"""A code that nobody documented refuses nothing."""

import pytest
from connectors.zoho_books.answers import PATHS, connect, operation, writes
from tallystick.errors import OutcomeUnknown, Rejected


@pytest.mark.parametrize("status", [200, 400, 405, 422])
@pytest.mark.parametrize("type", list(PATHS))
def test_a_code_that_is_not_known_never_refuses_a_create_and_says_what_to_do(
    type: str, status: int
) -> None:
    """Whatever is written: it may have taken effect, so it is looked up and parked."""
    odd = (status, {"code": 99_999, "message": "never heard of"})
    connector, w = connect({f"POST {PATHS[type]}": odd})
    with pytest.raises(OutcomeUnknown) as unknown:
        connector.write(operation(type))
    assert "never heard of" in unknown.value.message
    assert "code 99999" in unknown.value.message
    assert "refusal_codes" in unknown.value.message
    assert len(writes(w)) == 1


def test_a_code_that_is_named_in_the_settings_refuses() -> None:
    odd = (400, {"code": 99_999, "message": "never heard of"})
    connector, _ = connect({f"POST {PATHS['task']}": odd}, refusal_codes="99999")
    with pytest.raises(Rejected):
        connector.write(operation("task"))


def test_the_hint_of_one_answer_is_not_said_of_the_next() -> None:
    answers = [(400, {"code": 99_999}), (500, b"")]
    connector, _ = connect({f"POST {PATHS['task']}": lambda _sent: answers.pop(0)})
    with pytest.raises(OutcomeUnknown, match="refusal_codes"):
        connector.write(operation("task"))
    with pytest.raises(OutcomeUnknown) as second:
        connector.write(operation("task"))
    assert "refusal_codes" not in second.value.message
