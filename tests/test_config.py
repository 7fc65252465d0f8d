"""Settings: where they come from, which of them wins, and what is refused."""

from __future__ import annotations

import json
import os
import re
import tomllib
from datetime import date

import pytest
from jsonschema import Draft7Validator
from repository import ROOT

from contracts.config import OPTIONS, PREFIX, Settings, settings_of
from contracts.errors import ConfigError
from contracts.policy import Allow

#: Each option: as it stands in the file, in a variable, as a flag; and what each comes to.
EACH = {
    "services": ('["a"]', ("a",), "b, c", ("b", "c"), ["d"], ("d",)),
    "contracts": ('["own"]', ("own",), f"b{os.pathsep}c", ("b", "c"), ["d"], ("d",)),
    "select": ('["http"]', {"http"}, "xml,soap", {"xml", "soap"}, ["schema", "contract,http/method"],
               {"schema", "contract", "http/method"}),
    "ignore": ('["http"]', {"http"}, "xml,soap", {"xml", "soap"}, ["schema"], {"schema"}),
    "fail-on": ('"info"', "info", "warning", "warning", "error", "error"),
    "format": ('"json"', "json", "junit", "junit", "text", "text"),
    "reports": ('{junit = "a.xml"}', (("junit", "a.xml"),), "sarif=b, json=c", (("sarif", "b"), ("json", "c")),
                ["github=d=e"], (("github", "d=e"),)),
    "baseline": ('"a.json"', "a.json", "b.json", "b.json", "c.json", "c.json"),
}  # fmt: skip
#: What is wrong in a file, and what is said of it.
SLIPS = [
    ("fail_on = 'error'", r"soap-contracts\.toml: \[the file\]: unknown key 'fail_on'; known are .*fail-on"),
    ("fail-on = 'fatal'", "fail-on = 'fatal' is none of error, warning, info"),
    ("fail-on = 3", "'fail-on' is not a string"),
    ("format = 'xml'", "format = 'xml' is none of text, json"),
    ("select = 'schema'", "'select' is not a list of strings"),
    ("select = []", "'select': names rules or families"),
    ("ignore = ['shema']", "'ignore': .*did you mean schema"),
    ("reports = ['junit=x']", "'reports' is not a table"),
    ("reports = {xml = 'x'}", r"\[reports\]: unknown key 'xml'"),
    ("baseline = ''", "'baseline' is empty"),
    ("allow = {}", "'allow' is not an array of tables"),
    ("[[allow]]\nrule = 'schema'", r"\[\[allow\]\] number 1: 'reason' is missing"),
    ("[[allow]]\nrule = 'schema'\nreason = ''", "'reason' is empty"),
    (
        "[[allow]]\nrule = 'shema'\nreason = 'x'",
        "number 1: there is no rule or family 'shema'; did you mean schema",
    ),
    ("[[allow]]\nrule = 'xml'\nreason = 'x'\nuntil = 2027-01-01", "unknown key 'until'; known are expires"),
    *(
        (
            f"[[allow]]\nrule = 'xml'\nreason = 'x'\nexpires = {value}",
            "number 1: 'expires' is missing or not a date; write it as in expires = 2027-03-31",
        )
        for value in ("'2027'", "'20270331'", "'2027-02-30'", "'2027-03-31 '", "2027-01-01T00:00:00", "2027")
    ),
    ("x = ", "this is not TOML: .*"),
]
EACH_OPTION = pytest.mark.parametrize("option", OPTIONS, ids=lambda option: option.key)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def refused(folder, text: str, match: str, name: str = "soap-contracts.toml") -> None:
    (folder / name).write_text(text)
    with pytest.raises(ConfigError, match=match):
        settings_of({}, {})


class TestPrecedence:
    @EACH_OPTION
    def test_a_flag_outweighs_the_environment_that_the_file_and_that_the_default(self, folder, option):
        in_file, from_file, in_variable, from_variable, flag, from_flag = EACH[option.key]
        default = getattr(Settings(), option.field)
        assert getattr(settings_of({}, {}), option.field) == default
        (folder / "soap-contracts.toml").write_text(f"{option.key} = {in_file}\n")
        assert getattr(settings_of({}, {}), option.field) == from_file != default
        environment = {option.variable: in_variable}
        assert getattr(settings_of({}, environment), option.field) == from_variable != from_file
        assert getattr(settings_of({option.field: flag}, environment), option.field) == from_flag != from_variable

    @EACH_OPTION
    @pytest.mark.parametrize("nothing", [None, [], ""])
    def test_what_says_nothing_decides_nothing(self, folder, option, nothing):
        in_file, from_file, *_ = EACH[option.key]
        (folder / "soap-contracts.toml").write_text(f"{option.key} = {in_file}\n")
        assert getattr(settings_of({option.field: nothing}, {option.variable: ""}), option.field) == from_file

    def test_every_option_is_in_this_table(self):
        assert [option.key for option in OPTIONS] == list(EACH)


class TestWhereTheFileIs:
    @pytest.mark.parametrize(
        ("name", "head"),
        [
            ("soap-contracts.toml", ""),
            ("pyproject.toml", "[tool.soap-contracts]\n"),
            ("pyproject.toml", '[tool."soap-contracts"]\n'),
        ],
    )
    def test_the_nearest_at_or_above_the_working_folder(self, folder, monkeypatch, name, head):
        (folder / name).write_text(f'{head}fail-on = "info"\nbaseline = "b.json"\n')
        below = folder / "a" / "b"
        below.mkdir(parents=True)
        (below / "pyproject.toml").write_text('[project]\ndependencies = ["soap-contracts"]\n')
        monkeypatch.chdir(below)
        found = settings_of({}, {})
        assert (found.fail_on, found.source) == ("info", os.path.join("..", "..", name))
        assert os.path.samefile(os.path.dirname(found.baseline), folder)

    def test_its_own_file_goes_before_the_project_s(self, folder):
        (folder / "soap-contracts.toml").write_text('fail-on = "info"\n')
        (folder / "pyproject.toml").write_text('[tool.soap-contracts]\nfail-on = "warning"\n')
        assert settings_of({}, {}).fail_on == "info"

    def test_a_named_file_goes_before_all_and_the_flag_before_the_variable(self, folder):
        (folder / "soap-contracts.toml").write_text('fail-on = "info"\n')
        for name, level in (("one.toml", "warning"), ("two.toml", "error")):
            (folder / name).write_text(f'fail-on = "{level}"\n')
        environment = {PREFIX + "CONFIG": "one.toml"}
        assert settings_of({}, environment).fail_on == "warning"
        assert settings_of({}, environment, file="two.toml").source == "two.toml"

    def test_a_named_pyproject_is_read_at_its_table(self, folder):
        (folder / "sub").mkdir()
        (folder / "sub" / "pyproject.toml").write_text('[tool.soap-contracts]\ncontracts = ["own", "/abs"]\n')
        assert settings_of({}, {}, file="sub/pyproject.toml").contracts == (os.path.join("sub", "own"), "/abs")

    @pytest.mark.usefixtures("folder")
    def test_a_named_file_that_is_missing_is_an_error(self):
        with pytest.raises(ConfigError, match=r"none\.toml: No such file"):
            settings_of({}, {}, file="none.toml")

    def test_a_named_pyproject_without_the_table_is_an_error(self, folder):
        (folder / "pyproject.toml").write_text("[tool.soap-contract]\nfail-on = 'info'\n")
        with pytest.raises(ConfigError, match=r"pyproject\.toml: there is no table \[tool\.soap-contracts\] in it"):
            settings_of({}, {}, file="pyproject.toml")

    def test_a_byte_order_mark_does_not_matter(self, folder):
        (folder / "soap-contracts.toml").write_text("\ufefffail-on = 'info'\n", encoding="utf-8")
        assert settings_of({}, {}).fail_on == "info"

    def test_a_project_that_does_not_know_us_is_left_alone_even_when_broken(self, folder):
        (folder / "pyproject.toml").write_text("this is not TOML")
        assert settings_of({}, {}) == Settings()


class TestTheFile:
    def test_allowances_have_rule_and_reason_and_may_have_more(self, folder):
        (folder / "soap-contracts.toml").write_text(
            '[[allow]]\nrule = "schema"\nreason = "legacy"\n'
            '[[allow]]\nrule = "http/method"\nreason = "x"\noperation = "ongoing/*"\npath = "/a"\nexpires = 2027-01-31\n'
        )
        assert settings_of({}, {}).allow == (
            Allow("schema", "legacy", place="[[allow]] number 1"),
            Allow("http/method", "x", "ongoing/*", "/a", date(2027, 1, 31), "[[allow]] number 2"),
        )

    @pytest.mark.parametrize("value", ["2027-03-31", "'2027-03-31'", '"2027-03-31"'])
    def test_a_date_may_be_a_string_as_the_schema_says(self, folder, value):
        (folder / "soap-contracts.toml").write_text(f"[[allow]]\nrule = 'xml'\nreason = 'x'\nexpires = {value}\n")
        assert settings_of({}, {}).allow[0].expires == date(2027, 3, 31)

    @pytest.mark.parametrize(
        ("text", "match"),
        SLIPS,
    )
    def test_a_slip_is_an_error_that_names_file_and_place(self, folder, text, match):
        refused(folder, text, match)

    def test_a_slip_in_a_pyproject_names_its_table(self, folder):
        refused(
            folder,
            "[tool.soap-contracts]\nfoo = 1",
            r"pyproject\.toml: \[tool\.soap-contracts\]: unknown key 'foo'",
            "pyproject.toml",
        )


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("flags", "environment", "match"),
    [
        ({}, {"SOAP_CONTRACTS_FAIL_ON": "fatal"}, "SOAP_CONTRACTS_FAIL_ON: 'fatal' is none of error, warning, info"),
        ({}, {"SOAP_CONTRACTS_SELECT": "shema"}, "SOAP_CONTRACTS_SELECT: .*did you mean schema"),
        ({"ignore": [","]}, {}, "--ignore: names rules or families"),
        ({"reports": ["junit"]}, {}, "--report: 'junit' is not of the form FORMAT=FILE"),
        ({"reports": ["junit="]}, {}, "--report: 'junit=' is not of the form FORMAT=FILE"),
        ({"reports": ["xunit=a.xml"]}, {}, "--report: 'xunit' is none of text, json, junit"),
    ],
)
def test_a_slip_elsewhere_names_the_flag_or_the_variable(flags, environment, match):
    with pytest.raises(ConfigError, match=match):
        settings_of(flags, environment)


class TestTheSchemaForEditors:
    """It accepts and refuses what we do, as far as a schema can tell."""

    @pytest.fixture
    def schema(self):
        return Draft7Validator(json.loads((ROOT / "docs" / "soap-contracts.schema.json").read_text()))

    @pytest.mark.parametrize("key", EACH)
    def test_accepts_each_setting(self, schema, key):
        schema.validate(as_json(f"{key} = {EACH[key][0]}"))

    def test_accepts_the_page_s_example_and_so_do_we(self, schema, folder):
        page = (ROOT / "docs" / "configuration.md").read_text()
        (text,) = re.findall(r"```toml\n(.*?)```", page, re.DOTALL)
        schema.validate(as_json(text))
        (folder / "soap-contracts.toml").write_text(text)
        assert settings_of({}, {}).allow[0].expires == date(2027, 3, 31)

    @pytest.mark.parametrize("text", [text for text, _ in SLIPS if "TOML" not in _ and "not a date" not in _])
    def test_refuses_what_we_refuse(self, schema, text):
        assert not schema.is_valid(as_json(text))


def as_json(text: str) -> object:
    return json.loads(json.dumps(tomllib.loads(text), default=str))


def test_the_page_has_a_row_for_every_option():
    page = (ROOT / "docs" / "configuration.md").read_text()
    for option in OPTIONS:
        assert f"| `{option.key}` | `{option.flag}`" in page
        assert f"| `{option.variable}` |" in page
