"""The page of the policies says what is loaded, and names the tests that flip each value."""

import re
from pathlib import Path

import pytest
from decide.test_policies import FILES, NOT_EDITABLE, SETTINGS
from tallystick.decide.policies import PARAM_POLICIES, POLICIES, Policy

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "policies.md").read_text(encoding="utf-8")
ROWS = [
    [cell.strip() for cell in line.strip("|").split(" | ")]
    for line in PAGE.splitlines()
    if line.startswith("| P-")
]
KEYED: dict[str, Policy] = {
    **{f"`policies.yaml` `{key}`": policy for key, policy in POLICIES.items()},
    **{f"`{FILES[d]}` `{name}`": policy for (d, name), policy in PARAM_POLICIES.items()},
}


def test_every_policy_stands_on_the_page_once_for_each_of_its_keys() -> None:
    """P-01 to P-41."""
    assert {row[0][:4] for row in ROWS} == {f"P-{n:02}" for n in range(1, 42)}
    keys = [row[1] for row in ROWS if row[0][:4] not in NOT_EDITABLE | SETTINGS]
    assert sorted(keys) == sorted(KEYED)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row[0][:4]}-{row[1].split()[-1]}")
def test_a_row_has_the_default_and_the_values_that_are_obeyed_and_refused(row: list[str]) -> None:
    policy = KEYED.get(row[1])
    if policy is None:
        assert row[0][:4] in NOT_EDITABLE | SETTINGS
        return
    assert row[0].startswith(policy.id)
    assert row[2] == policy.words()[0]
    free = policy.minimum is not None and not policy.fixed
    if free:
        assert row[3].startswith(f"{policy.minimum} ")
    else:
        assert row[3] == (", ".join(policy.words()[1:]) or "none")
    assert row[4] == ("any other number" if policy.fixed else ", ".join(policy.later) or "none")


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row[0][:4]}-{row[1].split()[-1]}")
def test_a_value_that_is_obeyed_has_a_test_that_names_its_policy(row: list[str]) -> None:
    if row[3] == "none":
        assert row[5] == "none"
        return
    text = (ROOT / "tests" / "rules" / row[5].strip("`")).read_text(encoding="utf-8")
    key = re.sub(r"rounding\.time\.(mode|step)", r"\1", row[1].split()[-1].strip("`"))
    name = "delete_brake" if "delete_brake" in key else key.rpartition(".")[2]
    assert row[0][:4] in text or f'"{name}"' in text
    assert name in text
