"""One line of text: what it means, that it can be written in any sensible order, and how it is refused."""

import doctest
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import quotidian.dosing.notation
import quotidian.dosing.wording
from quotidian.dosing import Regimen, bolus, infusion, no_drug, oral
from quotidian.dosing.notation import RouteOf, describe, parse
from quotidian.errors import RegimenError, UnknownName

STANDARD = infusion("8 mg/kg", of="tocilizumab", over="1 hour").every("14 day")
DEFAULTS: dict[str, Regimen] = {"tocilizumab-iv": STANDARD, "pulse": oral("1 mg", of="x") + STANDARD}
ROUTES: dict[str, RouteOf] = {
    "tocilizumab-iv": ("tocilizumab", "infusion", 1.0),
    "prednisolone": ("prednisolone", "oral", 0.0),
    "test-1": ("test", "bolus", 0.0),
}


def read(text: str) -> Regimen:
    return parse(text, DEFAULTS, ROUTES)


def iv(dose: str) -> Regimen:
    return infusion(dose, of="tocilizumab", over="1 hour")


@pytest.mark.parametrize("module", [quotidian.dosing.notation, quotidian.dosing.wording])
def test_the_examples_in_the_documentation_hold(module: object) -> None:
    result = doctest.testmod(module)  # type: ignore[arg-type]
    assert result.failed == 0
    assert result.attempted >= 3


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("none", no_drug()),
        ("tocilizumab-iv", STANDARD),
        ("tocilizumab-iv x6", STANDARD.times(6)),
        ("tocilizumab-iv..84d", STANDARD.until("84 day")),
        ("tocilizumab-iv:8mg/kg/2wk", iv("8 mg/kg").every("14 day")),
        ("tocilizumab-iv:12mg/kg/14d", iv("12 mg/kg").every("14 day")),
        ("tocilizumab-iv:162mg/1wk", iv("162 mg").every("7 day")),
        ("tocilizumab-iv:162mg/wk", iv("162 mg").every("7 day")),
        ("tocilizumab-iv:8mg/kg/once", iv("8 mg/kg")),
        ("tocilizumab-iv:8mg/kg/once@7d", iv("8 mg/kg").starting("7 day")),
        ("tocilizumab-iv: 8 mg / kg / 2 weeks", iv("8 mg/kg").every("14 day")),
        ("prednisolone:40mg/m2/12h", oral("40 mg/m2", of="prednisolone").every("12 hour")),
        ("prednisolone:0.5g/1day", oral("500 mg", of="prednisolone").every("1 day")),
        ("test-1:500ug/kg/1d x6", bolus("0.5 mg/kg", of="test").every("1 day").times(6)),
        (
            "tocilizumab-iv+prednisolone:1mg/kg/1d",
            STANDARD + oral("1 mg/kg", of="prednisolone").every("1 day"),
        ),
        ("none + tocilizumab-iv", STANDARD),
        ("  tocilizumab-iv  ", STANDARD),
    ],
)
def test_the_text_means_the_regimen(text: str, meant: Regimen) -> None:
    assert read(text) == meant


@pytest.mark.parametrize("order", list(permutations(["x6", "@7d", "..84d"])))
def test_suffixes_stand_in_any_order(order: tuple[str, ...]) -> None:
    meant = iv("8 mg/kg").every("14 day").times(6).starting("7 day").until("84 day")
    assert read(f"tocilizumab-iv:8mg/kg/2wk {' '.join(order)}") == meant


def test_each_part_has_its_own_suffixes() -> None:
    both = read("tocilizumab-iv x6 + prednisolone:1mg/kg/1d ..14d")
    assert both == STANDARD.times(6) + oral("1 mg/kg", of="prednisolone").every("1 day").until("14 day")


@given(
    mg=st.integers(1, 1000).map(lambda n: n / 10),
    per=st.sampled_from(["", "/kg", "/m2"]),
    every=st.integers(1, 365),
    count=st.none() | st.integers(1, 500),
    start=st.none() | st.integers(0, 700),
    end=st.none() | st.integers(1, 5000),
)
def test_what_is_written_is_what_is_read(
    mg: float, per: str, every: int, count: int | None, start: int | None, end: int | None
) -> None:
    text, meant = (
        f"prednisolone:{mg}mg{per}/{every}d",
        oral(f"{mg} mg{per}", of="prednisolone").every(f"{every} day"),
    )
    if end is not None:
        text += f" ..{end}d"
    if count is not None:
        text, meant = f"{text} x{count}", meant.times(count)
    if start is not None:
        text, meant = f"{text} @{start}d", meant.starting(f"{start} day")
    if end is not None:
        meant = meant.until(f"{end} day")
    assert read(text) == meant
    assert describe(read(text)) == describe(meant)


AMOUNT = "An amount is a number and mg, g or ug, with /kg or /m2 if it depends on size."
SUFFIX = "After a regimen: a count (x6), doses missed (missing=2,5), a start (@7d) or an end (..84d)."
IV_EXAMPLE = "Write for example 'tocilizumab-iv:8mg/kg/2wk'."


@pytest.mark.parametrize(
    ("text", "what", "why", "remedy"),
    [
        (
            "tocilizumab-iv:8mq/kg/2wk",
            "the amount '8mq/kg' in 'tocilizumab-iv:8mq/kg/2wk' cannot be read.",
            AMOUNT,
            IV_EXAMPLE,
        ),
        ("tocilizumab-iv:", "the amount '' in 'tocilizumab-iv:' cannot be read.", AMOUNT, IV_EXAMPLE),
        (
            "tocilizumab-iv:8mg/kg",
            "'tocilizumab-iv:8mg/kg' states no interval.",
            "The amount is followed by '/' and an interval, or by '/once'.",
            IV_EXAMPLE,
        ),
        (
            "tocilizumab-iv:8mg/kg/2fortnights",
            "'tocilizumab-iv:8mg/kg/2fortnights': the interval '2fortnights' cannot be read.",
            "A time is a number and h, d or wk.",
            IV_EXAMPLE,
        ),
        (
            "tocilizumab-iv:8mg/kg/2wk y6",
            "'y6' after 'tocilizumab-iv:8mg/kg/2wk' cannot be read.",
            SUFFIX,
            "Write for example 'tocilizumab-iv:8mg/kg/2wk @7d'.",
        ),
        (
            "tocilizumab-iv 8mg/kg/2wk",
            "'8mg/kg/2wk' after 'tocilizumab-iv' cannot be read.",
            SUFFIX,
            IV_EXAMPLE,
        ),
        (
            "tocilizumab-iv @7",
            "'@7' after 'tocilizumab-iv': the start '7' cannot be read.",
            "A time is a number and h, d or wk.",
            "Write for example '@7d'.",
        ),
        (
            "tocilizumab-iv ..",
            "'..' after 'tocilizumab-iv': the end '' cannot be read.",
            "A time is a number and h, d or wk.",
            "Write for example '..84d'.",
        ),
        (
            "tocilizumab-iv x6 x8",
            "'x8' repeats an option.",
            "'tocilizumab-iv' already has 'x6'.",
            "Keep one of the two.",
        ),
        (
            "tocilizumab-iv++none",
            "an empty part cannot be read.",
            "Each part starts with a name, and '+' separates two parts.",
            IV_EXAMPLE,
        ),
        (
            ":8mg/kg/2wk",
            "':8mg/kg/2wk' cannot be read.",
            "Each part starts with a name, and '+' separates two parts.",
            IV_EXAMPLE,
        ),
        (
            "prednisolone",
            "'prednisolone' has no standard regimen.",
            "A name alone means its standard regimen, and this name has none.",
            "Add a dose: 'prednisolone:1mg/kg/1d'.",
        ),
        (
            "pulse:1mg/1d",
            "no dose may follow 'pulse'.",
            "It is a complete regimen and already has its doses.",
            "Write 'pulse' alone.",
        ),
    ],
)
def test_malformed_text_is_named_and_shown_right(text: str, what: str, why: str, remedy: str) -> None:
    with pytest.raises(RegimenError) as refusal:
        read(text)
    assert (refusal.value.what, refusal.value.why, refusal.value.remedy) == (what, why, remedy)


@pytest.mark.parametrize(
    "text",
    ["tocilizumab-iv:8mg/kg/2wk", "tocilizumab-iv:8mg/kg/2wk @7d", "prednisolone:1mg/kg/1d"],
)
def test_the_examples_given_in_refusals_work(text: str) -> None:
    assert read(text).endless


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("tocilizumab-iv:0mg/kg/2wk", "a dose of 0 mg/kg is refused"),
        ("tocilizumab-iv:-8mg/kg/2wk", "a dose of -8 mg/kg is refused"),
        (
            "tocilizumab-iv:101mg/kg/2wk",
            "a dose of 101 mg/kg is refused.\n  Doses must be above zero and at most 100",
        ),
        ("tocilizumab-iv:100001mg/2wk", "a dose of 100001 mg is refused"),
        (
            "tocilizumab-iv:8mg/kg/0.5h",
            "an interval of 30 minutes is refused.\n  It must lie from 1 hour to 1 year",
        ),
        ("tocilizumab-iv:8mg/kg/53wk", "an interval of 371 days is refused"),
        ("tocilizumab-iv:8mg/kg/-2wk", "an interval of -14 days is refused"),
        (
            "tocilizumab-iv:8mg/kg/2wk x0",
            "'x0' after 'tocilizumab-iv:8mg/kg/2wk': a count of 0 doses is refused",
        ),
        ("tocilizumab-iv:8mg/kg/2wk @-7d", "a start of -7 days is refused"),
        ("tocilizumab-iv:8mg/kg/2wk ..0d", "an end of 0 hours is refused"),
        ("tocilizumab-iv:8mg/kg/once x6", "there is no dose number 6.\n  The regimen gives 1 dose in all"),
        ("none x6", "there is no dose number 6.\n  The regimen gives 0 doses in all"),
        ("pulse x6", "doses given in parallel have no single numbering"),
    ],
)
def test_what_nobody_gives_is_refused(text: str, message: str) -> None:
    with pytest.raises(RegimenError) as refusal:
        read(text)
    assert message in str(refusal.value)


@pytest.mark.parametrize("number", ["9" * 5000, "1e400", "nan", "1,5"])
@pytest.mark.parametrize(
    "form", ["test-1:{}mg/1d", "test-1:1mg/{}d", "test-1:1mg/1d x{}", "test-1:1mg/1d @{}d"]
)
def test_no_number_brings_it_down(form: str, number: str) -> None:
    with pytest.raises(RegimenError, match="cannot be read"):
        read(form.format(number))


@given(text=st.text(alphabet="tocilzumab-v:8mg/kg2wx@.+ d", max_size=40))
def test_any_text_is_read_or_refused_in_words(text: str) -> None:
    try:
        read(text)
    except (RegimenError, UnknownName) as refusal:
        assert refusal.what and (refusal.why or refusal.remedy)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("tocilizumab", "there is no regimen 'tocilizumab'.\n  Did you mean 'tocilizumab-iv'?"),
        ("nonne", "there is no regimen 'nonne'.\n  Did you mean 'none'"),
        ("prednisolon:1mg/kg/1d", "there is no drug 'prednisolon' to dose.\n  Did you mean 'prednisolone'?"),
        ("qqq", "there is no regimen 'qqq'.\n  Known: none, prednisolone, pulse, test-1, tocilizumab-iv."),
    ],
)
def test_an_unknown_name_is_answered_with_the_nearest(text: str, message: str) -> None:
    with pytest.raises(UnknownName) as refusal:
        read(text)
    assert str(refusal.value).startswith(message)
