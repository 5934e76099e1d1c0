// An example fills in the question; an answer empties the field and scrolls into sight.
const field = document.getElementById("question");
for (const button of document.querySelectorAll("[data-example]")) {
  button.addEventListener("click", () => {
    field.value = button.textContent;
    document.getElementById("ask-form").requestSubmit();
  });
}
new MutationObserver(() => {
  field.value = "";
  document.getElementById("talk").lastElementChild?.scrollIntoView({ block: "nearest" });
}).observe(document.getElementById("talk"), { childList: true });
