
"use strict";
// A click on a heading sorts its table; the page reads the same without it.
for (const table of document.querySelectorAll("table.sortable")) {
  const body = table.tBodies[0];
  table.querySelectorAll("thead th").forEach((head, column) => {
    const label = head.querySelector(".head");
    const button = document.createElement("button");
    button.type = "button";
    button.append(...label.childNodes);
    label.append(button);
    button.addEventListener("click", () => {
      const text = head.classList.contains("name") || head.classList.contains("text");
      const before = head.getAttribute("aria-sort");
      const up = before ? before === "descending" : text;
      const key = (row) => row.cells[column].dataset.key;
      const rows = [...body.rows].sort((one, other) => {
        const a = key(one), b = key(other);
        if (a === undefined || b === undefined) return (a === undefined) - (b === undefined);
        const order = text ? a.localeCompare(b) : Number(a) - Number(b);
        return up ? order : -order;
      });
      for (const other of table.querySelectorAll("thead th")) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", up ? "ascending" : "descending");
      body.append(...rows);
    });
  });
}
