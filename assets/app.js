// Pages work without this file: htmx only saves a reload while someone filters or searches.
import htmx from "htmx.org";

window.htmx = htmx;

// The page that carried the search into the address bar also owns what is typed: Escape clears it.
document.addEventListener("keydown", (event) => {
  const field = event.target;
  if (event.key === "Escape" && field instanceof HTMLInputElement && field.type === "search" && field.value) {
    field.value = "";
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
});
