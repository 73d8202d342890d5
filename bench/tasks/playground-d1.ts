// Tasks over the shop's database, alone and together with the files.

import type { PlaygroundState } from "./playground-state.ts";
import { lookUp, run } from "./programs.ts";
import type { CallAnswer, Calls, Task } from "./task.ts";

interface Order {
  id: number;
  customer_id: number;
  sku: string;
  quantity: number;
  total_cents: number;
  ordered_on: string;
}

interface Report {
  sku: string;
  orders: number;
  cents: number;
}

const query = "d1-raw-database-query";
const schema = "SELECT sql FROM sqlite_schema WHERE type = 'table'";
const ask = (calls: Calls, sql: string) => calls.one(query, { database_id: "shop", body: { sql } });
const rowsOf = (answer: CallAnswer) =>
  answer.json<{ result: { results: { rows: unknown[][] } }[] }>().result[0]?.results.rows ?? [];

const findSql = [
  lookUp("run a SQL query on a D1 database"),
  run(
    `async () => (await api.request({method: "POST", path: "/d1/database/{database_id}/raw", params: {database_id: "shop"}, body: {sql: "${schema}"}})).data.result[0].results.rows`,
  ),
];

const ordersOf = (state: PlaygroundState) => (state.tables["orders"] ?? []) as unknown as Order[];
const priceOf = (state: PlaygroundState, sku: string) =>
  Number(state.tables["products"]?.find((product) => product["sku"] === sku)?.["price_cents"]);
const isWrong = (state: PlaygroundState) => (order: Order) =>
  order.total_cents !== order.quantity * priceOf(state, order.sku);

const topSql =
  "SELECT c.name, SUM(o.total_cents) AS cents FROM orders o JOIN customers c ON c.id = o.customer_id GROUP BY c.id ORDER BY cents DESC LIMIT 3";
const wrongSql =
  "SELECT o.id FROM orders o JOIN products p ON p.sku = o.sku WHERE o.total_cents <> o.quantity * p.price_cents";
const mendSql =
  "UPDATE orders SET total_cents = quantity * (SELECT price_cents FROM products p WHERE p.sku = orders.sku) WHERE total_cents <> quantity * (SELECT price_cents FROM products p WHERE p.sku = orders.sku)";
const septemberSql =
  "SELECT sku, COUNT(*) AS orders, SUM(total_cents) AS cents FROM orders WHERE ordered_on LIKE '2026-09-%' GROUP BY sku";
const createSql = "CREATE TABLE suppliers (sku TEXT PRIMARY KEY, supplier TEXT, lead_days INTEGER)";

/** What the shop's own list of suppliers says, a row a product. */
function suppliersOf({ files }: PlaygroundState) {
  const text = files["shop-files"]?.["suppliers.json"]?.text ?? "[]";
  const suppliers = JSON.parse(text) as { name: string; supplies: string[]; leadDays: number }[];
  return suppliers.flatMap(({ name, supplies, leadDays }) =>
    supplies.map((sku) => ({ sku, supplier: name, lead_days: leadDays })),
  );
}

function reportOf(csv: string): Report[] {
  const lines = csv.trim().split("\n").slice(1);
  return lines.map((line) => {
    const [sku = "", orders, , cents] = line.split(",");
    return { sku, orders: Number(orders), cents: Number(cents) };
  });
}

export const d1Tasks: readonly Task<PlaygroundState>[] = [
  {
    id: "d1-top-customers",
    kind: "aggregate",
    asks: "Which three customers spent the most in the D1 database shop, and how much each, in cents? Count every order.",
    programs: [
      ...findSql,
      run(
        `async () => (await api.request({method: "POST", path: "/d1/database/{database_id}/raw", params: {database_id: "shop"}, body: {sql: "${topSql}"}})).data.result[0].results.rows`,
      ),
    ],
    async calls(calls) {
      await ask(calls, schema);
      return (await ask(calls, topSql)).text;
    },
    says(state) {
      const spent = new Map<number, number>();
      for (const { customer_id, total_cents } of ordersOf(state))
        spent.set(customer_id, (spent.get(customer_id) ?? 0) + total_cents);
      const top = [...spent].toSorted(([, one], [, other]) => other - one).slice(0, 3);
      const names = top.map(([id]) => state.tables["customers"]?.find((row) => row["id"] === id)?.["name"]);
      return [...top.map(([, cents]) => cents), ...names.map(String)];
    },
  },
  {
    id: "d1-mend-totals",
    kind: "fix",
    asks: "In the D1 database shop, an order's total_cents must be its quantity times the price of its product. Find the orders where it is not, correct their total_cents, and tell me their ids.",
    begins(state) {
      for (const order of ordersOf(state)) if (order.id % 8 === 3) order.total_cents += 250 * order.id;
    },
    programs: [
      ...findSql,
      run(`async () => {
  const sql = async (sql) => (await api.request({method: "POST", path: "/d1/database/{database_id}/raw", params: {database_id: "shop"}, body: {sql}})).data.result[0];
  const wrong = await sql("${wrongSql}");
  const mended = await sql("${mendSql}");
  return {wrong: wrong.results.rows.flat(), changes: mended.meta.changes};
}`),
    ],
    async calls(calls) {
      await ask(calls, schema);
      const wrong = rowsOf(await ask(calls, wrongSql)).flat();
      await ask(calls, mendSql);
      return `orders ${wrong.join(", ")}`;
    },
    ends(state) {
      for (const order of ordersOf(state)) order.total_cents = order.quantity * priceOf(state, order.sku);
    },
    says: (state) =>
      ordersOf(state)
        .filter(isWrong(state))
        .map(({ id }) => id),
  },
  {
    id: "d1-create-table",
    kind: "create",
    asks: "Make a table suppliers (sku TEXT PRIMARY KEY, supplier TEXT, lead_days INTEGER) in the D1 database shop, and fill it from suppliers.json in the R2 bucket shop-files, a row for each product supplied. How many rows has it?",
    programs: [
      lookUp("run a SQL query on a D1 database", "get an object from an R2 bucket"),
      run(
        `async () => (await api.request({method: "GET", path: "/r2/buckets/{bucket_name}/objects/{object_key}", params: {bucket_name: "shop-files", object_key: "suppliers.json"}})).data`,
      ),
      run(`async () => {
  const file = await api.request({method: "GET", path: "/r2/buckets/{bucket_name}/objects/{object_key}", params: {bucket_name: "shop-files", object_key: "suppliers.json"}});
  const rows = file.data.flatMap(s => s.supplies.map(sku => [sku, s.name, s.leadDays]));
  const quote = v => typeof v === "number" ? v : "'" + v.replaceAll("'", "''") + "'";
  const sql = "${createSql}; INSERT INTO suppliers VALUES " + rows.map(r => "(" + r.map(quote).join(", ") + ")").join(", ") + "; SELECT COUNT(*) FROM suppliers";
  const r = await api.request({method: "POST", path: "/d1/database/{database_id}/raw", params: {database_id: "shop"}, body: {sql}});
  return r.ok ? r.data.result.at(-1).results.rows : r.data;
}`),
    ],
    async calls(calls) {
      const place = { bucket_name: "shop-files", object_key: "suppliers.json" };
      const { text } = await calls.one("r2-bucket-get-object", place);
      const rows = suppliersOf({
        kv: {},
        tables: {},
        files: { "shop-files": { "suppliers.json": { type: "", text } } },
      });
      const values = rows.map(({ sku, supplier, lead_days }) => `('${sku}', '${supplier}', ${lead_days})`);
      const insert = `INSERT INTO suppliers VALUES ${values.join(", ")}`;
      return (await ask(calls, `${createSql}; ${insert}; SELECT COUNT(*) FROM suppliers`)).text;
    },
    ends(state) {
      state.tables["suppliers"] = suppliersOf(state).toSorted((one, other) => (one.sku < other.sku ? -1 : 1));
    },
    says: (state) => [suppliersOf(state).length],
  },
  {
    id: "d1-check-report",
    kind: "aggregate",
    asks: "Does reports/2026-09.csv in the R2 bucket shop-files agree with the orders of September 2026 in the D1 database shop? Name each product where it does not, with total_cents of both.",
    begins({ files }) {
      const report = files["shop-files"]?.["reports/2026-09.csv"];
      if (report?.text === undefined) return;
      report.text = report.text.replaceAll(
        /^(grinder|beans),(.*?)(\d+)$/gm,
        (_, sku: string, middle: string, cents: string) =>
          [sku, `${middle}${Number(cents) + 1_900}`].join(","),
      );
    },
    programs: [
      lookUp("run a SQL query on a D1 database", "get an object from an R2 bucket"),
      run(`async () => {
  const file = await api.request({method: "GET", path: "/r2/buckets/{bucket_name}/objects/{object_key}", params: {bucket_name: "shop-files", object_key: "reports/2026-09.csv"}});
  const tables = await api.request({method: "POST", path: "/d1/database/{database_id}/raw", params: {database_id: "shop"}, body: {sql: "${schema}"}});
  return [file.data, tables.data.result[0].results.rows];
}`),
      run(`async () => {
  const file = await api.request({method: "GET", path: "/r2/buckets/{bucket_name}/objects/{object_key}", params: {bucket_name: "shop-files", object_key: "reports/2026-09.csv"}});
  const r = await api.request({method: "POST", path: "/d1/database/{database_id}/raw", params: {database_id: "shop"}, body: {sql: "${septemberSql}"}});
  const inTable = new Map(r.data.result[0].results.rows.map(([sku, , cents]) => [sku, cents]));
  const inReport = new Map(file.data.trim().split("\\n").slice(1).map(line => line.split(",")).map(f => [f[0], Number(f[3])]));
  return [...new Set([...inTable.keys(), ...inReport.keys()])]
    .filter(sku => inTable.get(sku) !== inReport.get(sku))
    .map(sku => ({sku, report: inReport.get(sku), orders: inTable.get(sku)}));
}`),
    ],
    async calls(calls) {
      const place = { bucket_name: "shop-files", object_key: "reports/2026-09.csv" };
      const [file] = await calls.together([
        ["r2-bucket-get-object", place],
        [query, { database_id: "shop", body: { sql: schema } }],
      ]);
      const rows = new Map(rowsOf(await ask(calls, septemberSql)).map(([sku, , cents]) => [sku, cents]));
      const wrong = reportOf(file?.text ?? "").filter(({ sku, cents }) => rows.get(sku) !== cents);
      return wrong
        .map(({ sku, cents }) => `${sku}: ${cents} in the report, ${rows.get(sku)} in the orders`)
        .join("\n");
    },
    says(state) {
      const report = reportOf(state.files["shop-files"]?.["reports/2026-09.csv"]?.text ?? "");
      return report.flatMap(({ sku, cents }) => {
        const orders = ordersOf(state).filter(
          (order) => order.sku === sku && order.ordered_on.startsWith("2026-09"),
        );
        const sum = orders.reduce((total, { total_cents }) => total + total_cents, 0);
        return sum === cents ? [] : [sku, cents, sum];
      });
    },
  },
];
