"""Working with the keys alone: what is not reached by Tab is not there."""

from playwright.sync_api import Locator, Page

FARTHEST = 120  # presses of Tab; no page has so many stops


class Keyboard:
    """Somebody at a page without a mouse."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def reach(self, wanted: Locator) -> None:
        """Tabs from where the focus is until the element has it."""
        for _ in range(FARTHEST):
            self.page.keyboard.press("Tab")
            if wanted.evaluate("element => element === document.activeElement"):
                return
        raise AssertionError(f"Tab does not lead to {wanted}.")

    def press(self, role: str, name: str, key: str = "Enter") -> None:
        """Reaches the first element of this role and name, and presses the key on it."""
        self.reach(self.page.get_by_role(role, name=name, exact=True).first)  # type: ignore[arg-type]
        self.page.keyboard.press(key)

    def follow(self, role: str, name: str, heading: str) -> None:
        """The same, until the page of that heading is there."""
        self.press(role, name)
        self.page.locator("h1", has_text=heading).wait_for()

    def fill(self, label: str, text: str) -> None:
        """Reaches the field and types."""
        self.reach(self.page.get_by_label(label).first)
        self.page.keyboard.type(text)
