import { seedOrders } from "./seed-tables.ts";

/** A red 8 × 8 pixel PNG, the shop's logo. */
const logo =
  "iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAIAAABLbSncAAAAEUlEQVR42mM4YaSBFTEMLQkAfGxIgaINCkQAAAAASUVORK5CYII=";

interface SeedFile {
  key: string;
  /** Programs get text as text and JSON as JSON only of objects that say they are. */
  contentType: string;
  content: Uint8Array<ArrayBuffer>;
}

const suppliers = [
  { name: "Keramik Höhr", supplies: ["dripper"], leadDays: 14 },
  { name: "Torrefazione Lenti", supplies: ["beans"], leadDays: 5 },
  { name: "Nordic Steel AB", supplies: ["kettle", "grinder"], leadDays: 21 },
];

const about =
  "Files of the shop: the logo, the suppliers, and a report of each full month, which sums its orders by product, refunded ones too.\n";

/** What the shop keeps in R2. */
export function seedFiles(): SeedFile[] {
  const reports = ["2026-09", "2026-10"].map((month) =>
    text(`reports/${month}.csv`, "text/csv; charset=utf-8", monthlyReport(month)),
  );
  return [
    text("README.txt", "text/plain; charset=utf-8", about),
    {
      key: "images/logo.png",
      contentType: "image/png",
      content: Uint8Array.from(Buffer.from(logo, "base64")),
    },
    ...reports,
    text("suppliers.json", "application/json", `${JSON.stringify(suppliers)}\n`),
  ];
}

/** The orders of a month by product, as CSV. From the rows of the table, so that the two never disagree. */
function monthlyReport(month: string): string {
  const orders = seedOrders().filter(({ orderedOn }) => orderedOn.startsWith(month));
  const lines = [...Map.groupBy(orders, ({ sku }) => sku)]
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([sku, sold]) => {
      const quantity = sold.reduce((sum, order) => sum + order.quantity, 0);
      const cents = sold.reduce((sum, order) => sum + order.totalCents, 0);
      return [sku, sold.length, quantity, cents].join(",");
    });
  return `${["sku,orders,quantity,total_cents", ...lines].join("\n")}\n`;
}

const text = (key: string, contentType: string, value: string): SeedFile => ({
  key,
  contentType,
  content: Uint8Array.from(Buffer.from(value)),
});
