"""The project keeps its own rules: folders, sizes, the lock file, what the repository speaks of."""

import ast
import re
import subprocess
from itertools import pairwise
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("locustfiles", "results", "scenarios", "simulator", "tests")


def tracked() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, check=False
    )
    if listed.returncode:
        pytest.skip("not a checkout: there is no list of the project's files")
    return [ROOT / name for name in listed.stdout.decode().splitlines() if (ROOT / name).is_file()]


def python_files() -> list[Path]:
    return [path for path in tracked() if path.suffix == ".py"]


def test_there_are_no_other_folders_of_code() -> None:
    folders = {path.relative_to(ROOT).parts[0] for path in python_files() if path.parent != ROOT}
    assert folders <= set(PACKAGES)


def test_no_file_is_over_400_lines_and_no_function_over_50() -> None:
    long = []
    for path in python_files():
        text = path.read_text()
        if text.count("\n") > 400:
            long.append(f"{path.relative_to(ROOT)}: {text.count(chr(10))} lines")
        long += [
            f"{path.relative_to(ROOT)}:{node.lineno}: {node.name}"
            for node in ast.walk(ast.parse(text))
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and (node.end_lineno or 0) - node.lineno >= 50
        ]
    assert long == []


def test_no_module_is_called_util() -> None:
    assert [path for path in python_files() if re.search(r"util|helper|misc", path.stem)] == []


def test_every_ruff_ignore_has_its_reason() -> None:
    settings = (
        (ROOT / "pyproject.toml").read_text().partition("[tool.ruff.lint]")[2].partition("[tool.importlinter]")[0]
    )
    ignores = [line for line in settings.splitlines() if re.match(r'\s+"[A-Z]+\d*",', line)]
    assert ignores
    assert [line for line in ignores if "#" not in line] == []


def without_reason(text: str) -> list[int]:
    """The numbers of the lines that silence ruff without naming the rule and, behind a dash, the reason."""
    return [
        number
        for number, line in enumerate(text.splitlines(), 1)
        if (found := re.search(r"#\s*noqa\b(.*)", line, re.IGNORECASE))
        and not re.match(r": [A-Z]+\d+(, [A-Z]+\d+)* - \S", found[1])
    ]


# In two parts, for these lines must not be found themselves.
NOQA = "# no" + "qa"


@pytest.mark.parametrize(
    "bare",
    [NOQA, f"{NOQA}: S608", f"{NOQA}: S608 -", f"{NOQA} - it is ours", f"{NOQA}:S608 - it is ours", "#NO" + "QA"],
)
def test_a_noqa_without_its_reason_is_found(bare: str) -> None:
    assert without_reason(f"fine = 1\nodd = 2  {bare}\n") == [2]


@pytest.mark.parametrize("reason", ["S608 - it is ours", "S603, S607 - git is ours"])
def test_a_noqa_with_its_reason_is_not(reason: str) -> None:
    assert without_reason(f"odd = 2  {NOQA}: {reason}\n") == []


def test_every_noqa_names_its_rule_and_its_reason() -> None:
    found = {str(path.relative_to(ROOT)): without_reason(path.read_text()) for path in python_files()}
    assert {path: lines for path, lines in found.items() if lines} == {}


LOCKS = {"requirements.lock": 40, "tests/interop/node/requirements.lock": 2}  # each with how many it has at least


@pytest.mark.parametrize(("path", "least"), LOCKS.items())
def test_the_lock_file_is_hashed_and_names_no_host(path: str, least: int) -> None:
    lock = (ROOT / path).read_text()
    assert not re.search(r"https?://|--index|--find-links", lock)
    entries = re.split(r"\n(?=[a-z0-9])", lock.strip())
    assert len(entries) >= least
    assert [entry.split()[0] for entry in entries if "--hash=sha256:" not in entry] == []


def test_every_dependency_is_locked() -> None:
    settings = (ROOT / "pyproject.toml").read_text().partition("[tool.hatch")[0]
    wanted = re.findall(r'^    "([a-z0-9-]+)[>=<"]', settings, re.MULTILINE)
    locks = "".join((ROOT / path).read_text() for path in LOCKS)
    locked = set(re.findall(r"^([a-z0-9.-]+)==", locks, re.MULTILINE))
    assert [name for name in wanted if name not in locked] == []


def test_nothing_in_the_repository_depends_on_where_it_was_built() -> None:
    forbidden = re.compile(r"(?<![\w.])/(?:work|farm|root)/|\.\./shared")
    found = []
    for path in tracked():
        try:
            text = path.read_text()
        except UnicodeDecodeError:
            continue
        if path != Path(__file__) and forbidden.search(text):
            found.append(str(path.relative_to(ROOT)))
    assert found == []


def test_the_changelog_is_in_order_of_versions() -> None:
    versions = re.findall(r"^## (\d+)\.(\d+)\.(\d+)", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert versions
    assert all(tuple(map(int, newer)) > tuple(map(int, older)) for newer, older in pairwise(versions))
