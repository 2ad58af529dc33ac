"""Counts what the fuzzers tried."""


def pytest_terminal_summary(terminalreporter, config) -> None:
    reports = [
        report
        for outcome in ("passed", "failed")
        for report in terminalreporter.getreports(outcome)
        if any(name == "tried" for name, _ in report.user_properties)
    ]
    if not reports or not config.option.verbose > 0:
        return
    terminalreporter.section("inputs tried")
    for report in reports:
        name = report.nodeid.rpartition("[")[2].rstrip("]")
        tried = dict(report.user_properties)["tried"]
        finding = "nothing found" if report.passed else "A FINDING, see above"
        terminalreporter.line(f"{name:12} {tried:>9,}  {finding}")
