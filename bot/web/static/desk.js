// Citations jump to their source and mark it; the answer is announced, and reached by whoever asked from the keyboard. Works on what Gradio rendered.
(() => {
  const still = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
  const at = (event, selector) => event.target.closest && event.target.closest(selector);

  function land(element) {
    element.setAttribute("tabindex", "-1");
    element.focus({ preventScroll: true });
  }

  function reveal(number) {
    const heading = document.querySelectorAll("#sources h4")[number - 1];
    if (!heading) return;
    document.querySelectorAll("#sources .lit").forEach((el) => el.classList.remove("lit"));
    for (let el = heading; el && (el === heading || el.tagName !== "H4"); el = el.nextElementSibling) el.classList.add("lit");
    land(heading);
    heading.scrollIntoView({ behavior: still() ? "auto" : "smooth", block: "start" });
  }

  // What is awaited after a press: "answer", "letter" or "files". A press without a pointer comes from the keyboard.
  let awaited = "", byKey = false;
  function wait(what, keyboard) {
    awaited = what;
    byKey = keyboard;
    document.querySelectorAll("#answer h2, #answer-files a").forEach((el) => el.setAttribute("data-old", ""));
  }

  document.addEventListener("click", (event) => {
    const link = at(event, '#answer a[href*="#source-"]');
    if (link) {
      event.preventDefault();
      reveal(Number(link.getAttribute("href").split("#source-")[1]));
    } else if (at(event, "#print")) window.print();
    else if (at(event, "#ask, .example, .related")) wait("answer", event.detail === 0);
    else if (at(event, ".write-letter")) wait("letter", event.detail === 0);
    else if (at(event, "#save")) wait("files", event.detail === 0);
    else if (at(event, "#new")) document.querySelector("#question textarea")?.focus();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.shiftKey && at(event, "#question")) wait("answer", true);
  });

  // On a phone the answer lies below the question: bring it into view once it is there.
  const arrivals = {
    answer() {
      const heading = document.querySelector("#answer h2:not([data-old])");
      if (!heading) return false;
      const top = document.getElementById("asked") || heading;
      if (byKey) land(heading);
      const y = top.getBoundingClientRect().top;
      if (y > window.innerHeight * 0.6 || y < 0) top.scrollIntoView({ block: "start" });
      return true;
    },
    letter() {
      const kind = document.querySelector("#letter-kind input");
      if (!kind || !kind.offsetParent) return false;
      document.getElementById("tabs").scrollIntoView({ block: "start" });
      if (byKey) kind.focus({ preventScroll: true });
      return true;
    },
    files() {
      const first = document.querySelector("#answer-files a:not([data-old])");
      if (first && byKey) first.focus();
      return Boolean(first);
    },
  };

  function name(id, label, live) {
    const region = document.getElementById(id);
    if (!region || region.hasAttribute("aria-label")) return;
    region.setAttribute("role", "region");
    region.setAttribute("aria-label", label);
    if (live) region.setAttribute("aria-live", "polite");
  }

  function dress() {
    if (awaited && arrivals[awaited]()) awaited = "";
    name("answer", "Answer", true);
    name("sources", "Sources", false);
    name("answer-files", "Files", true);
    name("letter-told", "Filled in for you", true);
    document.querySelectorAll('#answer a[href*="#source-"]').forEach((link) => {
      if (link.hasAttribute("aria-label")) return;
      link.setAttribute("aria-label", "Source " + link.getAttribute("href").split("#source-")[1]);
      link.removeAttribute("target");
    });
  }

  new MutationObserver(dress).observe(document.documentElement, { childList: true, subtree: true });
})();
