"""A user's mistake: exit code 2, what and why and a remedy on standard error, no traceback and no file."""

from __future__ import annotations

from pathlib import Path

import pytest

from quotidian.cli.support import memory

CHILD = "simulate --age 6 --sex female"

MISTAKES = {
    "negative weight": (f"{CHILD} --weight -3", "No child weighs -3 kg.", "Give the weight in kg"),
    "impossible weight": (f"{CHILD} --weight 90", "No 6-year-old girl weighs 90 kg.", "Check the age"),
    "weight in words": (f"{CHILD} --weight heavy", "weight: 'heavy' is not a quantity.", "a number (kg)"),
    "weight in litres": (f"{CHILD} --weight '20 L'", "weight: '20 L' cannot be read in kg.", "a number (kg)"),
    "impossible height": (f"{CHILD} --height 300", "No 6-year-old girl is 300 cm tall.", "Check the age"),
    "an adult": ("simulate --age 40 --sex male", "40 years is outside the model.", "number of years"),
    "age in words": ("simulate --age six --sex male", "age: 'six' is not a quantity.", "a number (year)"),
    "no age": ("simulate --sex male", "--age is missing.", "--age 6 --sex female"),
    "no sex": ("simulate --age 6", "--sex is missing.", "--seed 1"),
    "unknown sex": ("simulate --age 6 --sex x", "no growth reference for the sex 'x'", "female, male"),
    "negative severity": (f"{CHILD} --severity -1", "--severity cannot be '-1'.", "--severity 1.5"),
    "unknown regimen": (f"{CHILD} --regimen aspirin", "there is no regimen 'aspirin'", "tocilizumab-iv"),
    "misspelt regimen": (f"{CHILD} --regimen tocilizumab_iv", "no regimen", "Did you mean 'tocilizumab-iv'"),
    "malformed regimen": (f"{CHILD} --regimen tocilizumab-iv:8mg", "states no interval", "8mg/kg/2wk"),
    "regimen of nobody": (f"{CHILD} --regimen 'tocilizumab-iv:-8mg/kg/2wk'", "-8 mg/kg", "Write for example"),
    "unknown observable": (f"{CHILD} --observables crb", "no observable 'crb' in sjia", "Did you mean 'crp'"),
    "no observable": (f"{CHILD} --observables ''", "no observable ''", "'quotidian observables sjia'"),
    "unknown model": (
        f"{CHILD} --model sja",
        "No child can be simulated with the model 'sja'.",
        "Did you mean 'sjia'?",
    ),
    "unknown scenario": (
        f"{CHILD} --scenario sgp130", "no scenario 'sgp130'", "Did you mean 'sgp130-low'",
    ),
    "two answers to one question": (
        f"{CHILD} --scenario kd-tight+kd-loose",
        "'kd-tight' and 'kd-loose' cannot be combined",
        "Choose one of",
    ),
    "scenario of the ill for the well": (
        f"{CHILD} --model healthy_child --scenario sil6r-low",
        "cannot be used in the model",
        "Choose the model sjia",
    ),
    "adult model": (
        f"{CHILD} --model adult_ra",
        "No child can be simulated with the model 'adult_ra'.",
        "models of children are sjia",
    ),
    "no weeks": (f"{CHILD} --weeks 0", "--weeks cannot be '0'.", "--weeks 12"),
    "weeks of nobody": (f"{CHILD} --weeks 1e6", "--weeks cannot be '1e6'.", "--weeks 12"),
    "weeks in words": (f"{CHILD} --weeks many", "--weeks cannot be 'many'.", "--weeks 12"),
    "digits of another script": (f"{CHILD} --weeks ٣", "--weeks cannot be '٣'.", "--weeks 12"),
    "a weight in digits of another script": (f"{CHILD} --weight '٢٠ kg'", "not a quantity", "a number (kg)"),
    "a dose in digits of another script": (
        f"{CHILD} --regimen 'tocilizumab-iv:٨mg/kg/2wk'", "the amount '٨mg/kg'", "8mg/kg/2wk",
    ),
    "a seed in digits of another script": (f"{CHILD} --course drawn:٣", "'٣' is not a seed", "'drawn:7'"),
    "a port with a line in it": ("explore --port 1_0", "--port cannot be '1_0'.", "--port 8321"),
    "an empty address": ("explore --host ''", "--host is empty.", "0.0.0.0"),
    "no step": (f"{CHILD} --every 0h", "--every cannot be '0h'.", "--every 1h"),
    "step without unit": (f"{CHILD} --every 1", "--every: '1' cannot be read in hour.", "--every 1h"),
    "step of an unknown unit": (f"{CHILD} --every 1ms", "Unit 'ms' is unknown.", "--every 1h"),
    "step beyond the end": (f"{CHILD} --weeks 1 --every 2weeks", "every 14 days", "Shorten --every"),
    "negative seed": (f"{CHILD} --seed -1", "--seed cannot be '-1'.", "--seed 1"),
    "no threads": (f"{CHILD} --threads 0", "--threads cannot be '0'.", "--threads 2"),
    "table beyond memory": (
        f"{CHILD} --every 1s --weeks 5200",
        "--every requests 3,144,960,001 outputs of each subject.",
        "Lengthen --every",
    ),
    "an option twice": (
        f"{CHILD} --weeks 2 --weeks 3",
        "--weeks occurs 2 times.",
        "'+' joins regimens",
    ),
    "a dose after the end": (
        f"{CHILD} --weeks 2 --regimen 'tocilizumab-iv:8mg/kg/2wk @100d'",
        "is given during the simulation.",
        "simulate longer",
    ),
    "a child of 44": (f"{CHILD} --weeks 2000", "would be simulated to an age of", "weeks."),
    "unknown option": (f"{CHILD} --shoe-size 30", "No such option: --shoe-size", "quotidian simulate --help"),
    "option without value": ("simulate --age 6 --sex male --weight", "requires an argument", "--help"),
    "unknown verb": ("prescribe", "No such command 'prescribe'", "quotidian --help"),
    "unknown trial": ("trial tendr --output DIR", "There is no trial 'tendr'.", "Did you mean 'tender'?"),
    "no trial": ("trial --output DIR", "Missing argument 'NAME'", "quotidian trial --help"),
    "no replicates": ("trial tender --replicates 0 --output DIR", "cannot be '0'", "--replicates 100"),
    "half a replicate": ("trial tender --replicates 0.5 --output DIR", "cannot be '0.5'", "--replicates 100"),
    "seed in words": ("trial tender --seed luck --output DIR", "--seed cannot be 'luck'.", "--seed 1"),
    "study beyond memory": (
        "trial tender --replicates 1000000000 --output DIR",
        "A study of 1,000,000,000 replicates with 112 children each would need about 2,399.1 TiB of memory.",
        "Ask for fewer --replicates",
    ),
    "a million replicates of learning": (
        "learn --members 1000000000000 --output DIR", "from 0 to 10,000.", "--members 40",
    ),
    "a seed of twenty digits": (
        f"{CHILD} --seed 99999999999999999999", "from 0 up, of at most 19 digits.", "--seed 1",
    ),
    "a value with a line in it": (
        "simulate --seed 3 --set patients.variability.age_mean=1_0 --output x.csv",
        "'_0' cannot be read as a unit.", "",
    ),
    "days before time 0 without end": (
        "export sjia --age 6 --sex female --run-in 1000000000000000000 --output x.xml",
        "--run-in cannot be '1000000000000000000'.", "--run-in 28",
    ),
    "doses beyond childhood": (
        "export sjia --age 6 --sex female --weeks 5200 --output x.xml",
        "would be simulated to an age of 106 years.", "Give at most 991 weeks.",
    ),
    "a course of endless steps": (
        "export sjia --every 1e-300h --format omex --output x.omex", "outputs of each subject.", "--every",
    ),
    "children for a bench of years": (
        "bench --children 1000000000000", "It takes a whole number from 1 to 1,000.", "--children 8",
    ),
    "measurements without end": (
        f"{CHILD} --data /dev/zero --plot x.svg", "is not a file, or is larger", "Name a file",
    ),
    "an archive without end": (
        "run-archive /dev/zero --output x", "is not a file, or is larger than", "Name an .omex file.",
    ),
    "an address that is no text": ("explore --host \udce9", "cannot be served at", "Choose another --host"),
    "children without end": (
        "worth crp --week 4 --children 100000000000000", "from 1 to 10,000.", "--children 20",
    ),
    "equations of nothing": ("equations sjja", "There is no model 'sjja'.", "Did you mean 'sjia'?"),
    "observables of nothing": ("observables mouse", "There is no model 'mouse'.", "Known: adult_ra"),
}  # fmt: skip


@pytest.fixture(autouse=True)
def a_small_machine(monkeypatch) -> None:
    """As much memory as a laptop has, wherever the tests run."""
    monkeypatch.setattr(memory, "available", lambda: 8 * 2**30)


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_told_and_nothing_is_written(quotidian, tmp_path, monkeypatch, mistake) -> None:
    monkeypatch.chdir(tmp_path)
    line, what, remedy = MISTAKES[mistake]
    ran = quotidian(f"{line} --output x.csv" if line.startswith(CHILD) else line)
    assert ran.code == 2
    assert ran.out == ""
    assert ran.err.startswith("quotidian: ")
    assert what in ran.err
    assert remedy in ran.err
    assert "Traceback" not in ran.err
    assert list(tmp_path.iterdir()) == []


PLACES = {
    "folder that is not there": ("missing/x.csv", "There is no folder", "mkdir -p"),
    "folder in place of a file": ("folder.csv", "is a folder", "Name a file in it"),
    "file in place of a folder": ("file/x.csv", "There is no folder", "mkdir -p"),
    "unknown suffix": ("x.xlsx", "The suffix names the format: .csv or .parquet.", "--output x.csv"),
    "an unknown suffix": ("x", "The suffix names the format", "--output x.csv"),
    "name beyond all measure": ("x" * 300 + ".csv", "file name too long", "another place"),
}


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="this system has no folder that refuses root")
def test_a_folder_that_refuses_even_root_is_refused(quotidian) -> None:
    ran = quotidian(f"{CHILD} --output /proc/x.csv")
    assert ran.code == 2
    assert "'/proc/x.csv' cannot be written." in ran.err


@pytest.mark.parametrize("place", PLACES)
def test_an_unwritable_file_is_refused_before_the_work(quotidian, tmp_path, monkeypatch, place) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder.csv").mkdir()
    (tmp_path / "file").touch()
    monkeypatch.setattr("quotidian.patients.treatment.simulate", lambda *a, **k: pytest.fail("worked first"))
    path, what, remedy = PLACES[place]
    ran = quotidian(f"{CHILD} --output {path}")
    assert ran.code == 2
    assert what in ran.err
    assert remedy in ran.err
    assert sorted(item.name for item in tmp_path.iterdir()) == ["file", "folder.csv"]


def closed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that takes no file, even from root, whom permissions do not stop."""
    folder.mkdir()
    folder.chmod(0o500)
    real = Path.touch

    def touch(self: Path, *args: object, **kwargs: object) -> None:
        if self.parent == folder:
            raise PermissionError(13, "Permission denied")
        real(self, *args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(Path, "touch", touch)
    return folder


@pytest.mark.parametrize("line", [f"{CHILD} --output {{}}/x.csv", "trial tender --output {}/result"])
def test_a_read_only_folder_is_refused_before_the_work(quotidian, tmp_path, monkeypatch, line) -> None:
    folder = closed(tmp_path / "closed", monkeypatch)
    ran = quotidian(line.format(folder))
    assert ran.code == 2
    assert "The system reports: permission denied." in ran.err
    assert "Choose another place with --output." in ran.err
    assert list(folder.iterdir()) == []


def test_the_mistake_of_a_real_process_is_the_same(process, tmp_path) -> None:
    ran = process(f"{CHILD} --weight -3 --output x.csv", tmp_path)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == (
        "quotidian: No child weighs -3 kg.\n"
        "  A weight is a finite number above zero.\n"
        "  Give the weight in kg, or leave it out: the median is taken.\n"
    )
    assert list(tmp_path.iterdir()) == []
