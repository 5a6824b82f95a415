// Draws the table of the overview as lines. The table stays for those who
// cannot see them.

const table = document.getElementById("chart-data");
const place = document.getElementById("chart");
const heads = [...table.querySelectorAll("thead th")].slice(1);
const body = [...table.querySelectorAll("tbody tr")];
const columns = [
  body.map((row) => Number(row.querySelector("th").dataset.at)),
  ...heads.map((_, i) => body.map((row) => Number(row.querySelectorAll("td")[i].textContent))),
];
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

const short = (at) => new Date(at * 1000).toLocaleDateString(undefined, { day: "numeric", month: "short" });

let plot;
function draw() {
  plot?.destroy();
  const axis = { stroke: colour("--dim"), grid: { stroke: colour("--line"), width: 1 }, ticks: { show: false }, font: "12px system-ui, sans-serif" };
  plot = new uPlot({
    width: place.clientWidth, height: 240,
    cursor: { points: { size: 7 }, drag: { x: false, y: false } },
    series: [
      { label: "Day", value: (_, at) => at == null ? "" : new Date(at * 1000).toLocaleDateString() },
      ...heads.map((head, i) => ({
        label: head.textContent, value: (_, n) => n ?? "", stroke: colour("--c" + head.dataset.color), width: 2,
        dash: [[], [], [6, 3], [2, 3], [8, 3, 2, 3]][i], points: { show: false },
      })),
    ],
    scales: { y: { range: (_, __, most) => [0, Math.max(most * 1.05, 4)] } },
    axes: [{ ...axis, size: 28, values: (_, days) => days.map(short) }, { ...axis, size: 44, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 1e5, 1e6] }],
  }, columns, place);
}
draw();
document.addEventListener("theme", draw);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
let width = place.clientWidth;
new ResizeObserver(() => {
  if (place.clientWidth !== width) plot.setSize({ width: width = place.clientWidth, height: 240 });
}).observe(place);
