/** Bytes as hexadecimal digits. `Uint8Array.prototype.toHex` is not in the Node that runs the pure tests. */
export function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
