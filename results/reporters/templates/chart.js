"use strict";
// Values under the pointer, and with the arrow keys. Without a script the charts are complete all the same.
for (const plot of document.querySelectorAll(".plot")) {
  const points = JSON.parse(plot.dataset.points);
  const names = JSON.parse(plot.dataset.names);
  if (!points.length) continue;
  const make = (parent, tag, name) => {
    const element = document.createElement(tag);
    element.className = name;
    parent.append(element);
    return element;
  };
  const hair = make(plot, "div", "hair");
  const tip = make(plot, "div", "tip");
  tip.setAttribute("role", "status");
  const dots = names.map((_, index) => make(plot, "div", `dot s${index + 1}`));
  let shown = 0;

  const show = (index) => {
    shown = Math.max(0, Math.min(points.length - 1, index));
    const [place, said, heights, texts] = points[shown];
    hair.style.left = `${place * 100}%`;
    tip.replaceChildren();
    make(tip, "strong", "").textContent = said;
    names.forEach((name, series) => {
      const row = make(tip, "div", "");
      make(row, "i", `s${series + 1}`);
      make(row, "span", "").textContent = name;
      make(row, "b", "").textContent = texts[series];
      dots[series].hidden = heights[series] === null;
      dots[series].style.left = `${place * 100}%`;
      dots[series].style.bottom = `${heights[series] * 100}%`;
    });
    tip.style.left = place < 0.5 ? `calc(${place * 100}% + 12px)` : "auto";
    tip.style.right = place < 0.5 ? "auto" : `calc(${(1 - place) * 100}% + 12px)`;
    plot.classList.add("live");
  };
  const hide = () => plot.classList.remove("live");
  const nearest = (place) => {
    let best = 0;
    points.forEach((point, index) => {
      if (Math.abs(point[0] - place) < Math.abs(points[best][0] - place)) best = index;
    });
    return best;
  };
  plot.addEventListener("pointermove", (event) => {
    const box = plot.getBoundingClientRect();
    show(nearest((event.clientX - box.left) / box.width));
  });
  plot.addEventListener("pointerleave", hide);
  plot.addEventListener("blur", hide);
  plot.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    show(plot.classList.contains("live") ? shown + step : shown);
  });
}
addEventListener("beforeprint", () => {
  for (const details of document.querySelectorAll("details")) details.open = true;
});
