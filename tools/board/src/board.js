// Asks for the table every two seconds, and says so when nobody answers any more.
const table = document.getElementById("table");
const ended = document.getElementById("ended");

async function refresh() {
  try {
    const answer = await fetch("/table", { cache: "no-store" });
    if (!answer.ok) throw new Error(answer.statusText);
    const html = await answer.text();
    if (html !== refresh.shown) {
      table.innerHTML = html;
      refresh.shown = html;
    }
    ended.hidden = true;
  } catch {
    ended.hidden = false;
  }
  setTimeout(refresh, 2000);
}

setTimeout(refresh, 2000);
