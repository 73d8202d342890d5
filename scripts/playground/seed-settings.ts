/** What the shop keeps in KV: feature flags, rates, texts. */
export const seedSettings: Record<string, unknown> = {
  "flags:free-shipping": { enabled: true, minimum: 50, countries: ["DE", "AT", "NL"] },
  "flags:gift-cards": { enabled: false, reason: "waiting for the tax review" },
  "flags:new-checkout": { enabled: true, percentage: 25 },
  "rates:EUR": { USD: 1.09, GBP: 0.85, CHF: 0.94, updated: "2026-10-30" },
  "shipping:DE": { carrier: "DHL", days: 2, price: 4.9 },
  "shipping:NL": { carrier: "PostNL", days: 3, price: 6.5 },
  "shipping:US": { carrier: "FedEx", days: 7, price: 19 },
  "text:banner": "Autumn sale: 15 % off all kettles until 30 November.",
};
