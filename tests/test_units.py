"""Units: what is read, what is refused, and that the arithmetic of temperature is plain."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quotidian import units
from quotidian.errors import InvalidQuantity
from quotidian.units import as_quantity, check, convert, quantity, same_dimension

CLINICAL = (
    "nM pg/mL ng/mL ug/mL µg/mL mg/L mm/h degC 1 % percent kg/mol g/mol mg/nmol 1/nM/h mL/h L/day pmol "
    "kDa 1e9/L 10^9/L U/mL mg/m^2 ug*h/mL degC/h %/day mg/kg/day"
)


@pytest.mark.parametrize(
    ("value", "source", "target", "expected"),
    [
        (1.0, "ug/mL", "mg/L", 1.0),
        (100.0, "pg/mL", "ng/L", 100.0),
        (1.0, "µg/mL", "ng/mL", 1000.0),
        (148.0, "kDa", "kg/mol", 148.0),
        (1.0, "mg/nmol", "kg/mol", 1000.0),
        (1.0, "nM", "pmol/mL", 1.0),
        (7.1, "mL/h", "L/day", 0.1704),
        (1.0, "1/nM/h", "1/M/s", 1e9 / 3600),
        (39.0, "%", "1", 0.39),
        (5.38e9, "1/L", "1e9/L", 5.38),
        (250.0, "10^9/L", "1/nL", 250.0),
        (1.0, "degC/h", "degC/day", 24.0),
        (37.5, "°C", "degC", 37.5),
        (1.0, "year", "month", 12.0),
    ],
)
def test_convert_known_pairs(value: float, source: str, target: str, expected: float) -> None:
    assert convert(value, source, target) == pytest.approx(expected, rel=1e-12)


def test_powers_of_ten_come_back_exact() -> None:
    assert convert(1.0, "ug/mL", "mg/L") == 1.0
    assert convert(1.0, "10^9/L", "1/uL") == 1000.0


@given(st.floats(-1e9, 1e9), st.sampled_from(["pg/mL", "ng/mL", "ug/mL", "mg/L", "g/dL", "kg/L"]))
def test_conversion_there_and_back(value: float, unit: str) -> None:
    assert convert(convert(value, unit, "ng/L"), "ng/L", unit) == pytest.approx(value, rel=1e-12, abs=1e-12)


@pytest.mark.parametrize(
    ("text", "expects", "expected"),
    [
        ("12 mg/kg", "mg/kg", 12.0),
        ("12mg/kg", "ug/kg", 12000.0),
        ("6 years", "year", 6.0),
        ("14 day", "day", 14.0),
        ("2 weeks", "h", 336.0),
        ("1 hour", "h", 1.0),
        (" 1.5e2 mg ", "g", 0.15),
        ("30 %", "1", 0.3),
        ("0.3", "1", 0.3),
        ("-2 degC", "degC", -2.0),
        ("2 weeks", None, 2.0),
    ],
)
def test_quantity_is_read(text: str, expects: str | None, expected: float) -> None:
    assert quantity(text, expects) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(
    ("text", "expects", "says"),
    [
        ("12 mg", "mg/kg", "mg measures mass, mg/kg measures a ratio"),
        ("12", "mg/kg", "1 measures nothing (a pure number)"),
        ("5 %", "mg/kg", "'5 %' cannot be read in mg/kg"),
        ("12 mg/kg", "1", "'12 mg/kg' cannot be read in 1"),
        ("6 years", "kg", "years measures time, kg measures mass"),
        ("7,5 mg/kg", "mg/kg", "the decimal sign is a point"),
        ("1.2.3 mg", "mg", "'1.2.3 mg' is not a quantity"),
        ("nan mg", "mg", "must start with a number"),
        ("1e999 mg", "mg", "is not a quantity"),
        ("twelve", "mg", "for example '12 mg'"),
        ("", None, "for example '2 weeks'"),
        ("12 mg//kg", "mg/kg", "not a product of units"),
        ("12 yaer", "year", "Did you mean 'year'"),
    ],
)
def test_quantity_refuses_and_says_why(text: str, expects: str | None, says: str) -> None:
    with pytest.raises(InvalidQuantity) as refusal:
        quantity(text, expects)
    assert says in str(refusal.value)


@pytest.mark.parametrize("unit", CLINICAL.split())
def test_clinical_units_are_known_to_check_and_to_pint(unit: str) -> None:
    check(unit)
    assert as_quantity(2.0, unit).magnitude != 0


@pytest.mark.parametrize("unit", ["K", "kelvin", "inch", "mq/L", "foo", "kyear", "mmin"])
def test_check_refuses_unknown_names(unit: str) -> None:
    with pytest.raises(InvalidQuantity, match="is unknown"):
        check(unit)


@pytest.mark.parametrize("unit", ["5", "mg//L", "mg L", "/h", "h/", "(", "import os", "2 mg", "mg/3"])
def test_check_refuses_what_is_no_product(unit: str) -> None:
    with pytest.raises(InvalidQuantity, match="joined by"):
        check(unit)


def test_every_name_that_check_accepts_means_something_to_pint() -> None:
    for name in units._names():
        assert as_quantity(1.0, name).to_base_units().magnitude > 0, name


def test_temperature_is_plain() -> None:
    setpoint, temperature, tau = as_quantity(39.0, "degC"), as_quantity(37.0, "degC"), as_quantity(2.0, "h")
    rate = (setpoint - temperature) / tau
    assert rate.to("degC / h").magnitude == pytest.approx(1.0)
    assert (2 * temperature).magnitude == 74.0
    assert not same_dimension("degC", "1")


def test_same_dimension() -> None:
    assert same_dimension("mg/L", "ug/mL")
    assert same_dimension("1/nM/h", "L/mol/day")
    assert not same_dimension("mg/L", "nM")


def test_convert_refuses_another_dimension() -> None:
    with pytest.raises(InvalidQuantity, match=r"mg/L measures mass / length\^3, nM measures substance"):
        convert(1.0, "mg/L", "nM")


def test_there_is_one_registry() -> None:
    assert units.registry() is units.registry()


def test_the_fast_paths_do_not_import_pint() -> None:
    code = (
        "import sys; from quotidian.units import as_quantity, convert, check; check('1/nM/h');"
        "convert(1.0, 'nM', 'pM'); assert 'pint' not in sys.modules;"
        "as_quantity(1.0, 'nM'); assert 'pint' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, env={"PYTHONPATH": ":".join(sys.path)})


SPELLINGS = (
    "1 nM pg/mL ng/mL ug/mL mg/L mm/h degC % percent kg/mol g/mol kDa mg/nmol 1/nM/h mL/h L/day pmol 1/h "
    "1/day 1e9/L 10**9/L weeks month year mg/kg/day m**2 mg/m**2 cm IU/mL dL mol*L L/g hour minutes litre kg "
    "molar rad"
).split()


@pytest.mark.parametrize("a", SPELLINGS)
def test_conversions_without_pint_are_those_of_pint(a: str) -> None:
    for b in SPELLINGS:
        ratio = as_quantity(1.0, a) / as_quantity(1.0, b)
        assert same_dimension(a, b) == ratio.dimensionless, b
        if ratio.dimensionless:
            assert convert(1.0, a, b) == pytest.approx(ratio.to_base_units().magnitude, rel=1e-14), b


@pytest.mark.parametrize(
    ("number", "unit", "text"),
    [
        ("1", "1e9/L", "1.0·10⁹/L"),
        ("0.5", "1e9/L", "0.5·10⁹/L"),
        ("50", "10⁹/L", "50·10⁹/L"),
        ("150 to 450", "10**12/L", "(150 to 450)·10¹²/L"),
        ("5", "1e9/L/h", "5.0·10⁹/L/h"),
        ("50", "U/L", "50 U/L"),
        ("5", "mg/L", "5 mg/L"),
        ("3", "1", "3"),
        ("3", "", "3"),
        ("37.5", "degC", "37.5 degC"),
        ("4", "1/h", "4 1/h"),
    ],
)
def test_a_printed_number_is_multiplied_by_a_power_in_its_unit(number: str, unit: str, text: str) -> None:
    assert units.quantity_text(number, unit) == text
    assert units.quantity_text("2.5", "mg/L", "\u00a0") == "2.5\u00a0mg/L"
