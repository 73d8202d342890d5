// A small shop. Fixed data, so that the example question has the same answer on every machine.

const products = [
  ["kettle", "Stovetop kettle, 1.2 l", 6400, 12],
  ["grinder", "Hand coffee grinder", 8900, 5],
  ["dripper", "Ceramic dripper, size 2", 2450, 31],
  ["filters", "Paper filters, 100 pieces", 690, 240],
  ["scale", "Brewing scale with timer", 5900, 0],
  ["beans", "House espresso, 1 kg", 2800, 64],
] as const;

const customers = [
  ["Amara Okafor", "amara@example.com", "DE"],
  ["Jonas Lindqvist", "jonas@example.com", "SE"],
  ["Mei Tanaka", "mei@example.com", "JP"],
  ["Lucía Romero", "lucia@example.com", "ES"],
  ["Pieter de Vries", "pieter@example.com", "NL"],
  ["Sarah O'Neill", "sarah@example.com", "IE"],
  ["Tomasz Nowak", "tomasz@example.com", "PL"],
  ["Grace Mensah", "grace@example.com", "GH"],
  ["Elena Petrova", "elena@example.com", "BG"],
  ["Noah Fischer", "noah@example.com", "AT"],
] as const;

const statuses = ["paid", "shipped", "shipped", "delivered", "delivered", "delivered", "refunded"] as const;

// Who bought, order by order: a few regulars, and someone who came once.
const buyers = [0, 3, 1, 4, 2, 0, 5, 1, 6, 7, 3, 0, 2, 8, 4, 1, 0, 3] as const;

// What they bought. Its length has no divisor in common with that of the list above, nor with the three
// quantities, so that customers, products and quantities mix.
const bought = [5, 0, 2, 3, 5, 1, 3, 4, 5, 2, 0, 3, 1] as const;

const orderCount = 36;

interface SeedOrder {
  customer: number;
  sku: string;
  quantity: number;
  totalCents: number;
  status: string;
  /** Day, e.g. `2026-09-01`. */
  orderedOn: string;
}

/** The rows of the orders table, oldest first. */
export function seedOrders(): SeedOrder[] {
  return Array.from({ length: orderCount }, (_, index) => {
    const [sku, , price] = products[bought[index % bought.length] ?? 0] ?? products[0];
    const customer = (buyers[index % buyers.length] ?? 0) + 1;
    const quantity = (index % 3) + 1;
    const status = statuses[(index * 3) % statuses.length] ?? "paid";
    const orderedOn = new Date(Date.UTC(2026, 8, 1 + index * 2)).toISOString().slice(0, 10);
    return { customer, sku, quantity, totalCents: quantity * price, status, orderedOn };
  });
}

/** SQL that creates and fills the shop's three tables, one statement batch a table. */
export function seedTables(): string[] {
  const orders = seedOrders().map(
    ({ customer, sku, quantity, totalCents, status, orderedOn }) =>
      [customer, sku, quantity, totalCents, status, orderedOn] as const,
  );
  return [
    table(
      "products",
      "sku TEXT PRIMARY KEY, name TEXT NOT NULL, price_cents INTEGER NOT NULL, stock INTEGER NOT NULL",
    ),
    insert("products", "sku, name, price_cents, stock", products),
    table(
      "customers",
      "id INTEGER PRIMARY KEY, name TEXT NOT NULL, email TEXT NOT NULL, country TEXT NOT NULL",
    ),
    insert("customers", "name, email, country", customers),
    table(
      "orders",
      "id INTEGER PRIMARY KEY, customer_id INTEGER NOT NULL REFERENCES customers(id), " +
        "sku TEXT NOT NULL REFERENCES products(sku), quantity INTEGER NOT NULL, total_cents INTEGER NOT NULL, " +
        "status TEXT NOT NULL, ordered_on TEXT NOT NULL",
    ),
    insert("orders", "customer_id, sku, quantity, total_cents, status, ordered_on", orders),
  ];
}

// CREATE IF NOT EXISTS and then DELETE, so that an interrupted seeding can be repeated.
const table = (name: string, columns: string) =>
  `CREATE TABLE IF NOT EXISTS ${name} (${columns}); DELETE FROM ${name};`;

function insert(name: string, columns: string, rows: readonly (readonly (string | number)[])[]): string {
  const values = rows.map((row) => `(${row.map(literal).join(", ")})`);
  return `INSERT INTO ${name} (${columns}) VALUES ${values.join(", ")};`;
}

const literal = (value: string | number) =>
  typeof value === "number" ? String(value) : `'${value.replaceAll("'", "''")}'`;
