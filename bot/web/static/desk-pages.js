// Files: sent when the button beside them is pressed, never before. Large downloads: handed over as a blob, for a long link does not save.
(() => {
  const settle = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 60)));
  const megabytes = (bytes) => (bytes / 1048576).toFixed(1);

  function pickerOf(button) {
    return button && button.id && document.querySelector(`.picker[data-button="${CSS.escape(button.id)}"]`);
  }

  function say(picker, text) {
    const line = picker.querySelector(".said");
    line.textContent = text;
    line.classList.toggle("wrong", Boolean(text));
  }

  function fault(picker, file) {
    const kinds = picker.dataset.kinds.split(",");
    const most = Number(picker.dataset.most);
    if (!kinds.some((kind) => file.name.toLowerCase().endsWith(kind))) return `“${file.name}” is not one of ${kinds.join(", ")}.`;
    if (file.size === 0) return `“${file.name}” is empty.`;
    if (file.size > most) return `“${file.name}” has ${megabytes(file.size)} MB; at most ${megabytes(most)} MB are read.`;
    return "";
  }

  async function send(file) {
    const headers = { "Content-Type": "application/octet-stream", "X-File-Name": encodeURIComponent(file.name.slice(-120)) };
    const reply = await fetch("desk-upload", { method: "POST", headers, body: file });
    const said = await reply.json();
    if (!said.token) throw new Error(said.error || "the file was not taken");
    return said.token;
  }

  async function forward(button, picker, token) {
    const box = document.querySelector(`#${CSS.escape(button.id)}-token textarea, #${CSS.escape(button.id)}-token input`);
    box.value = token;
    box.dispatchEvent(new Event("input", { bubbles: true }));
    await settle();
    picker.dataset.forwarding = "yes";
    button.click();
    delete picker.dataset.forwarding;
    picker.dataset.spent = token ? "yes" : "";
  }

  document.addEventListener(
    "click",
    async (event) => {
      const button = event.target.closest && event.target.closest("button");
      const picker = pickerOf(button);
      if (!picker || picker.dataset.forwarding) return;
      const file = picker.querySelector("input").files[0];
      if (!file && !picker.dataset.spent) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      if (picker.dataset.sending) return;
      const wrong = file ? fault(picker, file) : "";
      say(picker, wrong);
      if (wrong) return;
      picker.dataset.sending = "yes";
      try {
        await forward(button, picker, file ? await send(file) : "");
      } catch (error) {
        say(picker, `The file was not sent: ${error.message}.`);
      } finally {
        delete picker.dataset.sending;
      }
    },
    true,
  );

  document.addEventListener("change", (event) => {
    const picker = event.target.closest && event.target.closest(".picker");
    if (!picker) return;
    const file = event.target.files[0];
    say(picker, file ? fault(picker, file) : "");
    picker.querySelector(".take-back").hidden = !file;
  });

  document.addEventListener("click", (event) => {
    const back = event.target.closest && event.target.closest(".picker .take-back");
    if (!back) return;
    const input = back.closest(".picker").querySelector("input");
    input.value = "";
    input.dispatchEvent(new Event("change", { bubbles: true }));
    input.focus();
  });

  const LONG = 1000000; // characters; Chromium saves no link of more than two million
  document.addEventListener("click", (event) => {
    const link = event.target.closest && event.target.closest('.downloads a[href^="data:"]');
    if (!link || link.href.length < LONG) return;
    event.preventDefault();
    const [head, held] = link.href.split(";base64,");
    const bytes = Uint8Array.from(atob(held), (ch) => ch.charCodeAt(0));
    const url = URL.createObjectURL(new Blob([bytes], { type: head.slice(5) }));
    const saver = Object.assign(document.createElement("a"), { href: url, download: link.download });
    saver.click();
    setTimeout(() => URL.revokeObjectURL(url), 60000);
  });
})();
