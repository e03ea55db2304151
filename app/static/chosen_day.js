// Says the chosen day in the Japanese calendar while it is chosen. The server says it too, once the screen is saved.
const written = (day, calendar) => day.toLocaleDateString(`ja-JP-u-ca-${calendar}`, { dateStyle: "long", timeZone: "UTC" });

for (const line of document.querySelectorAll("[data-day-of]")) {
  const field = document.getElementById(line.dataset.dayOf);
  const asked = line.textContent;
  field.addEventListener("input", () => {
    const day = /^\d{4}-\d\d-\d\d$/.test(field.value) ? new Date(`${field.value}T00:00:00Z`) : new Date(NaN);
    const said = isNaN(day) ? "" : `${written(day, "gregory")}（${written(day, "japanese")}）`;
    line.textContent = said ? line.dataset.chosen.replace("#", said) : asked;
  });
}
