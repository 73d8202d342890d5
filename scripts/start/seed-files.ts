/** A red 8 × 8 pixel PNG, the shop's logo. */
const logo =
  "iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAIAAABLbSncAAAAEUlEQVR42mM4YaSBFTEMLQkAfGxIgaINCkQAAAAASUVORK5CYII=";

/** What the shop keeps in R2, by object key. */
export function seedFiles(): Record<string, Uint8Array> {
  return {
    "README.txt": text("Files of the shop: reports by month, supplier lists, and the logo.\n"),
    "images/logo.png": Buffer.from(logo, "base64"),
    "reports/2026-09.csv": text(
      "week,orders,revenue_cents\n36,4,31270\n37,4,28450\n38,3,19900\n39,4,40110\n",
    ),
    "reports/2026-10.csv": text(
      "week,orders,revenue_cents\n40,3,22780\n41,4,35600\n42,4,29340\n43,4,38050\n",
    ),
    "suppliers.json": text(
      `${JSON.stringify([
        { name: "Keramik Höhr", supplies: ["dripper"], leadDays: 14 },
        { name: "Torrefazione Lenti", supplies: ["beans"], leadDays: 5 },
        { name: "Nordic Steel AB", supplies: ["kettle", "grinder"], leadDays: 21 },
      ])}\n`,
    ),
  };
}

const text = (value: string) => new TextEncoder().encode(value);
