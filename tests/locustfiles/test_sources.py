import inspect

import pytest

from locustfiles._sources import look_through


def test_locust_need_not_look_through_all_modules_when_the_load_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inspect, "modulesbyfile", {})
    monkeypatch.setattr(inspect, "_filesbymodname", {})
    look_through()
    found = dict(inspect.modulesbyfile)
    assert found[inspect.getabsfile(look_through)] == "locustfiles._sources"
    inspect.getframeinfo(inspect.stack()[1][0])  # as Locust's runner does when it is told to stop
    assert inspect.modulesbyfile == found
