"""Values that programs trip over, and random changes of a text by lines, cells and letters."""

from __future__ import annotations

from random import Random

WORDS = (
    "", " ", "-1", "0", "1", "2", "7", "1.5", "1e308", "1e-300", "1e400", "-0.0", "nan", "inf", "-inf", "1_0",
    "٣", "½", "9" * 60, "00010", "0x10", "1e", "--", "-", "–", "=", "a=b", "CL=", "CL=2,CL=3",
    ",", ",,,", ";",
    "None", "true", "[]", "{}", "{", "%s", "%n", "$HOME", "`id`", "a" * 300, "\udce9", "é",
    "\u202e", "\x1b[31m",
    "..", "../../etc/passwd", "/", "/dev/null", "/dev/full", "/dev/zero", ".", "no/such/file",
    "1h", "-1h", "1e9h",
    "1fortnight", "12 mg/kg", "none", "tocilizumab-iv", "tocilizumab-iv:8mg/kg/0h",
    "tocilizumab-iv:1e9mg/kg/2wk",
    "tocilizumab-iv+", "sjia", "healthy_child", "female", "crp", "crp,crp", "il6,", "all",
    "2024-02-30", "1/0",
)  # fmt: skip
CELLS = (
    "", ".", "-1", "0", "1", "2", "3", "4", "5", "1e308", "-1e308", "nan", "inf", "1_0", "٣", "9" * 60, "1e9",
    "1000000000", "0.000001", "08:30", "25:61", "2024-02-30", "BLQ", "<5", '"', '"a', "a,b",
    "\x00", "é", "#", "C",
    "NA", "-99", "1.5", "0x1", "=1+1", " ", "'", "depot", "central", "-2", "99999999999999999999", "1e-320",
)  # fmt: skip
SCALARS = (
    ".nan", ".inf", "-.inf", "1e309", "1e18", "-7", "0", "1", "521", "2.5", "[]", "{}", "null",
    "~", "yes", "off",
    "'x'", '"', "1:30", "010", "0x1F", "1_000", "٣", "!!python/object:os.system x", "&a [*a]", "*a", "9" * 60,
    "[1, 2, 3]", "{a: 1}", "none", "tocilizumab-iv", "tocilizumab-sc:8mg/kg/2wk", "pjia", "adult_ra", "crp",
    "composite", "treatment-policy", "locf", "last-on-treatment", "randomised", "open", "../../x", "tender",
    "|", ">", "- a", "a: b: c", "\t", "#", "é", "true", "1e-300", "100", "300", "5000", "100000000000",
    '"\\ud800"', '"\\0"',
)  # fmt: skip
BYTES = (b"\xff\xfe", b"\x00", b"PK\x03\x04", b"\xef\xbb\xbf", b"\xe9", b"\r\r\n", b"\x85", b"<!DOCTYPE x>")


def lines_changed(text: str, random: Random, values: tuple[str, ...], marks: str) -> str:
    """Some lines of a text dropped, repeated, exchanged, or with a value after one of ``marks`` replaced."""
    lines = text.split("\n")
    for _ in range(random.choice((1, 1, 1, 2, 3, 6))):
        place = random.randrange(len(lines))
        kind = random.randrange(10)
        if kind == 0:
            lines = lines[:place] + lines[place + 1 :] or [""]
        elif kind == 1:
            lines.insert(random.randrange(len(lines) + 1), lines[place])
        elif kind == 2:
            other = random.randrange(len(lines))
            lines[place], lines[other] = lines[other], lines[place]
        elif kind == 3:
            lines[place] = letters_changed(lines[place], random)
        else:
            lines[place] = _with_value(lines[place], random, values, marks)
    return "\n".join(lines)


def _with_value(line: str, random: Random, values: tuple[str, ...], marks: str) -> str:
    places = [i for i, letter in enumerate(line) if letter in marks]
    if not places:
        return line + random.choice(values)
    place = random.choice(places)
    end = next((i for i in range(place + 1, len(line)) if line[i] in f"{marks},}}]"), len(line))
    return f"{line[: place + 1]} {random.choice(values)}{line[end:]}"


def letters_changed(text: str, random: Random) -> str:
    """A letter dropped, repeated or replaced, or the text cut."""
    if not text:
        return random.choice(WORDS)
    place = random.randrange(len(text))
    return random.choice((
        text[:place] + text[place + 1 :], text[:place] + text[place] + text[place:],
        text[:place] + random.choice("0-:[]{}<>&\"'#\t é\x00") + text[place + 1 :], text[:place],
    ))  # fmt: skip


def encoded(text: str, random: Random) -> bytes:
    """The text as bytes: mostly UTF-8, at times another encoding, stray bytes, or cut."""
    kind = random.randrange(40)
    if kind == 0:
        return text.encode("utf-16")
    if kind == 1:
        return text.encode("latin-1", "replace")
    content = text.encode("utf-8", "surrogateescape")
    place = random.randrange(len(content) + 1)
    if kind == 2:
        return content[:place] + random.choice(BYTES) + content[place:]
    return content[:place] if kind == 3 else content
