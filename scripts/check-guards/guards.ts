// Every guard that can be taken away, and the threats that have none. SECURITY.md's table and this one are checked against
// each other by test/scripts/check-guards.test.ts.

import type { Guard, Unproven } from "./guard.ts";
import { authGuards } from "./table/auth.ts";
import { gatewayGuards } from "./table/gateway.ts";
import { mcpGuards } from "./table/mcp.ts";
import { sandboxGuards } from "./table/sandbox.ts";
import { scriptGuards } from "./table/scripts.ts";

export const guards: readonly Guard[] = [
  ...sandboxGuards,
  ...gatewayGuards,
  ...authGuards,
  ...mcpGuards,
  ...scriptGuards,
];

/** A row of SECURITY.md without a guard says here why. */
export const unproven: readonly Unproven[] = [];
