/** `/mcp?readonly`: what is not plainly "no" means it. */
export function asksReadOnly(url: string): boolean {
  const asked = new URL(url).searchParams.get("readonly");
  return asked !== null && !["0", "false", "no", "off"].includes(asked.toLowerCase());
}
