// Citations jump to their source and mark it; the answer is announced to screen readers. Works on what Gradio rendered.
(() => {
  const sources = () => document.querySelectorAll("#sources h4");

  function reveal(number) {
    const heading = sources()[number - 1];
    if (!heading) return;
    document.querySelectorAll("#sources .lit").forEach((el) => el.classList.remove("lit"));
    for (let el = heading; el && (el === heading || el.tagName !== "H4"); el = el.nextElementSibling) el.classList.add("lit");
    heading.setAttribute("tabindex", "-1");
    heading.focus({ preventScroll: true });
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    heading.scrollIntoView({ behavior: still ? "auto" : "smooth", block: "start" });
  }

  document.addEventListener("click", (event) => {
    const link = event.target.closest && event.target.closest('#answer a[href*="#source-"]');
    if (!link) return;
    event.preventDefault();
    reveal(Number(link.getAttribute("href").split("#source-")[1]));
  });

  // On a phone the answer lies below the examples: bring it into view once it is there.
  let asked = false;
  document.addEventListener("click", (event) => {
    if (event.target.closest && event.target.closest("#ask, .example, .related")) asked = true;
  });

  function showAnswer() {
    const answer = document.getElementById("answer");
    if (!asked || !answer || !answer.querySelector("h2")) return;
    asked = false;
    if (answer.getBoundingClientRect().top > window.innerHeight * 0.6) answer.scrollIntoView({ block: "start" });
  }

  function dress() {
    showAnswer();
    const answer = document.getElementById("answer");
    if (answer && !answer.hasAttribute("aria-live")) {
      answer.setAttribute("aria-live", "polite");
      answer.setAttribute("role", "region");
      answer.setAttribute("aria-label", "Answer");
    }
    const pane = document.getElementById("sources");
    if (pane && !pane.hasAttribute("aria-label")) {
      pane.setAttribute("role", "region");
      pane.setAttribute("aria-label", "Sources");
    }
    document.querySelectorAll('#answer a[href*="#source-"]').forEach((link) => {
      if (link.hasAttribute("aria-label")) return;
      link.setAttribute("aria-label", "Source " + link.getAttribute("href").split("#source-")[1]);
      link.removeAttribute("target");
    });
  }

  new MutationObserver(dress).observe(document.documentElement, { childList: true, subtree: true });
})();
