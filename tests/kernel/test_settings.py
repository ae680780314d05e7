"""Settings: typed, told in one line when wrong, and documented."""

import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from onehall.kernel import settings
from onehall.kernel.settings import BadSetting, Settings, read, with_secret

ROOT = Path(__file__).parents[2]


def test_without_any_variable_the_defaults_hold() -> None:
    assert read({}) == Settings()
    assert (Settings().port, Settings().url, Settings().https) == (8000, "http://127.0.0.1:8000", False)
    assert read({"ONEHALL_PORT": ""}) == Settings()


def test_each_variable_sets_its_field() -> None:
    found = read(
        {
            "ONEHALL_PORT": "9000",
            "DATABASE_URL": "postgresql://db/x",
            "ONEHALL_HOME": "/var/hall",
            "ONEHALL_BASE_URL": "https://hall.example/",
            "ONEHALL_SIMULATED": "false",
            "ONEHALL_CALLBACKS": "a.example, b.example,",
            "ONEHALL_LANGUAGE": "zh-CN",
            "ONEHALL_PARENT": "make",
            "PATH": "/bin",
        }
    )
    assert (found.port, found.database_url, found.home) == (9000, "postgresql://db/x", "/var/hall")
    assert (found.url, found.https) == ("https://hall.example", True)
    assert (found.simulated, found.callbacks, found.language) == (False, ("a.example", "b.example"), "zh-CN")


@pytest.mark.parametrize(
    ("name", "value", "line"),
    [
        ("ONEHALL_PROT", "1", "ONEHALL_PROT is not a setting of this house; see docs/reference/settings.md"),
        ("ONEHALL_PORT", "eighty", "ONEHALL_PORT is 'eighty'; it must be a whole number from 1 to 65535"),
        ("ONEHALL_PORT", "70000", "ONEHALL_PORT is '70000'; it must be a whole number from 1 to 65535"),
        ("ONEHALL_OTP_TRIES", "0", "ONEHALL_OTP_TRIES is '0'; it must be a whole number from 1 to 20"),
        ("ONEHALL_SMS_PER_MINUTE", "0", "ONEHALL_SMS_PER_MINUTE is '0'; it must be a whole number of 1 or more"),
        ("ONEHALL_DEMO", "perhaps", "ONEHALL_DEMO is 'perhaps'; it must be true or false"),
        ("ONEHALL_LANGUAGE", "fr", "ONEHALL_LANGUAGE is 'fr'; it must be en or zh-CN"),
    ],
)
def test_a_bad_setting_is_told_in_one_line(name: str, value: str, line: str) -> None:
    with pytest.raises(BadSetting) as told:
        read({name: value})
    assert str(told.value) == line


def test_a_secret_is_made_once_for_its_owner_only(tmp_path: Path) -> None:
    mine = Settings(home=str(tmp_path / "hall"))
    first = with_secret(mine)
    assert len(first.secret) >= 32
    assert with_secret(mine) == first
    assert stat.S_IMODE((tmp_path / "hall" / "secret").stat().st_mode) == 0o600
    assert [path.name for path in (tmp_path / "hall").iterdir()] == ["secret"]


def test_processes_that_start_at_once_agree_on_one_secret(tmp_path: Path) -> None:
    mine = Settings(home=str(tmp_path))
    with ThreadPoolExecutor(12) as many:
        found = set(many.map(lambda n: with_secret(mine).secret, range(60)))
    assert len(found) == 1


def test_a_given_secret_is_used_and_a_short_one_refused(tmp_path: Path) -> None:
    given = Settings(home=str(tmp_path), secret="x" * 32)
    assert with_secret(given) == given
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(BadSetting, match="32 characters"):
        with_secret(Settings(home=str(tmp_path), secret="short"))


def test_a_spoilt_secret_file_is_not_silently_replaced(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("")
    with pytest.raises(BadSetting, match="does not hold a secret of ours"):
        with_secret(Settings(home=str(tmp_path)))
    assert (tmp_path / "secret").read_text() == ""


def test_settings_change_for_a_while_only(tmp_path: Path) -> None:
    with settings.changed(home=str(tmp_path), hold_minutes=1) as changed:
        assert settings.current() is changed
        with settings.changed(hold_minutes=2):
            assert settings.current().hold_minutes == 2
        assert settings.current().hold_minutes == 1


def test_every_setting_is_documented_and_the_page_is_fresh() -> None:
    page = settings.page()
    for field in Settings.__struct_fields__:
        assert f"| `{settings.variable(field)}` |" in page
    assert (ROOT / "docs" / "reference" / "settings.md").read_text(encoding="utf-8") == page


def test_the_environment_is_read_once(tmp_path: Path) -> None:
    code = (
        "import os; from onehall.kernel import settings; a = settings.current(); "
        "os.environ['ONEHALL_PORT'] = '1234'; assert settings.current() is a and a.port == 8000"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code],
        env={"PYTHONPATH": str(ROOT / "src"), "ONEHALL_HOME": str(tmp_path), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
    )
    assert ran.returncode == 0, ran.stderr
