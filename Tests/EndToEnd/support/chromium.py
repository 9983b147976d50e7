"""A real browser: Debian's Chromium, or Chrome, driven by Selenium."""

import contextlib
import shutil
import sys
from pathlib import Path

import pytest
from selenium import webdriver
from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By

from .waiting import eventually

# Where a person can look at what the tests have seen.
SCREENSHOTS = Path(__file__).resolve().parents[3] / ".build" / "screenshots"
# axe 4.12, which finds what keeps people out of a page, as a package carries it that is unpacked and not installed.
AXE = Path(sys.prefix) / "sources" / "axe_playwright_python-0.1.8" / "axe_playwright_python" / "axe.min.js"
WIDE, PHONE = (1200, 900), (375, 800)
# Patience with a busy machine, in seconds.
PATIENCE = 120


def program(*names):
    return next(filter(None, map(shutil.which, names)), None)


@contextlib.contextmanager
def _on_one_page():
    """Of an element of a page that has just gone, nothing can be said yet."""
    try:
        yield
    except StaleElementReferenceException as error:
        raise AssertionError("the page changes") from error


class Chromium:
    """One window, without extensions and with a profile of its own."""

    def __init__(self, profile):
        binary, driver = program("chromium", "google-chrome", "chromium-browser"), program("chromedriver")
        if not binary or not driver:
            pytest.skip("there is no Chromium with its driver (Debian: chromium-driver)")
        options = webdriver.ChromeOptions()
        options.binary_location = binary
        # As root, and without a graphics card or a large /dev/shm, as in a container.
        for argument in (
            "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", f"--user-data-dir={profile}",
        ):  # fmt: skip
            options.add_argument(argument)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        self.driver = webdriver.Chrome(options=options, service=Service(driver))
        self.driver.set_page_load_timeout(PATIENCE)
        self.base = ""
        self.look()

    def quit(self):
        self.driver.quit()

    def look(self, *, dark=False, size=WIDE, script=True):
        """How the page is looked at from now on."""
        command = self.driver.execute_cdp_cmd
        features = [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]
        command("Emulation.setEmulatedMedia", {"features": features})
        width, height = size
        metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": size == PHONE}
        command("Emulation.setDeviceMetricsOverride", metrics)
        command("Emulation.setScriptExecutionDisabled", {"value": not script})

    def open(self, path):
        self.driver.get(self.base + path)

    @property
    def path(self):
        return self.driver.current_url.removeprefix(self.base)

    def all(self, selector):
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def one(self, selector):
        """The one element that the selector finds, as soon as it is there."""
        return eventually(lambda: self.all(selector), within=PATIENCE, what=selector)[0]

    def text(self, selector="main"):
        return self.one(selector).text

    def fill(self, **fields):
        for name, value in fields.items():
            field = self.one(f"[name='{name}']")
            field.clear()
            field.send_keys(value)

    def press(self, words, within="main"):
        """Presses the button or follows the link of these words."""

        def pressed():
            with _on_one_page():
                elements = self.all(f"{within} button, {within} a, {within} summary")
                found = [one for one in elements if one.text.strip() == words]
                assert len(found) == 1, f"{len(found)} times {words!r} on {self.path}"
                self.driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", found[0])
                found[0].click()
            return True

        eventually(pressed, within=PATIENCE, what=f"{words!r} is pressed")

    def shows(self, words, selector="main"):
        def shown():
            with _on_one_page():
                return words in self.text(selector)

        return eventually(shown, within=PATIENCE, what=f"{words!r} on the page")

    def complaints(self):
        """What the console has said since it was asked last, but for answers with an error that a test wanted."""
        lines = [line["message"] for line in self.driver.get_log("browser") if line["level"] == "SEVERE"]
        return [line for line in lines if "Failed to load resource" not in line]

    def violations(self):
        """What axe has against the page, if it is serious: WCAG 2.2 A and AA, and common practice."""
        self.driver.execute_script(AXE.read_text())
        found = self.driver.execute_async_script(
            "const done = arguments[arguments.length - 1]; axe.run().then((result) => done(result.violations))"
        )
        return [
            (one["id"], one["impact"], [node["target"] for node in one["nodes"]])
            for one in found
            if one["impact"] in ("serious", "critical")
        ]

    def keep(self, name):
        """Keeps a picture of the whole page."""
        width = self.driver.execute_script("return innerWidth")
        height = min(4_000, self.driver.execute_script("return document.documentElement.scrollHeight"))
        metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        self.driver.save_screenshot(str(SCREENSHOTS / f"{name}.png"))
