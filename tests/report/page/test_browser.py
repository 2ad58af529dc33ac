"""The page in a Chromium that shows nothing: it loads, sorts, filters, opens, compares.

Skipped where there is no Chromium; ``apt install chromium`` or ``playwright install
chromium`` brings one.
"""

import shutil

import numpy as np
import pytest

from beenet.media.embed import sound_url
from beenet.report.comparison import compare
from beenet.report.leaderboard import leaderboard
from tests.conftest import slow

playwright = pytest.importorskip("playwright.sync_api")

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")


@pytest.fixture(scope="module")
def browser():
    path = next(filter(None, map(shutil.which, NAMES)), None)
    with playwright.sync_playwright() as driver:
        try:
            # Chromium refuses its sandbox to root, as whom containers run.
            found = driver.chromium.launch(executable_path=path, args=["--no-sandbox"])
        except playwright.Error as error:
            pytest.skip(
                f"there is no Chromium that can be started: {error.message[:80]}"
            )
        yield found
        found.close()


@pytest.fixture(scope="module")
def file(page, tmp_path_factory):
    path = tmp_path_factory.mktemp("page") / "report.html"
    path.write_text(page, encoding="utf-8")
    return path.as_uri()


@pytest.fixture(params=[(1400, 1000), slow((390, 844))], ids=["desktop", "phone"])
def tab(request, browser, file):
    """The page in a fresh tab, offline; whatever it complains of fails the test."""
    context = browser.new_context(
        viewport={"width": request.param[0], "height": request.param[1]}, offline=True
    )
    tab = context.new_page()
    complaints = []
    tab.on("console", lambda message: complaints.append(message.text))
    tab.on("pageerror", lambda error: complaints.append(str(error)))
    tab.on("dialog", lambda dialog: complaints.append(f"alert: {dialog.message}"))
    tab.on(
        "request",
        lambda request: (
            None
            if request.url.startswith(("file:", "data:"))
            else complaints.append(request.url)
        ),
    )
    tab.goto(file)
    yield tab
    assert complaints == []
    wide, window = tab.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert wide <= window, "the page must not scroll sideways"
    context.close()


def shown(tab):
    """Return the names of the lines that are seen, from the top."""
    rows = tab.locator("tr[data-line]:visible th")
    return [text.split()[0] for text in rows.all_inner_texts()]


def rates(tab):
    """Return the lines of the sweep alone."""
    return [name[len("lab/learning_rate-") :] for name in shown(tab) if "rate" in name]


def test_it_opens_on_the_table(tab):
    assert tab.locator("section.view:visible").count() == 1
    assert tab.locator("h1:visible").inner_text().startswith("5 finished runs")
    assert rates(tab) == ["0.05/seed-*", "0.5/seed-*"]
    assert tab.locator("#count").inner_text() == "3 lines"
    assert "<b>bold<" in " ".join(shown(tab))  # as text


def test_it_sorts(tab):
    tab.select_option("#sort", "test_loss")
    tab.select_option("#sort", "test_baseline")
    tab.select_option("#sort", "test_accuracy")
    assert rates(tab) == ["0.05/seed-*", "0.5/seed-*"]
    tab.click("#order")
    assert rates(tab) == ["0.5/seed-*", "0.05/seed-*"]
    tab.click("#order")
    assert rates(tab) == ["0.05/seed-*", "0.5/seed-*"]


def test_its_heads_sort_by_mouse_and_keys(tab):
    tab.set_viewport_size({"width": 1400, "height": 1000})  # a phone's has no heads
    head = tab.locator("th[data-key=run] button")
    head.click()
    assert rates(tab) == ["0.05/seed-*", "0.5/seed-*"]
    head.focus()
    tab.keyboard.press("Enter")
    assert rates(tab) == ["0.5/seed-*", "0.05/seed-*"]
    column = tab.locator("th[data-key=run]")
    assert column.get_attribute("aria-sort") == "descending"


def test_it_filters(tab):
    tab.keyboard.press("/")
    tab.keyboard.type("LEARNING_RATE=0.5")
    assert shown(tab) == ["lab/learning_rate-0.5/seed-*"]
    assert tab.locator("#count").inner_text() == "1 of 3 lines"
    assert tab.locator(".curves:visible").count() == 1
    hidden = tab.locator('.overlay:visible [data-run="1"]').first
    assert hidden.evaluate("curve => curve.style.display") == "none"
    tab.fill("#filter", "no such thing")
    assert shown(tab) == []
    assert tab.locator("#none").is_visible()
    tab.fill("#filter", "")
    tab.select_option("#dataset", "data")
    assert len(shown(tab)) == 2
    tab.check("#ties")
    assert "0.05/seed-*" in rates(tab)


def test_it_opens_a_run_and_goes_on_by_keys(tab):
    tab.get_by_role("link", name="seed 1").first.click()
    tab.wait_for_url("**#run-1")
    title = tab.locator("h1:visible")
    playwright.expect(title).to_have_text("lab/learning_rate-0.05/seed-1")
    pictures = tab.locator("#run-1 .example img")
    assert pictures.count() == 3
    assert pictures.first.evaluate("image => image.naturalWidth") == 8
    assert tab.locator("#run-1 svg").count() == 2
    tab.keyboard.press("ArrowRight")
    playwright.expect(tab.locator("#run-2")).to_be_visible()
    tab.keyboard.press("Escape")
    tab.wait_for_url("**#runs")
    # The keyboard is where it was, and a tick of a box does not hold the keys up.
    playwright.expect(tab.locator("a[href='#run-2']:focus")).to_have_count(1)
    box = tab.locator("tr[data-line] input").first
    box.press("Space")
    assert box.is_checked()
    tab.keyboard.press("/")
    playwright.expect(tab.locator("#filter")).to_be_focused()
    tab.go_back()
    playwright.expect(tab.locator("#run-2")).to_be_visible()


def test_it_prints(tab):
    tab.emulate_media(media="print")
    tab.set_viewport_size({"width": 718, "height": 1000})  # A4 between its margins
    assert not tab.locator("header").is_visible()
    heads = tab.locator("#board thead th:visible").all()
    cells = tab.locator("tr[data-line]").first.locator("td:visible, th:visible").all()
    places = [[round(e.bounding_box()["x"]) for e in row] for row in (heads, cells)]
    assert places[0] == places[1]
    badge = tab.locator(".verdict.best").first
    assert badge.evaluate("e => getComputedStyle(e).printColorAdjust") == "exact"


def test_it_compares_two(tab, lab):
    for row in tab.locator("tr[data-line]", has_text="learning_rate").all():
        row.locator("input").check()
    tab.get_by_role("link", name="Compare the two picked").click()
    place = tab.locator("#comparison")
    place.locator(".example").first.wait_for()
    text = place.inner_text()
    entries = leaderboard([lab]).entries
    found = compare(entries[1].folder.path, entries[3].folder.path)
    for change in found.config:
        assert change.key in text
    for split in found.splits:
        assert f"{split.first.accuracy:.4f}" in text
        assert f"{split.paired.p:.4f}" in text or split.paired.p < 0.0001
    assert f"{len(found.flips)} examples are predicted differently" in text
    top = max(
        found.flips,
        key=lambda f: (abs(f.first_probability - f.second_probability), -f.index),
    )
    assert f"#{top.index}" in place.locator(".example").first.inner_text()
    assert place.locator(".example img").count() > 0
    assert place.locator(".overlay .legend span").count() == 2
    tab.click("#swap")
    playwright.expect(tab.locator("#compare-A")).to_have_value("3")
    tab.select_option("#compare-B", "3")
    place.get_by_text("Every example is taken for the same class.").wait_for()
    tab.click("nav >> text=Runs")
    playwright.expect(tab.locator("#runs .overlay")).to_have_count(2)  # back in place


def test_it_shows_a_sweep(tab):
    tab.click("nav >> text=lab")
    playwright.expect(tab.locator("section.view:visible svg")).to_have_count(1)
    tab.click("text=Its runs in the table")
    playwright.expect(tab.locator("tr[data-line]:visible")).to_have_count(2)


def test_a_wrong_address_shows_the_table(tab, file):
    tab.goto(f"{file}#run-99")
    playwright.expect(tab.locator("#runs")).to_be_visible()
    tab.goto(f"{file}#compare-77-zz")
    playwright.expect(tab.locator("#compare")).to_be_visible()


def test_sounds_of_hives_play(browser):
    url = sound_url(np.sin(np.arange(4000, dtype=np.float32)), 2000)
    tab = browser.new_page()
    told = tab.evaluate(
        """url => new Promise(told => {
            const audio = new Audio(url);
            audio.onloadedmetadata = () => told(audio.duration);
            audio.onerror = () => told(audio.error.message);
        })""",
        url,
    )
    assert told == 2
    tab.close()


def test_without_scripts_everything_is_there(browser, file):
    context = browser.new_context(java_script_enabled=False)
    tab = context.new_page()
    tab.goto(file)
    assert tab.locator("section.view:visible").count() == 8
    assert tab.get_by_text("Without JavaScript").is_visible()
    context.close()
